use jiff::civil::time;
use proptest::prelude::*;
use speeddating::domain::{Board, Clash, Refusal, Room, Side};
use uuid::Uuid;

use super::world::{broken, pair, person, plan, session, wish};

/// One thing that a coordinator tries; numbers are taken modulo what there is.
#[derive(Clone, Debug)]
enum Try {
    Add {
        candidate: usize,
        employer: usize,
        slot: i64,
        table: i64,
    },
    Move {
        meeting: usize,
        slot: i64,
        table: i64,
    },
    Swap {
        first: usize,
        second: usize,
    },
    Cancel {
        meeting: usize,
    },
    Leave {
        candidate: usize,
    },
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let one = prop_oneof![
        6 => (0..8_usize, 0..4_usize, -1..8_i64, 0..6_i64)
            .prop_map(|(candidate, employer, slot, table)| Try::Add { candidate, employer, slot, table }),
        4 => (0..40_usize, -1..8_i64, 0..6_i64).prop_map(|(meeting, slot, table)| Try::Move { meeting, slot, table }),
        4 => (0..40_usize, 0..40_usize).prop_map(|(first, second)| Try::Swap { first, second }),
        1 => (0..40_usize).prop_map(|meeting| Try::Cancel { meeting }),
        1 => (0..8_usize).prop_map(|candidate| Try::Leave { candidate }),
    ];
    prop::collection::vec(one, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn no_sequence_of_corrections_puts_anybody_in_two_places(
        tries in tries(),
        recruiters in prop::collection::vec(1..3_i64, 4),
        tables in 0..6_i64,
        caps in prop::collection::vec(prop::option::of(1..4_i64), 12),
        banned in prop::collection::vec((0..8_usize, 0..4_usize), 0..4),
        late in prop::collection::vec(0..8_usize, 0..3),
    ) {
        let mut plan = plan();
        if tables > 0 {
            plan.venue.rooms = vec![Room { name: String::new(), tables }];
        }
        let session = session(plan);
        let mut people: Vec<_> = (0..4)
            .map(|number| person(Side::Employer, number))
            .chain((0..8).map(|number| person(Side::Candidate, number)))
            .collect();
        for (person, cap) in people.iter_mut().zip(&caps) {
            person.meetings_max = *cap;
        }
        for (employer, recruiters) in people.iter_mut().zip(&recruiters) {
            employer.parallel = *recruiters;
        }
        for number in &late {
            people[4 + number].arrives = Some(time(9, 45, 0, 0));
        }
        people[0].leaves = Some(time(10, 0, 0, 0));
        let mut wishes: Vec<_> = banned.iter().map(|(candidate, employer)| wish(*candidate, *employer, 1)).collect();
        for wish in &mut wishes {
            wish.must_not = true;
        }
        let mut board = Board::new(&session, people.clone(), &wishes, Vec::new());
        let tables = board.tables();
        for (number, attempt) in tries.into_iter().enumerate() {
            let before: Vec<_> = board.standing().into_iter().cloned().collect();
            let at = |index: usize| before.get(index % before.len().max(1)).map(|meeting| meeting.id);
            let given = |table: i64| (table > 0).then_some(table);
            let outcome = match attempt {
                Try::Add { candidate, employer, slot, table } => {
                    let id = Uuid::from_u128(u128::try_from(number).unwrap());
                    board.add(id, pair(candidate, employer), slot, given(table)).map(|_| ())
                }
                Try::Move { meeting, slot, table } => match at(meeting) {
                    Some(id) => board.move_to(id, slot, given(table)).map(|_| ()),
                    None => continue,
                },
                Try::Swap { first, second } => match (at(first), at(second)) {
                    (Some(first), Some(second)) => board.swap(first, second).map(|_| ()),
                    _ => continue,
                },
                Try::Cancel { meeting } => match at(meeting) {
                    Some(id) => board.cancel(id).map(|_| ()),
                    None => continue,
                },
                Try::Leave { candidate } => {
                    board.cancel_all_of(people[4 + candidate].id);
                    Ok(())
                }
            };
            if outcome.is_err() {
                let after: Vec<_> = board.standing().into_iter().cloned().collect();
                prop_assert_eq!(&after, &before, "a refused correction changed the board");
            }
            prop_assert_eq!(broken(&board, &people, &wishes, tables), Vec::<String>::new());
            prop_assert_eq!(board.clashes(), Vec::new(), "the service's own check disagrees");
        }
    }
}

#[test]
fn the_check_of_a_whole_timetable_finds_each_sort_of_clash() {
    let session = session(plan());
    let mut people: Vec<_> = (0..2)
        .map(|number| person(Side::Employer, number))
        .chain((0..3).map(|number| person(Side::Candidate, number)))
        .collect();
    let mut board = Board::new(&session, people.clone(), &[], Vec::new());
    for (number, (candidate, employer)) in [(0, 0), (1, 0), (2, 1)].into_iter().enumerate() {
        let slot = i64::try_from(number).unwrap();
        board
            .add(
                Uuid::from_u128(u128::try_from(number).unwrap()),
                pair(candidate, employer),
                slot,
                None,
            )
            .unwrap();
    }
    let meetings: Vec<_> = board.standing().into_iter().cloned().collect();
    let clashes = |change: &dyn Fn(&mut Vec<speeddating::domain::Meeting>), people: Vec<_>| {
        let mut changed = meetings.clone();
        change(&mut changed);
        Board::new(&session, people, &[], changed).clashes()
    };
    assert_eq!(clashes(&|_| {}, people.clone()), []);
    let found = clashes(&|meetings| meetings[1].place.slot = 0, people.clone());
    assert!(matches!(found[..], [Clash::EmployerBusy { .. }]), "{found:?}");
    let found = clashes(
        &|meetings| {
            meetings[2].place.slot = 0;
            meetings[2].pair.candidate = meetings[0].pair.candidate;
        },
        people.clone(),
    );
    assert!(matches!(found[..], [Clash::CandidateBusy { .. }]), "{found:?}");
    let found = clashes(
        &|meetings| {
            meetings[2].place.slot = 0;
            meetings[2].place.table = meetings[0].place.table;
        },
        people.clone(),
    );
    assert!(matches!(found[..], [Clash::TableTaken { .. }]), "{found:?}");
    let found = clashes(&|meetings| meetings[2].place.slot = 9, people.clone());
    assert!(matches!(found[..], [Clash::NoSuchSlot { .. }]), "{found:?}");
    people[2].standing = speeddating::domain::Standing::Withdrawn;
    assert!(matches!(
        clashes(&|_| {}, people.clone())[..],
        [Clash::Withdrawn { .. }]
    ));
    people[2].standing = speeddating::domain::Standing::Registered;
    people[0].meetings_max = Some(1);
    assert!(matches!(
        clashes(&|_| {}, people)[..],
        [Clash::EmployerFull { .. }]
    ));
}

#[test]
fn a_meeting_that_is_over_is_not_moved() {
    let session = session(plan());
    let people = vec![person(Side::Employer, 0), person(Side::Candidate, 0)];
    let mut board = Board::new(&session, people, &[], Vec::new());
    let id = Uuid::from_u128(7);
    board.add(id, pair(0, 0), 0, None).unwrap();
    board.cancel(id).unwrap();
    assert_eq!(board.move_to(id, 1, None), Err(Refusal::MeetingOver("annulé")));
    assert_eq!(board.cancel(id), Err(Refusal::MeetingOver("annulé")));
}
