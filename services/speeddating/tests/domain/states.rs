use jiff::civil::time;
use proptest::prelude::*;
use speeddating::domain::{EndedBy, Side, Standing, State, Step, clock};

use super::world::{pause, person, plan};

const STATES: [State; 9] = [
    State::Draft,
    State::RegistrationOpen,
    State::RegistrationClosed,
    State::ScheduleDraft,
    State::SchedulePublished,
    State::Running,
    State::Closed,
    State::FollowedUp,
    State::Cancelled,
];
const STEPS: [Step; 13] = [
    Step::OpenRegistration,
    Step::CloseRegistration,
    Step::Import,
    Step::MakeTimetable,
    Step::Publish,
    Step::Correct,
    Step::Register,
    Step::Move,
    Step::Start,
    Step::Close,
    Step::RecordOutcome,
    Step::FollowUp,
    Step::Cancel,
];

#[test]
fn a_session_goes_the_way_of_the_papers() {
    let way = [
        (Step::Import, State::RegistrationOpen),
        (Step::CloseRegistration, State::RegistrationClosed),
        (Step::MakeTimetable, State::ScheduleDraft),
        (Step::MakeTimetable, State::ScheduleDraft),
        (Step::Publish, State::SchedulePublished),
        (Step::Correct, State::SchedulePublished),
        (Step::Start, State::Running),
        (Step::RecordOutcome, State::Running),
        (Step::Close, State::Closed),
        (Step::RecordOutcome, State::Closed),
        (Step::FollowUp, State::FollowedUp),
    ];
    let mut state = State::Draft;
    for (step, expected) in way {
        state = state.after(step).unwrap();
        assert_eq!(state, expected, "after {step:?}");
    }
}

#[test]
fn every_refused_step_says_so_in_words() {
    for state in STATES {
        for step in STEPS {
            if let Err(refusal) = state.after(step) {
                assert!(refusal.to_string().starts_with("la session est "), "{refusal}");
            }
        }
    }
    assert_eq!(
        State::Cancelled.after(Step::Publish).unwrap_err().to_string(),
        "la session est annulée, on ne peut pas publier un planning"
    );
}

proptest! {
    #[test]
    fn a_cancelled_or_followed_up_session_stays_so(steps in prop::collection::vec(prop::sample::select(&STEPS[..]), 0..40)) {
        let mut state = State::Draft;
        let mut published = false;
        for step in steps {
            let Ok(next) = state.after(step) else { continue };
            prop_assert!(state != State::Cancelled, "a cancelled session changed by {:?}", step);
            prop_assert!(state != State::FollowedUp || step == Step::RecordOutcome);
            // What was published is never a draft again.
            prop_assert!(!published || next.published() || next == State::Cancelled);
            published |= next.published();
            state = next;
        }
    }

    #[test]
    fn slots_fill_the_day_between_breaks(start in 0_i64..600, length in 1_i64..800, minutes in 3_i64..60, breaks in prop::collection::vec((0_i64..800, 1_i64..60), 0..4)) {
        let at = |minute: i64| time(i8::try_from(minute / 60).unwrap(), i8::try_from(minute % 60).unwrap(), 0, 0);
        let mut plan = plan();
        plan.starts = at(start);
        let end = (start + length).min(24 * 60 - 1);
        plan.ends = at(end);
        plan.slot_minutes = minutes;
        let mut sorted: Vec<(i64, i64)> = breaks.iter().map(|(from, long)| (start + from, start + from + long)).collect();
        sorted.sort_unstable();
        sorted.retain(|(_, to)| *to <= end);
        let mut free = start;
        sorted.retain(|(from, to)| { let keep = *from >= free; if keep { free = *to; } keep });
        plan.breaks = sorted.iter().map(|(from, to)| pause(at(*from), at(*to))).collect();
        let minute = |time: jiff::civil::Time| i64::from(time.hour()) * 60 + i64::from(time.minute());
        let slots = plan.slots();
        prop_assume!(slots.len() <= 128);
        // Written a second time: minute by minute.
        let mut expected = Vec::new();
        let mut now = start;
        while now + minutes <= end {
            if let Some((_, to)) = sorted.iter().find(|(from, to)| *from < now + minutes && now < *to) {
                now = *to;
            } else {
                expected.push((now, now + minutes));
                now += minutes;
            }
        }
        let found: Vec<(i64, i64)> = slots.iter().map(|slot| (minute(slot.starts), minute(slot.ends))).collect();
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn the_event_has_fourteen_slots_and_a_break_shifts_them() {
    let mut plan = plan();
    plan.ends = time(12, 30, 0, 0);
    assert_eq!(plan.slots().len(), 14);
    plan.breaks = vec![pause(time(10, 20, 0, 0), time(10, 40, 0, 0))];
    let starts: Vec<String> = plan.slots().iter().map(|slot| clock(slot.starts)).collect();
    assert_eq!(starts[4..7], ["10:00", "10:40", "10:55"]);
}

#[test]
fn a_plan_moves_with_its_breaks_but_not_over_midnight() {
    let mut plan = plan();
    plan.breaks = vec![pause(time(9, 30, 0, 0), time(9, 45, 0, 0))];
    let moved = plan.moved(plan.date, time(14, 0, 0, 0), None).unwrap();
    assert_eq!(
        (clock(moved.ends), clock(moved.breaks[0].from)),
        ("15:30".to_owned(), "14:30".to_owned())
    );
    assert_eq!(moved.slots().len(), plan.slots().len());
    assert_eq!(
        plan.moved(plan.date, time(23, 0, 0, 0), None).unwrap_err().field,
        "starts"
    );
}

#[test]
fn the_wall_clock_keeps_its_hour_on_both_sides_of_a_clock_change() {
    let mut plan = plan();
    for (day, utc) in [(24, "2026-10-24T07:00:00Z"), (25, "2026-10-25T08:00:00Z")] {
        plan.date = jiff::civil::date(2026, 10, day);
        assert_eq!(plan.instant(plan.at(plan.starts)).unwrap().to_string(), utc);
    }
}

#[test]
fn a_registration_is_withdrawn_once() {
    let registered = person(Side::Candidate, 1);
    let confirmed = registered.confirm().unwrap();
    assert!(confirmed.confirmed());
    let withdrawn = confirmed.withdraw(EndedBy::Participant).unwrap();
    assert_eq!(withdrawn.standing, Standing::Withdrawn);
    assert!(!withdrawn.takes_part());
    let refusal = withdrawn.clone().withdraw(EndedBy::Organisation).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "l'inscription C001 est retirée, elle ne peut pas être retirée"
    );
    assert!(withdrawn.confirm().is_err());
}
