//! What a service refused, put to the field that it is about, in words of the page.

use platform::error::violations;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::Form;
use crate::{error::Error, texts::Texts};

/// Where a refusal belongs: the service's field or reason (`mail`, `MAIL_TAKEN`), the form's field (empty: the form as a
/// whole), the key of the words.
pub(crate) type Cure<'a> = (&'a str, &'a str, &'a str);

impl Form {
    /// Blames what the service found wrong: field violations and reasons of `cures`, and any other violation or reason in
    /// general words. What is not about the content of the form comes back as the error that it is; a stale version too, where the page has
    /// not asked [`super::stale`] before.
    pub(crate) fn refused(&mut self, status: Status, t: Texts, cures: &[Cure<'_>]) -> Result<(), Error> {
        let cure = |what: &str| cures.iter().find(|(known, ..)| *known == what);
        let reason = status
            .get_details_error_info()
            .map(|info| info.reason)
            .unwrap_or_default();
        if let Some((_, field, words)) = cure(&reason) {
            self.blame(field, t.say(words));
            return Ok(());
        }
        match status.code() {
            Code::InvalidArgument => {
                let violations = violations(&status);
                for violation in &violations {
                    // An element of a list is blamed like the list: people[3].mail, then people.
                    let plain = violation.field.split('[').next().unwrap_or_default();
                    match cure(&violation.field).or_else(|| cure(plain)) {
                        Some((_, field, words)) => self.blame(field, t.say(words)),
                        None => self.blame("", t.with("form-refused-field", "field", &violation.field)),
                    }
                }
                if violations.is_empty() {
                    self.blame("", t.say("form-refused"));
                }
                Ok(())
            }
            Code::FailedPrecondition | Code::AlreadyExists if !reason.is_empty() => {
                let key = format!("reason-{}", reason.to_lowercase().replace('_', "-"));
                let words = t.find(&key);
                if words.is_none() {
                    tracing::warn!(reason, "a service refused for a reason without words of ours");
                }
                self.blame("", words.unwrap_or_else(|| t.say("form-refused")));
                Ok(())
            }
            _ => Err(status.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use platform::error::{Failure, Kind, Violation};
    use uuid::Uuid;

    use super::*;
    use crate::texts::Language;

    const T: Texts = Texts(Language::French);

    fn refused(failure: Failure, cures: &[Cure<'_>]) -> Result<Form, Error> {
        let mut form = Form::new(Uuid::nil());
        form.refused(failure.into(), T, cures).map(|()| form)
    }

    #[test]
    fn a_violation_is_blamed_on_the_field_that_it_is_about() {
        let failure = Failure::invalid(vec![
            Violation::new("people[3].mail", "is no address"),
            Violation::new("x", "y"),
        ]);
        let form = refused(failure, &[("people", "fichier", "form-refused")]).unwrap();
        assert_eq!(form.fault("fichier"), T.say("form-refused"));
        assert_eq!(form.faults().len(), 2);
    }

    #[test]
    fn a_reason_is_blamed_too_and_the_rest_is_an_error() {
        let of = |kind, reason| Failure::new(kind, reason, "m");
        let form = refused(
            of(Kind::Precondition, "TAKEN"),
            &[("TAKEN", "mail", "form-refused")],
        )
        .unwrap();
        assert_eq!(form.fault("mail"), T.say("form-refused"));
        assert!(refused(of(Kind::Precondition, "NEW_ONE"), &[]).unwrap().faulty());
        assert!(matches!(
            refused(of(Kind::Conflict, "STALE"), &[]),
            Err(Error::Stale)
        ));
        assert!(matches!(refused(of(Kind::Denied, "NO"), &[]), Err(Error::Denied)));
    }
}
