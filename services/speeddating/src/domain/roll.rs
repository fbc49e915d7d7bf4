//! Imported rows against those who are registered, and wishes against those that are known.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Time;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Pair, Registration, Side, Standing, Wish};

/// Somebody of an imported table, known to the directory by now.
#[expect(missing_docs, reason = "as in Registration")]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Roll {
    pub side: Side,
    pub code: String,
    pub person_id: Uuid,
    pub organisation_id: Option<Uuid>,
    pub arrives: Option<Time>,
    pub leaves: Option<Time>,
    pub meetings_max: Option<i64>,
    pub parallel: i64,
    pub position: String,
    pub referent: String,
}

/// Somebody registered, as an import must know them.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Seen {
    /// Of the employers' table.
    pub employer: bool,
    /// The code.
    pub code: String,
    /// Who it is.
    pub person_id: Uuid,
    /// Who withdrew is not brought back.
    pub withdrawn: bool,
}

/// A candidate's row about somebody who takes part under another code.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Double {
    /// Of the row.
    pub code: String,
    /// Under which they take part.
    pub other: String,
}

/// What an import does to the registrations.
#[derive(Clone, Debug, Default)]
pub struct RollChange {
    /// New ones.
    pub added: Vec<Registration>,
    /// Known ones, changed.
    pub changed: Vec<Registration>,
}

impl Roll {
    /// Compares the rows with who is registered. Who withdrew stays withdrawn: an old spreadsheet must not bring
    /// somebody back.
    pub fn merge(
        rows: Vec<Self>,
        session_id: Uuid,
        registered: &[Registration],
        mut id: impl FnMut() -> Uuid,
    ) -> RollChange {
        let known: BTreeMap<(bool, &str), &Registration> = registered
            .iter()
            .map(|known| ((known.side == Side::Employer, known.code.as_str()), known))
            .collect();
        let mut change = RollChange::default();
        for row in rows {
            let found = known
                .get(&(row.side == Side::Employer, row.code.as_str()))
                .copied();
            match found {
                None => change.added.push(row.registration(id(), session_id)),
                Some(known) if known.standing == Standing::Withdrawn => {}
                Some(known) => {
                    let next = Registration {
                        standing: known.standing,
                        ended_by: known.ended_by,
                        // A code stays with its person: they may have been told of meetings.
                        person_id: known.person_id,
                        version: known.version,
                        ..row.registration(known.id, session_id)
                    };
                    if next != *known {
                        change.changed.push(Registration {
                            version: known.version + 1,
                            ..next
                        });
                    }
                }
            }
        }
        change
    }

    /// Whether it says of a registration what is known, whoever it is about.
    pub fn says(&self, known: &Registration) -> bool {
        let same = Self {
            person_id: known.person_id,
            organisation_id: known.organisation_id,
            ..self.clone()
        };
        let next = Registration {
            standing: known.standing,
            ended_by: known.ended_by,
            version: known.version,
            ..same.registration(known.id, known.session_id)
        };
        next == *known
    }

    fn registration(self, id: Uuid, session_id: Uuid) -> Registration {
        Registration {
            id,
            version: 1,
            session_id,
            side: self.side,
            code: self.code,
            person_id: self.person_id,
            organisation_id: self.organisation_id,
            standing: Standing::Registered,
            ended_by: None,
            arrives: self.arrives,
            leaves: self.leaves,
            meetings_max: self.meetings_max,
            parallel: self.parallel,
            position: self.position,
            referent: self.referent,
        }
    }
}

impl From<&Registration> for Seen {
    fn from(registration: &Registration) -> Self {
        Self {
            employer: registration.side == Side::Employer,
            code: registration.code.clone(),
            person_id: registration.person_id,
            withdrawn: registration.standing == Standing::Withdrawn,
        }
    }
}

/// Candidates' rows (code and person) about somebody who takes part already under another code, in the session or on an
/// earlier row. Nobody has two places in a session.
pub fn doubles<'a>(rows: impl IntoIterator<Item = (&'a str, Uuid)>, seen: &'a [Seen]) -> Vec<Double> {
    let candidates = seen.iter().filter(|seen| !seen.employer);
    let registered: BTreeSet<&str> = candidates.clone().map(|seen| seen.code.as_str()).collect();
    let mut taken: BTreeMap<Uuid, &str> = candidates
        .filter(|seen| !seen.withdrawn)
        .map(|seen| (seen.person_id, seen.code.as_str()))
        .collect();
    let mut doubles = Vec::new();
    // A registered code stays with its person.
    for (code, person) in rows.into_iter().filter(|(code, _)| !registered.contains(code)) {
        match taken.get(&person) {
            Some(other) => doubles.push(Double {
                code: code.to_owned(),
                other: (*other).to_owned(),
            }),
            None => {
                taken.insert(person, code);
            }
        }
    }
    doubles
}

/// Wishes to keep and pairs to drop, when a file brings all wishes of the candidates whom it names: a wish that the
/// file no longer has is gone. What a coordinator set by hand (must, must not) is kept.
pub fn merge_wishes(known: &[Wish], imported: Vec<Wish>) -> (Vec<Wish>, Vec<Pair>) {
    let named: BTreeSet<Uuid> = imported.iter().map(|wish| wish.pair.candidate).collect();
    let before: BTreeMap<Pair, &Wish> = known.iter().map(|wish| (wish.pair, wish)).collect();
    let mut kept: BTreeSet<Pair> = BTreeSet::new();
    let mut written = Vec::new();
    for mut wish in imported {
        if let Some(known) = before.get(&wish.pair) {
            wish.must |= known.must && !wish.forbidden();
            wish.must_not |= known.must_not && !wish.must;
        }
        kept.insert(wish.pair);
        if before.get(&wish.pair).is_none_or(|known| **known != wish) {
            written.push(wish);
        }
    }
    let mut dropped = Vec::new();
    for wish in known
        .iter()
        .filter(|wish| named.contains(&wish.pair.candidate) && !kept.contains(&wish.pair))
    {
        let by_hand = Wish {
            rank: 0,
            opinion: None,
            recommended: false,
            ..*wish
        };
        if by_hand.silent() {
            dropped.push(wish.pair);
        } else if by_hand != *wish {
            written.push(by_hand);
        }
    }
    (written, dropped)
}
