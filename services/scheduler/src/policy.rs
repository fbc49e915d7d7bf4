//! Which milestones produce which reminders. A policy is a YAML document; the same document is a file on one
//! machine and a custom resource in Kubernetes. A new kind of reminder is a new document, not code.

use std::collections::BTreeMap;

use contracts::kinds::Kind;
use jiff::SignedDuration;
use platform::Said;

use crate::digest::Digest;
use crate::domain::Route;
use crate::offset::Offset;
use crate::window::Window;

pub use builtin::built_in;
pub use condition::{Circumstances, Condition};
pub use load::{Checked, check};
pub use set::{PolicySet, SetError};

mod builtin;
mod condition;
mod fields;
mod load;
mod reading;
mod set;

/// A policy, read and checked. The shape of the document is described in the crate's README.
#[derive(Clone, Debug)]
pub struct Policy {
    /// `metadata.name`: unique; part of the identity of its reminders.
    pub name: String,
    /// The document as written.
    pub document: String,
    /// Whether it came with the program.
    pub built_in: bool,
    /// `spec.enabled`; a document with `false` switches a built-in policy of the same name off.
    pub enabled: bool,
    /// The milestone kind.
    pub milestone: String,
    /// When it speaks.
    pub trigger: Trigger,
    /// To whom, in order of preference when a person has several of these roles.
    pub audience: Vec<Audience>,
    /// Whether it makes sense for a milestone and a person.
    pub condition: Condition,
    /// When people may be disturbed.
    pub window: Window,
    /// What to do with an intended instant that is over when it is planned.
    pub late: Late,
    /// What to do when nobody knows whether a message arrived.
    pub on_unknown: OnUnknown,
    /// How long after its intended instant it is useful; otherwise until the start of the milestone, and for
    /// `after` seven days.
    pub useful_for: Option<SignedDuration>,
    /// Collected for the person until the next of these instants.
    pub digest: Option<Digest>,
}

/// What makes a policy speak.
#[derive(Clone, Debug)]
pub enum Trigger {
    /// The milestone is there: at once.
    Planned,
    /// At offsets before its start, or after its end.
    Relative {
        /// After the end instead of before the start.
        after: bool,
        /// When, each with its own message.
        steps: Vec<Step>,
    },
    /// The milestone is not as it was told.
    Changed {
        /// Another start or zone.
        moved: bool,
        /// It is cancelled, or the person is not part of it any more.
        cleared: bool,
        /// Facts of which a new value is told; the end counts with them.
        watch: Vec<String>,
        /// The same as people call them.
        named: Vec<Said>,
        /// Changes within this time are told once.
        debounce: SignedDuration,
    },
}

/// One offset of a policy.
#[derive(Clone, Debug)]
pub struct Step {
    /// When.
    pub offset: Offset,
    /// Instead of the route of the audience.
    pub route: Option<Route>,
    /// Instead of the template of the audience.
    pub template: Option<String>,
}

/// A role that is told.
#[derive(Clone, Debug)]
pub struct Audience {
    /// As the milestone kind declares it.
    pub role: String,
    /// Instead of the route of the policy.
    pub route: Option<Route>,
    /// Instead of the template of the policy.
    pub template: Option<String>,
    /// Of a policy of changes: the route of a notice that comes shortly before.
    pub urgent: Option<Urgent>,
    /// The policy's own, when neither says it.
    default: (Option<Route>, Option<String>),
}

/// How a change is told that comes shortly before what it changes.
#[derive(Clone, Debug)]
pub struct Urgent {
    /// When less than this is left until the start, the old one or the new one.
    pub within: SignedDuration,
    /// Instead of the route.
    pub route: Route,
}

/// `late`: an intended instant that is over when it is planned.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Late {
    /// Suppressed as too late.
    Skip,
    /// As soon as the window allows, if still useful.
    Now,
}

/// `on_unknown`: nobody knows whether the message arrived (NOTIFY.md 2.5).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OnUnknown {
    /// Once more.
    AtLeastOnce,
    /// Leave it.
    AtMostOnce,
}

impl OnUnknown {
    /// The word of the document, the database and the event.
    pub fn as_str(self) -> &'static str {
        match self {
            OnUnknown::AtLeastOnce => "at_least_once",
            OnUnknown::AtMostOnce => "at_most_once",
        }
    }
}

/// What is wrong in a document, and where.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Problem {
    /// The document within the text, from 1.
    pub document: usize,
    /// `spec.offsets[1].at`; empty when the whole text is meant.
    pub path: String,
    /// What is wrong and what to write.
    pub message: Said,
}

/// The kinds that policies can speak about.
pub type Kinds = BTreeMap<String, Kind>;

impl Policy {
    /// The first audience whose role this is.
    pub fn audience_of(&self, role: &str) -> Option<&Audience> {
        self.audience.iter().find(|audience| audience.role == role)
    }

    /// One plain French sentence on what it does.
    pub fn reading(&self) -> String {
        reading::reading(self)
    }

    /// The same in English.
    pub fn reading_in_english(&self) -> String {
        reading::english::reading(self)
    }
}

impl Audience {
    /// Channels and template of its messages: those of the step, else its own, else those of the policy.
    /// `check` has seen to it that there are some.
    pub fn message(&self, step: Option<&Step>) -> Option<(Route, String)> {
        let route = step
            .and_then(|step| step.route.clone())
            .or(self.route.clone())
            .or(self.default.0.clone())?;
        let template = step
            .and_then(|step| step.template.clone())
            .or(self.template.clone())
            .or(self.default.1.clone())?;
        Some((route, template))
    }
}
