use std::collections::BTreeMap;
use std::fmt::Write as _;

use contracts::kinds::{FactType, Kind};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::window::instant;

/// The longest text of a fact, in characters.
const FACT_TEXT_LIMIT: usize = 200;
/// The most items of a list fact.
const FACT_LIST_LIMIT: usize = 100;
/// The most parties of a milestone.
const PARTY_LIMIT: usize = 500;

/// A dated thing that concerns somebody, as its service published it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Milestone {
    /// Kind of thing and id: "speeddating.participation/0198…".
    pub subject: String,
    /// The milestone kind.
    pub kind: String,
    /// Row version of the aggregate.
    pub revision: i64,
    /// When; a cleared one may come without.
    pub times: Option<Times>,
    /// Who is concerned.
    pub parties: Vec<Party>,
    /// What policies may test and templates may print.
    pub facts: BTreeMap<String, Fact>,
    /// Whether it stands.
    pub state: State,
    /// The organisation that owns the aggregate.
    pub organisation: Uuid,
    /// What groups it for people: "speeddating.session/0198…".
    pub group: String,
}

/// Wall clock in a zone: the intent, from which instants are computed here (NOTIFY.md 2.4).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Times {
    /// IANA name.
    pub zone: String,
    /// Start on the wall.
    pub starts: DateTime,
    /// End on the wall.
    pub ends: DateTime,
}

impl Times {
    /// The zone's rules; UTC when the name is unknown, which `Milestone::check` prevents.
    pub fn time_zone(&self) -> TimeZone {
        TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC)
    }

    /// The instant of the start.
    pub fn starts_at(&self) -> Timestamp {
        instant(&self.time_zone(), self.starts).unwrap_or(Timestamp::MAX)
    }

    /// The instant of the end.
    pub fn ends_at(&self) -> Timestamp {
        instant(&self.time_zone(), self.ends).unwrap_or(Timestamp::MAX)
    }
}

impl Times {
    /// The rules of the zone from a year before the start to a year after the end, as a digest: what the instants of
    /// the milestone and of its reminders are computed by. Another version of the zone's rules that changes nothing
    /// there is the same.
    pub fn zone_rules(&self) -> String {
        let zone = self.time_zone();
        let (from, until) = (
            self.starts_at().saturating_sub(YEAR).unwrap_or(Timestamp::MIN),
            self.ends_at().saturating_add(YEAR).unwrap_or(Timestamp::MAX),
        );
        let mut hash = Sha256::new();
        hash.update(self.zone.as_bytes());
        hash.update(zone.to_offset(from).seconds().to_be_bytes());
        for change in zone
            .following(from)
            .take_while(|change| change.timestamp() < until)
        {
            hash.update(change.timestamp().as_second().to_be_bytes());
            hash.update(change.offset().seconds().to_be_bytes());
        }
        hash.finalize()
            .iter()
            .take(8)
            .fold(String::new(), |mut text, byte| {
                // Writing to a String cannot fail.
                let _ = write!(text, "{byte:02x}");
                text
            })
    }
}

/// Reminders and their windows lie within a year of what they are about.
const YEAR: SignedDuration = SignedDuration::from_hours(366 * 24);

/// Who is concerned, and as what.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Party {
    /// candidate, employer_contact, coordinator …
    pub role: String,
    /// The person; an organisation without a person receives nothing.
    pub person: Option<Uuid>,
    /// The organisation that the person stands for.
    pub organisation: Option<Uuid>,
}

/// A small typed value.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// Text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// Small records.
    List(Vec<BTreeMap<String, String>>),
}

impl Fact {
    /// Its type.
    pub fn kind(&self) -> FactType {
        match self {
            Fact::Text(_) => FactType::Text,
            Fact::Number(_) => FactType::Number,
            Fact::Flag(_) => FactType::Flag,
            Fact::List(_) => FactType::List,
        }
    }

    /// What a declared fact is when a milestone does not carry it: empty, zero, no.
    pub fn absent(kind: FactType) -> Self {
        match kind {
            FactType::Text => Fact::Text(String::new()),
            FactType::Number => Fact::Number(0),
            FactType::Flag => Fact::Flag(false),
            FactType::List => Fact::List(Vec::new()),
        }
    }
}

/// Whether a milestone stands.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It stands.
    Planned,
    /// It does not, for this reason constant.
    Cleared(String),
}

/// A milestone as recorded here, with its generation.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Recorded {
    /// The last revision taken in.
    pub milestone: Milestone,
    /// The revision at which time, zone or existence last changed (DESIGN.md, promise 2).
    pub generation: i64,
}

/// Why a milestone is not taken in: the publisher must be corrected.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// No document of that name.
    #[error("no milestone kind is called `{0}`; declare it in contracts/kinds")]
    UnknownKind(String),
    /// The kind does not declare the fact.
    #[error("the kind `{kind}` declares no fact `{fact}`")]
    UnknownFact {
        /// The kind.
        kind: String,
        /// The fact.
        fact: String,
    },
    /// Another type than declared.
    #[error("the fact `{fact}` of kind `{kind}` must be a {expected:?}")]
    WrongType {
        /// The kind.
        kind: String,
        /// The fact.
        fact: String,
        /// As declared.
        expected: FactType,
    },
    /// Longer than allowed, or an item with a field that is not declared.
    #[error("the fact `{0}` is too long, or an item of it has a field that its kind does not declare")]
    Bounds(String),
    /// The kind does not declare the role.
    #[error("the kind `{kind}` knows no role `{role}`")]
    UnknownRole {
        /// The kind.
        kind: String,
        /// The role.
        role: String,
    },
    /// Something else is missing or wrong.
    #[error("the milestone's {0}")]
    Shape(&'static str),
}

impl Milestone {
    /// Whether it stands.
    pub fn is_planned(&self) -> bool {
        self.state == State::Planned
    }

    /// The person's role; the first one listed when there are several.
    pub fn role_of(&self, person: Uuid) -> Option<&str> {
        self.parties
            .iter()
            .find(|party| party.person == Some(person))
            .map(|party| party.role.as_str())
    }

    /// Compares it with what its kind declares. Nothing undeclared gets further than this.
    pub fn check(&self, kinds: &BTreeMap<String, Kind>) -> Result<(), Refusal> {
        let kind = kinds
            .get(&self.kind)
            .ok_or_else(|| Refusal::UnknownKind(self.kind.clone()))?;
        self.check_shape()?;
        for party in &self.parties {
            if !kind.roles.contains(&party.role) {
                return Err(Refusal::UnknownRole {
                    kind: self.kind.clone(),
                    role: party.role.clone(),
                });
            }
        }
        for (name, fact) in &self.facts {
            let Some(declared) = kind.facts.get(name) else {
                return Err(Refusal::UnknownFact {
                    kind: self.kind.clone(),
                    fact: name.clone(),
                });
            };
            if fact.kind() != declared.kind {
                return Err(Refusal::WrongType {
                    kind: self.kind.clone(),
                    fact: name.clone(),
                    expected: declared.kind,
                });
            }
            let fits = match fact {
                Fact::Text(text) => text.chars().count() <= FACT_TEXT_LIMIT,
                Fact::Number(_) | Fact::Flag(_) => true,
                Fact::List(items) => {
                    items.len() <= FACT_LIST_LIMIT
                        && items.iter().all(|item| {
                            item.iter().all(|(field, value)| {
                                declared.fields.contains(field) && value.chars().count() <= FACT_TEXT_LIMIT
                            })
                        })
                }
            };
            if !fits {
                return Err(Refusal::Bounds(name.clone()));
            }
        }
        Ok(())
    }

    fn check_shape(&self) -> Result<(), Refusal> {
        if self.subject.is_empty() || self.subject.len() > 200 || !self.subject.contains('/') {
            return Err(Refusal::Shape(
                "subject must be <kind of thing>/<id>, at most 200 characters",
            ));
        }
        if self.group.len() > 200 {
            return Err(Refusal::Shape("group is longer than 200 characters"));
        }
        if self.revision < 1 {
            return Err(Refusal::Shape("revision must be 1 or more"));
        }
        if self.parties.len() > PARTY_LIMIT {
            return Err(Refusal::Shape("parties are more than 500"));
        }
        match &self.times {
            None if self.is_planned() => Err(Refusal::Shape("start is missing")),
            Some(times) if TimeZone::get(&times.zone).is_err() => {
                Err(Refusal::Shape("time zone is no IANA name"))
            }
            Some(times) if times.ends < times.starts => Err(Refusal::Shape("end is before its start")),
            None | Some(_) => Ok(()),
        }
    }
}
