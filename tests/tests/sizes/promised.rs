//! What a timetable may not break, and what its people were promised.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use contracts::{
    scheduler::v1::ReminderState,
    speeddating::v1::{MeetingState, Registration, Side, Timetable},
};
use jalon::client::Clients;
use tests::{crowd::Crowd, telling::reminders};

/// Nobody is in two places, away, or with somebody who refused them.
pub(crate) fn assert_sound(timetable: &Timetable, registrations: &[Registration], crowd: &Crowd) {
    let codes: BTreeMap<&str, &str> = registrations
        .iter()
        .map(|one| (one.registration_id.as_str(), one.code.as_str()))
        .collect();
    let (mut candidates, mut tables, mut pairs) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut employers: BTreeMap<_, usize> = BTreeMap::new();
    assert!(!timetable.meetings.is_empty());
    for meeting in &timetable.meetings {
        let (candidate, employer) = (
            codes[meeting.candidate_id.as_str()],
            codes[meeting.employer_id.as_str()],
        );
        assert!(
            candidates.insert((candidate, meeting.slot)),
            "{candidate} twice in slot {}",
            meeting.slot
        );
        assert!(
            tables.insert((meeting.table, meeting.slot)),
            "table {} twice in slot {}",
            meeting.table,
            meeting.slot
        );
        assert!(
            pairs.insert((candidate, employer)),
            "{candidate} meets {employer} twice"
        );
        let at_once = employers.entry((employer, meeting.slot)).or_default();
        *at_once += 1;
        assert!(
            *at_once <= crowd.recruiters[employer],
            "{employer} has no recruiter left in slot {}",
            meeting.slot
        );
        for code in [candidate, employer] {
            let (arrives, leaves) = crowd.presence[code];
            assert!(
                arrives <= meeting.starts.as_str() && meeting.ends.as_str() <= leaves,
                "{code} is there {arrives}–{leaves}, not {}–{}",
                meeting.starts,
                meeting.ends
            );
        }
        assert!(
            !crowd
                .refused
                .contains(&(candidate.to_owned(), employer.to_owned())),
            "{employer} refused {candidate}"
        );
    }
}

/// Whoever has a meeting.
pub(crate) fn concerned(timetable: &Timetable) -> BTreeSet<&str> {
    timetable
        .meetings
        .iter()
        .filter(|meeting| meeting.state() != MeetingState::Cancelled)
        .flat_map(|meeting| [meeting.candidate_id.as_str(), meeting.employer_id.as_str()])
        .collect()
}

/// Whoever has a meeting has a milestone with its notice of publication, which was sent or says why not; nobody else
/// was promised anything.
pub(crate) async fn assert_promised(
    clients: &Clients,
    timetable: &Timetable,
    registrations: &[Registration],
) -> Result<()> {
    let busy = concerned(timetable);
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    let everything = reminders(clients, "").await?;
    for reminder in everything.iter().filter(|one| one.kind == "speed_dating") {
        let registration = reminder
            .subject
            .strip_prefix("speeddating.participation/")
            .unwrap_or_default();
        assert!(
            busy.contains(registration),
            "a promise to somebody without a meeting: {reminder:?}"
        );
        if reminder.policy == "speed-dating-published" {
            *told.entry(registration.to_owned()).or_default() += 1;
            let explained = match reminder.state() {
                ReminderState::Sent => true,
                ReminderState::Suppressed => !reminder.reason.is_empty(),
                _ => false,
            };
            assert!(explained, "not told, and nothing says why: {reminder:?}");
        }
    }
    for registration in registrations {
        let expected = usize::from(busy.contains(registration.registration_id.as_str()));
        let found = told
            .get(&registration.registration_id)
            .copied()
            .unwrap_or_default();
        assert_eq!(found, expected, "notices of publication of {}", registration.code);
    }
    assert!(
        registrations
            .iter()
            .any(|one| one.side() == Side::Employer && busy.contains(one.registration_id.as_str()))
    );
    Ok(())
}
