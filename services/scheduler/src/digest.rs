//! Digests: items of one person and policy wait for an instant given by a cron expression and become one message.

use std::str::FromStr;

use cron::{OwnedScheduleIterator, Schedule};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use platform::{Said, said};

use crate::calendar::BusinessCalendar;
use crate::window::{Window, instant};

/// When a digest goes out: wall clock of the milestone's zone.
#[derive(Clone, Debug)]
pub struct Digest(Schedule);

/// How many times the window may be closed at the next instant before giving up: more than a year of days.
const TRIES: usize = 400;

impl Digest {
    /// Reads a cron expression with seconds: `0 30 8 * * Mon-Fri`. The error says what to write.
    pub fn parse(text: &str) -> Result<Self, Said> {
        let schedule = Schedule::from_str(text).map_err(|error| {
            said!(
                "n'est pas une expression cron de secondes, minutes, heures, jours, mois, jours de semaine (0 30 8 * * Mon-Fri)",
                "is no cron expression of seconds, minutes, hours, days, months, weekdays (0 30 8 * * Mon-Fri): {error}"
            )
        })?;
        if upcoming(&schedule, DateTime::constant(2026, 1, 1, 0, 0, 0, 0))
            .is_none_or(|mut all| all.next().is_none())
        {
            return Err(Said::new(
                "n'arrive jamais ; regardez ses jours et ses mois",
                "never comes; look at its days and months",
            ));
        }
        Ok(Self(schedule))
    }

    /// The expression.
    pub fn expression(&self) -> &str {
        self.0.source()
    }

    /// "à 8 h 30 du lundi au vendredi"; none for what is not one hour on whole days of the week.
    pub fn words(&self) -> Option<Said> {
        let fields: Vec<&str> = self.expression().split_whitespace().collect();
        let ["0", minute, hour, "*" | "?", "*", days] = fields[..] else {
            return None;
        };
        let (minute, hour): (u8, u8) = (minute.parse().ok()?, hour.parse().ok()?);
        let minutes = if minute == 0 {
            String::new()
        } else {
            format!(" {minute:02}")
        };
        let days = weekdays(days)?;
        Some(Said::new(
            format!("à {hour} h{minutes} {}", days.french),
            format!("at {hour}:{minute:02} {}", days.english),
        ))
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
        let mut from = from;
        for _ in 0..TRIES {
            let at = self.first(zone, from)?;
            if window.contains(calendar, zone, at) {
                return Some(at);
            }
            // Not instant by instant: a fine expression has hundreds of them in a night.
            from = window.next_opening(calendar, zone, at)?;
        }
        None
    }

    /// The first instant at or after `from` that the expression names.
    fn first(&self, zone: &TimeZone, from: Timestamp) -> Option<Timestamp> {
        // Looks from a little earlier, so that an instant that is exactly `from` counts, and a wall clock that
        // the autumn change repeats is not lost.
        let start = zone.to_datetime(from.checked_sub(SignedDuration::from_hours(2)).ok()?);
        upcoming(&self.0, start)?
            .filter_map(|wall| {
                instant(
                    zone,
                    DateTime::from_str(&wall.format("%Y-%m-%dT%H:%M:%S").to_string()).ok()?,
                )
            })
            .find(|at| *at >= from)
    }
}

/// "du lundi au vendredi", of "Mon-Fri", "Mon" or "*".
fn weekdays(field: &str) -> Option<Said> {
    const DAYS: [(&str, &str, &str); 7] = [
        ("mon", "lundi", "Monday"),
        ("tue", "mardi", "Tuesday"),
        ("wed", "mercredi", "Wednesday"),
        ("thu", "jeudi", "Thursday"),
        ("fri", "vendredi", "Friday"),
        ("sat", "samedi", "Saturday"),
        ("sun", "dimanche", "Sunday"),
    ];
    let day = |text: &str| DAYS.iter().find(|day| day.0.eq_ignore_ascii_case(text));
    if matches!(field, "*" | "?") {
        return Some(Said::new("chaque jour", "every day"));
    }
    let Some((first, last)) = field.split_once('-') else {
        let day = day(field)?;
        return Some(Said::new(format!("le {}", day.1), format!("on {}s", day.2)));
    };
    let (first, last) = (day(first)?, day(last)?);
    Some(Said::new(
        format!("du {} au {}", first.1, last.1),
        format!("from {} to {}", first.2, last.2),
    ))
}

fn upcoming(schedule: &Schedule, from: DateTime) -> Option<OwnedScheduleIterator<chrono::Utc>> {
    let wall =
        chrono::DateTime::from_timestamp(from.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second(), 0)?;
    Some(schedule.after_owned(wall))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_on_days_of_the_week_has_words_and_what_is_finer_has_none() {
        let words = |text: &str| Digest::parse(text).unwrap().words();
        for (text, french, english) in [
            (
                "0 30 8 * * Mon-Fri",
                "à 8 h 30 du lundi au vendredi",
                "at 8:30 from Monday to Friday",
            ),
            ("0 0 17 * * *", "à 17 h chaque jour", "at 17:00 every day"),
            ("0 5 9 ? * Thu", "à 9 h 05 le jeudi", "at 9:05 on Thursdays"),
        ] {
            assert_eq!(words(text), Some(Said::new(french, english)), "{text}");
        }
        for text in [
            "0 0 8,18 * * *",
            "0 */10 8 * * *",
            "0 0 8 1 * *",
            "0 0 8 * 6 *",
            "30 0 8 * * *",
            "0 0 8 * * Mon,Thu",
        ] {
            assert_eq!(words(text), None, "{text}");
        }
    }

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
    fn a_fine_expression_reaches_over_nights_weekends_and_closed_days() {
        for (expression, from, window, expected) in [
            (
                "0 */5 * * * *",
                "2026-11-27T18:57",
                Window::Staff,
                "Mon 2026-11-30 08:00 +01:00",
            ),
            (
                "0 */5 * * * *",
                "2026-11-28T19:58",
                Window::Participants,
                "Mon 2026-11-30 08:00 +01:00",
            ),
            (
                "0 2/5 * * * *",
                "2026-12-24T18:59",
                Window::Staff,
                "Mon 2026-12-28 08:02 +01:00",
            ),
            (
                "* * * * * *",
                "2026-11-27T19:00",
                Window::Staff,
                "Mon 2026-11-30 08:00 +01:00",
            ),
            (
                "* * * * * *",
                "2026-11-27T10:00",
                Window::Staff,
                "Fri 2026-11-27 10:00 +01:00",
            ),
            // Over both clock changes.
            (
                "0 */5 * * * *",
                "2026-03-27T19:00",
                Window::Staff,
                "Mon 2026-03-30 08:00 +02:00",
            ),
            (
                "0 */5 * * * *",
                "2026-10-23T19:00",
                Window::Staff,
                "Mon 2026-10-26 08:00 +01:00",
            ),
        ] {
            assert_eq!(next(expression, from, window), expected, "{expression} {from}");
        }
        let never = Digest::parse("0 30 23 * * *").unwrap();
        let zone = TimeZone::get("Europe/Paris").unwrap();
        let from = instant(&zone, "2026-11-27T09:00".parse().unwrap()).unwrap();
        assert_eq!(
            never.next(&BusinessCalendar::default(), &zone, Window::Staff, from),
            None
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
                .english
                .contains("0 30 8 * * Mon-Fri")
        );
        assert!(
            Digest::parse("0 0 0 31 2 *")
                .unwrap_err()
                .english
                .contains("never comes")
        );
    }
}
