//! Days, hours that the clocks skip, two places at once, one person under two codes.

use jiff::civil::{date, time};
use speeddating::domain::{Clash, Part, Plan, Refusal, Seen, doubles};
use uuid::Uuid;

use super::world::{plan, session};

fn part(person: u128, first: i64, last: i64) -> Part {
    Part {
        person_id: Uuid::from_u128(person),
        code: format!("C{person}"),
        first,
        last,
    }
}

#[test]
fn hours_that_the_clocks_skip_are_refused_with_a_cure() {
    let on = |day, starts: i8, ends: i8| Plan {
        date: day,
        starts: time(starts, 0, 0, 0),
        ends: time(ends, 0, 0, 0),
        ..plan()
    };
    let spring = date(2027, 3, 28);
    assert_eq!(on(spring, 3, 5).flaws(), []);
    assert_eq!(
        on(date(2027, 10, 31), 2, 4).flaws(),
        [],
        "an hour that comes twice exists"
    );
    for (plan, field) in [
        (on(spring, 2, 4), "starts"),
        (on(spring, 1, 2), "ends"),
        (on(spring, 1, 4), "starts"),
    ] {
        let flaws = plan.flaws();
        assert_eq!((flaws.len(), flaws[0].field.as_str()), (1, field));
        assert!(
            flaws[0]
                .message
                .french
                .contains("02:00 n'existe pas le 2027-03-28"),
            "{}",
            flaws[0].message
        );
        assert!(
            flaws[0].message.french.contains("choisissez"),
            "{}",
            flaws[0].message
        );
    }
}

#[test]
fn a_day_begins_at_midnight_in_the_sessions_zone() {
    let plan = plan();
    let before = "2026-11-24T22:59:59Z".parse().unwrap();
    let midnight = "2026-11-24T23:00:00Z".parse().unwrap();
    let session = session(plan.clone());
    assert!(matches!(session.day_has_come(before), Err(Refusal::TooEarly(_))));
    assert_eq!(session.day_has_come(midnight), Ok(()));
    assert_eq!(plan.past("2026-11-25T22:59:59Z".parse().unwrap()), None);
    assert!(plan.past("2026-11-25T23:00:00Z".parse().unwrap()).is_some());
}

#[test]
fn two_parts_clash_when_their_hours_overlap_and_not_when_they_touch() {
    let here = plan();
    let at = |hour, minute| Plan {
        starts: time(hour, minute, 0, 0),
        ends: time(hour + 1, minute, 0, 0),
        title: "Ailleurs".to_owned(),
        ..plan()
    };
    let told = |mine: &Part, theirs: &Part, other: &Plan| {
        Part::clashes(
            std::slice::from_ref(mine),
            &here,
            std::slice::from_ref(theirs),
            other,
        )
    };
    // Slots 0 to 2 are 09:00 to 09:45.
    assert_eq!(told(&part(1, 0, 2), &part(1, 0, 0), &at(9, 45)), []);
    assert_eq!(
        told(&part(1, 0, 2), &part(2, 0, 0), &at(9, 0)),
        [],
        "another person"
    );
    let clashes = told(&part(1, 0, 2), &part(1, 0, 1), &at(9, 44));
    assert_eq!(
        clashes,
        [Clash::Elsewhere {
            code: "C1".to_owned(),
            title: "Ailleurs".to_owned(),
            date: "2026-11-25".to_owned(),
            from: "09:44".to_owned(),
            to: "10:14".to_owned(),
        }]
    );
    assert_eq!(
        told(
            &part(1, 0, 2),
            &part(1, 0, 0),
            &Plan {
                date: date(2026, 11, 26),
                ..at(9, 0)
            }
        ),
        []
    );
    // The same instant under another wall clock.
    let london = Plan {
        time_zone: "Europe/London".to_owned(),
        ..at(8, 0)
    };
    assert_eq!(told(&part(1, 0, 2), &part(1, 0, 0), &london).len(), 1);
    assert_eq!(here.days(), [date(2026, 11, 25)]);
    let midnight = Plan {
        starts: time(0, 30, 0, 0),
        ends: time(2, 0, 0, 0),
        ..plan()
    };
    assert_eq!(
        midnight.days(),
        [date(2026, 11, 24), date(2026, 11, 25)],
        "two days of UTC"
    );
}

#[test]
fn a_second_code_for_one_person_is_told_from_a_code_that_comes_again() {
    let seen = |code: &str, person, employer, withdrawn| Seen {
        employer,
        code: code.to_owned(),
        person_id: Uuid::from_u128(person),
        withdrawn,
    };
    let known = [
        seen("C1", 1, false, false),
        seen("C2", 2, false, true),
        seen("E1", 3, true, false),
    ];
    let told = |rows: &[(&str, u128)]| -> Vec<(String, String)> {
        let rows = rows
            .iter()
            .map(|(code, person)| (*code, Uuid::from_u128(*person)));
        doubles(rows, &known)
            .into_iter()
            .map(|double| (double.code, double.other))
            .collect()
    };
    assert_eq!(
        told(&[("C1", 1), ("C8", 2), ("C9", 3), ("C10", 4)]),
        [],
        "again, back, a recruiter, new"
    );
    assert_eq!(told(&[("C7", 1)]), [("C7".to_owned(), "C1".to_owned())]);
    assert_eq!(
        told(&[("C8", 5), ("C9", 5)]),
        [("C9".to_owned(), "C8".to_owned())]
    );
}
