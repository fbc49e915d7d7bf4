//! When a policy wants to speak, relative to the start or the end of a milestone.
//!
//! Three kinds, which are different rules (NOTIFY.md 2.4): elapsed time (`-48h`), calendar (`-P7D`, `+7d`,
//! `-1d 17:00`: wall clock), business days (`-1bd 17:00`).

use std::fmt;
use std::str::FromStr;

use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp, ToSpan};

use crate::calendar::BusinessCalendar;
use crate::window::instant;

/// A parsed offset. `Display` gives the text it came from: that text is the occurrence of its reminders.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Offset {
    text: String,
    rule: Rule,
}

#[derive(Clone, Debug)]
enum Rule {
    Elapsed(SignedDuration),
    Calendar { span: Span, at: Option<Time> },
    Business { days: i32, at: Option<Time> },
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Rule::Elapsed(a), Rule::Elapsed(b)) => a == b,
            (Rule::Calendar { span: a, at: x }, Rule::Calendar { span: b, at: y }) => {
                a.fieldwise() == b.fieldwise() && x == y
            }
            (Rule::Business { days: a, at: x }, Rule::Business { days: b, at: y }) => a == b && x == y,
            _ => false,
        }
    }
}

impl Eq for Rule {}

/// What is wrong with an offset, and what to write instead.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum OffsetError {
    /// Not one of the forms.
    #[error(
        "`{0}` is no offset; write elapsed time (-48h, +90min), calendar days (-P7D, -1d 17:00) or business days (-1bd 17:00)"
    )]
    Form(String),
    /// The clock is not HH:MM.
    #[error("`{0}` is no time of day; write HH:MM, from 00:00 to 23:59")]
    Clock(String),
    /// More than about a year.
    #[error("`{0}` is more than 400 days away; no reminder reaches that far")]
    TooFar(String),
}

impl OffsetError {
    /// What is wrong, in French.
    pub fn in_french(&self) -> String {
        match self {
            Self::Form(text) => format!(
                "`{text}` n'est pas un décalage ; écrivez une durée (-48h, +90min), des jours (-P7D, -1d 17:00) ou des \
                 jours ouvrés (-1bd 17:00)"
            ),
            Self::Clock(text) => {
                format!("`{text}` n'est pas une heure ; écrivez HH:MM, de 00:00 à 23:59")
            }
            Self::TooFar(text) => {
                format!("`{text}` est à plus de 400 jours ; aucun rappel ne va aussi loin")
            }
        }
    }
}

impl Offset {
    /// Whether it points before its reference (a sign of `-`, also for `-0d 08:00`, the day itself).
    pub fn is_before(&self) -> bool {
        self.text.starts_with('-')
    }

    /// The instant it means for a reference wall clock in a zone. In a gap forward by the gap, in an overlap
    /// the first. `None` only beyond the years of the calendar.
    pub fn apply(
        &self,
        calendar: &BusinessCalendar,
        zone: &TimeZone,
        reference: DateTime,
    ) -> Option<Timestamp> {
        match &self.rule {
            Rule::Elapsed(duration) => instant(zone, reference)?.checked_add(*duration).ok(),
            Rule::Calendar { span, at } => {
                let day = reference.checked_add(*span).ok()?;
                instant(zone, day.date().to_datetime(at.unwrap_or(reference.time())))
            }
            Rule::Business { days, at } => {
                let day = calendar.business_days_from(reference.date(), *days)?;
                instant(zone, day.to_datetime(at.unwrap_or(reference.time())))
            }
        }
    }

    /// What it means, in French: "deux jours ouvrés avant à 17 h".
    pub fn reading(&self) -> String {
        let side = if self.is_before() { "avant" } else { "après" };
        match &self.rule {
            Rule::Elapsed(duration) => {
                let minutes = duration.as_mins().unsigned_abs();
                let amount = if minutes.is_multiple_of(60) {
                    plural(minutes / 60, "heure", "heures")
                } else {
                    plural(minutes, "minute", "minutes")
                };
                format!("{amount} {side}")
            }
            Rule::Calendar { span, at } => {
                let days = u64::from((span.get_days() + 7 * span.get_weeks()).unsigned_abs());
                let months = u64::from(span.get_months().unsigned_abs());
                let amount = match (months, days, at) {
                    (0, 0, _) => "le jour même".to_owned(),
                    (0, 1, Some(_)) if self.is_before() => "la veille".to_owned(),
                    (0, 1, Some(_)) => "le lendemain".to_owned(),
                    (0, days, _) => format!("{} {side}", plural(days, "jour", "jours")),
                    (months, 0, _) => format!("{} mois {side}", number(months)),
                    (months, days, _) => {
                        format!(
                            "{} mois et {} {side}",
                            number(months),
                            plural(days, "jour", "jours")
                        )
                    }
                };
                amount + &clock_reading(*at)
            }
            Rule::Business { days, at } => {
                let days = u64::from(days.unsigned_abs());
                format!(
                    "{} {side}{}",
                    plural(days, "jour ouvré", "jours ouvrés"),
                    clock_reading(*at)
                )
            }
        }
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Offset {
    type Err = OffsetError;

    fn from_str(text: &str) -> Result<Self, OffsetError> {
        let form = || OffsetError::Form(text.to_owned());
        let mut words = text.split_whitespace();
        let amount = words.next().ok_or_else(form)?;
        let at = words.next();
        if words.next().is_some() || amount.len() > 20 || amount.len() < 2 {
            return Err(form());
        }
        let sign: i64 = match amount.as_bytes().first() {
            Some(b'-') => -1,
            Some(b'+') => 1,
            _ => return Err(form()),
        };
        let rest = &amount[1..];
        let at = at.map(clock).transpose()?;
        let rule = if rest.starts_with('P') {
            let span: Span = rest.parse().map_err(|_| form())?;
            if span.get_hours() != 0
                || span.get_minutes() != 0
                || span.get_seconds() != 0
                || span.is_negative()
            {
                return Err(form());
            }
            Rule::Calendar {
                span: if sign < 0 { span.negate() } else { span },
                at,
            }
        } else {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(form)?;
            let count: i32 = rest[..digits].parse().map_err(|_| form())?;
            let signed = sign * i64::from(count);
            if i64::from(count) > 1_000_000 {
                return Err(OffsetError::TooFar(text.to_owned()));
            }
            match (&rest[digits..], at) {
                ("h", None) => Rule::Elapsed(SignedDuration::from_hours(signed)),
                ("min", None) => Rule::Elapsed(SignedDuration::from_mins(signed)),
                ("d", at) if count <= 400 => Rule::Calendar {
                    span: signed.days(),
                    at,
                },
                ("bd", at) if count <= 280 => Rule::Business {
                    days: if sign < 0 { -count } else { count },
                    at,
                },
                ("d" | "bd", _) => return Err(OffsetError::TooFar(text.to_owned())),
                _ => return Err(form()),
            }
        };
        let offset = Self {
            text: text.split_whitespace().collect::<Vec<_>>().join(" "),
            rule,
        };
        if offset.reaches_too_far() {
            Err(OffsetError::TooFar(text.to_owned()))
        } else {
            Ok(offset)
        }
    }
}

impl Offset {
    fn reaches_too_far(&self) -> bool {
        match &self.rule {
            Rule::Elapsed(duration) => duration.as_hours().unsigned_abs() > 400 * 24,
            Rule::Calendar { span, .. } => {
                let days = span.get_days() + 7 * span.get_weeks() + 31 * span.get_months();
                span.get_years() != 0 || days.unsigned_abs() > 400
            }
            Rule::Business { .. } => false,
        }
    }
}

fn clock(text: &str) -> Result<Time, OffsetError> {
    let wrong = || OffsetError::Clock(text.to_owned());
    let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
    if hour.len() != 2 || minute.len() != 2 {
        return Err(wrong());
    }
    Time::new(
        hour.parse().map_err(|_| wrong())?,
        minute.parse().map_err(|_| wrong())?,
        0,
        0,
    )
    .map_err(|_| wrong())
}

fn clock_reading(at: Option<Time>) -> String {
    match at {
        None => String::new(),
        Some(at) if at.minute() == 0 => format!(" à {} h", at.hour()),
        Some(at) => format!(" à {} h {:02}", at.hour(), at.minute()),
    }
}

fn plural(count: u64, one: &str, many: &str) -> String {
    // « heure » and « minute » are feminine: une heure; « jour » is masculine.
    match count {
        1 if one.starts_with("jour") => format!("un {one}"),
        1 => format!("une {one}"),
        _ => format!("{} {many}", number(count)),
    }
}

pub(crate) fn number(count: u64) -> String {
    const WORDS: [&str; 11] = [
        "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix",
    ];
    let word = usize::try_from(count).ok().and_then(|index| WORDS.get(index));
    word.map_or_else(|| count.to_string(), |word| (*word).to_owned())
}

mod english;

pub(crate) use english::plural as plural_in_english;

#[cfg(test)]
mod tests;
