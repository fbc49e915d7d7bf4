//! After publication: only those concerned hear of a change, and nobody of what no longer stands.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use contracts::{
    directory::v1::{Channel, ErasePersonRequest, GetPersonRequest, Person, SetPreferenceRequest},
    notifier::v1::{GetMessageRequest, Message},
    scheduler::v1::{GetStatusRequest, ReminderState},
    speeddating::v1::{
        CancelMeetingRequest, CancelSessionRequest, MeetingState, Registration, Side, UpdateSessionRequest,
        WithdrawRegistrationRequest,
    },
};
use tests::{
    coordinator::Coordinator,
    published::published,
    suite::Running,
    telling::{lines, messages, reminders},
};

/// Everybody with a meeting: those who were told.
async fn concerned(coordinator: &Coordinator) -> Result<Vec<Registration>> {
    let busy: BTreeSet<String> = coordinator
        .published()
        .await?
        .meetings
        .into_iter()
        .filter(|meeting| meeting.state() != MeetingState::Cancelled)
        .flat_map(|meeting| [meeting.candidate_id, meeting.employer_id])
        .collect();
    let all = coordinator.registrations().await?;
    Ok(all
        .into_iter()
        .filter(|one| busy.contains(&one.registration_id))
        .collect())
}

async fn person(running: &Running, person_id: &str) -> Result<Person> {
    let request = GetPersonRequest {
        person_id: person_id.to_owned(),
    };
    running
        .clients
        .directory
        .clone()
        .get_person(request)
        .await?
        .into_inner()
        .person
        .context("a person")
}

/// Whom messages went to after this instant.
async fn told_since(running: &Running, everybody: &[Registration], from: i64) -> Result<BTreeSet<String>> {
    let mut told = BTreeSet::new();
    for registration in everybody {
        let all = messages(&running.clients, &registration.person_id).await?;
        if all
            .iter()
            .any(|message| message.created_at.is_some_and(|at| at.seconds > from))
        {
            told.insert(registration.code.clone());
        }
    }
    Ok(told)
}

async fn whole(running: &Running, message: &Message) -> Result<Message> {
    let request = GetMessageRequest {
        message_id: message.message_id.clone(),
    };
    running
        .clients
        .notifier
        .clone()
        .get_message(request)
        .await?
        .into_inner()
        .message
        .context("a message")
}

/// `planned = sent + suppressed + failed + pending`, against the list itself.
async fn assert_accounts_balance(running: &Running) -> Result<()> {
    let status = running
        .clients
        .scheduler
        .clone()
        .get_status(GetStatusRequest::default())
        .await?
        .into_inner();
    let all = reminders(&running.clients, "").await?;
    let total = status.planned + status.queued + status.sent + status.suppressed + status.failed;
    assert_eq!(
        total,
        i64::try_from(all.len())?,
        "reminders by state against the list"
    );
    for reminder in &all {
        let explained = match reminder.state() {
            ReminderState::Suppressed | ReminderState::Failed => !reminder.reason.is_empty(),
            ReminderState::Sent => !reminder.channel.is_empty(),
            _ => true,
        };
        assert!(explained, "a reminder that ended without a reason: {reminder:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_cancelled_meeting_is_told_to_its_two_people_and_nobody_else() -> Result<()> {
    let (running, coordinator) = published().await?;
    let everybody = coordinator.registrations().await?;
    running.play_until("2026-11-10T09:00:00Z").await?;
    let before = running.now().timestamp().as_second();
    let meeting = coordinator
        .published()
        .await?
        .meetings
        .into_iter()
        .next()
        .context("a meeting")?;
    let request = CancelMeetingRequest {
        meeting_id: meeting.meeting_id.clone(),
        version: meeting.version,
    };
    running
        .clients
        .speeddating
        .clone()
        .cancel_meeting(request)
        .await?;
    running.play_until("2026-11-10T10:00:00Z").await?;
    let expected: BTreeSet<String> = everybody
        .iter()
        .filter(|one| [&meeting.candidate_id, &meeting.employer_id].contains(&&one.registration_id))
        .map(|one| one.code.clone())
        .collect();
    assert_eq!(expected.len(), 2);
    assert_eq!(told_since(&running, &everybody, before).await?, expected);
    assert_accounts_balance(&running).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_candidate_and_their_employers_hear_of_it_once_and_the_candidate_never_again()
-> Result<()> {
    let (running, coordinator) = published().await?;
    let everybody = coordinator.registrations().await?;
    let candidate = concerned(&coordinator)
        .await?
        .into_iter()
        .find(|one| one.side() == Side::Candidate)
        .context("a candidate with a meeting")?;
    let meetings = coordinator.published().await?.meetings;
    let mut expected: BTreeSet<String> = meetings
        .iter()
        .filter(|meeting| meeting.candidate_id == candidate.registration_id)
        .filter_map(|meeting| {
            everybody
                .iter()
                .find(|one| one.registration_id == meeting.employer_id)
        })
        .map(|employer| employer.code.clone())
        .collect();
    expected.insert(candidate.code.clone());
    running.play_until("2026-11-10T09:00:00Z").await?;
    let before = running.now().timestamp().as_second();
    let request = WithdrawRegistrationRequest {
        registration_id: candidate.registration_id.clone(),
        version: candidate.version,
        by: "ORGANISATION".to_owned(),
    };
    running
        .clients
        .speeddating
        .clone()
        .withdraw_registration(request)
        .await?;
    running.play_until("2026-11-10T10:00:00Z").await?;
    assert_eq!(told_since(&running, &everybody, before).await?, expected);
    let so_far = messages(&running.clients, &candidate.person_id).await?.len();
    running.play_until("2026-11-26T09:00:00Z").await?;
    let all = messages(&running.clients, &candidate.person_id).await?;
    assert_eq!(
        all.len(),
        so_far,
        "told of a session they no longer take part in: {:?}",
        lines(&all)
    );
    assert_accounts_balance(&running).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_session_is_told_once_with_a_calendar_cancellation_and_nothing_follows() -> Result<()> {
    let (running, coordinator) = published().await?;
    let concerned = concerned(&coordinator).await?;
    running.play_until("2026-11-10T09:00:00Z").await?;
    let version = coordinator.session().await?.version;
    let request = CancelSessionRequest {
        session_id: coordinator.session.clone(),
        version,
        reason: "salle indisponible".to_owned(),
    };
    running
        .clients
        .speeddating
        .clone()
        .cancel_session(request)
        .await?;
    running.play_until("2026-12-31T09:00:00Z").await?;
    for registration in &concerned {
        let all = messages(&running.clients, &registration.person_id).await?;
        assert_eq!(all.len(), 2, "{} was told: {:?}", registration.code, lines(&all));
        assert!(
            all[1].template.starts_with("speed_dating_changed"),
            "{:?}",
            lines(&all)
        );
        if all[1].channel == "mail" && all[0].channel == "mail" {
            let (first, second) = (whole(&running, &all[0]).await?, whole(&running, &all[1]).await?);
            assert!(first.calendar.contains("METHOD:REQUEST"), "{}", first.calendar);
            assert!(second.calendar.contains("METHOD:CANCEL"), "{}", second.calendar);
            assert_eq!(line(&first.calendar, "UID:"), line(&second.calendar, "UID:"));
            let sequence = |text: &str| line(text, "SEQUENCE:").parse::<i64>();
            assert!(sequence(&second.calendar)? > sequence(&first.calendar)?);
        }
    }
    assert_accounts_balance(&running).await
}

fn line<'t>(text: &'t str, name: &str) -> &'t str {
    text.lines()
        .find_map(|line| line.strip_prefix(name))
        .unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moved_session_supersedes_what_was_planned_and_plans_it_anew() -> Result<()> {
    let (running, coordinator) = published().await?;
    running.play_until("2026-11-10T09:00:00Z").await?;
    let candidate = concerned(&coordinator)
        .await?
        .into_iter()
        .find(|one| one.code == "C0001")
        .context("C0001 has a meeting")?;
    let version = coordinator.session().await?.version;
    let request = UpdateSessionRequest {
        session_id: coordinator.session.clone(),
        version,
        date: "2026-12-02".to_owned(),
        ..Default::default()
    };
    running
        .clients
        .speeddating
        .clone()
        .update_session(request)
        .await?;
    running.play_until("2026-12-02T07:00:00Z").await?;
    let told = lines(&messages(&running.clients, &candidate.person_id).await?);
    let days: Vec<String> = told
        .iter()
        .map(|line| {
            let words: Vec<&str> = line.split(' ').collect();
            format!("{} {} {}", words[1], words[3], words[4])
        })
        .collect();
    assert_eq!(
        days,
        [
            "09/11 mail speed_dating_published_candidate",
            "10/11 mail speed_dating_changed_candidate",
            "25/11 mail speed_dating_week_before",
            "30/11 sms speed_dating_two_days_before",
            "01/12 sms speed_dating_day_before",
        ]
    );
    let superseded = reminders(&running.clients, &candidate.person_id)
        .await?
        .into_iter()
        .filter(|reminder| reminder.reason == "superseded")
        .count();
    assert_eq!(superseded, 3, "the three reminders of the old date");
    assert_accounts_balance(&running).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_changes_within_two_minutes_are_told_once() -> Result<()> {
    let (running, coordinator) = published().await?;
    running.play_until("2026-11-10T09:00:00Z").await?;
    let candidate = concerned(&coordinator)
        .await?
        .into_iter()
        .find(|one| one.side() == Side::Candidate)
        .context("a candidate")?;
    let before = messages(&running.clients, &candidate.person_id).await?.len();
    for (date, at) in [
        ("2026-12-02", "2026-11-10T09:01:00Z"),
        ("2026-12-03", "2026-11-10T10:00:00Z"),
    ] {
        let version = coordinator.session().await?.version;
        let request = UpdateSessionRequest {
            session_id: coordinator.session.clone(),
            version,
            date: date.to_owned(),
            ..Default::default()
        };
        running
            .clients
            .speeddating
            .clone()
            .update_session(request)
            .await?;
        running.play_until(at).await?;
    }
    let all = messages(&running.clients, &candidate.person_id).await?;
    assert_eq!(all.len(), before + 1, "{:?}", lines(&all));
    let notice = whole(&running, all.last().context("a message")?).await?;
    assert!(
        notice.text.contains('3') && !notice.text.contains("2 décembre"),
        "{}",
        notice.text
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_refused_a_channel_after_planning_gets_the_other_or_a_reason() -> Result<()> {
    let (running, coordinator) = published().await?;
    let candidate = coordinator.registration("C0001").await?;
    let known = person(&running, &candidate.person_id).await?;
    let request = SetPreferenceRequest {
        person_id: known.person_id.clone(),
        version: known.version,
        refused: vec![Channel::Sms.into(), Channel::Mail.into()],
        preferred: Channel::Unspecified.into(),
    };
    running.clients.directory.clone().set_preference(request).await?;
    let before = messages(&running.clients, &candidate.person_id).await?.len();
    running.play_until("2026-11-25T12:00:00Z").await?;
    assert_eq!(
        messages(&running.clients, &candidate.person_id).await?.len(),
        before
    );
    let reasons: BTreeSet<String> = reminders(&running.clients, &candidate.person_id)
        .await?
        .into_iter()
        .filter(|reminder| reminder.state() == ReminderState::Suppressed)
        .map(|reminder| reminder.reason)
        .collect();
    assert_eq!(reasons, BTreeSet::from(["opted_out".to_owned()]));
    assert_accounts_balance(&running).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_person_hears_nothing_more_and_their_messages_are_forgotten() -> Result<()> {
    let (running, coordinator) = published().await?;
    let candidate = coordinator.registration("C0001").await?;
    let known = person(&running, &candidate.person_id).await?;
    let request = ErasePersonRequest {
        person_id: known.person_id.clone(),
        version: known.version,
    };
    running.clients.directory.clone().erase_person(request).await?;
    running.play_until("2026-11-25T12:00:00Z").await?;
    let all = messages(&running.clients, &candidate.person_id).await?;
    assert_eq!(all.len(), 1, "{:?}", lines(&all));
    let first = whole(&running, &all[0]).await?;
    assert_eq!(
        (first.to.as_str(), first.text.as_str(), first.html.as_str()),
        ("", "", "")
    );
    assert_accounts_balance(&running).await
}
