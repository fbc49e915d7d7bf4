use proptest::prelude::*;
use speeddating::domain::{Board, Quality, Refusal, Room, Side, Weights};
use uuid::Uuid;

use super::world::{broken, pair, person, plan, session, wish};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn a_timetable_keeps_every_rule_and_the_same_seed_gives_it_again(
        asked in prop::collection::btree_set((0..12_usize, 0..5_usize), 1..40),
        recruiters in prop::collection::vec(1..4_i64, 5),
        tables in 0..8_i64,
        caps in prop::collection::vec(prop::option::of(1..4_i64), 17),
        seed in any::<u64>(),
    ) {
        let mut plan = plan();
        if tables > 0 {
            plan.venue.rooms = vec![Room { name: String::new(), tables }];
        }
        let session = session(plan);
        let mut people: Vec<_> = (0..5)
            .map(|number| person(Side::Employer, number))
            .chain((0..12).map(|number| person(Side::Candidate, number)))
            .collect();
        for (person, cap) in people.iter_mut().zip(&caps) {
            person.meetings_max = *cap;
        }
        for (employer, recruiters) in people.iter_mut().zip(&recruiters) {
            employer.parallel = *recruiters;
        }
        let wishes: Vec<_> =
            asked.iter().enumerate().map(|(number, (c, e))| wish(*c, *e, i64::try_from(number % 4).unwrap() + 1)).collect();
        let board = Board::new(&session, people.clone(), &wishes, Vec::new());
        let puzzle = speeddating::domain::Puzzle::new(&board, &wishes, &Weights::default()).unwrap();
        let solve = || puzzle.solve(seed, &|| false, &|_| {}).unwrap();
        let solution = solve();
        prop_assert_eq!(&solution.placed, &solve().placed);
        let mut drawn = board.clone();
        let placed = solution.placed.iter().enumerate();
        let meetings =
            drawn.seat_all(placed.map(|(id, (pair, slot))| (Uuid::from_u128(u128::try_from(id).unwrap()), *pair, *slot)).collect());
        prop_assert_eq!(meetings.len(), solution.placed.len());
        prop_assert_eq!(broken(&drawn, &people, &wishes, board.tables()), Vec::<String>::new());
        prop_assert_eq!(drawn.clashes(), Vec::new());
        let quality = Quality::of(&drawn, &wishes, &Weights::default(), solution.bound, solution.proven);
        prop_assert!(quality.weight <= quality.bound);
        prop_assert_eq!(quality.wishes_met.iter().sum::<i64>(), quality.meetings);
        let met: std::collections::BTreeSet<Uuid> = meetings.iter().map(|meeting| meeting.pair.candidate).collect();
        prop_assert_eq!(quality.unmet.len(), 12 - met.len(), "somebody without a meeting has no reason");
    }
}

#[test]
fn each_candidate_without_a_meeting_is_told_why() {
    let mut plan = plan();
    plan.ends = jiff::civil::time(9, 15, 0, 0);
    let session = session(plan);
    let mut people: Vec<_> = (0..3)
        .map(|number| person(Side::Employer, number))
        .chain((0..6).map(|number| person(Side::Candidate, number)))
        .collect();
    people[2].arrives = Some(jiff::civil::time(12, 0, 0, 0));
    let mut banned = wish(3, 0, 1);
    banned.must_not = true;
    // 0 meets 0; 1 asked for the same employer; 2 asked for one who comes later; 3 is banned; 4 asked for nobody;
    // 5 asked for 1, who is free.
    let wishes = [wish(0, 0, 1), wish(1, 0, 2), wish(2, 2, 1), banned, wish(5, 1, 1)];
    let mut board = Board::new(&session, people, &wishes, Vec::new());
    board.add(Uuid::from_u128(1), pair(0, 0), 0, None).unwrap();
    let quality = Quality::of(&board, &wishes, &Weights::default(), 100, false);
    let reasons: Vec<&str> = quality.unmet.iter().map(|unmet| unmet.reason.as_str()).collect();
    assert_eq!(
        reasons,
        [
            "EMPLOYERS_FULL",
            "NO_COMMON_PRESENCE",
            "ALL_FORBIDDEN",
            "NO_WISH",
            "ROOM_LEFT"
        ]
    );
    assert_eq!(
        (quality.wishes_met, quality.wishes_made),
        (vec![1, 0], vec![4, 1])
    );
}

#[test]
fn a_session_without_any_possible_pair_is_refused() {
    let session = session(plan());
    let people = vec![person(Side::Employer, 0), person(Side::Candidate, 0)];
    let mut banned = wish(0, 0, 1);
    banned.must_not = true;
    for wishes in [vec![], vec![banned]] {
        let board = Board::new(&session, people.clone(), &wishes, Vec::new());
        let refused = speeddating::domain::Puzzle::new(&board, &wishes, &Weights::default());
        assert_eq!(refused.unwrap_err(), Refusal::NothingToPlan);
    }
}

#[test]
fn a_must_meet_wins_against_any_number_of_other_wishes() {
    let mut plan = plan();
    plan.ends = jiff::civil::time(9, 15, 0, 0);
    let session = session(plan);
    let people: Vec<_> = (0..3)
        .map(|number| person(Side::Employer, number))
        .chain((0..3).map(|number| person(Side::Candidate, number)))
        .collect();
    let mut must = wish(0, 0, 0);
    must.must = true;
    let wishes = [must, wish(0, 1, 1), wish(0, 2, 1), wish(1, 0, 1), wish(2, 0, 1)];
    let board = Board::new(&session, people, &wishes, Vec::new());
    let solution = speeddating::domain::Puzzle::new(&board, &wishes, &Weights::default())
        .unwrap()
        .solve(1, &|| false, &|_| {})
        .unwrap();
    assert!(solution.placed.iter().any(|(met, _)| *met == pair(0, 0)));
    assert!(
        solution.bound < 30,
        "the bonus shows in the bound: {}",
        solution.bound
    );
}
