//! Who takes part in a session, with names, and whom they meet.

use std::collections::BTreeMap;

use contracts::speeddating::v1::{Meeting, MeetingState, Registration, RegistrationState, Side, Timetable};
use uuid::Uuid;

use crate::{
    Clients,
    error::Error,
    peers::{Names, Wanted},
    texts::Texts,
    words::{self, Badge},
};

/// All registrations of a session, by id.
pub(crate) struct Roll {
    guests: BTreeMap<String, Guest>,
    /// Who is not among them.
    nobody: String,
}

/// Somebody who takes part.
pub(crate) struct Guest {
    pub(crate) id: String,
    pub(crate) code: String,
    pub(crate) employer: bool,
    pub(crate) person_id: String,
    /// The organisation where there is one, else the person.
    pub(crate) name: String,
    /// The person behind an organisation; empty for a person alone.
    pub(crate) contact: String,
    /// The position offered.
    pub(crate) position: String,
    /// "de 9 h à 11 h 30", or empty for the whole session.
    pub(crate) presence: String,
    /// Takes part no more.
    pub(crate) withdrawn: bool,
    /// Nobody waits for them: withdrawn, or noted absent.
    pub(crate) gone: bool,
    pub(crate) state: Badge,
}

impl Roll {
    /// Reads the registrations and their names.
    pub(crate) async fn read(clients: &Clients, t: Texts, session: Uuid) -> Result<Self, Error> {
        let registrations = clients.registrations(session).await?;
        let mut wanted = Wanted::default();
        for registration in &registrations {
            wanted.person(&registration.person_id);
            wanted.organisation(&registration.organisation_id);
        }
        let names = clients.names(t, wanted).await?;
        let guests = registrations
            .into_iter()
            .map(|registration| {
                let guest = Guest::new(t, registration, &names);
                (guest.id.clone(), guest)
            })
            .collect();
        Ok(Self {
            guests,
            nobody: t.say("people-unknown"),
        })
    }

    pub(crate) fn get(&self, registration: &str) -> Option<&Guest> {
        self.guests.get(registration)
    }

    /// The name to show for a registration.
    pub(crate) fn name(&self, registration: &str) -> &str {
        self.get(registration).map_or(&self.nobody, |guest| &guest.name)
    }

    /// All of one side, or of both, by name.
    pub(crate) fn sorted(&self) -> Vec<&Guest> {
        let mut guests: Vec<_> = self.guests.values().collect();
        guests.sort_by_cached_key(|guest| (sort_key(&guest.name), guest.code.clone()));
        guests
    }
}

impl Guest {
    fn new(t: Texts, registration: Registration, names: &Names) -> Self {
        let state = registration.state();
        let employer = registration.side() == Side::Employer;
        let person = names.person(&registration.person_id).to_owned();
        let (name, contact) = if registration.organisation_id.is_empty() {
            (person, String::new())
        } else {
            (
                names.organisation(&registration.organisation_id).to_owned(),
                person,
            )
        };
        Self {
            employer,
            name,
            contact,
            presence: presence(t, &registration.arrives, &registration.leaves),
            withdrawn: state == RegistrationState::Withdrawn,
            gone: matches!(state, RegistrationState::Withdrawn | RegistrationState::Absent),
            state: words::registration_state(state),
            id: registration.registration_id,
            code: registration.code,
            person_id: registration.person_id,
            position: registration.position,
        }
    }
}

/// Meetings that stand, of one registration or of all.
pub(crate) fn standing<'a>(
    timetable: &'a Timetable,
    registration: Option<&'a str>,
) -> impl Iterator<Item = &'a Meeting> {
    timetable.meetings.iter().filter(move |meeting| {
        meeting.state() != MeetingState::Cancelled
            && registration.is_none_or(|id| meeting.employer_id == id || meeting.candidate_id == id)
    })
}

/// Meetings that stand, counted for each registration.
pub(crate) fn meetings_by_registration(timetable: Option<&Timetable>) -> BTreeMap<&str, i64> {
    let mut counts = BTreeMap::new();
    for meeting in timetable
        .into_iter()
        .flat_map(|timetable| standing(timetable, None))
    {
        *counts.entry(meeting.employer_id.as_str()).or_default() += 1;
        *counts.entry(meeting.candidate_id.as_str()).or_default() += 1;
    }
    counts
}

/// Names in the order in which one looks for them: accents and case aside.
pub(crate) fn sort_key(name: &str) -> String {
    name.chars().flat_map(char::to_lowercase).map(plain).collect()
}

/// The letters of French without their accents; others as they are.
fn plain(letter: char) -> char {
    match letter {
        'à' | 'â' | 'ä' | 'á' | 'ã' | 'å' => 'a',
        'ç' => 'c',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' | 'í' | 'ì' => 'i',
        'ñ' => 'n',
        'ô' | 'ö' | 'ó' | 'ò' | 'õ' => 'o',
        'û' | 'ü' | 'ù' | 'ú' => 'u',
        'ÿ' | 'ý' => 'y',
        other => other,
    }
}

fn presence(t: Texts, arrives: &str, leaves: &str) -> String {
    let clock = |text: &str| text.parse().ok().map(|time| t.clock(time));
    match (clock(arrives), clock(leaves)) {
        (Some(from), Some(to)) => t.with("people-there", "from", from).and("to", to).into(),
        (Some(from), None) => t.with("people-there-from", "from", from).into(),
        (None, Some(to)) => t.with("people-there-until", "to", to).into(),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Language;

    #[test]
    fn accents_and_case_do_not_change_the_order_of_names() {
        let mut names = ["Zoé", "émile", "Élodie", "Eric"];
        names.sort_by_key(|name| sort_key(name));
        assert_eq!(names, ["Élodie", "émile", "Eric", "Zoé"]);
    }

    #[test]
    fn presence_is_said_only_where_it_is_limited() {
        let (french, english) = (Texts(Language::French), Texts(Language::English));
        assert_eq!(
            presence(french, "09:00", "11:30"),
            "de 9\u{a0}h à 11\u{a0}h\u{a0}30"
        );
        assert_eq!(presence(french, "", ""), "");
        assert_eq!(presence(french, "10:00", ""), "à partir de 10\u{a0}h");
        assert_eq!(presence(english, "", "10:00"), "until 10:00");
    }
}
