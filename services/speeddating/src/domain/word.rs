//! What each side says became of a meeting, and what both words come to.

use jiff::Timestamp;
use uuid::Uuid;

use super::{Meeting, MeetingState, Refusal, Side};

/// What one side says of a meeting.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Word {
    /// Held, or who did not come.
    pub state: MeetingState,
    /// One of [`super::OUTCOMES`] when held, or empty while not said.
    pub outcome: String,
    /// Who noted it.
    pub said_by: String,
    /// When.
    pub said_at: Timestamp,
}

/// Both words on a meeting.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Words {
    /// The employer's.
    pub employer: Option<Word>,
    /// The candidate's.
    pub candidate: Option<Word>,
}

/// A meeting with what was said of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outcome {
    /// Its state is what both words come to.
    pub meeting: Meeting,
    /// The words.
    pub words: Words,
}

impl Words {
    /// Sets or takes back a side's word.
    pub fn set(&mut self, side: Side, word: Option<Word>) {
        match side {
            Side::Employer => self.employer = word,
            Side::Candidate => self.candidate = word,
        }
    }

    /// What a side said; none while it has said nothing.
    pub fn of(&self, side: Side) -> Option<&Word> {
        match side {
            Side::Employer => self.employer.as_ref(),
            Side::Candidate => self.candidate.as_ref(),
        }
    }

    /// A side's word after what it said before: whoever says once more that it was held takes no outcome back. For that the whole
    /// word is taken back.
    pub fn heard(&self, side: Side, word: Word) -> Word {
        match self.of(side) {
            Some(known) if word.outcome.is_empty() && known.state == word.state => Word {
                outcome: known.outcome.clone(),
                ..word
            },
            _ => word,
        }
    }

    /// The word that leads: the employer's, who decides what comes of a meeting; the candidate's while there is none.
    pub fn leading(&self) -> Option<&Word> {
        self.employer.as_ref().or(self.candidate.as_ref())
    }

    /// Whether both spoke and contradict each other. An outcome that one side has not said contradicts nothing.
    pub fn disagree(&self) -> bool {
        let (Some(employer), Some(candidate)) = (&self.employer, &self.candidate) else {
            return false;
        };
        let both_said = !employer.outcome.is_empty() && !candidate.outcome.is_empty();
        employer.state != candidate.state || (both_said && employer.outcome != candidate.outcome)
    }
}

impl Outcome {
    /// The meeting as the words have it; planned when nobody has said anything.
    pub fn settle(meeting: Meeting, words: Words) -> Result<Self, Refusal> {
        let meeting = match words.leading() {
            Some(word) => meeting.record(word.state, &word.outcome)?,
            None => meeting.record(MeetingState::Planned, "")?,
        };
        Ok(Self { meeting, words })
    }

    /// Identity of the meeting.
    pub fn id(&self) -> Uuid {
        self.meeting.id
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Pair, Placed};

    fn word(state: MeetingState, outcome: &str) -> Word {
        Word {
            state,
            outcome: outcome.to_owned(),
            said_by: "p".to_owned(),
            said_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn meeting(state: MeetingState) -> Meeting {
        Meeting {
            id: Uuid::from_u128(1),
            version: 1,
            pair: Pair {
                candidate: Uuid::from_u128(2),
                employer: Uuid::from_u128(3),
            },
            place: Placed {
                slot: 0,
                table: 1,
                seat: 1,
            },
            state,
            outcome: String::new(),
        }
    }

    #[test]
    fn who_says_the_same_again_takes_no_outcome_back() {
        let words = Words {
            employer: Some(word(MeetingState::Held, "hired")),
            candidate: None,
        };
        let heard = |side, state, outcome| words.heard(side, word(state, outcome)).outcome;
        assert_eq!(heard(Side::Employer, MeetingState::Held, ""), "hired");
        assert_eq!(heard(Side::Employer, MeetingState::Held, "interest"), "interest");
        assert_eq!(heard(Side::Employer, MeetingState::NoShowCandidate, ""), "");
        assert_eq!(heard(Side::Candidate, MeetingState::Held, ""), "");
    }

    #[test]
    fn the_employers_word_leads_and_the_candidates_stands_alone() {
        let words = Words {
            employer: None,
            candidate: Some(word(MeetingState::Held, "interest")),
        };
        let settled = Outcome::settle(meeting(MeetingState::Planned), words.clone()).unwrap();
        assert_eq!(
            (settled.meeting.state, settled.meeting.outcome.as_str()),
            (MeetingState::Held, "interest")
        );
        let words = Words {
            employer: Some(word(MeetingState::NoShowCandidate, "")),
            ..words
        };
        assert!(words.disagree());
        let settled = Outcome::settle(settled.meeting, words).unwrap();
        assert_eq!(
            (settled.meeting.state, settled.meeting.outcome.as_str()),
            (MeetingState::NoShowCandidate, "")
        );
    }

    #[test]
    fn a_word_taken_back_leaves_the_meeting_as_planned() {
        let settled = Outcome::settle(meeting(MeetingState::Held), Words::default()).unwrap();
        assert_eq!(settled.meeting.state, MeetingState::Planned);
    }

    #[test]
    fn an_outcome_that_one_side_left_out_contradicts_nothing() {
        let words = |employer, candidate| Words {
            employer: Some(word(MeetingState::Held, employer)),
            candidate: Some(word(MeetingState::Held, candidate)),
        };
        assert!(!words("interest", "").disagree());
        assert!(!words("interest", "interest").disagree());
        assert!(words("interest", "hired").disagree());
    }

    #[test]
    fn nothing_is_said_of_a_cancelled_meeting() {
        let words = Words {
            employer: Some(word(MeetingState::Held, "")),
            candidate: None,
        };
        let refused = Outcome::settle(meeting(MeetingState::Cancelled), words);
        assert_eq!(refused, Err(Refusal::MeetingOver("annulé")));
    }
}
