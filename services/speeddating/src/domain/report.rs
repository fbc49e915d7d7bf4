//! What came of a session, in figures.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{MeetingState, OUTCOMES, Outcome, Pair, Presence, Registration, Side, Standing, Wish, Word};

/// Ranks of wishes that are counted apart; later ones count with the last.
const RANKS_MOST: usize = 10;

/// How many of one side came.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Attendance {
    /// Registered, those who withdrew aside.
    pub registered: i64,
    /// Of them, those who had said that they come.
    pub confirmed: i64,
    /// Seen.
    pub arrived: i64,
    /// Said to come later.
    pub late: i64,
    /// Noted as absent.
    pub absent: i64,
    /// Withdrew before.
    pub withdrawn: i64,
}

/// An employer's meetings.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct EmployerLine {
    /// That stand.
    pub meetings: i64,
    /// Held.
    pub held: i64,
    /// One of the two did not come.
    pub no_shows: i64,
    /// Nobody has said anything.
    pub open: i64,
    /// Held, and more than nothing came of it.
    pub interested: i64,
    /// Hired.
    pub hired: i64,
}

/// The figures of a session.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Report {
    /// Candidates who came.
    pub candidates: Attendance,
    /// Employers who came.
    pub employers: Attendance,
    /// Of all employers' meetings together.
    pub total: EmployerLine,
    /// The candidate did not come.
    pub no_show_candidate: i64,
    /// The employer did not come.
    pub no_show_employer: i64,
    /// Cancelled after publication.
    pub cancelled: i64,
    /// Both sides contradict each other.
    pub disagreements: i64,
    /// Wishes of each rank that became a meeting that was held.
    pub wishes_held: Vec<i64>,
    /// Wishes of each rank.
    pub wishes_made: Vec<i64>,
    /// Each of [`OUTCOMES`]: said by employers, by candidates.
    pub outcomes: Vec<(&'static str, i64, i64)>,
    /// Candidates with a meeting that was held.
    pub candidates_met: i64,
    /// Every employer, by registration.
    pub lines: BTreeMap<Uuid, EmployerLine>,
}

impl Report {
    /// Counts. `outcomes` are those of the published timetable, cancelled meetings included.
    pub fn of(
        people: &[Registration],
        presences: &BTreeMap<Uuid, Presence>,
        wishes: &[Wish],
        outcomes: &[Outcome],
    ) -> Self {
        let mut report = Self {
            candidates: attendance(people, presences, Side::Candidate),
            employers: attendance(people, presences, Side::Employer),
            ..Self::default()
        };
        let absent: BTreeSet<Uuid> = people
            .iter()
            .filter(|person| person.absent())
            .map(|person| person.id)
            .collect();
        for employer in people.iter().filter(|person| person.side == Side::Employer) {
            report.lines.insert(employer.id, EmployerLine::default());
        }
        let mut held: BTreeSet<Pair> = BTreeSet::new();
        for outcome in outcomes {
            let meeting = &outcome.meeting;
            let state = meeting.settled(|id| absent.contains(&id));
            if state == MeetingState::Cancelled {
                report.cancelled += 1;
                continue;
            }
            report.no_show_candidate += i64::from(state == MeetingState::NoShowCandidate);
            report.no_show_employer += i64::from(state == MeetingState::NoShowEmployer);
            report.disagreements += i64::from(outcome.words.disagree());
            if state == MeetingState::Held {
                held.insert(meeting.pair);
            }
            let line = report.lines.entry(meeting.pair.employer).or_default();
            line.count(state, &meeting.outcome);
            report.total.count(state, &meeting.outcome);
        }
        report.count_wishes(wishes, &held);
        report.outcomes = OUTCOMES
            .iter()
            .map(|name| {
                let said = |word: Option<&Word>| word.is_some_and(|word| word.outcome == *name);
                let count = |side: fn(&Outcome) -> Option<&Word>| {
                    length(outcomes.iter().filter(|outcome| said(side(outcome))).count())
                };
                (
                    *name,
                    count(|outcome| outcome.words.employer.as_ref()),
                    count(|outcome| outcome.words.candidate.as_ref()),
                )
            })
            .collect();
        let met: BTreeSet<Uuid> = held.iter().map(|pair| pair.candidate).collect();
        report.candidates_met = length(met.len());
        report
    }

    fn count_wishes(&mut self, wishes: &[Wish], held: &BTreeSet<Pair>) {
        for wish in wishes {
            let Some(place) = usize::try_from(wish.rank - 1)
                .ok()
                .map(|rank| rank.min(RANKS_MOST - 1))
            else {
                continue;
            };
            if self.wishes_made.len() <= place {
                self.wishes_made.resize(place + 1, 0);
                self.wishes_held.resize(place + 1, 0);
            }
            self.wishes_made[place] += 1;
            self.wishes_held[place] += i64::from(held.contains(&wish.pair));
        }
    }
}

impl EmployerLine {
    fn count(&mut self, state: MeetingState, outcome: &str) {
        self.meetings += 1;
        match state {
            MeetingState::Held => {
                self.held += 1;
                self.interested += i64::from(!matches!(outcome, "" | "none"));
                self.hired += i64::from(outcome == "hired");
            }
            MeetingState::NoShowCandidate | MeetingState::NoShowEmployer => self.no_shows += 1,
            MeetingState::Planned => self.open += 1,
            MeetingState::Cancelled => self.meetings -= 1,
        }
    }
}

fn attendance(people: &[Registration], presences: &BTreeMap<Uuid, Presence>, side: Side) -> Attendance {
    let mut counted = Attendance::default();
    for person in people.iter().filter(|person| person.side == side) {
        if person.standing == Standing::Withdrawn {
            counted.withdrawn += 1;
            continue;
        }
        counted.registered += 1;
        counted.confirmed += i64::from(person.confirmed());
        match presences.get(&person.id) {
            Some(Presence::Arrived) => counted.arrived += 1,
            Some(Presence::Late(_)) => counted.late += 1,
            Some(Presence::Absent) => counted.absent += 1,
            Some(Presence::Expected) | None => {}
        }
    }
    counted
}

fn length(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
