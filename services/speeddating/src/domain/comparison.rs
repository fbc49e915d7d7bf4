//! Two timetables of a session side by side: who gains, who loses, by person.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{Meeting, Pair, Registration, Side, Weights, Wish};

/// What differs for one person.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference<'a> {
    /// Whose.
    pub person: &'a Registration,
    /// Pairs that meet in the second only.
    pub gained: Vec<&'a Meeting>,
    /// Pairs that meet in the first only.
    pub lost: Vec<&'a Meeting>,
    /// Pairs that meet in both, at another slot or table.
    pub moved: Vec<(&'a Meeting, &'a Meeting)>,
    /// Weight of their pairs in the first.
    pub weight_before: i64,
    /// The same in the second.
    pub weight_after: i64,
}

/// Compares the meetings that stand; candidates first, in the order of codes. The second value counts those who take
/// part and for whom nothing differs.
pub fn compare<'a>(
    people: &'a [Registration],
    wishes: &[Wish],
    weights: &Weights,
    before: &'a [Meeting],
    after: &'a [Meeting],
) -> (Vec<Difference<'a>>, usize) {
    let worth: BTreeMap<Pair, i64> = wishes
        .iter()
        .map(|wish| (wish.pair, wish.weight(weights)))
        .collect();
    let (before, after) = (by_pair(before), by_pair(after));
    let pairs: BTreeSet<Pair> = before.keys().chain(after.keys()).copied().collect();
    let mut of: BTreeMap<Uuid, Vec<Pair>> = BTreeMap::new();
    for pair in pairs {
        of.entry(pair.candidate).or_default().push(pair);
        of.entry(pair.employer).or_default().push(pair);
    }
    let mut sorted: Vec<&Registration> = people.iter().collect();
    sorted.sort_by_key(|person| (person.side == Side::Employer, &person.code));
    let (mut differences, mut unchanged) = (Vec::new(), 0);
    for person in sorted {
        let mut difference = Difference {
            person,
            gained: Vec::new(),
            lost: Vec::new(),
            moved: Vec::new(),
            weight_before: 0,
            weight_after: 0,
        };
        for pair in of.get(&person.id).into_iter().flatten() {
            let weight = worth.get(pair).copied().unwrap_or_default();
            let (was, is) = (before.get(pair).copied(), after.get(pair).copied());
            difference.weight_before += was.map_or(0, |_| weight);
            difference.weight_after += is.map_or(0, |_| weight);
            match (was, is) {
                (Some(was), Some(is)) if at(was) != at(is) => difference.moved.push((was, is)),
                (Some(was), None) => difference.lost.push(was),
                (None, Some(is)) => difference.gained.push(is),
                _ => {}
            }
        }
        if difference.differs() {
            difference.sort();
            differences.push(difference);
        } else if person.takes_part() {
            unchanged += 1;
        }
    }
    (differences, unchanged)
}

impl Difference<'_> {
    fn differs(&self) -> bool {
        !(self.gained.is_empty() && self.lost.is_empty() && self.moved.is_empty())
    }

    fn sort(&mut self) {
        self.gained.sort_by_key(|meeting| at(meeting));
        self.lost.sort_by_key(|meeting| at(meeting));
        self.moved.sort_by_key(|(_, meeting)| at(meeting));
    }
}

/// The seat is of nobody's concern.
fn at(meeting: &Meeting) -> (i64, i64) {
    (meeting.place.slot, meeting.place.table)
}

fn by_pair(meetings: &[Meeting]) -> BTreeMap<Pair, &Meeting> {
    let standing = meetings.iter().filter(|meeting| meeting.stands());
    standing.map(|meeting| (meeting.pair, meeting)).collect()
}
