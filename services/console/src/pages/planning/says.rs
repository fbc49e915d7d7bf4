//! Words that several pages of the timetable say.

use contracts::speeddating::v1::{Correction, MeetingChange, MeetingPlace, MeetingState};
use jiff::{Timestamp, tz::TimeZone};
use uuid::Uuid;

use crate::{
    Clients,
    error::Error,
    peers::{Names, Wanted},
    roll::Roll,
    texts::Texts,
};

/// "9 h 15" for "09:15"; as it is when it cannot be read.
pub(super) fn clock(t: Texts, text: &str) -> String {
    text.parse()
        .map_or_else(|_| text.to_owned(), |time| t.clock(time))
}

/// "Ada Martin et Menuiserie Roux".
pub(super) fn pair(t: Texts, roll: &Roll, candidate: &str, employer: &str) -> String {
    t.with("planning-pair", "candidate", roll.name(candidate))
        .and("employer", roll.name(employer))
        .into()
}

/// "9 h 15, table 3".
pub(super) fn place(t: Texts, starts: &str, table: i32) -> String {
    t.with("planning-place", "time", clock(t, starts))
        .and("table", table)
        .into()
}

/// What became of one meeting.
pub(super) fn change(t: Texts, roll: &Roll, change: &MeetingChange) -> String {
    let who = pair(t, roll, &change.candidate_id, &change.employer_id);
    let stands = |place: &&MeetingPlace| place.state() != MeetingState::Cancelled;
    let at = |place: &MeetingPlace| self::place(t, &place.starts, place.table);
    let before = change.before.as_ref().filter(stands).map(at);
    let after = change.after.as_ref().filter(stands).map(at);
    match (before, after) {
        (Some(before), Some(after)) => t
            .with("planning-moved", "who", who)
            .and("before", before)
            .and("after", after)
            .into(),
        (Some(before), None) => t
            .with("planning-cancelled", "who", who)
            .and("before", before)
            .into(),
        (None, Some(after)) => t.with("planning-added", "who", who).and("after", after).into(),
        (None, None) => who,
    }
}

/// Why a meeting cannot be somewhere, short enough for a cell.
pub(super) fn reason(t: Texts, reason: &str) -> String {
    t.say(match reason {
        "CANDIDATE_BUSY" => "planning-why-candidate-busy",
        "EMPLOYER_BUSY" => "planning-why-employer-busy",
        "TABLE_TAKEN" => "planning-why-table-taken",
        "NO_TABLE" => "planning-why-no-table",
        "CANDIDATE_AWAY" => "planning-why-candidate-away",
        "EMPLOYER_AWAY" => "planning-why-employer-away",
        "CANDIDATE_FULL" => "planning-why-candidate-full",
        "EMPLOYER_FULL" => "planning-why-employer-full",
        "FORBIDDEN" => "planning-why-forbidden",
        "PAIR_TWICE" => "planning-why-pair-twice",
        "WITHDRAWN" => "planning-why-withdrawn",
        "ABSENT" => "planning-why-absent",
        "OTHER_SESSION" => "planning-why-other-session",
        _ => "planning-why-other",
    })
}

/// How much better a timetable could be, said so that nobody has to know what a bound is.
pub(in crate::pages) fn gap(t: Texts, weight: i64, bound: i64, proven: bool) -> String {
    if proven || bound <= weight {
        return t.say("planning-gap-proven");
    }
    let per_mille = (bound - weight).saturating_mul(1_000) / weight.max(1);
    match per_mille {
        0 => t.say("planning-gap-tiny"),
        tenths if tenths < 100 => t
            .with("planning-gap-tenths", "whole", tenths / 10)
            .and("tenth", tenths % 10)
            .into(),
        tenths => t.with("planning-gap-whole", "n", tenths / 10).into(),
    }
}

/// Names of those who changed something.
pub(super) struct Editors(Names);

impl Editors {
    pub(super) async fn read<'a>(
        staff: &Clients,
        t: Texts,
        subjects: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, Error> {
        let mut wanted = Wanted::default();
        for subject in subjects.into_iter().filter(|subject| is_person(subject)) {
            wanted.person(subject);
        }
        Ok(Self(staff.names(t, wanted).await?))
    }

    pub(super) async fn of(staff: &Clients, t: Texts, corrections: &[Correction]) -> Result<Self, Error> {
        Self::read(staff, t, corrections.iter().map(|one| one.by.as_str())).await
    }

    /// "Lina Martin", or "une autre personne": before there are accounts nobody has a name.
    pub(super) fn name(&self, t: Texts, subject: &str) -> String {
        if is_person(subject) {
            self.0.person(subject).to_owned()
        } else {
            t.say("planning-somebody")
        }
    }
}

fn is_person(subject: &str) -> bool {
    subject.parse::<Uuid>().is_ok()
}

/// "14 h 32" of an instant, in the zone of the session.
pub(super) fn hour(t: Texts, at: Option<&prost_types::Timestamp>, zone: &str) -> String {
    let at = at.and_then(|at| Timestamp::new(at.seconds, at.nanos).ok());
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    at.map(|at| t.clock(at.to_zoned(zone).time())).unwrap_or_default()
}
