//! Reading either problem, and an answer to it, from JSON text.

use serde::Deserialize;
use thiserror::Error;

use crate::{breaks, weight};

/// Either problem, told apart by the field `problem` of the file.
#[derive(Clone, Debug)]
pub enum Instance {
    /// `"problem": "SPEEDDATING"`.
    Weight(weight::Problem),
    /// `"problem": "B2BSOP"`.
    Breaks(breaks::Problem),
}

/// Why a text is no instance or no answer.
#[derive(Debug, Error)]
pub enum ReadError {
    #[error("this is not a timetable file: {0}")]
    Json(#[from] serde_json::Error),
    #[error("this is not an answer to the problem: {0}")]
    Answer(serde_json::Error),
    #[error("the field `problem` is missing; write \"SPEEDDATING\" (weight) or \"B2BSOP\" (breaks)")]
    NoKind,
    #[error("unknown problem {0:?}; known are \"SPEEDDATING\" (weight) and \"B2BSOP\" (breaks)")]
    UnknownKind(String),
    #[error(transparent)]
    Weight(#[from] weight::ProblemError),
    #[error(transparent)]
    Breaks(#[from] breaks::ProblemError),
    #[error("the answer says {0}; only a list of slots can be checked")]
    NoSlots(&'static str),
}

/// What the checker says of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// In words; empty for a valid answer.
    pub violations: Vec<String>,
    /// Weight, to be made large, or breaks, to be made small.
    pub value: i64,
    /// No answer is better than this.
    pub bound: i64,
}

#[derive(Deserialize)]
struct Kind {
    problem: Option<String>,
}

#[derive(Deserialize)]
struct Meetings {
    meetings: Vec<weight::Meeting>,
}

#[derive(Deserialize)]
struct Slots {
    slots: Option<Vec<usize>>,
    #[serde(default)]
    infeasible: bool,
}

impl Instance {
    /// Reads and validates a file; unknown fields are ignored.
    pub fn read(text: &str) -> Result<Self, ReadError> {
        let kind: Kind = serde_json::from_str(text)?;
        match kind.problem.as_deref() {
            Some("SPEEDDATING") => {
                let problem: weight::Problem = serde_json::from_str(text)?;
                problem.validate()?;
                Ok(Self::Weight(problem))
            }
            Some("B2BSOP") => {
                let problem: breaks::Problem = serde_json::from_str(text)?;
                problem.validate()?;
                Ok(Self::Breaks(problem))
            }
            Some(other) => Err(ReadError::UnknownKind(other.to_owned())),
            None => Err(ReadError::NoKind),
        }
    }

    /// Checks the text of an answer file.
    pub fn check(&self, answer: &str) -> Result<Verdict, ReadError> {
        match self {
            Self::Weight(problem) => {
                let read: Meetings = serde_json::from_str(answer).map_err(ReadError::Answer)?;
                let violations = weight::check(problem, &read.meetings);
                Ok(Verdict {
                    violations: violations.iter().map(ToString::to_string).collect(),
                    value: weight::total_weight(problem, &read.meetings),
                    bound: weight::bound(problem),
                })
            }
            Self::Breaks(problem) => {
                let read: Slots = serde_json::from_str(answer).map_err(ReadError::Answer)?;
                let said = if read.infeasible {
                    "that the problem is infeasible"
                } else {
                    "nothing of slots"
                };
                let checked = breaks::check(problem, &read.slots.ok_or(ReadError::NoSlots(said))?);
                Ok(Verdict {
                    violations: checked.violations.iter().map(ToString::to_string).collect(),
                    value: checked.value,
                    bound: breaks::bound(problem),
                })
            }
        }
    }
}
