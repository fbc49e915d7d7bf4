use jiff::civil::date;

use super::*;

fn paris() -> TimeZone {
    TimeZone::get("Europe/Paris").unwrap()
}

fn at(text: &str) -> Timestamp {
    instant(&paris(), text.parse().unwrap()).unwrap()
}

fn place(window: Window, intended: &str, now: &str, until: &str) -> Option<String> {
    window
        .place(
            &BusinessCalendar::default(),
            &paris(),
            at(intended),
            at(now),
            at(until),
        )
        .map(|at| paris().to_datetime(at).to_string())
}

const EARLY: &str = "2026-11-01T00:00";
const LATE: &str = "2027-06-01T00:00";

#[test]
fn inside_the_window_a_send_stays_where_it_is() {
    for intended in [
        "2026-11-24T08:00:00",
        "2026-11-24T19:59:59",
        "2026-11-28T09:15:00",
    ] {
        assert_eq!(
            place(Window::Participants, intended, EARLY, LATE).as_deref(),
            Some(intended)
        );
    }
    assert_eq!(
        place(Window::None, "2026-11-29T03:00:00", EARLY, LATE).as_deref(),
        Some("2026-11-29T03:00:00")
    );
}

#[test]
fn a_closed_day_moves_to_the_same_clock_on_the_open_day_before() {
    // Sunday → Saturday for participants, Friday for staff.
    assert_eq!(
        place(Window::Participants, "2026-11-29T10:00:00", EARLY, LATE).as_deref(),
        Some("2026-11-28T10:00:00")
    );
    assert_eq!(
        place(Window::Staff, "2026-11-29T10:00:00", EARLY, LATE).as_deref(),
        Some("2026-11-27T10:00:00")
    );
    // Christmas 2026 is a Friday.
    assert_eq!(
        place(Window::Participants, "2026-12-25T10:00:00", EARLY, LATE).as_deref(),
        Some("2026-12-24T10:00:00")
    );
}

#[test]
fn a_closed_hour_moves_to_half_an_hour_before_the_closing_before() {
    assert_eq!(
        place(Window::Participants, "2026-11-24T07:59:00", EARLY, LATE).as_deref(),
        Some("2026-11-23T19:30:00")
    );
    assert_eq!(
        place(Window::Participants, "2026-11-24T20:00:00", EARLY, LATE).as_deref(),
        Some("2026-11-24T19:30:00")
    );
    // Monday before opening: Sunday is closed, so Saturday; for staff Friday at 18:30.
    assert_eq!(
        place(Window::Participants, "2026-11-30T07:00:00", EARLY, LATE).as_deref(),
        Some("2026-11-28T19:30:00")
    );
    assert_eq!(
        place(Window::Staff, "2026-11-30T07:00:00", EARLY, LATE).as_deref(),
        Some("2026-11-27T18:30:00")
    );
    // A closed hour of a closed day: first the day, then the hour.
    assert_eq!(
        place(Window::Participants, "2026-11-29T06:00:00", EARLY, LATE).as_deref(),
        Some("2026-11-27T19:30:00")
    );
    assert_eq!(
        place(Window::Participants, "2026-11-29T22:00:00", EARLY, LATE).as_deref(),
        Some("2026-11-28T19:30:00")
    );
}

#[test]
fn without_time_to_come_earlier_it_waits_for_the_opening_if_that_is_useful() {
    let night = "2026-11-24T21:00:00";
    assert_eq!(
        place(Window::Participants, night, night, "2026-11-25T08:30").as_deref(),
        Some("2026-11-25T08:00:00")
    );
    assert_eq!(
        place(Window::Participants, night, night, "2026-11-25T08:00"),
        None
    );
}

#[test]
fn when_the_next_opening_is_too_late_an_open_now_is_used() {
    // Saturday 15:00; intended on Sunday; the meeting is on Monday before opening.
    assert_eq!(
        place(
            Window::Participants,
            "2026-11-29T10:00",
            "2026-11-28T15:00",
            "2026-11-30T07:30"
        )
        .as_deref(),
        Some("2026-11-28T15:00:00")
    );
}

#[test]
fn an_intended_instant_that_is_over_goes_now_or_at_the_opening() {
    assert_eq!(
        place(Window::Participants, "2026-11-24T10:00", "2026-11-24T11:00", LATE).as_deref(),
        Some("2026-11-24T11:00:00")
    );
    assert_eq!(
        place(Window::Participants, "2026-11-24T10:00", "2026-11-24T23:00", LATE).as_deref(),
        Some("2026-11-25T08:00:00")
    );
    assert_eq!(
        place(
            Window::Participants,
            "2026-11-24T10:00",
            "2026-11-24T11:00",
            "2026-11-24T11:00"
        ),
        None
    );
}

#[test]
fn the_window_follows_the_wall_clock_over_both_clock_changes() {
    // Saturday before and Monday after each change: always 08:00 on the wall.
    for monday in [date(2026, 3, 30), date(2026, 10, 26)] {
        let sunday = monday.yesterday().unwrap().at(12, 0, 0, 0);
        let opening = Window::Participants
            .next_opening(
                &BusinessCalendar::default(),
                &paris(),
                instant(&paris(), sunday).unwrap(),
            )
            .unwrap();
        assert_eq!(paris().to_datetime(opening), monday.at(8, 0, 0, 0));
    }
}

proptest::proptest! {
    #[test]
    fn whatever_is_placed_is_inside_useful_and_not_in_the_past(
        intended in 0_i64..40_000_000, now in 0_i64..40_000_000, life in 0_i64..2_000_000, staff: bool
    ) {
        let base = at("2026-01-01T00:00").as_second();
        let stamp = |offset| Timestamp::from_second(base + offset).unwrap();
        let window = if staff { Window::Staff } else { Window::Participants };
        let calendar = BusinessCalendar::default();
        let until = stamp(intended + life);
        if let Some(placed) = window.place(&calendar, &paris(), stamp(intended), stamp(now), until) {
            proptest::prop_assert!(window.contains(&calendar, &paris(), placed));
            proptest::prop_assert!(placed < until);
            proptest::prop_assert!(placed >= stamp(now));
        }
    }
}
