//! Whatever order and how often the events come, the end is the same (NOTIFY.md 2.3).

use proptest::prelude::*;

use super::*;

/// What a service did to its aggregate, one revision each.
#[derive(Clone, Debug)]
enum Act {
    Move(u8),
    Room(u8),
    Confirm(bool),
    Party(bool),
    Clear,
    Restore,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        (0_u8..4).prop_map(Act::Move),
        (0_u8..3).prop_map(Act::Room),
        any::<bool>().prop_map(Act::Confirm),
        any::<bool>().prop_map(Act::Party),
        Just(Act::Clear),
        Just(Act::Restore),
    ];
    proptest::collection::vec(act, 1..8)
}

/// The milestones published, in order; both kinds, since each has other policies.
fn published(acts: &[Act], kind: &str, role: &str) -> Vec<Milestone> {
    let mut current = milestone(1, "2026-11-25T09:00");
    current.kind = kind.to_owned();
    current.parties[0].role = role.to_owned();
    let mut all = vec![current.clone()];
    for act in acts {
        current.revision += 1;
        match act {
            Act::Move(day) => {
                current.times = milestone(1, &format!("2026-11-{}T10:00", 25 + day)).times;
            }
            Act::Room(room) => {
                current
                    .facts
                    .insert("venue_name".into(), Fact::Text(format!("Hall {room}")));
            }
            Act::Confirm(flag) => {
                current.facts.insert("confirmed".into(), Fact::Flag(*flag));
            }
            Act::Party(here) => current.parties[0].person = here.then_some(ANNA),
            Act::Clear => current.state = State::Cleared("SESSION_CANCELLED".into()),
            Act::Restore => current.state = State::Planned,
        }
        all.push(current.clone());
    }
    all
}

/// What people will hear, whatever generation it came from.
fn live(ledger: &Ledger) -> Vec<(String, String, Uuid, String, Timestamp)> {
    let mut rows: Vec<_> = ledger
        .rows
        .iter()
        .filter(|row| row.is_live())
        .map(|row| {
            let identity = row.identity.clone();
            (
                identity.policy,
                identity.occurrence,
                identity.recipient,
                identity.route.to_string(),
                row.due,
            )
        })
        .collect();
    rows.sort();
    rows
}

fn check_invariants(ledger: &Ledger) {
    let standing = ledger
        .recorded
        .as_ref()
        .is_some_and(|recorded| recorded.milestone.is_planned());
    for (index, row) in ledger.rows.iter().enumerate() {
        let twice = ledger.rows[..index]
            .iter()
            .any(|other| other.identity == row.identity);
        assert!(!twice, "an identity is there twice: {:?}", row.identity);
        if row.is_live() && !row.occasion.is_change() {
            assert!(standing, "a live {:?} of a cleared milestone", row.occasion);
            let generation = ledger.recorded.as_ref().map(|recorded| recorded.generation);
            assert_eq!(Some(row.identity.generation), generation);
        }
    }
    let mut notices: Vec<_> = ledger
        .rows
        .iter()
        .filter(|row| row.is_live() && row.occasion.is_change())
        .map(|row| (&row.identity.policy, row.identity.recipient))
        .collect();
    let count = notices.len();
    notices.dedup();
    assert_eq!(notices.len(), count, "one waiting notice for a person");
}

proptest! {
    #[test]
    fn any_order_with_repeats_ends_like_the_order_of_the_revisions(
        acts in acts(), deliveries in proptest::collection::vec(any::<prop::sample::Index>(), 0..20), employer: bool
    ) {
        let world = World::new();
        let (kind, role) =
            if employer { ("employer_confirmation", "employer_contact") } else { ("speed_dating", "candidate") };
        let published = published(&acts, kind, role);
        let mut in_order = Ledger::default();
        for milestone in &published {
            world.take(&mut in_order, milestone.clone(), "2026-11-10T10:00");
            check_invariants(&in_order);
        }
        let mut disordered = Ledger::default();
        for index in deliveries {
            world.take(&mut disordered, published[index.index(published.len())].clone(), "2026-11-10T10:00");
            check_invariants(&disordered);
        }
        // Every event comes at least once in the end, the last ones perhaps last.
        for milestone in published.iter().rev() {
            world.take(&mut disordered, milestone.clone(), "2026-11-10T10:00");
        }
        prop_assert_eq!(live(&in_order), live(&disordered));
        let recorded = |ledger: &Ledger| ledger.recorded.clone().map(|recorded| recorded.milestone);
        prop_assert_eq!(recorded(&in_order), recorded(&disordered));
    }

    #[test]
    fn with_messages_going_out_in_between_no_invariant_breaks(
        steps in proptest::collection::vec((any::<prop::sample::Index>(), 0_u8..4), 1..15), acts in acts()
    ) {
        let world = World::new();
        let published = published(&acts, "speed_dating", "candidate");
        let mut ledger = Ledger::default();
        for (number, (index, send)) in steps.into_iter().enumerate() {
            let now = format!("2026-11-{}T10:{number:02}", 10 + number);
            world.take(&mut ledger, published[index.index(published.len())].clone(), &now);
            if send == 0 {
                ledger.send_until(&now);
            }
            if send == 1 {
                let due = at(&now);
                for row in ledger.rows.iter_mut().filter(|row| row.is_live() && row.due <= due) {
                    (row.state, row.released) = (ReminderState::Queued, number % 2 == 0);
                }
            }
            check_invariants(&ledger);
        }
    }
}
