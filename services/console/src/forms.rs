//! Posted forms: what was typed, what is wrong with it, and the guard against forged ones.

pub(crate) mod csrf;
pub(crate) mod flash;
mod overtaken;
mod posted;
mod refusal;
mod uploaded;

use std::fmt::Display;

use askama::Template;
use axum::response::{Html, IntoResponse as _, Response};
use http::StatusCode;
use jiff::civil::{Date, Time};
use uuid::Uuid;

use crate::{error::Error, texts::Texts};

use overtaken::Standing;

pub(crate) use overtaken::stale;
pub(crate) use posted::Posted;
pub(crate) use refusal::Cure;
pub(crate) use uploaded::Uploaded;

/// A form as it is shown: values as typed, and what is wrong with them. `form` in templates.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    /// The same for every press of one rendered form: the `request_id` of what it does.
    pub(crate) operation: Uuid,
    values: Vec<(String, String)>,
    faults: Vec<Fault>,
    /// Somebody else changed meanwhile what the form is about; and what stands now.
    overtaken: bool,
    standing: Vec<Standing>,
}

/// Something wrong, in words that say the cure.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    /// The field; empty when it is the form as a whole.
    pub(crate) field: String,
    pub(crate) words: String,
    /// The same in the summary, away from its field.
    pub(crate) summary: String,
}

impl Form {
    /// Nothing typed yet.
    pub(crate) fn new(operation: Uuid) -> Self {
        Self {
            operation,
            values: Vec::new(),
            faults: Vec::new(),
            overtaken: false,
            standing: Vec::new(),
        }
    }

    /// As posted.
    pub(crate) fn posted(operation: Uuid, values: Vec<(String, String)>) -> Self {
        Self {
            values,
            ..Self::new(operation)
        }
    }

    /// With a value that is there before anybody types.
    #[must_use]
    pub(crate) fn fill(mut self, field: &str, value: impl Display) -> Self {
        self.values.push((field.to_owned(), value.to_string()));
        self
    }

    /// The operation as text, for hidden fields and requests.
    pub(crate) fn operation(&self) -> String {
        self.operation.to_string()
    }

    /// What is in a field; empty when nothing is.
    pub(crate) fn value(&self, field: &str) -> &str {
        let value = self.values.iter().find(|(name, _)| name == field);
        value.map_or("", |(_, value)| value)
    }

    /// All values of a field that comes several times.
    pub(crate) fn all(&self, field: &str) -> Vec<&str> {
        let own = self.values.iter().filter(|(name, _)| name == field);
        own.map(|(_, value)| value.as_str()).collect()
    }

    /// Whether a field has this value: for choices and ticks.
    pub(crate) fn has(&self, field: &str, value: &str) -> bool {
        self.all(field).contains(&value)
    }

    /// What is wrong with a field; empty when nothing is.
    pub(crate) fn fault(&self, field: &str) -> &str {
        let fault = self.faults.iter().find(|fault| fault.field == field);
        fault.map_or("", |fault| &fault.words)
    }

    /// All that is wrong, for the summary.
    pub(crate) fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Whether anything is wrong.
    pub(crate) fn faulty(&self) -> bool {
        !self.faults.is_empty()
    }

    /// Says what is wrong with a field; empty for the form as a whole.
    pub(crate) fn blame(&mut self, field: &str, words: impl Into<String>) {
        let words = words.into();
        self.faults.push(Fault {
            field: field.to_owned(),
            summary: words.clone(),
            words,
        });
    }

    /// Names the field of each fault in the summary, for words that leave it to what stands above them.
    pub(crate) fn name_faults(&mut self, t: Texts, label: impl Fn(&str) -> Option<String>) {
        for fault in &mut self.faults {
            if let Some(label) = label(&fault.field) {
                let named = t.with("form-fault-of", "field", label);
                fault.summary = named.and("words", &fault.words).into();
            }
        }
    }

    /// The text of a field without spaces around it.
    pub(crate) fn text(&self, field: &str) -> String {
        self.value(field).trim().to_owned()
    }

    /// As [`Self::text`]; `missing` says what to do when it is empty.
    pub(crate) fn required(&mut self, field: &str, missing: impl Into<String>) -> String {
        let text = self.text(field);
        if text.is_empty() {
            self.blame(field, missing);
        }
        text
    }

    /// A number in its bounds; `wrong` says what to do about another text.
    pub(crate) fn number(
        &mut self,
        field: &str,
        bounds: std::ops::RangeInclusive<i64>,
        wrong: impl Into<String>,
    ) -> Option<i64> {
        let number = self.text(field).parse().ok();
        self.read(field, number.filter(|number| bounds.contains(number)), wrong)
    }

    /// A date as browsers send it: 2026-11-25.
    pub(crate) fn date(&mut self, field: &str, wrong: impl Into<String>) -> Option<Date> {
        let date = self.text(field).parse().ok();
        self.read(field, date, wrong)
    }

    /// A time as browsers send it: 14:00.
    pub(crate) fn time(&mut self, field: &str, wrong: impl Into<String>) -> Option<Time> {
        let time = Time::strptime("%H:%M", self.text(field)).ok();
        self.read(field, time, wrong)
    }

    /// The same page again, with what is wrong and all that was typed (422).
    pub(crate) fn again(page: &impl Template) -> Result<Response, Error> {
        Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page.render()?)).into_response())
    }

    fn read<T>(&mut self, field: &str, value: Option<T>, wrong: impl Into<String>) -> Option<T> {
        if value.is_none() {
            self.blame(field, wrong);
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(values: &[(&str, &str)]) -> Form {
        values
            .iter()
            .fold(Form::new(Uuid::nil()), |form, (field, value)| {
                form.fill(field, value)
            })
    }

    #[test]
    fn each_field_that_cannot_be_read_is_blamed_and_keeps_its_text() {
        let mut form = form(&[
            ("title", "  "),
            ("date", "2026-02-30"),
            ("time", "25:00"),
            ("tables", "0"),
        ]);
        assert_eq!(form.required("title", "Donner un titre"), "");
        assert_eq!(form.date("date", "Choisir une date"), None);
        assert_eq!(form.time("time", "Choisir une heure"), None);
        assert_eq!(form.number("tables", 1..=200, "De 1 à 200"), None);
        assert!(form.faulty());
        assert_eq!(form.fault("title"), "Donner un titre");
        assert_eq!((form.fault("tables"), form.value("tables")), ("De 1 à 200", "0"));
        assert_eq!(form.faults().len(), 4);
    }

    #[test]
    fn what_can_be_read_is_read() {
        let mut form = form(&[
            ("title", " Gerland "),
            ("date", "2026-11-25"),
            ("time", "09:05"),
            ("tables", "12"),
        ]);
        assert_eq!(form.required("title", ""), "Gerland");
        assert_eq!(form.date("date", ""), Some(jiff::civil::date(2026, 11, 25)));
        assert_eq!(form.time("time", ""), Some(jiff::civil::time(9, 5, 0, 0)));
        assert_eq!(form.number("tables", 1..=200, ""), Some(12));
        assert!(!form.faulty());
    }
}
