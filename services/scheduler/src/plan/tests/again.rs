//! Notices of change that somebody sends again.

use super::*;

const START: &str = "2026-11-25T09:00"; // a Wednesday

/// A candidate whose notice of a move to the 26th ended in a state, and is to be sent again on Monday.
fn sent_again(state: ReminderState) -> (World, Ledger) {
    let (world, mut ledger) = (World::new(), Ledger::default());
    world.take(&mut ledger, milestone(1, START), "2026-11-10T10:00");
    ledger.send_until("2026-11-10T10:00");
    world.take(&mut ledger, milestone(2, "2026-11-26T14:00"), "2026-11-10T11:00");
    ledger.send_until("2026-11-10T11:02");
    let notice = ledger
        .rows
        .iter_mut()
        .find(|row| row.occasion.is_change())
        .unwrap();
    notice.state = state;
    let mut again = notice.clone();
    again.id = Uuid::from_u128(5_000);
    again.identity.occurrence = "change-2 resend 1".into();
    again.state = ReminderState::Planned;
    again.by_hand.resend_of = Some(notice.id);
    (again.intended, again.due) = (at("2026-11-16T08:00"), at("2026-11-16T08:00"));
    ledger.rows.push(again);
    world.replan(&mut ledger, "2026-11-14T10:00");
    assert!(
        ledger
            .lines(ReminderState::Planned)
            .contains(&"Mon 16 08:00 speed-dating-changed change-2 resend 1".to_owned()),
        "it stands as long as nothing changes"
    );
    (world, ledger)
}

#[test]
fn what_is_sent_again_and_waits_does_not_swallow_the_next_change() {
    let (world, mut ledger) = sent_again(ReminderState::Sent);
    // Back to the first date: who heard of the second expects that.
    world.take(&mut ledger, milestone(3, START), "2026-11-14T11:00");
    let notice = ledger
        .rows
        .iter()
        .find(|row| row.is_live() && row.occasion.is_change())
        .unwrap();
    assert_eq!(
        (notice.identity.occurrence.as_str(), notice.occasion, notice.due),
        ("change-3", Occasion::Moved, at("2026-11-14T11:02"))
    );
    let told = notice.told_before.clone().unwrap().times.unwrap();
    assert_eq!(told.starts.to_string(), "2026-11-26T14:00:00");
    assert!(
        ledger
            .lines(ReminderState::Suppressed)
            .contains(&"Mon 16 08:00 speed-dating-changed change-2 resend 1 (superseded)".to_owned())
    );
}

#[test]
fn what_failed_and_is_sent_again_says_nothing_when_the_change_is_undone() {
    let (world, mut ledger) = sent_again(ReminderState::Failed);
    world.take(&mut ledger, milestone(3, START), "2026-11-14T11:00");
    assert!(
        !ledger
            .rows
            .iter()
            .any(|row| row.is_live() && row.occasion.is_change())
    );
    assert!(
        ledger
            .lines(ReminderState::Suppressed)
            .contains(&"Mon 16 08:00 speed-dating-changed change-2 resend 1 (reverted)".to_owned())
    );
}
