//! Somebody else was faster: the form comes back with all that was typed, and beside each field that differs what stands
//! now. Its version is the new one, so that saving again is a decision and no accident.

use askama::Template;
use axum::response::{Html, IntoResponse as _, Response};
use http::StatusCode;
use tonic::{Code, Status};

use super::Form;
use crate::{error::Error, texts::Texts};

/// The hidden field of the version that a form was filled from.
const VERSION: &str = "version";

/// What stands now in a field that somebody typed something else into.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub(crate) field: String,
    /// What the field is called.
    pub(crate) label: String,
    /// "Maintenant : 9 h 30".
    pub(crate) words: String,
}

/// Whether a service refused because what a form was filled from is no more.
pub(crate) fn stale(status: &Status) -> bool {
    status.code() == Code::Aborted
}

impl Form {
    /// Takes the version of `now`, the form as it would be filled at this moment, and notes what stands in each of
    /// `fields` (name and label) that differs; `say` has its value in words.
    pub(crate) fn overtaken(
        &mut self,
        t: Texts,
        now: &Self,
        fields: impl IntoIterator<Item = (String, String)>,
        say: impl Fn(&str, &str) -> String,
    ) {
        self.overtake();
        for (field, label) in fields {
            let value = now.value(&field);
            if self.value(&field).trim() != value {
                self.stand(t, &field, label, &say(&field, value));
            }
        }
        if !now.value(VERSION).is_empty() {
            self.set(VERSION, now.value(VERSION));
        }
    }

    /// Says that somebody else was faster. What else was wrong is looked at when the form is sent again.
    pub(crate) fn overtake(&mut self) {
        self.faults.clear();
        self.overtaken = true;
    }

    /// Notes what stands in one field, in words.
    pub(crate) fn stand(&mut self, t: Texts, field: &str, label: String, value: &str) {
        let words = if value.is_empty() {
            t.say("form-stands-empty")
        } else {
            t.with("form-stands", "value", value).into()
        };
        self.standing.push(Standing {
            field: field.to_owned(),
            label,
            words,
        });
    }

    /// Another value in the place of what was posted.
    pub(crate) fn set(&mut self, field: &str, value: &str) {
        self.values.retain(|(name, _)| name != field);
        self.values.push((field.to_owned(), value.to_owned()));
    }

    /// Whether somebody else was faster.
    pub(crate) fn is_overtaken(&self) -> bool {
        self.overtaken
    }

    /// All that stands and differs, for the notice on top.
    pub(crate) fn standing(&self) -> &[Standing] {
        &self.standing
    }

    /// What stands in a field, in words; empty when it does not differ.
    pub(crate) fn stands(&self, field: &str) -> &str {
        let standing = self.standing.iter().find(|one| one.field == field);
        standing.map_or("", |one| &one.words)
    }

    /// The same page again, to decide (409).
    pub(crate) fn decide(page: &impl Template) -> Result<Response, Error> {
        Ok((StatusCode::CONFLICT, Html(page.render()?)).into_response())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::texts::Language;

    #[test]
    fn what_was_typed_stays_with_the_new_version_and_only_what_differs_is_told() {
        let t = Texts(Language::French);
        let form = |title: &str, place: &str, version: i64| {
            let form = Form::new(Uuid::nil()).fill("titre", title);
            form.fill("lieu", place).fill("version", version)
        };
        let mut typed = form(" Gerland ", "Ici", 3);
        typed.blame("titre", "wrong");
        let fields = ["titre", "lieu", "adresse"].map(|name| (name.to_owned(), name.to_uppercase()));
        typed.overtaken(t, &form("Gerland", "", 5), fields, |_, value| value.to_owned());
        assert!(typed.is_overtaken() && !typed.faulty());
        assert_eq!((typed.value("lieu"), typed.value("version")), ("Ici", "5"));
        let told: Vec<_> = typed.standing().iter().map(|one| one.label.as_str()).collect();
        assert_eq!(told, ["LIEU"]);
        assert_eq!(typed.stands("lieu"), t.say("form-stands-empty"));
        assert_eq!(typed.stands("titre"), "");
    }
}
