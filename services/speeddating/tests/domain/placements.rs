//! What is offered is what the corrections accept, for every place of every meeting.

use jiff::civil::time;
use proptest::prelude::*;
use speeddating::domain::{Altered, Board, Meeting, Room, Side, Spot};
use uuid::Uuid;

use super::world::{broken, pair, person, plan, session, wish};

/// A board with whatever of these additions was possible.
fn board(
    additions: &[(usize, usize, i64, i64)],
    recruiters: &[i64],
    caps: &[Option<i64>],
    tables: i64,
    banned: &[(usize, usize)],
) -> Board {
    let mut plan = plan();
    if tables > 0 {
        plan.venue.rooms = vec![Room {
            name: String::new(),
            tables,
        }];
    }
    let mut people: Vec<_> = (0..4)
        .map(|number| person(Side::Employer, number))
        .chain((0..8).map(|number| person(Side::Candidate, number)))
        .collect();
    for (person, cap) in people.iter_mut().zip(caps) {
        person.meetings_max = *cap;
    }
    for (employer, recruiters) in people.iter_mut().zip(recruiters) {
        employer.parallel = *recruiters;
    }
    people[0].leaves = Some(time(10, 0, 0, 0));
    people[6].arrives = Some(time(9, 45, 0, 0));
    let mut wishes: Vec<_> = banned
        .iter()
        .map(|(candidate, employer)| wish(*candidate, *employer, 1))
        .collect();
    for wish in &mut wishes {
        wish.must_not = true;
    }
    let mut board = Board::new(&session(plan), people, &wishes, Vec::new());
    for (number, (candidate, employer, slot, table)) in additions.iter().enumerate() {
        let id = Uuid::from_u128(u128::try_from(number).unwrap());
        let table = (*table > 0).then_some(*table);
        board.add(id, pair(*candidate, *employer), *slot, table).ok();
    }
    board
}

fn standing(board: &Board) -> Vec<Meeting> {
    board.standing().into_iter().cloned().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]
    #[test]
    fn a_place_is_offered_exactly_when_the_correction_is_accepted(
        additions in prop::collection::vec((0..8_usize, 0..4_usize, 0..6_i64, 0..6_i64), 1..30),
        recruiters in prop::collection::vec(1..3_i64, 4),
        caps in prop::collection::vec(prop::option::of(1..4_i64), 12),
        tables in 0..6_i64,
        banned in prop::collection::vec((0..8_usize, 0..4_usize), 0..3),
        added in (0..8_usize, 0..4_usize),
    ) {
        let mut board = board(&additions, &recruiters, &caps, tables, &banned);
        let before = standing(&board);
        for meeting in &before {
            let places = board.places_to_move(meeting.id).unwrap();
            prop_assert_eq!(&standing(&board), &before, "looking changed the board");
            prop_assert_eq!(places.len(), board.slots().len());
            for spots in places {
                prop_assert_eq!(i64::try_from(spots.tables.len()).unwrap(), board.tables());
                let anywhere = board.clone().move_to(meeting.id, spots.slot, None);
                prop_assert_eq!(spots.refused.is_none(), anywhere.is_ok(), "slot {}", spots.slot);
                for (table, spot) in (1..).zip(&spots.tables) {
                    let mut tried = board.clone();
                    let moved = tried.move_to(meeting.id, spots.slot, Some(table));
                    match spot {
                        Spot::Current => prop_assert_eq!((meeting.place.slot, meeting.place.table), (spots.slot, table)),
                        Spot::Possible => prop_assert!(moved.is_ok(), "offered and refused: {:?}", moved),
                        Spot::Swap { other, mine, theirs } => {
                            prop_assert!(moved.is_err(), "a swap is offered where a move would do");
                            prop_assert_eq!((other.place.slot, other.place.table), (spots.slot, table));
                            let swapped = tried.swap(meeting.id, other.id).unwrap();
                            prop_assert_eq!((&swapped[0].place, &swapped[1].place), (mine, theirs));
                        }
                        Spot::Impossible { clash, .. } => {
                            prop_assert!(moved.is_err(), "refused ({}) and possible", clash);
                            let here = before.iter().find(|one| (one.place.slot, one.place.table) == (spots.slot, table));
                            if let Some(here) = here {
                                prop_assert!(tried.swap(meeting.id, here.id).is_err(), "a swap is not offered");
                            }
                        }
                    }
                }
            }
        }
        let pair = pair(added.0, added.1);
        for spots in board.places_to_add(pair) {
            for (table, spot) in (1..).zip(&spots.tables) {
                let tried = board.clone().add(Uuid::from_u128(999), pair, spots.slot, Some(table));
                prop_assert_eq!(matches!(spot, Spot::Possible), tried.is_ok());
            }
        }
    }

    #[test]
    fn whatever_is_taken_back_leaves_the_board_as_before_or_is_refused(
        additions in prop::collection::vec((0..8_usize, 0..4_usize, 0..6_i64, 0..6_i64), 2..30),
        changes in prop::collection::vec((0..30_usize, 0..30_usize, 0..6_i64, 0..4_u8), 1..8),
    ) {
        let mut board = board(&additions, &[1, 2, 1, 2], &[None; 12], 5, &[]);
        let people: Vec<_> = board.people().cloned().collect();
        let mut done = Vec::new();
        for (number, (first, second, slot, what)) in changes.into_iter().enumerate() {
            let before = standing(&board);
            let at = |index: usize| before[index % before.len()].id;
            if before.is_empty() {
                break;
            }
            let changed = match what {
                0 => board.move_to(at(first), slot, None),
                1 => board.swap(at(first), at(second)),
                2 => board.cancel(at(first)),
                _ => board.add(Uuid::from_u128(500 + u128::try_from(number).unwrap()), pair(first % 8, second % 4), slot, None),
            };
            if let Ok(changed) = changed {
                done.push((before.clone(), Altered::all(&before, &changed)));
            }
        }
        while let Some((before, altered)) = done.pop() {
            board.put_back(&altered).unwrap();
            let now: Vec<_> = standing(&board).into_iter().map(|one| (one.id, one.place.slot, one.place.table)).collect();
            let was: Vec<_> = before.into_iter().map(|one| (one.id, one.place.slot, one.place.table)).collect();
            prop_assert_eq!(now, was);
            prop_assert_eq!(broken(&board, &people, &[], 5), Vec::<String>::new());
        }
    }
}
