//! Days on which people work: Monday to Friday without the French bank holidays and the days that an
//! installation closes besides.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// The one place that knows which days are open; everything that counts business days asks it.
#[derive(Clone, Debug, Default)]
pub struct BusinessCalendar {
    closed: BTreeSet<Date>,
}

impl BusinessCalendar {
    /// A calendar with extra closed days (a bridge, a strike, the week between the years).
    pub fn new(closed: impl IntoIterator<Item = Date>) -> Self {
        Self {
            closed: closed.into_iter().collect(),
        }
    }

    /// The extra closed days, in order.
    pub fn closed(&self) -> impl Iterator<Item = Date> {
        self.closed.iter().copied()
    }

    /// A bank holiday, or a day that the installation declares closed.
    pub fn is_holiday(&self, day: Date) -> bool {
        self.closed.contains(&day) || is_bank_holiday(day)
    }

    /// Monday to Friday, and no holiday.
    pub fn is_business_day(&self, day: Date) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !self.is_holiday(day)
    }

    /// The `count`-th business day after `day` (before it when negative); `day` itself is not counted and
    /// need not be one. Zero gives `day`.
    ///
    /// `None` when there is none within the years that the calendar can write.
    pub fn business_days_from(&self, day: Date, count: i32) -> Option<Date> {
        let step = i64::from(count.signum());
        let mut left = count.unsigned_abs();
        let mut day = day;
        while left > 0 {
            day = day.checked_add(step.days()).ok()?;
            if self.is_business_day(day) {
                left -= 1;
            }
        }
        Some(day)
    }
}

const FIXED: [(i8, i8); 8] = [
    (1, 1),
    (5, 1),
    (5, 8),
    (7, 14),
    (8, 15),
    (11, 1),
    (11, 11),
    (12, 25),
];
/// Easter Monday, Ascension, Whit Monday, in days after Easter Sunday.
const MOVABLE: [i32; 3] = [1, 39, 50];

/// The bank holidays of metropolitan France (without Alsace-Moselle) of a year. A set: Ascension may fall on
/// 1 May (2008) or 8 May (1997).
pub fn bank_holidays(year: i16) -> BTreeSet<Date> {
    let fixed = FIXED
        .into_iter()
        .filter_map(|(month, day)| Date::new(year, month, day).ok());
    let movable = easter(year).into_iter().flat_map(|easter| {
        MOVABLE
            .into_iter()
            .filter_map(move |after| easter.checked_add(i64::from(after).days()).ok())
    });
    fixed.chain(movable).collect()
}

fn is_bank_holiday(day: Date) -> bool {
    FIXED.contains(&(day.month(), day.day()))
        || easter(day.year())
            .and_then(|easter| easter.until(day).ok())
            .is_some_and(|after| MOVABLE.contains(&after.get_days()))
}

/// Easter Sunday by Meeus, Jones and Butcher. `None` outside the years of the calendar.
#[expect(
    clippy::many_single_char_names,
    reason = "the letters of the published algorithm"
)]
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let a = y % 19;
    let (b, c) = (y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let f = (b + 8) / 25;
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let month = (h + l - 7 * m + 114) / 31;
    let day = (h + l - 7 * m + 114) % 31 + 1;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn easter_is_right_for_the_published_years() {
        for (year, month, day) in [
            (2023, 4, 9),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2028, 4, 16),
            (2029, 4, 1),
        ] {
            assert_eq!(easter(year), Some(date(year, month, day)));
        }
        assert_eq!(easter(2038), Some(date(2038, 4, 25)), "the latest possible date");
        assert_eq!(
            easter(1818),
            Some(date(1818, 3, 22)),
            "the earliest possible date"
        );
    }

    #[test]
    fn the_bank_holidays_of_2027_are_the_eleven_of_the_law() {
        let expected = [
            (1, 1),
            (3, 29),
            (5, 1),
            (5, 6),
            (5, 8),
            (5, 17),
            (7, 14),
            (8, 15),
            (11, 1),
            (11, 11),
            (12, 25),
        ];
        assert_eq!(
            bank_holidays(2027),
            expected.into_iter().map(|(m, d)| date(2027, m, d)).collect()
        );
    }

    #[test]
    fn a_day_is_a_holiday_exactly_when_the_set_of_its_year_has_it() {
        let mut day = date(2026, 1, 1);
        while day.year() < 2031 {
            assert_eq!(
                is_bank_holiday(day),
                bank_holidays(day.year()).contains(&day),
                "{day}"
            );
            day = day.tomorrow().unwrap();
        }
    }

    #[test]
    fn ascension_on_another_holiday_counts_once() {
        assert_eq!(bank_holidays(2008).len(), 10, "Ascension on 1 May");
        assert_eq!(bank_holidays(1997).len(), 10, "Ascension on 8 May");
    }

    #[test]
    fn business_days_skip_week_ends_holidays_and_the_days_of_the_installation() {
        let calendar = BusinessCalendar::new([date(2026, 12, 24)]);
        // Monday 28 December: before it the week-end, Christmas on Friday, and Thursday closed by the house.
        assert_eq!(
            calendar.business_days_from(date(2026, 12, 28), -1),
            Some(date(2026, 12, 23))
        );
        assert_eq!(
            calendar.business_days_from(date(2026, 12, 23), 1),
            Some(date(2026, 12, 28))
        );
        assert_eq!(
            calendar.business_days_from(date(2026, 11, 29), 0),
            Some(date(2026, 11, 29))
        );
        // Tuesday 12 November 2026 … Armistice Day is a Wednesday.
        assert_eq!(
            calendar.business_days_from(date(2026, 11, 12), -1),
            Some(date(2026, 11, 10))
        );
        assert_eq!(calendar.business_days_from(Date::MAX, 1), None);
    }
}
