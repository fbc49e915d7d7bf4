//! What problem W says of faults: each violation planted is found, each faulty problem named, each reason given.

use std::ops::ControlFlow;

use timetable::Options;
use timetable::weight::{Answer, Bonus, Edge, Meeting, Problem, ProblemError, Reason, Side, check, solve};

fn side(id: usize, available: &[usize], cap: usize) -> Side {
    Side {
        id,
        available: available.to_vec(),
        cap,
        parallel: 1,
    }
}

fn edge(e: usize, c: usize, w: i64) -> Edge {
    Edge { e, c, w, must: false }
}

fn at(e: usize, c: usize, slot: usize) -> Meeting {
    Meeting { e, c, slot }
}

/// Two employers and three candidates, three slots, two tables; employer 1 leaves after slot 1 and sees one candidate only.
fn sample() -> Problem {
    Problem {
        slots: 3,
        tables: 1,
        employers: vec![side(0, &[0, 1, 2], usize::MAX), side(1, &[0, 1], 1)],
        candidates: vec![
            side(0, &[0, 1, 2], 2),
            side(1, &[0, 1, 2], 2),
            side(2, &[0, 1, 2], 2),
        ],
        edges: vec![
            edge(0, 0, 5),
            edge(0, 1, 4),
            edge(1, 0, 3),
            edge(1, 1, 2),
            edge(0, 2, 1),
        ],
        must_not: vec![(0, 2)],
    }
}

fn words(meetings: &[Meeting]) -> Vec<String> {
    check(&sample(), meetings)
        .iter()
        .map(ToString::to_string)
        .collect()
}

fn solved(problem: &Problem) -> Answer {
    solve(problem, &Options::default(), &mut |_| ControlFlow::Continue(())).expect("the problem is sound")
}

#[test]
fn a_valid_timetable_has_no_violation() {
    assert_eq!(words(&[at(0, 0, 0), at(0, 1, 1)]), Vec::<String>::new());
}

#[test]
fn each_violation_planted_is_said_in_words() {
    let planted: [(&[Meeting], &str); 8] = [
        (&[at(0, 7, 0)], "employer 0, candidate 7 or slot 0 does not exist"),
        (
            &[at(1, 2, 0)],
            "employer 1 and candidate 2 meet, but they are not among the possible pairs",
        ),
        (&[at(0, 2, 0)], "employer 0 and candidate 2 meet, but must not"),
        (
            &[at(0, 0, 0), at(0, 0, 1)],
            "employer 0 and candidate 0 meet more than once, in slots 0, 1",
        ),
        (
            &[at(1, 0, 2)],
            "employer 1 has a meeting (with 0) in slot 2, but is not present then",
        ),
        (
            &[at(0, 0, 0), at(0, 1, 0)],
            "employer 0 is in 2 meetings in slot 0 (with 0, 1), but holds 1 at a time",
        ),
        (
            &[at(1, 0, 0), at(1, 1, 1)],
            "employer 1 has 2 meetings, but at most 1 are wanted",
        ),
        (
            &[at(0, 0, 1), at(1, 1, 1)],
            "slot 1 has 2 meetings, but there are 1 tables",
        ),
    ];
    for (meetings, expected) in planted {
        let words = words(meetings);
        assert!(
            words.iter().any(|said| said == expected),
            "{expected:?} is not in {words:?}"
        );
    }
    let twice = words(&[at(0, 0, 0), at(1, 0, 0)]);
    assert!(
        twice
            .iter()
            .any(|said| said.starts_with("candidate 0 is in 2 meetings in slot 0")),
        "{twice:?}"
    );
}

#[test]
fn an_employer_with_recruiters_holds_meetings_in_parallel() {
    let mut problem = sample();
    problem.tables = 2;
    problem.employers[0].parallel = 2;
    problem.slots = 1;
    for side in problem.employers.iter_mut().chain(&mut problem.candidates) {
        side.available = vec![0];
    }
    let answer = solved(&problem);
    assert_eq!(answer.meetings, [at(0, 0, 0), at(0, 1, 0)]);
    assert_eq!(check(&problem, &answer.meetings), []);
}

#[test]
fn a_faulty_problem_is_named_with_its_place() {
    let fault = |change: fn(&mut Problem)| {
        let mut problem = sample();
        change(&mut problem);
        problem.validate().expect_err("faulty").to_string()
    };
    let said = fault(|p| p.employers[1].id = 5);
    assert_eq!(
        said,
        "employers[1] has id 5: ids are places in the list, so it must be 1"
    );
    let said = fault(|p| p.candidates[2].available.push(3));
    assert_eq!(said, "candidates[2]: slot 3 does not exist, slots are 0 to 2");
    let said = fault(|p| p.edges.push(edge(0, 0, 1)));
    assert_eq!(
        said,
        "edges[5]: the pair of employer 0 and candidate 0 is there twice"
    );
    let said = fault(|p| p.must_not.push((9, 0)));
    assert_eq!(said, "must_not[1]: there is no employer 9 or no candidate 0");
    let said = fault(|p| p.employers[0].parallel = 0);
    assert_eq!(
        said,
        "employers[0]: parallel is 0; it is the number of meetings at a time, at least 1"
    );
    let said = fault(|p| p.slots = 129);
    assert_eq!(said, "slots: 129, but at most 128 are supported");
    let said = fault(|p| p.edges[0].w = i64::MIN);
    assert_eq!(said, "edges[0]: weight -9223372036854775808 is beyond 1000000000");
}

#[test]
fn fixed_meetings_and_bonuses_that_make_no_sense_are_refused() {
    let refused = |options: &Options| {
        solve(&sample(), options, &mut |_| ControlFlow::Continue(())).expect_err("refused")
    };
    let clash = Options {
        fixed: vec![at(0, 0, 0), at(0, 1, 0)],
        ..Options::default()
    };
    assert!(matches!(refused(&clash), ProblemError::Fixed(_)));
    let bonus = Bonus {
        e: 0,
        c: 0,
        slot: 0,
        bonus: -1,
    };
    assert!(matches!(
        refused(&Options {
            bonuses: vec![bonus],
            ..Options::default()
        }),
        ProblemError::BadBonus { index: 0 }
    ));
}

#[test]
fn each_candidate_without_a_meeting_learns_why() {
    let mut problem = sample();
    problem.slots = 2;
    problem.employers = vec![side(0, &[0], 1), side(1, &[1], 5), side(2, &[0, 1], 5)];
    problem.candidates = (0..6).map(|id| side(id, &[0, 1], 2)).collect();
    problem.candidates[3].available = vec![1];
    problem.candidates[5].cap = 0;
    problem.tables = 1;
    problem.must_not = vec![(0, 2)];
    problem.edges = vec![
        edge(0, 0, 100),
        edge(1, 0, 100),
        edge(0, 1, 1),
        edge(0, 2, 1),
        edge(0, 3, 1),
        edge(2, 4, 1),
        edge(2, 5, 1),
    ];
    let mut candidates = problem.candidates.clone();
    candidates.push(side(6, &[0, 1], 2));
    problem.candidates = candidates;
    let reasons: Vec<_> = solved(&problem)
        .without
        .iter()
        .map(|x| (x.candidate, x.reason))
        .collect();
    assert_eq!(
        reasons,
        [
            (1, Reason::EmployersFull),
            (2, Reason::AllForbidden),
            (3, Reason::NoCommonPresence),
            (4, Reason::TablesFull),
            (5, Reason::CapReached),
            (6, Reason::NoWish),
        ]
    );
}

#[test]
fn a_must_meet_that_cannot_be_is_explained() {
    let mut problem = sample();
    problem.edges.push(Edge {
        e: 1,
        c: 2,
        w: 100,
        must: true,
    });
    problem.candidates[2].available = vec![2];
    let unmet: Vec<_> = solved(&problem)
        .unmet
        .iter()
        .map(|x| (x.e, x.c, x.reason))
        .collect();
    assert_eq!(unmet, [(1, 2, Reason::NoCommonPresence)]);
}

#[test]
fn nobody_stays_without_a_meeting_when_the_weight_allows_another_choice() {
    // Both candidates are worth the same to the employer, who sees two of four; candidate 0 has a meeting elsewhere.
    let problem = Problem {
        slots: 2,
        tables: 4,
        employers: vec![side(0, &[0], 1), side(1, &[1], 1)],
        candidates: vec![side(0, &[0, 1], 2), side(1, &[0, 1], 2)],
        edges: vec![edge(0, 0, 3), edge(0, 1, 3), edge(1, 0, 3)],
        must_not: vec![],
    };
    let answer = solved(&problem);
    assert_eq!((answer.weight, answer.without.len()), (6, 0));
    assert_eq!(answer.levels[0].value, 0);
}

#[test]
fn meetings_of_one_candidate_follow_each_other_when_nothing_speaks_against_it() {
    let problem = Problem {
        slots: 6,
        tables: 2,
        employers: (0..3).map(|id| side(id, &[0, 1, 2, 3, 4, 5], 6)).collect(),
        candidates: vec![side(0, &[0, 1, 2, 3, 4, 5], 6)],
        edges: (0..3).map(|e| edge(e, 0, 5)).collect(),
        must_not: vec![],
    };
    let slots: Vec<usize> = solved(&problem).meetings.iter().map(|m| m.slot).collect();
    assert_eq!(slots, [0, 1, 2]);
}
