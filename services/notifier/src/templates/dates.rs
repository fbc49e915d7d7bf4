//! Dates and hours in words, always computed from the wall clock: nobody types a weekday into a template.

use jiff::civil::{Date, DateTime, Time};

use super::{Language, Medium};

const JOURS: [&str; 7] = [
    "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
];
const MOIS: [&str; 12] = [
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
];
const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
const MONTHS: [&str; 12] = [
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
];

/// "mercredi 25 novembre 2026"; in an SMS "mercredi 25/11". English: "Wednesday 25 November 2026", "Wed 25 Nov".
pub(super) fn date(date: Date, language: Language, medium: Medium) -> String {
    let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
    let month = usize::from(date.month().unsigned_abs() - 1);
    let (day, year) = (date.day(), date.year());
    match (language, medium) {
        (Language::French, Medium::Sms) => format!("{} {day:02}/{:02}", JOURS[weekday], date.month()),
        (Language::French, Medium::Mail) => {
            let day = if day == 1 {
                "1er".to_owned()
            } else {
                day.to_string()
            };
            format!("{} {day} {} {year}", JOURS[weekday], MOIS[month])
        }
        (Language::English, Medium::Sms) => format!("{} {day} {}", &DAYS[weekday][..3], &MONTHS[month][..3]),
        (Language::English, Medium::Mail) => format!("{} {day} {} {year}", DAYS[weekday], MONTHS[month]),
    }
}

/// "14 h", "9 h 30" with spaces that do not break; in an SMS "14h", "9h30". English: "14:00".
pub(super) fn clock(time: Time, language: Language, medium: Medium) -> String {
    let (hour, minute) = (time.hour(), time.minute());
    match (language, medium, minute) {
        (Language::French, Medium::Mail, 0) => format!("{hour}\u{a0}h"),
        (Language::French, Medium::Mail, _) => format!("{hour}\u{a0}h\u{a0}{minute:02}"),
        (Language::French, Medium::Sms, 0) => format!("{hour}h"),
        (Language::French, Medium::Sms, _) => format!("{hour}h{minute:02}"),
        (Language::English, ..) => format!("{hour}:{minute:02}"),
    }
}

/// "mercredi 25 novembre 2026 à 14 h"; in an SMS "mercredi 25/11 à 14h".
pub(super) fn moment(at: DateTime, language: Language, medium: Medium) -> String {
    let (date, clock) = (
        date(at.date(), language, medium),
        clock(at.time(), language, medium),
    );
    match language {
        Language::French => format!("{date} à {clock}"),
        Language::English => format!("{date} at {clock}"),
    }
}

/// Reads "2026-11-25T09:15:00", "2026-11-25", or "09:15" (then the date is the first of the calendar).
pub(super) fn read(text: &str) -> Option<DateTime> {
    text.parse::<DateTime>()
        .ok()
        .or_else(|| text.parse::<Date>().ok().map(|date| date.at(0, 0, 0, 0)))
        .or_else(|| {
            text.parse::<Time>()
                .ok()
                .map(|time| DateTime::from_parts(Date::ZERO, time))
        })
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, datetime};

    use super::*;

    #[test]
    fn a_moment_reads_as_people_write_it() {
        let at = datetime(2026, 11, 25, 14, 0, 0, 0);
        let all = [
            (Language::French, Medium::Mail),
            (Language::French, Medium::Sms),
            (Language::English, Medium::Mail),
            (Language::English, Medium::Sms),
        ]
        .map(|(language, medium)| moment(at, language, medium));
        assert_eq!(
            all,
            [
                "mercredi 25 novembre 2026 à 14\u{a0}h",
                "mercredi 25/11 à 14h",
                "Wednesday 25 November 2026 at 14:00",
                "Wed 25 Nov at 14:00"
            ]
        );
        assert_eq!(
            clock(jiff::civil::time(9, 5, 0, 0), Language::French, Medium::Mail),
            "9\u{a0}h\u{a0}05"
        );
        assert_eq!(
            super::date(date(2027, 3, 1), Language::French, Medium::Mail),
            "lundi 1er mars 2027"
        );
        assert_eq!(
            super::date(date(2027, 3, 1), Language::French, Medium::Sms),
            "lundi 01/03"
        );
    }

    #[test]
    fn both_ways_of_writing_an_hour_are_read() {
        assert_eq!(
            read("2026-11-25T09:15:00"),
            Some(datetime(2026, 11, 25, 9, 15, 0, 0))
        );
        assert_eq!(
            read("09:15").map(DateTime::time),
            Some(jiff::civil::time(9, 15, 0, 0))
        );
        assert_eq!(read("2026-11-25").map(DateTime::date), Some(date(2026, 11, 25)));
        assert_eq!(read("bientôt"), None);
    }
}
