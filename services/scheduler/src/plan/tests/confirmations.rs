//! Employers who are asked to confirm, before there is a plan and beside it.

use super::*;

const START: &str = "2026-11-25T09:00"; // a Wednesday

#[test]
fn an_employer_is_asked_to_confirm_until_it_does_and_again_when_it_takes_it_back() {
    let (world, mut ledger) = (World::new(), Ledger::default());
    let ask = |revision, confirmed| {
        let mut milestone = milestone(revision, START);
        milestone.kind = "employer_confirmation".into();
        milestone.parties[0].role = "employer_contact".into();
        milestone.facts.insert("confirmed".into(), Fact::Flag(confirmed));
        milestone
    };
    world.take(&mut ledger, ask(1, false), "2026-11-02T10:00");
    // -10 d is a Sunday and -5 d a Friday; staff hours.
    let asked = [
        "Fri 13 09:00 employer-confirmation -10d",
        "Fri 20 09:00 employer-confirmation -5d",
    ];
    assert_eq!(ledger.lines(ReminderState::Planned), asked);
    world.take(&mut ledger, ask(2, true), "2026-11-03T10:00");
    assert_eq!(ledger.lines(ReminderState::Planned), [] as [&str; 0]);
    assert!(
        ledger
            .lines(ReminderState::Suppressed)
            .iter()
            .all(|line| line.ends_with("(condition)"))
    );
    world.take(&mut ledger, ask(3, false), "2026-11-04T10:00");
    assert_eq!(ledger.lines(ReminderState::Planned), asked);
}

/// An employer's confirmation, before anything is published.
fn confirmation(revision: i64, starts: &str, confirmed: bool) -> Milestone {
    let mut milestone = milestone(revision, starts);
    milestone.kind = "employer_confirmation".into();
    milestone.parties[0].role = "employer_contact".into();
    milestone.facts.insert("confirmed".into(), Fact::Flag(confirmed));
    milestone
}

#[test]
fn an_employer_who_was_asked_hears_of_a_move_and_a_cancellation_though_it_has_confirmed_and_nobody_else_does()
{
    for (asked, confirmed) in [(true, false), (true, true), (false, false)] {
        let (world, mut ledger) = (World::new(), Ledger::default());
        world.take(&mut ledger, confirmation(1, START, false), "2026-11-02T10:00");
        if asked {
            ledger.send_until("2026-11-13T09:00");
        }
        let of_changes = |ledger: &Ledger| {
            let mut lines = ledger.lines(ReminderState::Planned);
            lines.retain(|line| line.contains("employer-confirmation-changed"));
            lines
        };
        world.take(&mut ledger, confirmation(2, START, confirmed), "2026-11-15T10:00");
        assert_eq!(
            of_changes(&ledger),
            [] as [&str; 0],
            "that it confirmed is no news to it"
        );
        world.take(
            &mut ledger,
            confirmation(3, "2026-11-26T14:00", confirmed),
            "2026-11-16T10:00",
        );
        let moved: &[&str] = if asked {
            &["Mon 16 10:02 employer-confirmation-changed change-3"]
        } else {
            &[]
        };
        assert_eq!(of_changes(&ledger), moved, "{asked} {confirmed}");
        if asked {
            ledger.send_until("2026-11-16T10:02");
        }
        let mut gone = confirmation(4, START, confirmed);
        (gone.state, gone.times) = (State::Cleared("SESSION_CANCELLED".into()), None);
        world.take(&mut ledger, gone, "2026-11-17T10:00");
        let cancelled: &[&str] = if asked {
            &["Tue 17 10:02 employer-confirmation-changed change-4"]
        } else {
            &[]
        };
        assert_eq!(of_changes(&ledger), cancelled, "{asked} {confirmed}");
    }
}

#[test]
fn an_employer_who_was_told_the_plan_hears_of_its_changes_and_not_of_the_confirmations() {
    let (world, mut ledger) = (World::new(), Ledger::default());
    let mut part = milestone(1, START);
    part.parties[0].role = "employer_contact".into();
    world.take(&mut ledger, part, "2026-11-12T10:00");
    ledger.send_until("2026-11-12T10:00");
    // The ledger holds one milestone at a time: the other kind of the same subject comes to the same rows.
    ledger.recorded = None;
    world.take(&mut ledger, confirmation(2, START, true), "2026-11-12T10:01");
    world.take(
        &mut ledger,
        confirmation(3, "2026-11-26T14:00", true),
        "2026-11-16T10:00",
    );
    let of_confirmations = |row: &Reminder| row.identity.policy == "employer-confirmation-changed";
    assert!(!ledger.rows.iter().any(of_confirmations));
}

#[test]
fn who_was_asked_to_confirm_still_hears_of_the_plan() {
    let (world, mut ledger) = (World::new(), Ledger::default());
    let mut asked = milestone(1, START);
    asked.kind = "employer_confirmation".into();
    asked.parties[0].role = "employer_contact".into();
    let mut part = milestone(1, START);
    part.parties[0].role = "employer_contact".into();
    world.take(&mut ledger, asked, "2026-11-02T10:00");
    ledger.send_until("2026-11-13T09:00");
    ledger.recorded = None;
    world.take(&mut ledger, part, "2026-11-16T10:00");
    assert!(
        ledger
            .lines(ReminderState::Planned)
            .contains(&"Mon 16 10:00 speed-dating-published planned".to_owned())
    );
}

#[test]
fn while_its_plan_is_only_on_its_way_an_employer_that_was_asked_is_to_hear_of_a_cancellation() {
    let (world, mut ledger) = (World::new(), Ledger::default());
    world.take(&mut ledger, confirmation(1, START, false), "2026-11-02T10:00");
    ledger.send_until("2026-11-13T09:00");
    let asked = ledger.recorded.take();
    let mut part = milestone(1, START);
    part.parties[0].role = "employer_contact".into();
    world.take(&mut ledger, part, "2026-11-16T10:00");
    // Put off by a mail server: it counts as told until it ends, and may end untold.
    let plan = |row: &&mut Reminder| row.identity.policy == "speed-dating-published";
    let plan = ledger.rows.iter_mut().find(plan).unwrap();
    (plan.state, plan.released) = (ReminderState::Queued, true);
    ledger.recorded = asked;
    let mut gone = confirmation(2, START, false);
    (gone.state, gone.times) = (State::Cleared("SESSION_CANCELLED".into()), None);
    world.take(&mut ledger, gone, "2026-11-16T10:01");
    let planned = ledger.lines(ReminderState::Planned);
    assert!(
        planned
            .iter()
            .any(|line| line.contains("employer-confirmation-changed")),
        "{planned:?}"
    );
}
