//! When a person may be disturbed, and where a send goes that would fall outside.

use jiff::civil::{Date, DateTime, Time, Weekday, time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::calendar::BusinessCalendar;

/// The courtesy window of a policy (DESIGN.md, promise 5).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// 08:00–20:00, Monday to Saturday, no bank holiday.
    Participants,
    /// 08:00–19:00 on business days.
    Staff,
    /// Any time (sign-in mails).
    None,
}

/// A send that comes earlier because its hour is closed comes this many minutes before closing: late enough
/// to be near the intended instant, early enough that retries still fall inside.
pub const MARGIN_MINUTES: i64 = 30;

/// How far to look for an open day. Longer closures than this do not exist.
const HORIZON_DAYS: u32 = 60;

impl Window {
    /// Whether a send at this instant is polite in this zone.
    pub fn contains(self, calendar: &BusinessCalendar, zone: &TimeZone, at: Timestamp) -> bool {
        let Some((opens, closes)) = self.hours() else {
            return true;
        };
        let local = zone.to_datetime(at);
        self.is_open_day(calendar, local.date()) && (opens..closes).contains(&local.time())
    }

    /// The instant at which a reminder intended for `intended` is sent, seen from `now`.
    ///
    /// Inside the window it stays. Outside it moves **earlier**: from a closed day to the same wall clock on
    /// the nearest earlier open day, from before opening to the previous open day and from after closing to
    /// the same day, there `MARGIN_MINUTES` before closing. When that is already over it moves to the next
    /// opening, and when that comes too late it goes now, if now is inside. `None`: too late for all of these.
    pub fn place(
        self,
        calendar: &BusinessCalendar,
        zone: &TimeZone,
        intended: Timestamp,
        now: Timestamp,
        useful_until: Timestamp,
    ) -> Option<Timestamp> {
        let useful = |at: &Timestamp| *at < useful_until;
        if self.contains(calendar, zone, intended) {
            return Some(intended.max(now))
                .filter(|at| self.contains(calendar, zone, *at))
                .filter(useful)
                .or_else(|| self.next_opening(calendar, zone, now).filter(useful));
        }
        if let Some(earlier) = self.earlier(calendar, zone, intended).filter(|at| *at > now) {
            return Some(earlier).filter(useful);
        }
        self.next_opening(calendar, zone, intended.max(now))
            .filter(useful)
            .or_else(|| {
                Some(now)
                    .filter(|at| self.contains(calendar, zone, *at))
                    .filter(useful)
            })
    }

    /// `at` itself when open, else the first instant after it that is.
    pub fn next_opening(
        self,
        calendar: &BusinessCalendar,
        zone: &TimeZone,
        at: Timestamp,
    ) -> Option<Timestamp> {
        let Some((opens, _)) = self.hours() else {
            return Some(at);
        };
        if self.contains(calendar, zone, at) {
            return Some(at);
        }
        let local = zone.to_datetime(at);
        let mut day = if local.time() < opens {
            local.date()
        } else {
            local.date().tomorrow().ok()?
        };
        for _ in 0..HORIZON_DAYS {
            if self.is_open_day(calendar, day) {
                return instant(zone, day.to_datetime(opens));
            }
            day = day.tomorrow().ok()?;
        }
        None
    }

    fn earlier(self, calendar: &BusinessCalendar, zone: &TimeZone, at: Timestamp) -> Option<Timestamp> {
        let (opens, closes) = self.hours()?;
        let local = zone.to_datetime(at);
        let mut day = self.open_day_until(calendar, local.date())?;
        let mut clock = local.time();
        let before_closing = closes.checked_sub(MARGIN_MINUTES.minutes()).ok()?;
        if clock < opens {
            day = self.open_day_until(calendar, day.yesterday().ok()?)?;
            clock = before_closing;
        } else if clock >= closes {
            clock = before_closing;
        }
        instant(zone, day.to_datetime(clock))
    }

    /// The nearest open day not after `day`.
    fn open_day_until(self, calendar: &BusinessCalendar, day: Date) -> Option<Date> {
        let mut day = day;
        for _ in 0..HORIZON_DAYS {
            if self.is_open_day(calendar, day) {
                return Some(day);
            }
            day = day.yesterday().ok()?;
        }
        None
    }

    fn is_open_day(self, calendar: &BusinessCalendar, day: Date) -> bool {
        match self {
            Window::Participants => day.weekday() != Weekday::Sunday && !calendar.is_holiday(day),
            Window::Staff => calendar.is_business_day(day),
            Window::None => true,
        }
    }

    fn hours(self) -> Option<(Time, Time)> {
        match self {
            Window::Participants => Some((time(8, 0, 0, 0), time(20, 0, 0, 0))),
            Window::Staff => Some((time(8, 0, 0, 0), time(19, 0, 0, 0))),
            Window::None => None,
        }
    }
}

/// The instant of a wall clock: in a gap forward by the gap, in an overlap the first (NOTIFY.md 2.4).
pub(crate) fn instant(zone: &TimeZone, local: DateTime) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(local).compatible().ok()
}

#[cfg(test)]
mod tests;
