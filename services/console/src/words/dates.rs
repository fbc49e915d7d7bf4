use jiff::{
    Timestamp,
    civil::{Date, Time},
};

const DAYS: [&str; 7] = [
    "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
];
const MONTHS: [&str; 12] = [
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

/// "mercredi 25 novembre 2026".
pub(crate) fn day(date: Date) -> String {
    let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
    let month = usize::from(date.month().unsigned_abs() - 1);
    let day = match date.day() {
        1 => "1er".to_owned(),
        day => day.to_string(),
    };
    format!("{} {day}\u{a0}{} {}", DAYS[weekday], MONTHS[month], date.year())
}

/// "14 h", "9 h 05".
pub(crate) fn clock(time: Time) -> String {
    match time.minute() {
        0 => format!("{}\u{a0}h", time.hour()),
        minute => format!("{}\u{a0}h\u{a0}{minute:02}", time.hour()),
    }
}

/// For `datetime` of `<time>`: "2026-11-25T13:00Z".
pub(crate) fn iso(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%MZ").to_string()
}

/// "15 minutes", "1 h 30".
pub(crate) fn minutes(minutes: i32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => super::count(minutes, "minute", "minutes"),
        (hours, 0) => format!("{hours}\u{a0}h"),
        (hours, minutes) => format!("{hours}\u{a0}h\u{a0}{minutes:02}"),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    #[test]
    fn dates_are_written_out() {
        assert_eq!(day(date(2026, 11, 25)), "mercredi 25\u{a0}novembre 2026");
        assert_eq!(day(date(2027, 3, 1)), "lundi 1er\u{a0}mars 2027");
        assert_eq!(clock(time(9, 5, 0, 0)), "9\u{a0}h\u{a0}05");
        assert_eq!(clock(time(14, 0, 0, 0)), "14\u{a0}h");
        assert_eq!(
            (minutes(15), minutes(90), minutes(60)),
            (
                "15\u{a0}minutes".into(),
                "1\u{a0}h\u{a0}30".into(),
                "1\u{a0}h".into()
            )
        );
    }
}
