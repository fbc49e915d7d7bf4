use jiff::civil::time;
use speeddating::domain::{
    Board, Emitted, EndedBy, Fact, MilestoneKind, Plan, Reason, Registration, Side, State, Wanted,
    confirmation, participation,
};
use uuid::Uuid;

use super::world::{id, pair, person, plan, session};

const PART: MilestoneKind = MilestoneKind::SpeedDating;

fn content(wanted: Wanted) -> speeddating::domain::Content {
    match wanted {
        Wanted::Planned(content) => content,
        Wanted::Gone(reason) => panic!("gone: {reason:?}"),
    }
}

#[test]
fn a_part_spans_the_first_to_the_last_meeting_and_names_nobody() {
    let session = session(plan());
    let people = vec![
        person(Side::Employer, 0),
        person(Side::Employer, 1),
        person(Side::Candidate, 0),
    ];
    let mut board = Board::new(&session, people, &[], Vec::new());
    board.add(Uuid::from_u128(1), pair(0, 1), 4, None).unwrap();
    board.add(Uuid::from_u128(2), pair(0, 0), 1, None).unwrap();
    let candidate = board.person(id(Side::Candidate, 0)).unwrap();
    let content = content(participation(&session, &board, candidate, &board.standing()));
    assert_eq!(
        (content.starts.to_string(), content.ends.to_string()),
        ("2026-11-25T09:15:00".into(), "2026-11-25T10:15:00".into())
    );
    assert_eq!(content.facts["arrival"], Fact::Text("09:00".to_owned()));
    let Fact::List(meetings) = &content.facts["meetings"] else {
        panic!("no list")
    };
    assert_eq!(
        meetings[0]["with"],
        format!("organisation/{}", Uuid::from_u128(21_000))
    );
    assert_eq!(
        (meetings[0]["starts"].as_str(), meetings[1]["starts"].as_str()),
        ("09:15", "10:00")
    );
    assert!(
        !content.facts.contains_key("outcomes_missing"),
        "a candidate is asked for outcomes"
    );
}

#[test]
fn only_what_changed_is_told_and_revisions_rise_over_both_kinds() {
    let session = session(plan());
    let people = vec![person(Side::Employer, 0), person(Side::Candidate, 0)];
    let mut board = Board::new(&session, people, &[], Vec::new());
    board.add(Uuid::from_u128(1), pair(0, 0), 1, None).unwrap();
    let employer = board.person(id(Side::Employer, 0)).unwrap().clone();
    let part = |board: &Board| participation(&session, board, &employer, &board.standing());
    let asked = Emitted::next(
        None,
        employer.id,
        MilestoneKind::EmployerConfirmation,
        confirmation(&session, &employer),
        0,
    )
    .unwrap();
    assert_eq!(asked.revision, 1);
    let told = Emitted::next(None, employer.id, PART, part(&board), asked.revision).unwrap();
    assert_eq!(told.revision, 2);
    assert_eq!(
        Emitted::next(Some(&told), employer.id, PART, part(&board), 2),
        None,
        "the same was told twice"
    );
    board.move_to(Uuid::from_u128(1), 2, None).unwrap();
    let moved = Emitted::next(Some(&told), employer.id, PART, part(&board), 2).unwrap();
    assert_eq!((moved.revision, moved.cleared), (3, None));
    board.cancel(Uuid::from_u128(1)).unwrap();
    let over = Emitted::next(Some(&moved), employer.id, PART, part(&board), 3).unwrap();
    assert_eq!(
        (over.revision, over.cleared, &over.content),
        (4, Some(Reason::ParticipationCancelled), &moved.content)
    );
    assert_eq!(
        Emitted::next(Some(&over), employer.id, PART, part(&board), 4),
        None
    );
    assert_eq!(
        Emitted::next(None, employer.id, PART, Wanted::Gone(Reason::SessionCancelled), 4),
        None
    );
}

#[test]
fn a_change_of_a_meeting_that_the_list_has_no_room_for_is_told() {
    let session = session(Plan {
        ends: time(14, 15, 0, 0),
        ..plan()
    });
    let mut people: Vec<Registration> = (0..106).map(|number| person(Side::Candidate, number)).collect();
    people.push(Registration {
        parallel: 5,
        ..person(Side::Employer, 0)
    });
    let mut board = Board::new(&session, people, &[], Vec::new());
    let meet = |board: &mut Board, candidate: usize, slot: i64| {
        let id = Uuid::from_u128(u128::try_from(candidate).unwrap() + 1);
        board.add(id, pair(candidate, 0), slot, None).unwrap();
        id
    };
    let part = |board: &Board| {
        let employer = board.person(id(Side::Employer, 0)).unwrap();
        participation(&session, board, employer, &board.standing())
    };
    for candidate in 0..100 {
        meet(&mut board, candidate, i64::try_from(candidate / 5).unwrap());
    }
    let whole = content(part(&board));
    assert!(
        !whole.facts.contains_key("meetings_digest"),
        "the list says it all"
    );
    let last: Vec<Uuid> = (100..105)
        .map(|candidate| meet(&mut board, candidate, 20))
        .collect();
    let employer = id(Side::Employer, 0);
    let told = Emitted::next(None, employer, PART, part(&board), 0).unwrap();
    assert_eq!(Emitted::next(Some(&told), employer, PART, part(&board), 1), None);
    board.cancel(last[4]).unwrap();
    meet(&mut board, 105, 20);
    let changed = Emitted::next(Some(&told), employer, PART, part(&board), 1).unwrap();
    let (was, is) = (&told.content.facts, &changed.content.facts);
    assert_eq!(
        (&was["meetings"], &was["meetings_count"]),
        (&is["meetings"], &is["meetings_count"])
    );
    assert_eq!(is["meetings_count"], Fact::Number(105));
    assert_ne!(was["meetings_digest"], is["meetings_digest"]);
    assert!(matches!(&is["meetings"], Fact::List(list) if list.len() == 100));
}

#[test]
fn the_reason_says_who_ended_it() {
    let mut session = session(plan());
    let leaver = person(Side::Employer, 0).withdraw(EndedBy::Participant).unwrap();
    assert_eq!(
        confirmation(&session, &leaver),
        Wanted::Gone(Reason::ParticipantWithdrew)
    );
    let removed = person(Side::Employer, 0).withdraw(EndedBy::Organisation).unwrap();
    assert_eq!(
        confirmation(&session, &removed),
        Wanted::Gone(Reason::ParticipationCancelled)
    );
    session.state = State::Cancelled;
    assert_eq!(
        confirmation(&session, &person(Side::Employer, 1)),
        Wanted::Gone(Reason::SessionCancelled)
    );
}
