//! Offsets as one says them in English.

use jiff::civil::Time;

use super::{Offset, Rule};

impl Offset {
    /// "two business days before at 17:00".
    pub fn reading_in_english(&self) -> String {
        let side = if self.is_before() { "before" } else { "after" };
        match &self.rule {
            Rule::Elapsed(duration) => {
                let minutes = duration.as_mins().unsigned_abs();
                let amount = if minutes.is_multiple_of(60) {
                    plural(minutes / 60, "hour")
                } else {
                    plural(minutes, "minute")
                };
                format!("{amount} {side}")
            }
            Rule::Calendar { span, at } => {
                let days = u64::from((span.get_days() + 7 * span.get_weeks()).unsigned_abs());
                let months = u64::from(span.get_months().unsigned_abs());
                let amount = match (months, days) {
                    (0, 0) => "on the day".to_owned(),
                    (0, 1) if at.is_some() => format!("the day {side}"),
                    (0, days) => format!("{} {side}", plural(days, "day")),
                    (months, 0) => format!("{} {side}", plural(months, "month")),
                    (months, days) => {
                        format!("{} and {} {side}", plural(months, "month"), plural(days, "day"))
                    }
                };
                amount + &clock(*at)
            }
            Rule::Business { days, at } => {
                let days = u64::from(days.unsigned_abs());
                format!("{} {side}{}", plural(days, "business day"), clock(*at))
            }
        }
    }
}

fn clock(at: Option<Time>) -> String {
    at.map_or_else(String::new, |at| {
        format!(" at {:02}:{:02}", at.hour(), at.minute())
    })
}

/// "one day", "48 hours".
pub(crate) fn plural(count: u64, what: &str) -> String {
    const WORDS: [&str; 11] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    ];
    let word = usize::try_from(count).ok().and_then(|index| WORDS.get(index));
    let count_word = word.map_or_else(|| count.to_string(), |word| (*word).to_owned());
    let s = if count == 1 { "" } else { "s" };
    format!("{count_word} {what}{s}")
}
