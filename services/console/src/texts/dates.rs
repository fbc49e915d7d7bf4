use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::TimeZone,
};

use super::{Language, Texts};

const DAYS: [[&str; 7]; 2] = [
    [
        "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
    ],
    [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ],
];
const MONTHS: [[&str; 12]; 2] = [
    [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
];

impl Texts {
    /// "mercredi 25 novembre 2026" or "Wednesday 25 November 2026".
    pub(crate) fn day(self, date: Date) -> String {
        let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
        let month = usize::from(date.month().unsigned_abs() - 1);
        let day = match (self.0, date.day()) {
            (Language::French, 1) => "1er".to_owned(),
            (_, day) => day.to_string(),
        };
        let (days, months) = (DAYS[self.index()], MONTHS[self.index()]);
        format!("{} {day}\u{a0}{} {}", days[weekday], months[month], date.year())
    }

    /// "14 h", "9 h 05", or "14:00".
    pub(crate) fn clock(self, time: Time) -> String {
        match (self.0, time.minute()) {
            (Language::English, _) => time_of_grid(time),
            (Language::French, 0) => format!("{}\u{a0}h", time.hour()),
            (Language::French, minute) => format!("{}\u{a0}h\u{a0}{minute:02}", time.hour()),
        }
    }

    /// "14:00" in both, for tables.
    #[expect(clippy::unused_self, reason = "pages ask the same of every language")]
    pub(crate) fn cell(self, time: Time) -> String {
        time_of_grid(time)
    }

    /// "mercredi 25 novembre 2026 à 14 h" or "Wednesday 25 November 2026 at 14:00".
    pub(crate) fn moment(self, at: Timestamp, zone: &TimeZone) -> String {
        let local = at.to_zoned(zone.clone());
        let at = match self.0 {
            Language::French => "à",
            Language::English => "at",
        };
        format!("{} {at} {}", self.day(local.date()), self.clock(local.time()))
    }

    /// "15 minutes", "1 h 30" or "1 h 30 min".
    pub(crate) fn minutes(self, minutes: i32) -> String {
        match (self.0, minutes / 60, minutes % 60) {
            (_, 0, 1) | (Language::French, 0, 0) => format!("{minutes}\u{a0}minute"),
            (_, 0, minutes) => format!("{minutes}\u{a0}minutes"),
            (_, hours, 0) => format!("{hours}\u{a0}h"),
            (Language::French, hours, minutes) => format!("{hours}\u{a0}h\u{a0}{minutes:02}"),
            (Language::English, hours, minutes) => format!("{hours}\u{a0}h {minutes}\u{a0}min"),
        }
    }

    fn index(self) -> usize {
        usize::from(self.0 == Language::English)
    }
}

fn time_of_grid(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    const FRENCH: Texts = Texts(Language::French);
    const ENGLISH: Texts = Texts(Language::English);

    #[test]
    fn dates_are_written_out_in_each_language() {
        assert_eq!(FRENCH.day(date(2027, 3, 1)), "lundi 1er\u{a0}mars 2027");
        assert_eq!(ENGLISH.day(date(2027, 3, 1)), "Monday 1\u{a0}March 2027");
        assert_eq!(FRENCH.clock(time(9, 5, 0, 0)), "9\u{a0}h\u{a0}05");
        assert_eq!(ENGLISH.clock(time(9, 5, 0, 0)), "09:05");
        assert_eq!(
            (FRENCH.minutes(90), ENGLISH.minutes(90)),
            ("1\u{a0}h\u{a0}30".into(), "1\u{a0}h 30\u{a0}min".into())
        );
        assert_eq!(
            (FRENCH.minutes(0), ENGLISH.minutes(0)),
            ("0\u{a0}minute".into(), "0\u{a0}minutes".into())
        );
    }

    #[test]
    fn an_instant_is_shown_on_the_clock_of_its_zone() {
        let paris = TimeZone::get("Europe/Paris").unwrap();
        let at: Timestamp = "2026-10-26T16:00:00Z".parse().unwrap();
        assert_eq!(
            FRENCH.moment(at, &paris),
            "lundi 26\u{a0}octobre 2026 à 17\u{a0}h"
        );
        assert_eq!(ENGLISH.moment(at, &paris), "Monday 26\u{a0}October 2026 at 17:00");
    }

    #[test]
    fn an_instant_is_shown_on_the_clock_of_its_zone_on_both_sides_of_a_clock_change() {
        let paris = TimeZone::get("Europe/Paris").unwrap();
        let written = |instant: &str| FRENCH.moment(instant.parse().unwrap(), &paris);
        assert_eq!(
            written("2026-10-24T15:00:00Z"),
            "samedi 24\u{a0}octobre 2026 à 17\u{a0}h"
        );
        assert_eq!(
            written("2026-10-26T16:00:00Z"),
            "lundi 26\u{a0}octobre 2026 à 17\u{a0}h"
        );
    }
}
