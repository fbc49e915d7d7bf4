//! The problem as the search sees it: the slots that each meeting may take, as masks.

use super::problem::Problem;

pub(super) type MeetingId = usize;

pub(super) struct Model {
    pub(super) slots: usize,
    pub(super) tables: usize,
    pub(super) meetings: Vec<Task>,
    pub(super) participants: Vec<Person>,
    pub(super) precedences: Vec<(MeetingId, MeetingId)>,
    /// The numbers of breaks of any two participants differ by at most this.
    pub(super) fairness: Option<i64>,
}

pub(super) struct Task {
    pub(super) people: [usize; 2],
    /// Slots allowed by session, fixed slot, and what both forbid.
    pub(super) domain: u128,
    /// Indices into `precedences`.
    pub(super) orders: Vec<usize>,
}

pub(super) struct Person {
    pub(super) forbidden: u128,
    pub(super) meetings: Vec<MeetingId>,
}

impl Model {
    /// The problem must be valid.
    pub(super) fn new(problem: &Problem) -> Self {
        let mut participants: Vec<Person> = (0..problem.participants)
            .map(|p| Person {
                forbidden: problem.forbidden.get(p).map_or(0, |slots| mask(slots)),
                meetings: Vec::new(),
            })
            .collect();
        let mut meetings = Vec::with_capacity(problem.meetings.len());
        for meeting in &problem.meetings {
            let mut domain = mask(&problem.session_slots(meeting));
            if let Some(fixed) = meeting.fixed_slot {
                domain &= 1 << fixed;
            }
            for person in [meeting.a, meeting.b] {
                domain &= !participants[person].forbidden;
                participants[person].meetings.push(meeting.id);
            }
            meetings.push(Task {
                people: [meeting.a, meeting.b],
                domain,
                orders: Vec::new(),
            });
        }
        for (index, &(before, after)) in problem.precedences.iter().enumerate() {
            meetings[before].orders.push(index);
            meetings[after].orders.push(index);
        }
        Self {
            slots: problem.slots,
            tables: problem.tables,
            meetings,
            participants,
            precedences: problem.precedences.clone(),
            fairness: problem.fairness_max_break_diff,
        }
    }
}

pub(super) fn mask(slots: &[usize]) -> u128 {
    slots.iter().fold(0, |mask, &slot| mask | (1 << slot))
}

/// Breaks of somebody who is busy in these slots.
pub(super) fn breaks(busy: u128) -> i64 {
    i64::from((busy & !(busy << 1)).count_ones()) - i64::from(busy != 0)
}
