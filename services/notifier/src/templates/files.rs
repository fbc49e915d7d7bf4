//! The template files, compiled in, and what each template is for.

use super::Medium;

/// What a template is for.
#[derive(Clone, Copy, Debug)]
pub struct Declaration {
    /// The name that policies refer to.
    pub name: &'static str,
    /// What it says, for those who write policies.
    pub purpose: &'static str,
    /// The milestone kinds that it can tell.
    pub kinds: &'static [&'static str],
    /// What it can be written for.
    pub media: &'static [Medium],
    /// Whether its mails carry calendar entries.
    pub calendar: bool,
    /// Whether the recipient can do without it, and may stop it with one click. What is said when nobody asked for it
    /// twice (the plan, a change, the evening before) is necessary: without it somebody stands before a closed door.
    pub optional: bool,
}

const BOTH: &[Medium] = &[Medium::Mail, Medium::Sms];
const SPEED_DATING: &[&str] = &["speed_dating"];

impl Declaration {
    /// Whether its link opens an account of the staff: whoever has it is one step from being that colleague.
    pub(crate) fn opens_account(&self) -> bool {
        self.kinds.iter().any(|kind| kind.starts_with("account_"))
    }
}

/// Every template.
pub const DECLARATIONS: [Declaration; 13] = [
    Declaration {
        name: "account_invitation",
        purpose: "The link with which a colleague opens their account",
        kinds: &["account_invitation"],
        media: &[Medium::Mail],
        calendar: false,
        optional: false,
    },
    Declaration {
        name: "account_reset",
        purpose: "The link with which a colleague chooses another password",
        kinds: &["account_reset"],
        media: &[Medium::Mail],
        calendar: false,
        optional: false,
    },
    Declaration {
        name: "speed_dating_published_candidate",
        purpose: "A candidate's meetings, when the timetable is published",
        kinds: SPEED_DATING,
        media: BOTH,
        calendar: true,
        optional: false,
    },
    Declaration {
        name: "speed_dating_published_employer",
        purpose: "An employer's meetings, when the timetable is published",
        kinds: SPEED_DATING,
        media: BOTH,
        calendar: true,
        optional: false,
    },
    Declaration {
        name: "speed_dating_week_before",
        purpose: "A candidate's plan about a week before, with advice",
        kinds: SPEED_DATING,
        media: BOTH,
        calendar: true,
        optional: true,
    },
    Declaration {
        name: "speed_dating_two_days_before",
        purpose: "A reminder about two days before",
        kinds: SPEED_DATING,
        media: BOTH,
        calendar: true,
        optional: true,
    },
    Declaration {
        name: "speed_dating_day_before",
        purpose: "The plan with its link, the business day before",
        kinds: SPEED_DATING,
        media: BOTH,
        calendar: true,
        optional: false,
    },
    Declaration {
        name: "speed_dating_changed_candidate",
        purpose: "What changed for a candidate: a move, another meeting, a cancellation and whose",
        kinds: SPEED_DATING,
        media: BOTH,
        calendar: true,
        optional: false,
    },
    Declaration {
        name: "speed_dating_changed_employer",
        purpose: "What changed for an employer: a move, another meeting, a cancellation and whose",
        kinds: SPEED_DATING,
        media: BOTH,
        calendar: true,
        optional: false,
    },
    Declaration {
        name: "employer_confirmation",
        purpose: "Asks an employer to confirm",
        kinds: &["employer_confirmation"],
        media: BOTH,
        calendar: false,
        optional: true,
    },
    Declaration {
        name: "employer_confirmation_changed",
        purpose: "What changed for an employer who has no plan yet: a move, a cancellation and whose",
        kinds: &["employer_confirmation"],
        media: BOTH,
        calendar: false,
        optional: false,
    },
    Declaration {
        name: "outcomes_missing",
        purpose: "Asks an employer for the outcomes that are missing",
        kinds: SPEED_DATING,
        media: BOTH,
        calendar: false,
        optional: true,
    },
    Declaration {
        name: "outcomes_digest",
        purpose: "Tells a coordinator which employers owe outcomes",
        kinds: SPEED_DATING,
        media: &[Medium::Mail],
        calendar: false,
        optional: true,
    },
];

macro_rules! embedded {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../templates/", $name)))),*]
    };
}

/// Every file of templates/; those with a leading underscore are parts of others.
pub(super) const FILES: [(&str, &str); 131] = embedded![
    "_absent.en.html",
    "_absent.en.txt",
    "_absent.fr.html",
    "_absent.fr.txt",
    "_button.en.html",
    "_button.fr.html",
    "_changed.en.html",
    "_changed.en.txt",
    "_changed.fr.html",
    "_changed.fr.txt",
    "_hello.en.html",
    "_hello.en.txt",
    "_hello.fr.html",
    "_hello.fr.txt",
    "_layout.html",
    "_link.en.txt",
    "_link.fr.txt",
    "_meetings.en.html",
    "_meetings.en.txt",
    "_meetings.fr.html",
    "_meetings.fr.txt",
    "_place.en.html",
    "_place.en.txt",
    "_place.fr.html",
    "_place.fr.txt",
    "_question.en.html",
    "_question.en.txt",
    "_question.fr.html",
    "_question.fr.txt",
    "_sign.en.html",
    "_sign.en.txt",
    "_sign.fr.html",
    "_sign.fr.txt",
    "account_invitation.en.html",
    "account_invitation.en.subject",
    "account_invitation.en.txt",
    "account_invitation.fr.html",
    "account_invitation.fr.subject",
    "account_invitation.fr.txt",
    "account_reset.en.html",
    "account_reset.en.subject",
    "account_reset.en.txt",
    "account_reset.fr.html",
    "account_reset.fr.subject",
    "account_reset.fr.txt",
    "employer_confirmation.en.html",
    "employer_confirmation.en.sms",
    "employer_confirmation.en.subject",
    "employer_confirmation.en.txt",
    "employer_confirmation.fr.html",
    "employer_confirmation.fr.sms",
    "employer_confirmation.fr.subject",
    "employer_confirmation.fr.txt",
    "employer_confirmation_changed.en.html",
    "employer_confirmation_changed.en.sms",
    "employer_confirmation_changed.en.subject",
    "employer_confirmation_changed.en.txt",
    "employer_confirmation_changed.fr.html",
    "employer_confirmation_changed.fr.sms",
    "employer_confirmation_changed.fr.subject",
    "employer_confirmation_changed.fr.txt",
    "outcomes_digest.en.html",
    "outcomes_digest.en.subject",
    "outcomes_digest.en.txt",
    "outcomes_digest.fr.html",
    "outcomes_digest.fr.subject",
    "outcomes_digest.fr.txt",
    "outcomes_missing.en.html",
    "outcomes_missing.en.sms",
    "outcomes_missing.en.subject",
    "outcomes_missing.en.txt",
    "outcomes_missing.fr.html",
    "outcomes_missing.fr.sms",
    "outcomes_missing.fr.subject",
    "outcomes_missing.fr.txt",
    "speed_dating_changed_candidate.en.html",
    "speed_dating_changed_candidate.en.sms",
    "speed_dating_changed_candidate.en.subject",
    "speed_dating_changed_candidate.en.txt",
    "speed_dating_changed_candidate.fr.html",
    "speed_dating_changed_candidate.fr.sms",
    "speed_dating_changed_candidate.fr.subject",
    "speed_dating_changed_candidate.fr.txt",
    "speed_dating_changed_employer.en.html",
    "speed_dating_changed_employer.en.sms",
    "speed_dating_changed_employer.en.subject",
    "speed_dating_changed_employer.en.txt",
    "speed_dating_changed_employer.fr.html",
    "speed_dating_changed_employer.fr.sms",
    "speed_dating_changed_employer.fr.subject",
    "speed_dating_changed_employer.fr.txt",
    "speed_dating_day_before.en.html",
    "speed_dating_day_before.en.sms",
    "speed_dating_day_before.en.subject",
    "speed_dating_day_before.en.txt",
    "speed_dating_day_before.fr.html",
    "speed_dating_day_before.fr.sms",
    "speed_dating_day_before.fr.subject",
    "speed_dating_day_before.fr.txt",
    "speed_dating_published_candidate.en.html",
    "speed_dating_published_candidate.en.sms",
    "speed_dating_published_candidate.en.subject",
    "speed_dating_published_candidate.en.txt",
    "speed_dating_published_candidate.fr.html",
    "speed_dating_published_candidate.fr.sms",
    "speed_dating_published_candidate.fr.subject",
    "speed_dating_published_candidate.fr.txt",
    "speed_dating_published_employer.en.html",
    "speed_dating_published_employer.en.sms",
    "speed_dating_published_employer.en.subject",
    "speed_dating_published_employer.en.txt",
    "speed_dating_published_employer.fr.html",
    "speed_dating_published_employer.fr.sms",
    "speed_dating_published_employer.fr.subject",
    "speed_dating_published_employer.fr.txt",
    "speed_dating_two_days_before.en.html",
    "speed_dating_two_days_before.en.sms",
    "speed_dating_two_days_before.en.subject",
    "speed_dating_two_days_before.en.txt",
    "speed_dating_two_days_before.fr.html",
    "speed_dating_two_days_before.fr.sms",
    "speed_dating_two_days_before.fr.subject",
    "speed_dating_two_days_before.fr.txt",
    "speed_dating_week_before.en.html",
    "speed_dating_week_before.en.sms",
    "speed_dating_week_before.en.subject",
    "speed_dating_week_before.en.txt",
    "speed_dating_week_before.fr.html",
    "speed_dating_week_before.fr.sms",
    "speed_dating_week_before.fr.subject",
    "speed_dating_week_before.fr.txt",
];

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    #[test]
    fn no_file_of_the_folder_is_forgotten() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        let found: BTreeSet<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        let known: BTreeSet<String> = super::FILES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(found, known);
    }
}
