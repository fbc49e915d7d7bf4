//! Somebody who takes part: an employer with its contact, or a candidate.

use jiff::civil::Time;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Refusal, Slot};

/// Which side of the table.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Side {
    /// Employer, or buyer.
    Employer,
    /// Candidate, or inclusion enterprise.
    Candidate,
}

/// Where a registration stands.
#[expect(missing_docs, reason = "named as in the papers")]
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Standing {
    Registered,
    Confirmed,
    Withdrawn,
    CheckedIn,
    Done,
    Absent,
}

/// Who ended a participation; it sets the wording of what people are told.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum EndedBy {
    /// The person, or the employer.
    Participant,
    /// Those who organise.
    Organisation,
}

/// A registration for a session.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Registration {
    /// Identity.
    pub id: Uuid,
    /// Rises with each change.
    pub version: i64,
    /// The session.
    pub session_id: Uuid,
    /// Which side.
    pub side: Side,
    /// Of the imported table, unique per session and side.
    pub code: String,
    /// The candidate, or the employer's contact.
    pub person_id: Uuid,
    /// The employer, or the inclusion enterprise.
    pub organisation_id: Option<Uuid>,
    /// Where it stands.
    pub standing: Standing,
    /// Who withdrew it.
    pub ended_by: Option<EndedBy>,
    /// Present from; the session's start when none.
    pub arrives: Option<Time>,
    /// Present until; the session's end when none.
    pub leaves: Option<Time>,
    /// Most meetings, if capped.
    pub meetings_max: Option<i64>,
    /// Meetings at once: the recruiters. 1 for candidates.
    pub parallel: i64,
    /// The position offered.
    pub position: String,
    /// Who referred the candidate, as typed.
    pub referent: String,
}

impl Side {
    /// As stored, and as page tokens carry it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Employer => "employer",
            Self::Candidate => "candidate",
        }
    }
}

impl Registration {
    /// Whether they belong to the session. Who is absent on the day still does: their meetings were planned.
    pub fn takes_part(&self) -> bool {
        self.standing != Standing::Withdrawn
    }

    /// Whether meetings can be given to them.
    pub fn expected(&self) -> bool {
        !matches!(self.standing, Standing::Withdrawn | Standing::Absent)
    }

    /// Whether they were noted as not having come.
    pub fn absent(&self) -> bool {
        self.standing == Standing::Absent
    }

    /// Whether they are there for all of a slot.
    pub fn present(&self, slot: Slot) -> bool {
        self.arrives.is_none_or(|arrives| arrives <= slot.starts)
            && self.leaves.is_none_or(|leaves| slot.ends <= leaves)
    }

    /// They say that they come. Saying it twice changes nothing.
    pub fn confirm(mut self) -> Result<Self, Refusal> {
        match self.standing {
            Standing::Registered => self.standing = Standing::Confirmed,
            Standing::Confirmed => {}
            Standing::Withdrawn | Standing::CheckedIn | Standing::Done | Standing::Absent => {
                return Err(Refusal::Registration {
                    code: self.code,
                    standing: self.standing,
                    wanted: "confirmée",
                });
            }
        }
        Ok(self)
    }

    /// They no longer take part.
    pub fn withdraw(mut self, by: EndedBy) -> Result<Self, Refusal> {
        match self.standing {
            Standing::Registered | Standing::Confirmed | Standing::CheckedIn => {
                self.standing = Standing::Withdrawn;
                self.ended_by = Some(by);
                Ok(self)
            }
            Standing::Withdrawn | Standing::Done | Standing::Absent => Err(Refusal::Registration {
                code: self.code,
                standing: self.standing,
                wanted: "retirée",
            }),
        }
    }

    /// Forgets what was typed about the person.
    #[must_use]
    pub fn forget(mut self) -> Self {
        self.referent = String::new();
        self.position = String::new();
        self
    }

    /// Whether they have said that they come.
    pub fn confirmed(&self) -> bool {
        matches!(
            self.standing,
            Standing::Confirmed | Standing::CheckedIn | Standing::Done
        )
    }
}
