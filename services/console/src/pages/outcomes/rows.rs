//! A meeting with both words, as a row that one notes on.

use contracts::speeddating::v1::{MeetingState, Outcome, Word};
use jiff::tz::TimeZone;

use super::OUTCOMES;
use crate::{
    pages::{head, instant},
    peers::Names,
    roll::Roll,
    texts::Texts,
    words::{self, Badge},
};

/// A meeting on the page of one person.
pub(super) struct Row {
    pub(super) meeting: String,
    pub(super) time: String,
    pub(super) table: i32,
    /// The other one.
    pub(super) name: String,
    pub(super) own: Said,
    pub(super) other: Said,
    pub(super) disagreement: bool,
}

/// What a side says.
pub(super) struct Said {
    pub(super) state: Option<Badge>,
    /// The service's names, for pressed buttons.
    pub(super) held: bool,
    pub(super) candidate_absent: bool,
    pub(super) employer_absent: bool,
    pub(super) outcome: String,
    pub(super) outcome_words: String,
    /// "Enregistré à 14 h 32 par Lina Martin"; empty while nothing is said.
    pub(super) kept: String,
}

impl Row {
    /// `employer`: the page is that of the employer's side.
    pub(super) fn of(t: Texts, outcome: &Outcome, employer: bool, people: &People<'_>) -> Option<Self> {
        let meeting = outcome.meeting.as_ref()?;
        let (own, other) = if employer {
            (&outcome.employer, &outcome.candidate)
        } else {
            (&outcome.candidate, &outcome.employer)
        };
        let whom = if employer {
            &meeting.candidate_id
        } else {
            &meeting.employer_id
        };
        Some(Self {
            meeting: meeting.meeting_id.clone(),
            time: head::time(&meeting.starts)
                .map(|time| t.clock(time))
                .unwrap_or_default(),
            table: meeting.table,
            name: people.roll.name(whom).to_owned(),
            own: said(t, own.as_ref(), people),
            other: said(t, other.as_ref(), people),
            disagreement: outcome.disagreement,
        })
    }
}

/// Who is who on the page.
pub(super) struct People<'a> {
    pub(super) roll: &'a Roll,
    /// Of those who noted something.
    pub(super) names: &'a Names,
    pub(super) zone: &'a TimeZone,
}

fn said(t: Texts, word: Option<&Word>, people: &People<'_>) -> Said {
    let state = word.map_or(MeetingState::Planned, Word::state);
    let outcome = word.map(|word| word.outcome.clone()).unwrap_or_default();
    let known = OUTCOMES.iter().find(|(name, _)| *name == outcome);
    Said {
        state: words::meeting_state(state),
        held: state == MeetingState::Held,
        candidate_absent: state == MeetingState::NoShowCandidate,
        employer_absent: state == MeetingState::NoShowEmployer,
        outcome_words: known.map(|(_, key)| t.say(key)).unwrap_or_default(),
        outcome,
        kept: word.map(|word| kept(t, word, people)).unwrap_or_default(),
    }
}

fn kept(t: Texts, word: &Word, people: &People<'_>) -> String {
    let at = instant(word.said_at.as_ref())
        .map(|at| t.moment(at, people.zone))
        .unwrap_or_default();
    if word.said_by.parse::<uuid::Uuid>().is_ok() {
        t.with("outcome-kept-by", "at", at)
            .and("name", people.names.person(&word.said_by))
            .to_string()
    } else {
        t.with("outcome-kept", "at", at).to_string()
    }
}
