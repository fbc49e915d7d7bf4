//! The independent checker: reads the problem and the slots only, with none of the solver's structures.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::problem::Problem;

/// What the checker found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Empty for a valid answer.
    pub violations: Vec<Violation>,
    /// Breaks of all participants, counted over the meetings that have a slot.
    pub value: i64,
}

/// One broken rule. Its `Display` says it in words, with the ids and slots of the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Violation {
    /// There must be one slot per meeting.
    Length {
        found: usize,
        meetings: usize,
    },
    UnknownSlot {
        meeting: usize,
        slot: usize,
    },
    OutsideSession {
        meeting: usize,
        slot: usize,
        session: String,
    },
    NotAtFixedSlot {
        meeting: usize,
        slot: usize,
        fixed: usize,
    },
    Forbidden {
        participant: usize,
        slot: usize,
        meeting: usize,
    },
    DoubleBooked {
        participant: usize,
        slot: usize,
        meetings: Vec<usize>,
    },
    TooFewTables {
        slot: usize,
        meetings: usize,
        tables: usize,
    },
    Order {
        before: usize,
        after: usize,
        slots: (usize, usize),
    },
    Unfair {
        most: (usize, i64),
        least: (usize, i64),
        limit: i64,
    },
}

/// Every violation, and the number of breaks. A break is a maximal run of idle slots strictly between two meetings.
pub fn check(problem: &Problem, slots: &[usize]) -> Checked {
    let mut violations = Vec::new();
    if slots.len() != problem.meetings.len() {
        violations.push(Violation::Length {
            found: slots.len(),
            meetings: problem.meetings.len(),
        });
    }
    let mut at: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    let mut load: BTreeMap<usize, usize> = BTreeMap::new();
    for (meeting, &slot) in problem.meetings.iter().zip(slots) {
        if slot >= problem.slots {
            violations.push(Violation::UnknownSlot {
                meeting: meeting.id,
                slot,
            });
            continue;
        }
        *load.entry(slot).or_default() += 1;
        if !problem.session_slots(meeting).contains(&slot) {
            let session = meeting.session.clone();
            violations.push(Violation::OutsideSession {
                meeting: meeting.id,
                slot,
                session,
            });
        }
        if let Some(fixed) = meeting.fixed_slot.filter(|&fixed| fixed != slot) {
            violations.push(Violation::NotAtFixedSlot {
                meeting: meeting.id,
                slot,
                fixed,
            });
        }
        for participant in [meeting.a, meeting.b] {
            at.entry((participant, slot)).or_default().push(meeting.id);
            if problem
                .forbidden
                .get(participant)
                .is_some_and(|slots| slots.contains(&slot))
            {
                violations.push(Violation::Forbidden {
                    participant,
                    slot,
                    meeting: meeting.id,
                });
            }
        }
    }
    let tables = problem.tables;
    let full = load.into_iter().filter(|&(_, meetings)| meetings > tables);
    violations.extend(full.map(|(slot, meetings)| Violation::TooFewTables {
        slot,
        meetings,
        tables,
    }));
    for &(before, after) in &problem.precedences {
        if let (Some(&first), Some(&second)) = (slots.get(before), slots.get(after))
            && first >= second
        {
            violations.push(Violation::Order {
                before,
                after,
                slots: (first, second),
            });
        }
    }
    let breaks = breaks(problem, at.keys().copied());
    violations.extend(unfair(problem, &breaks));
    let booked = at.into_iter().filter(|(_, meetings)| meetings.len() > 1);
    violations.extend(
        booked.map(|((participant, slot), meetings)| Violation::DoubleBooked {
            participant,
            slot,
            meetings,
        }),
    );
    Checked {
        violations,
        value: breaks.iter().sum(),
    }
}

/// Breaks per participant from (participant, busy slot), sorted.
fn breaks(problem: &Problem, busy: impl Iterator<Item = (usize, usize)>) -> Vec<i64> {
    let mut breaks = vec![0; problem.participants];
    let mut last: Option<(usize, usize)> = None;
    for (participant, slot) in busy {
        if last.is_some_and(|(same, before)| same == participant && slot > before + 1) {
            breaks[participant] += 1;
        }
        last = Some((participant, slot));
    }
    breaks
}

fn unfair(problem: &Problem, breaks: &[i64]) -> Option<Violation> {
    let limit = problem.fairness_max_break_diff?;
    let most = breaks
        .iter()
        .copied()
        .enumerate()
        .max_by_key(|&(_, breaks)| breaks)?;
    let least = breaks
        .iter()
        .copied()
        .enumerate()
        .min_by_key(|&(_, breaks)| breaks)?;
    (most.1 - least.1 > limit).then_some(Violation::Unfair { most, least, limit })
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { found, meetings } => {
                write!(f, "{found} slots are given, but there are {meetings} meetings")
            }
            Self::UnknownSlot { meeting, slot } => {
                write!(f, "meeting {meeting} is in slot {slot}, which does not exist")
            }
            Self::OutsideSession {
                meeting,
                slot,
                session,
            } => {
                write!(
                    f,
                    "meeting {meeting} is in slot {slot}, outside its session {session}"
                )
            }
            Self::NotAtFixedSlot { meeting, slot, fixed } => {
                write!(
                    f,
                    "meeting {meeting} is in slot {slot}, but is fixed at slot {fixed}"
                )
            }
            Self::Forbidden {
                participant,
                slot,
                meeting,
            } => write!(
                f,
                "participant {participant} has meeting {meeting} in slot {slot}, but takes no meeting then"
            ),
            Self::DoubleBooked {
                participant,
                slot,
                meetings,
            } => {
                let meetings: Vec<_> = meetings.iter().map(ToString::to_string).collect();
                write!(
                    f,
                    "participant {participant} is in meetings {} in slot {slot}",
                    meetings.join(" and ")
                )
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
            Self::Order {
                before,
                after,
                slots: (first, second),
            } => write!(
                f,
                "meeting {before} (slot {first}) must lie in an earlier slot than meeting {after} (slot {second})"
            ),
            Self::Unfair { most, least, limit } => write!(
                f,
                "participant {} has {} breaks and participant {} has {}, but they may differ by {limit}",
                most.0, most.1, least.0, least.1
            ),
        }
    }
}
