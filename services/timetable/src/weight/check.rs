//! The independent checker: reads the problem and the meetings only, with none of the solver's structures.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use super::{Meeting, Problem, Side};

/// One broken rule. Its `Display` says it in words, with the ids and slots of the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Violation {
    /// No such employer, candidate or slot.
    Unknown {
        meeting: Meeting,
    },
    /// The pair is not among the possible ones.
    NotPossible {
        e: usize,
        c: usize,
    },
    Forbidden {
        e: usize,
        c: usize,
    },
    PairTwice {
        e: usize,
        c: usize,
        slots: Vec<usize>,
    },
    Absent {
        who: Who,
        slot: usize,
        other: usize,
    },
    DoubleBooked {
        who: Who,
        slot: usize,
        others: Vec<usize>,
        parallel: usize,
    },
    OverCap {
        who: Who,
        meetings: usize,
        cap: usize,
    },
    TooFewTables {
        slot: usize,
        meetings: usize,
        tables: usize,
    },
}

/// A person of either side, by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Who {
    Employer(usize),
    Candidate(usize),
}

/// Every violation, none for a valid timetable. Must-meets are no violations: `Answer::unmet` explains them.
pub fn check(problem: &Problem, meetings: &[Meeting]) -> Vec<Violation> {
    let mut found = Vec::new();
    let known: Vec<Meeting> = meetings.iter().copied().filter(|m| exists(problem, *m)).collect();
    found.extend(
        meetings
            .iter()
            .filter(|m| !exists(problem, **m))
            .map(|&meeting| Violation::Unknown { meeting }),
    );
    pairs(problem, &known, &mut found);
    let of_employers = known.iter().map(|m| (m.e, m.c, m.slot));
    people(&problem.employers, Who::Employer, of_employers, &mut found);
    let of_candidates = known.iter().map(|m| (m.c, m.e, m.slot));
    people(&problem.candidates, Who::Candidate, of_candidates, &mut found);
    let mut tables: BTreeMap<usize, usize> = BTreeMap::new();
    for meeting in &known {
        *tables.entry(meeting.slot).or_default() += 1;
    }
    found.extend(
        tables
            .into_iter()
            .filter(|&(_, meetings)| meetings > problem.tables)
            .map(|(slot, meetings)| Violation::TooFewTables {
                slot,
                meetings,
                tables: problem.tables,
            }),
    );
    found
}

/// Sum of the weights of the pairs that meet; pairs that are not possible weigh nothing.
pub fn total_weight(problem: &Problem, meetings: &[Meeting]) -> i64 {
    let weights: BTreeMap<(usize, usize), i64> = problem.edges.iter().map(|x| ((x.e, x.c), x.w)).collect();
    meetings.iter().filter_map(|m| weights.get(&(m.e, m.c))).sum()
}

fn exists(problem: &Problem, meeting: Meeting) -> bool {
    meeting.e < problem.employers.len()
        && meeting.c < problem.candidates.len()
        && meeting.slot < problem.slots
}

fn pairs(problem: &Problem, meetings: &[Meeting], found: &mut Vec<Violation>) {
    let possible: BTreeSet<(usize, usize)> = problem.edges.iter().map(|x| (x.e, x.c)).collect();
    let forbidden: BTreeSet<(usize, usize)> = problem.must_not.iter().copied().collect();
    let mut slots_of: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for meeting in meetings {
        slots_of
            .entry((meeting.e, meeting.c))
            .or_default()
            .push(meeting.slot);
    }
    for ((e, c), slots) in slots_of {
        if forbidden.contains(&(e, c)) {
            found.push(Violation::Forbidden { e, c });
        } else if !possible.contains(&(e, c)) {
            found.push(Violation::NotPossible { e, c });
        }
        if slots.len() > 1 {
            found.push(Violation::PairTwice { e, c, slots });
        }
    }
}

fn people(
    side: &[Side],
    who: impl Fn(usize) -> Who,
    meetings: impl Iterator<Item = (usize, usize, usize)>,
    found: &mut Vec<Violation>,
) {
    let mut at: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    let mut count: BTreeMap<usize, usize> = BTreeMap::new();
    for (person, other, slot) in meetings {
        if !side[person].available.contains(&slot) {
            found.push(Violation::Absent {
                who: who(person),
                slot,
                other,
            });
        }
        at.entry((person, slot)).or_default().push(other);
        *count.entry(person).or_default() += 1;
    }
    for ((person, slot), others) in at {
        let parallel = side[person].parallel;
        if others.len() > parallel {
            found.push(Violation::DoubleBooked {
                who: who(person),
                slot,
                others,
                parallel,
            });
        }
    }
    for (person, meetings) in count {
        let cap = side[person].cap;
        if meetings > cap {
            found.push(Violation::OverCap {
                who: who(person),
                meetings,
                cap,
            });
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Employer(id) => write!(f, "employer {id}"),
            Self::Candidate(id) => write!(f, "candidate {id}"),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown {
                meeting: Meeting { e, c, slot },
            } => {
                write!(f, "employer {e}, candidate {c} or slot {slot} does not exist")
            }
            Self::NotPossible { e, c } => {
                write!(
                    f,
                    "employer {e} and candidate {c} meet, but they are not among the possible pairs"
                )
            }
            Self::Forbidden { e, c } => write!(f, "employer {e} and candidate {c} meet, but must not"),
            Self::PairTwice { e, c, slots } => {
                write!(
                    f,
                    "employer {e} and candidate {c} meet more than once, in slots {}",
                    list(slots)
                )
            }
            Self::Absent { who, slot, other } => {
                write!(
                    f,
                    "{who} has a meeting (with {other}) in slot {slot}, but is not present then"
                )
            }
            Self::DoubleBooked {
                who,
                slot,
                others,
                parallel,
            } => write!(
                f,
                "{who} is in {} meetings in slot {slot} (with {}), but holds {parallel} at a time",
                others.len(),
                list(others)
            ),
            Self::OverCap { who, meetings, cap } => {
                write!(f, "{who} has {meetings} meetings, but at most {cap} are wanted")
            }
            Self::TooFewTables {
                slot,
                meetings,
                tables,
            } => {
                write!(
                    f,
                    "slot {slot} has {meetings} meetings, but there are {tables} tables"
                )
            }
        }
    }
}

fn list(items: &[usize]) -> String {
    items
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}
