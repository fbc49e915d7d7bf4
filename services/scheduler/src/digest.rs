//! Digests: items of one person and policy wait for an instant given by a cron expression and become one message.

use std::str::FromStr;

use cron::{OwnedScheduleIterator, Schedule};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::calendar::BusinessCalendar;
use crate::window::{Window, instant};

/// When a digest goes out: wall clock of the milestone's zone.
#[derive(Clone, Debug)]
pub struct Digest(Schedule);

/// How many instants outside the window are passed over before giving up: more than a year of days.
const TRIES: usize = 400;

impl Digest {
    /// Reads a cron expression with seconds: `0 30 8 * * Mon-Fri`. The error says what to write.
    pub fn parse(text: &str) -> Result<Self, String> {
        let schedule = Schedule::from_str(text).map_err(|error| {
            format!("is no cron expression of seconds, minutes, hours, days, months, weekdays (0 30 8 * * Mon-Fri): {error}")
        })?;
        if upcoming(&schedule, DateTime::constant(2026, 1, 1, 0, 0, 0, 0))
            .is_none_or(|mut all| all.next().is_none())
        {
            return Err("never comes; look at its days and months".to_owned());
        }
        Ok(Self(schedule))
    }

    /// The expression.
    pub fn expression(&self) -> &str {
        self.0.source()
    }

    /// The first instant at or after `from` that the expression names and the window allows.
    ///
    /// The cron crate speaks another calendar library: it is fed the wall clock as if it were UTC; the zone is
    /// ours. So an expression in a gap goes forward by the gap, and one in an overlap comes once.
    pub fn next(
        &self,
        calendar: &BusinessCalendar,
        zone: &TimeZone,
        window: Window,
        from: Timestamp,
    ) -> Option<Timestamp> {
        // Looks from a little earlier, so that an instant that is exactly `from` counts, and a wall clock that
        // the autumn change repeats is not lost.
        let start = zone.to_datetime(from.checked_sub(SignedDuration::from_hours(2)).ok()?);
        upcoming(&self.0, start)?
            .take(TRIES)
            .filter_map(|wall| {
                instant(
                    zone,
                    DateTime::from_str(&wall.format("%Y-%m-%dT%H:%M:%S").to_string()).ok()?,
                )
            })
            .find(|at| *at >= from && window.contains(calendar, zone, *at))
    }
}

fn upcoming(schedule: &Schedule, from: DateTime) -> Option<OwnedScheduleIterator<chrono::Utc>> {
    let wall =
        chrono::DateTime::from_timestamp(from.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second(), 0)?;
    Some(schedule.after_owned(wall))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(expression: &str, from: &str, window: Window) -> String {
        let zone = TimeZone::get("Europe/Paris").unwrap();
        let from = instant(&zone, from.parse().unwrap()).unwrap();
        let at = Digest::parse(expression)
            .unwrap()
            .next(&BusinessCalendar::default(), &zone, window, from)
            .unwrap();
        at.to_zoned(zone).strftime("%a %Y-%m-%d %H:%M %:z").to_string()
    }

    #[test]
    fn a_digest_waits_for_its_next_instant_in_wall_clock() {
        let daily = "0 30 8 * * Mon-Fri";
        assert_eq!(
            next(daily, "2026-11-25T09:00", Window::Staff),
            "Thu 2026-11-26 08:30 +01:00"
        );
        assert_eq!(
            next(daily, "2026-11-26T08:30", Window::Staff),
            "Thu 2026-11-26 08:30 +01:00"
        );
        assert_eq!(
            next(daily, "2026-11-27T09:00", Window::Staff),
            "Mon 2026-11-30 08:30 +01:00"
        );
        // Over both clock changes.
        assert_eq!(
            next(daily, "2026-03-27T12:00", Window::Staff),
            "Mon 2026-03-30 08:30 +02:00"
        );
        assert_eq!(
            next(daily, "2026-10-23T12:00", Window::Staff),
            "Mon 2026-10-26 08:30 +01:00"
        );
    }

    #[test]
    fn a_digest_skips_days_that_its_window_closes() {
        assert_eq!(
            next("0 30 8 * * Mon-Fri", "2026-12-24T09:00", Window::Staff),
            "Mon 2026-12-28 08:30 +01:00"
        );
        assert_eq!(
            next("0 30 8 * * *", "2026-11-28T09:00", Window::Participants),
            "Mon 2026-11-30 08:30 +01:00"
        );
    }

    #[test]
    fn an_instant_in_a_gap_goes_forward_and_one_in_an_overlap_comes_once() {
        let night = "0 30 2 * * *";
        assert_eq!(
            next(night, "2026-03-28T12:00", Window::None),
            "Sun 2026-03-29 03:30 +02:00"
        );
        assert_eq!(
            next(night, "2026-10-24T12:00", Window::None),
            "Sun 2026-10-25 02:30 +02:00"
        );
        let zone = TimeZone::get("Europe/Paris").unwrap();
        let after_first = instant(&zone, "2026-10-25T02:30".parse().unwrap())
            .unwrap()
            .checked_add(SignedDuration::from_mins(1))
            .unwrap();
        let digest = Digest::parse(night).unwrap();
        let at = digest
            .next(&BusinessCalendar::default(), &zone, Window::None, after_first)
            .unwrap();
        assert_eq!(zone.to_datetime(at).to_string(), "2026-10-26T02:30:00");
    }

    #[test]
    fn what_is_no_expression_says_what_to_write() {
        assert!(
            Digest::parse("every morning")
                .unwrap_err()
                .contains("0 30 8 * * Mon-Fri")
        );
        assert!(Digest::parse("0 0 0 31 2 *").unwrap_err().contains("never comes"));
    }
}
