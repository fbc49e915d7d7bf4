//! Promise 5: nobody hears anything outside their window, whenever coordinators work.

use std::collections::BTreeSet;

use anyhow::Result;
use contracts::{
    notifier::v1::Message,
    scheduler::v1::{Reminder, ReminderState},
};
use jiff::{
    Timestamp, Zoned,
    civil::{Date, Weekday, date},
    tz::TimeZone,
};
use tests::{
    suite::Running,
    telling::{messages, paris, reminders},
};

use super::story::{cancel_first_meeting, change, publish};

/// Bank holidays around the session of this test: All Saints (a Sunday in 2026) and the Armistice (a Wednesday).
const CLOSED: [Date; 2] = [date(2026, 11, 1), date(2026, 11, 11)];

/// Policies of the staff's window; all others speak to participants.
const STAFF: [&str; 3] = [
    "employer-confirmation",
    "outcomes-employer",
    "outcomes-coordinator",
];

/// By the words of the promise: 08:00–20:00 from Monday to Saturday; staff 08:00–19:00 on business days.
fn is_polite(message: &Message) -> bool {
    let at = local(message);
    let staff = STAFF.contains(&message.policy.as_str());
    let open = match at.weekday() {
        Weekday::Sunday => false,
        Weekday::Saturday => !staff,
        _ => true,
    };
    let closes = if staff { 19 } else { 20 };
    open && !CLOSED.contains(&at.date()) && (8..closes).contains(&at.hour())
}

fn local(message: &Message) -> Zoned {
    let at = message.created_at.unwrap_or_default();
    let zone = TimeZone::get("Europe/Paris").expect("the zone of Paris");
    Timestamp::new(at.seconds, at.nanos)
        .expect("an instant")
        .to_zoned(zone)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_works_at_night_on_sunday_or_on_a_holiday_disturbs_nobody() -> Result<()> {
    // Friday 30 October 2026, 21:00 in Paris; the session is on Thursday 12 November, the day after a bank holiday.
    let running = Running::start("2026-10-30T20:00:00Z").await?;
    let coordinator = publish(&running.clients, "2026-11-12").await?;
    // Sunday and All Saints, 15:00.
    running.play_until("2026-11-01T14:00:00Z").await?;
    cancel_first_meeting(&coordinator).await?;
    // The evening before a bank holiday, a minute before closing; the change is told two minutes later.
    running.play_until("2026-11-10T18:59:00Z").await?;
    change(&coordinator, "", "Mairie annexe").await?;
    running.play_until("2026-12-20T09:00:00Z").await?;

    let mut instants = BTreeSet::new();
    for registration in coordinator.registrations().await? {
        for message in messages(&running.clients, &registration.person_id).await? {
            assert!(
                is_polite(&message),
                "{} was disturbed: {} {}",
                registration.code,
                local(&message),
                message.template
            );
            instants.insert(paris(message.created_at.as_ref()));
        }
    }
    for opening in ["Sat 31/10 08:00", "Mon 02/11 08:00", "Thu 12/11 08:00"] {
        assert!(
            instants.contains(opening),
            "nothing waited for {opening}: {instants:?}"
        );
    }
    let waiting: Vec<Reminder> = reminders(&running.clients, "")
        .await?
        .into_iter()
        .filter(|one| matches!(one.state(), ReminderState::Planned | ReminderState::Queued))
        .collect();
    assert!(waiting.is_empty(), "{waiting:?}");
    Ok(())
}
