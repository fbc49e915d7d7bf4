//! An import on its way: what may still be done to it, what it did, and how that is taken back.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Pair, Refusal, Registration, RollChange, Wish};

/// How long files are kept: over a weekend and a holiday, and no longer, since they hold contact data.
pub const STAGE_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Imports under way in one session.
pub const STAGES_MOST: i64 = 20;
/// Dependents that are named.
const NAMED: usize = 20;

/// Where an import stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum StageState {
    /// Can be corrected and committed.
    Open,
    /// Its rows are in.
    Committed,
    /// Its rows were taken back.
    Undone,
}

/// An import on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// Identity.
    pub id: Uuid,
    /// The session it is for.
    pub session_id: Uuid,
    /// Rises with each change, so that what is committed is what was seen.
    pub version: i64,
    /// Where it stands.
    pub state: StageState,
    /// Whoever began it.
    pub made_by: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When its files are forgotten.
    pub expires_at: Timestamp,
    /// When it was committed or undone.
    pub settled_at: Option<Timestamp>,
    /// What it did, by table.
    pub done: Vec<Tallied>,
    /// How to take it back; none before, and once that can no longer be.
    pub trace: Option<Trace>,
}

/// Rows of a table by what an import does with them.
#[expect(missing_docs, reason = "the words of the check")]
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Tallied {
    pub table: String,
    pub rows: i64,
    pub new: i64,
    pub changed: i64,
    pub identical: i64,
    pub faulty: i64,
    pub dropped: i64,
    pub removed: i64,
}

/// What an import did to registrations and wishes.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Trace {
    /// New registrations, with the version that the import gave them.
    pub added: Vec<(Uuid, i64)>,
    /// Registrations as they were before the import, which raised their version by one.
    pub changed: Vec<Registration>,
    /// Pairs, with what was known before and after.
    pub wishes: Vec<(Pair, Option<Wish>, Option<Wish>)>,
    /// The number of the newest timetable at the time.
    pub timetable: i64,
    /// Keys under which the directory took the people.
    pub requests: Vec<Uuid>,
}

/// Something that was made after an import and rests on it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Dependent {
    /// A timetable, by number.
    Timetable(i64),
    /// A registration that was changed since, by code.
    Registration(String),
    /// A wish that was changed since, by codes.
    Wish(String, String),
    /// A meeting of somebody whom the import brought, by code.
    Meeting(String),
    /// A later import of the same session.
    Import(Timestamp),
    /// The record of what it did has been forgotten.
    Forgotten,
}

/// How a session stands when an import is to be undone.
pub struct Present<'a> {
    /// All registrations.
    pub people: &'a [Registration],
    /// All wishes.
    pub wishes: &'a [Wish],
    /// Numbers of its timetables.
    pub timetables: &'a [i64],
    /// Registrations with a meeting in any timetable.
    pub met: &'a BTreeSet<Uuid>,
    /// When later imports of it were committed.
    pub later: &'a [Timestamp],
}

/// What to write to undo an import.
#[derive(Debug, Default, PartialEq)]
pub struct Undoing {
    /// Registrations that go.
    pub removed: Vec<Uuid>,
    /// Registrations as they were, with their next version.
    pub restored: Vec<Registration>,
    /// Wishes as they were.
    pub wishes: Vec<Wish>,
    /// Wishes that go.
    pub silenced: Vec<Pair>,
}

impl Stage {
    /// One that can still be corrected and committed.
    pub fn open(&self) -> Result<(), Refusal> {
        match self.state {
            StageState::Open => Ok(()),
            StageState::Committed | StageState::Undone => Err(Refusal::StageSettled),
        }
    }

    /// What keeps it from being undone; empty when nothing does.
    pub fn dependents(&self, present: &Present<'_>) -> Vec<Dependent> {
        let mut found = match &self.trace {
            Some(trace) => trace.dependents(present),
            None => vec![Dependent::Forgotten],
        };
        found.truncate(NAMED);
        found
    }
}

impl Trace {
    /// What a change does: the registrations before it, and the wishes before, written and dropped.
    pub fn of(
        change: &RollChange,
        registered: &[Registration],
        (before, written, dropped): (&[Wish], &[Wish], &[Pair]),
        timetable: i64,
    ) -> Self {
        let known: BTreeMap<Uuid, &Registration> =
            registered.iter().map(|person| (person.id, person)).collect();
        let said: BTreeMap<Pair, &Wish> = before.iter().map(|wish| (wish.pair, wish)).collect();
        let was = |pair: Pair| said.get(&pair).copied().copied();
        let written = written
            .iter()
            .map(|wish| (wish.pair, was(wish.pair), Some(*wish)));
        let dropped = dropped.iter().map(|pair| (*pair, was(*pair), None));
        let changed = change.changed.iter().filter_map(|person| known.get(&person.id));
        Self {
            added: change
                .added
                .iter()
                .map(|person| (person.id, person.version))
                .collect(),
            changed: changed.map(|person| (*person).clone()).collect(),
            wishes: written.chain(dropped).collect(),
            timetable,
            requests: Vec::new(),
        }
    }

    fn dependents(&self, present: &Present<'_>) -> Vec<Dependent> {
        let mut found: Vec<Dependent> = present.later.iter().copied().map(Dependent::Import).collect();
        let newer = present
            .timetables
            .iter()
            .filter(|number| **number > self.timetable);
        found.extend(newer.copied().map(Dependent::Timetable));
        let people: BTreeMap<Uuid, &Registration> =
            present.people.iter().map(|person| (person.id, person)).collect();
        let code = |id: &Uuid| {
            people
                .get(id)
                .map_or_else(String::new, |person| person.code.clone())
        };
        let changed = self.changed.iter().map(|before| (before.id, before.version + 1));
        for (id, version) in self.added.iter().copied().chain(changed) {
            if people.get(&id).is_none_or(|person| person.version != version) {
                found.push(Dependent::Registration(code(&id)));
            }
        }
        let added: BTreeSet<Uuid> = self.added.iter().map(|(id, _)| *id).collect();
        found.extend(
            added
                .iter()
                .filter(|id| present.met.contains(*id))
                .map(|id| Dependent::Meeting(code(id))),
        );
        let now: BTreeMap<Pair, &Wish> = present.wishes.iter().map(|wish| (wish.pair, wish)).collect();
        let mut touched = BTreeSet::new();
        let named = |pair: &Pair| Dependent::Wish(code(&pair.candidate), code(&pair.employer));
        for (pair, _, after) in &self.wishes {
            touched.insert(*pair);
            if now.get(pair).copied() != after.as_ref() {
                found.push(named(pair));
            }
        }
        // A wish set by hand for somebody whom the import brought.
        let others = now.keys().filter(|pair| !touched.contains(*pair));
        found.extend(
            others
                .filter(|pair| added.contains(&pair.candidate) || added.contains(&pair.employer))
                .map(named),
        );
        found
    }

    /// What to write to take it back. Nothing depends on it.
    pub fn undo(&self) -> Undoing {
        let removed: Vec<Uuid> = self.added.iter().map(|(id, _)| *id).collect();
        let restored = self.changed.iter().map(|before| Registration {
            version: before.version + 2,
            ..before.clone()
        });
        let (mut wishes, mut silenced) = (Vec::new(), Vec::new());
        for (pair, before, _) in &self.wishes {
            match before {
                Some(before) => wishes.push(*before),
                None => silenced.push(*pair),
            }
        }
        Undoing {
            removed,
            restored: restored.collect(),
            wishes,
            silenced,
        }
    }
}
