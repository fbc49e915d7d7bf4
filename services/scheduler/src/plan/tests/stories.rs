use super::*;

const START: &str = "2026-11-25T09:00"; // a Wednesday

#[test]
fn a_candidate_hears_of_the_plan_and_then_three_times() {
    let (world, mut ledger) = (World::new(), Ledger::default());
    world.take(&mut ledger, milestone(1, START), "2026-11-10T10:00");
    assert_eq!(
        ledger.lines(ReminderState::Planned),
        [
            "Tue 10 10:00 speed-dating-published planned",
            "Wed 18 09:00 speed-dating-candidate -P7D",
            "Mon 23 09:00 speed-dating-candidate -48h",
            "Tue 24 17:00 speed-dating-candidate -1bd 17:00",
        ]
    );
    assert_eq!(ledger.lines(ReminderState::Suppressed), [] as [&str; 0]);
}

#[test]
fn published_late_what_is_over_is_suppressed_with_its_reason() {
    let (world, mut ledger) = (World::new(), Ledger::default());
    world.take(&mut ledger, milestone(1, START), "2026-11-23T21:00");
    assert_eq!(
        ledger.lines(ReminderState::Planned),
        [
            "Tue 24 08:00 speed-dating-published planned",
            "Tue 24 17:00 speed-dating-candidate -1bd 17:00"
        ]
    );
    assert_eq!(
        ledger.lines(ReminderState::Suppressed),
        [
            "Wed 18 09:00 speed-dating-candidate -P7D (too_late)",
            "Mon 23 09:00 speed-dating-candidate -48h (too_late)"
        ]
    );
}

#[test]
fn a_move_supersedes_and_plans_anew_and_is_told_once_to_who_was_told() {
    let (world, mut ledger) = (World::new(), Ledger::default());
    world.take(&mut ledger, milestone(1, START), "2026-11-10T10:00");
    ledger.send_until("2026-11-10T10:00");
    world.take(&mut ledger, milestone(2, "2026-11-26T14:00"), "2026-11-10T11:00");
    world.take(
        &mut ledger,
        in_room(3, "2026-11-26T14:00", "Hall B"),
        "2026-11-10T11:01",
    );
    assert_eq!(
        ledger.lines(ReminderState::Planned),
        [
            "Tue 10 11:02 speed-dating-changed change-3",
            "Thu 19 14:00 speed-dating-candidate -P7D",
            "Tue 24 14:00 speed-dating-candidate -48h",
            "Wed 25 17:00 speed-dating-candidate -1bd 17:00",
        ]
    );
    let notice = ledger
        .rows
        .iter()
        .find(|row| row.identity.occurrence == "change-3")
        .unwrap();
    assert_eq!(notice.occasion, Occasion::Moved);
    let told = notice.told_before.clone().unwrap().times.unwrap();
    assert_eq!(
        told.starts.to_string(),
        "2026-11-25T09:00:00",
        "the start that the person was told"
    );
    assert_eq!(
        ledger.lines(ReminderState::Suppressed),
        [
            "Tue 10 11:02 speed-dating-changed change-2 (superseded)",
            "Wed 18 09:00 speed-dating-candidate -P7D (superseded)",
            "Mon 23 09:00 speed-dating-candidate -48h (superseded)",
            "Tue 24 17:00 speed-dating-candidate -1bd 17:00 (superseded)",
        ]
    );
}

#[test]
fn who_was_not_told_yet_hears_no_change_but_the_plan_as_it_stands() {
    let (world, mut ledger) = (World::new(), Ledger::default());
    world.take(&mut ledger, milestone(1, START), "2026-11-10T21:00");
    world.take(&mut ledger, milestone(2, "2026-11-26T14:00"), "2026-11-10T22:00");
    assert_eq!(
        ledger.lines(ReminderState::Planned)[0],
        "Wed 11 08:00 speed-dating-published planned".replace("Wed 11", "Thu 12")
    );
    assert!(!ledger.rows.iter().any(|row| row.occasion.is_change()));
}

#[test]
fn a_change_undone_before_it_was_told_is_not_told() {
    let (world, mut ledger) = (World::new(), Ledger::default());
    world.take(&mut ledger, milestone(1, START), "2026-11-10T10:00");
    ledger.send_until("2026-11-10T10:00");
    world.take(&mut ledger, milestone(2, "2026-11-26T14:00"), "2026-11-10T11:00");
    world.take(&mut ledger, milestone(3, START), "2026-11-10T11:01");
    assert!(
        !ledger
            .lines(ReminderState::Planned)
            .iter()
            .any(|line| line.contains("changed"))
    );
    assert!(
        ledger
            .lines(ReminderState::Suppressed)
            .iter()
            .any(|line| line.ends_with("change-2 (reverted)"))
    );
}

#[test]
fn a_fact_nobody_watches_is_not_told_and_moves_nothing() {
    let (world, mut ledger) = (World::new(), Ledger::default());
    world.take(&mut ledger, milestone(1, START), "2026-11-10T10:00");
    ledger.send_until("2026-11-10T10:00");
    let before = ledger.rows.clone();
    let mut confirmed = milestone(2, START);
    confirmed.facts.insert("confirmed".into(), Fact::Flag(true));
    world.take(&mut ledger, confirmed, "2026-11-10T11:00");
    assert_eq!(ledger.rows, before);
}

#[test]
fn cancelled_tells_who_was_told_and_leaves_nothing_else() {
    let (world, mut ledger) = (World::new(), Ledger::default());
    world.take(&mut ledger, milestone(1, START), "2026-11-10T10:00");
    ledger.send_until("2026-11-10T10:00");
    world.take(&mut ledger, cleared(2), "2026-11-20T11:00");
    assert_eq!(
        ledger.lines(ReminderState::Planned),
        ["Fri 20 11:02 speed-dating-changed change-2"]
    );
    assert_eq!(
        ledger
            .lines(ReminderState::Suppressed)
            .iter()
            .filter(|line| line.ends_with("(cancelled)"))
            .count(),
        3
    );
    // A cancellation nobody could use any more is not told.
    let mut late = Ledger {
        recorded: ledger.recorded.clone(),
        ..Ledger::default()
    };
    late.rows = ledger
        .rows
        .iter()
        .filter(|row| row.state == ReminderState::Sent)
        .cloned()
        .collect();
    world.take(&mut late, milestone(3, START), "2026-11-20T12:00");
    late.send_until("2026-11-24T17:00");
    world.take(&mut late, cleared(4), "2026-11-25T12:00");
    assert_eq!(late.lines(ReminderState::Planned), [] as [&str; 0]);
    assert!(
        late.lines(ReminderState::Suppressed)
            .iter()
            .any(|line| line.ends_with("change-4 (too_late)"))
    );
}

#[test]
fn a_person_who_leaves_is_told_and_a_person_who_joins_gets_the_plan() {
    let (world, mut ledger) = (World::new(), Ledger::default());
    world.take(&mut ledger, milestone(1, START), "2026-11-10T10:00");
    ledger.send_until("2026-11-10T10:00");
    let mut other = milestone(2, START);
    other.parties[0].person = Some(BRUNO);
    world.take(&mut ledger, other, "2026-11-10T11:00");
    let of = |person| {
        ledger
            .rows
            .iter()
            .filter(move |row| row.identity.recipient == person)
    };
    let anna: Vec<_> = of(ANNA)
        .filter(|row| row.is_live())
        .map(|row| row.occasion)
        .collect();
    assert_eq!(anna, [Occasion::Cleared]);
    assert_eq!(of(ANNA).filter(|row| row.reason == "cancelled").count(), 3);
    let bruno: Vec<_> = of(BRUNO).map(|row| row.identity.occurrence.as_str()).collect();
    assert_eq!(bruno, ["-P7D", "-48h", "-1bd 17:00", "planned"]);
    // Back again before it was told: nothing to tell, and the reminders stand as before.
    world.take(&mut ledger, milestone(3, START), "2026-11-10T11:01");
    let anna = ledger
        .rows
        .iter()
        .filter(|row| row.identity.recipient == ANNA && row.is_live());
    assert_eq!(
        anna.map(|row| row.identity.occurrence.as_str())
            .collect::<Vec<_>>(),
        ["-P7D", "-48h", "-1bd 17:00"]
    );
}

#[test]
fn what_is_queued_but_not_released_is_held_back_and_what_is_released_is_left_and_counts_as_told() {
    let world = World::new();
    for (released, state, notices) in [
        (false, ReminderState::Suppressed, 0),
        (true, ReminderState::Queued, 1),
    ] {
        let mut ledger = Ledger::default();
        world.take(&mut ledger, milestone(1, START), "2026-11-10T10:00");
        let plan = ledger
            .rows
            .iter_mut()
            .find(|row| row.occasion == Occasion::Planned)
            .unwrap();
        (plan.state, plan.released) = (ReminderState::Queued, released);
        world.take(&mut ledger, cleared(2), "2026-11-10T10:00");
        let plan = ledger
            .rows
            .iter()
            .find(|row| row.occasion == Occasion::Planned)
            .unwrap();
        assert_eq!(plan.state, state);
        assert_eq!(
            ledger.rows.iter().filter(|row| row.occasion.is_change()).count(),
            notices
        );
    }
}

#[test]
fn what_is_held_stays_held_when_its_milestone_moves_and_nothing_else_becomes_so() {
    let (world, mut ledger) = (World::new(), Ledger::default());
    world.take(&mut ledger, milestone(1, START), "2026-11-10T10:00");
    let week = |row: &&mut Reminder| row.identity.recipient == ANNA && row.identity.occurrence == "-P7D";
    ledger.rows.iter_mut().find(week).unwrap().by_hand.held = true;
    for (revision, start) in [(2, "2026-11-26T09:00"), (3, "2026-11-27T14:00")] {
        world.take(&mut ledger, milestone(revision, start), "2026-11-10T11:00");
        let held: Vec<_> = ledger
            .rows
            .iter()
            .filter(|row| row.is_live() && row.by_hand.held)
            .collect();
        assert_eq!(held.len(), 1, "{held:?}");
        assert_eq!(held[0].identity.occurrence, "-P7D");
        assert_eq!(
            (held[0].identity.generation, held[0].identity.recipient),
            (revision, ANNA)
        );
    }
    // Called off, the hold has nothing to hold; a session that takes place after all is another matter.
    world.take(&mut ledger, cleared(4), "2026-11-10T12:00");
    world.take(&mut ledger, milestone(5, START), "2026-11-10T13:00");
    assert!(ledger.rows.iter().all(|row| !(row.is_live() && row.by_hand.held)));
}

#[test]
fn outcomes_are_asked_for_while_some_are_missing_and_digested_for_the_coordinator() {
    let (world, mut ledger) = (World::new(), Ledger::default());
    let held = |revision, missing| {
        let mut milestone = milestone(revision, "2026-11-27T09:00"); // a Friday
        milestone.parties[0].role = "employer_contact".into();
        milestone.parties.push(Party {
            role: "coordinator".into(),
            person: Some(BRUNO),
            organisation: None,
        });
        milestone
            .facts
            .insert("outcomes_missing".into(), Fact::Number(missing));
        milestone
    };
    world.take(&mut ledger, held(1, 4), "2026-11-27T09:30");
    assert_eq!(
        ledger.lines(ReminderState::Planned),
        [
            "Mon 30 09:00 outcomes-employer +1bd 09:00",
            "Tue 01 08:30 outcomes-coordinator +1bd 09:00",
            "Fri 04 11:00 outcomes-employer +7d",
            "Mon 07 08:30 outcomes-coordinator +7d",
            // Sunday 27 December moves to Thursday: Christmas is a Friday.
            "Thu 24 11:00 outcomes-employer +30d",
            "Mon 28 08:30 outcomes-coordinator +30d",
        ]
    );
    ledger.send_until("2026-12-01T09:00");
    world.take(&mut ledger, held(2, 0), "2026-12-02T09:30");
    assert_eq!(ledger.lines(ReminderState::Planned), [] as [&str; 0]);
}

#[test]
fn other_policies_plan_anew_without_telling_a_change() {
    let (world, mut ledger) = (World::new(), Ledger::default());
    world.take(&mut ledger, milestone(1, START), "2026-11-10T10:00");
    ledger.send_until("2026-11-18T09:00");
    let own = include_str!("../../../policies/speed-dating-candidate.yaml");
    let text = own
        .replace("-48h", "-72h")
        .replace("[mail]", "[mail, sms]")
        .replace("-1bd 17:00", "-1bd 16:00");
    World::with(&[&text]).replan(&mut ledger, "2026-11-19T10:00");
    assert_eq!(
        ledger.lines(ReminderState::Planned),
        // -72 h falls on Sunday.
        [
            "Sat 21 09:00 speed-dating-candidate -72h",
            "Tue 24 16:00 speed-dating-candidate -1bd 16:00"
        ]
    );
    assert_eq!(
        ledger.lines(ReminderState::Suppressed),
        [
            "Mon 23 09:00 speed-dating-candidate -48h (policy_changed)",
            "Tue 24 17:00 speed-dating-candidate -1bd 17:00 (policy_changed)"
        ]
    );
    let off = own.replace("spec:", "spec:\n  enabled: false");
    World::with(&[&off]).replan(&mut ledger, "2026-11-19T10:01");
    assert_eq!(ledger.lines(ReminderState::Planned), [] as [&str; 0]);
    world.replan(&mut ledger, "2026-11-19T10:02");
    assert_eq!(
        ledger.lines(ReminderState::Planned).len(),
        2,
        "the old documents bring the old reminders back"
    );
}

#[test]
fn the_window_moves_a_reminder_and_keeps_what_was_intended() {
    let (world, mut ledger) = (World::new(), Ledger::default());
    world.take(&mut ledger, milestone(1, "2026-12-01T07:30"), "2026-11-10T10:00"); // a Tuesday
    let row = ledger
        .rows
        .iter()
        .find(|row| row.identity.occurrence == "-48h")
        .unwrap();
    assert_eq!(row.intended, at("2026-11-29T07:30"), "a Sunday before opening");
    assert_eq!(
        row.due,
        at("2026-11-27T19:30"),
        "Friday evening: the day before would be Saturday before opening"
    );
}

#[test]
fn a_change_is_told_by_mail_first_and_by_sms_first_when_the_old_or_the_new_start_is_near() {
    let route_of = |moved_to: &str, changed_at: &str| {
        let (world, mut ledger) = (World::new(), Ledger::default());
        world.take(&mut ledger, milestone(1, START), "2026-11-10T10:00");
        ledger.send_until(changed_at);
        world.take(&mut ledger, milestone(2, moved_to), changed_at);
        let notice = ledger.rows.iter().find(|row| row.occasion.is_change()).unwrap();
        notice.identity.route.to_string()
    };
    // Wednesday 25, 09:00, is the old start.
    assert_eq!(route_of("2026-11-26T14:00", "2026-11-23T08:50"), "mail,sms");
    assert_eq!(route_of("2026-11-26T14:00", "2026-11-23T09:00"), "sms,mail");
    assert_eq!(
        route_of("2026-12-16T14:00", "2026-11-24T10:00"),
        "sms,mail",
        "do not come tomorrow"
    );
    assert_eq!(
        route_of("2026-11-17T14:00", "2026-11-16T10:00"),
        "sms,mail",
        "come tomorrow"
    );
    // On a Saturday evening it is told on Monday morning, and what counts is what is left then.
    assert_eq!(route_of("2026-11-25T07:30", "2026-11-21T21:00"), "sms,mail");
}

#[test]
fn a_second_change_that_is_near_goes_by_sms_in_the_place_of_the_first() {
    let (world, mut ledger) = (World::new(), Ledger::default());
    world.take(&mut ledger, milestone(1, START), "2026-11-10T10:00");
    ledger.send_until("2026-11-10T10:00");
    world.take(&mut ledger, milestone(2, "2026-11-26T14:00"), "2026-11-10T11:00");
    world.take(&mut ledger, milestone(3, "2026-11-12T09:00"), "2026-11-10T11:01");
    let notices: Vec<_> = ledger
        .rows
        .iter()
        .filter(|row| row.occasion.is_change())
        .map(|row| (row.state, row.identity.route.to_string()))
        .collect();
    assert_eq!(
        notices,
        [
            (ReminderState::Suppressed, "mail,sms".to_owned()),
            (ReminderState::Planned, "sms,mail".to_owned())
        ]
    );
}
