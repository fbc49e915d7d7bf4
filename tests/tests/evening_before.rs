//! The evening before a job dating, on the real tables: who is told what, when, by which channel.
//!
//! The tables below were written by hand from the rules (DOMAIN R01, R37–R40) before the code that is tested.

use anyhow::Result;
use tests::{
    coordinator::{CANDIDATES, Coordinator, EMPLOYERS, WISHES},
    suite::Running,
    telling::{lines, messages, reminders, suppressed},
};

/// Code, slot of the only meeting, employer that must be met. Their presence is that slot alone, so that the first
/// meeting is known before the solver runs.
const TEN: [(&str, &str, &str, &str); 10] = [
    ("C0001", "09:00", "09:15", "E003"), // William Roux: mail and mobile
    ("C0005", "09:15", "09:30", "E004"), // Paul Morel: mobile only
    ("C0026", "09:30", "09:45", "E007"), // Maëlys Lambert: mail only
    ("C0012", "09:45", "10:00", "E011"), // Véronique Moreau: mobile only, speaks Arabic
    ("C0043", "10:00", "10:15", "E008"), // Paul Blanc: mail and mobile, in English
    ("C0056", "10:30", "10:45", "E012"), // Ibrahim Le Goff: mail only
    ("C0142", "11:00", "11:15", "E013"), // Zakaria Roux: mail and mobile, sign language
    ("C0024", "11:15", "11:30", "E014"), // Hélène O'Brien: mail and mobile, wheelchair
    ("C0171", "11:45", "12:00", "E017"), // Hélène Le Goff: mobile only
    ("C0180", "12:15", "12:30", "E020"), // Paul Henry: mobile only
];

const PUBLISHED: &str = "speed_dating_published_candidate";
const WEEK: &str = "speed_dating_week_before";
const TWO_DAYS: &str = "speed_dating_two_days_before";
const DAY: &str = "speed_dating_day_before";

#[derive(Clone, Copy)]
enum Reach {
    Both,
    MobileOnly,
    MailOnly,
}

fn reach(code: &str) -> Reach {
    match code {
        "C0001" | "C0043" | "C0142" | "C0024" => Reach::Both,
        "C0026" | "C0056" => Reach::MailOnly,
        _ => Reach::MobileOnly,
    }
}

/// Each row's presence becomes its one slot.
fn candidates() -> String {
    CANDIDATES
        .lines()
        .map(|line| {
            let mut cells: Vec<&str> = line.split(';').collect();
            if let Some((_, from, to, _)) = TEN.iter().find(|(code, ..)| cells[0] == *code) {
                cells[7] = from;
                cells[8] = to;
            }
            cells.join(";") + "\r\n"
        })
        .collect()
}

async fn published_session(running: &Running, date: &str) -> Result<Coordinator> {
    let coordinator = Coordinator::create(&running.clients, date).await?;
    coordinator.import(EMPLOYERS, &candidates(), WISHES).await?;
    for (code, _, _, employer) in TEN {
        coordinator.must_meet(code, employer).await?;
    }
    let timetable = coordinator.timetable().await?;
    coordinator.publish(timetable.number).await?;
    Ok(coordinator)
}

/// What a person of the ten is told, by the table of the test: instants of the week, two-day and day-before messages.
fn expected(
    code: &str,
    published: &str,
    week: &str,
    two_days: &str,
    day: &str,
) -> (Vec<String>, Vec<String>) {
    match reach(code) {
        Reach::Both => (
            vec![
                format!("{published} mail {PUBLISHED}"),
                format!("{week} mail {WEEK}"),
                format!("{two_days} sms {TWO_DAYS}"),
                format!("{day} sms {DAY}"),
            ],
            vec![],
        ),
        Reach::MobileOnly => (
            vec![
                format!("{published} sms {PUBLISHED}"),
                format!("{two_days} sms {TWO_DAYS}"),
                format!("{day} sms {DAY}"),
            ],
            vec![format!("{week} {WEEK} no_channel")],
        ),
        Reach::MailOnly => (
            vec![
                format!("{published} mail {PUBLISHED}"),
                format!("{week} mail {WEEK}"),
                format!("{two_days} mail {TWO_DAYS}"),
                format!("{day} mail {DAY}"),
            ],
            vec![],
        ),
    }
}

async fn assert_told(
    running: &Running,
    coordinator: &Coordinator,
    table: impl Fn(&str, &str) -> (Vec<String>, Vec<String>),
) -> Result<()> {
    for (code, slot, _, _) in TEN {
        let person = coordinator.registration(code).await?.person_id;
        let mut told = lines(&messages(&running.clients, &person).await?);
        let kept = suppressed(&reminders(&running.clients, &person).await?);
        let (mut expected_told, expected_kept) = table(code, slot);
        // Each line has its instant; before a Monday the eve (Friday) comes first.
        told.sort();
        expected_told.sort();
        assert_eq!(told, expected_told, "what {code} was told");
        assert_eq!(kept, expected_kept, "what {code} was not told, and why");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ordinary_wednesday_ten_people_hear_of_it_once_at_the_right_instants() -> Result<()> {
    // Monday 9 November 2026, 10:00 in Paris; the session is on Wednesday 25.
    let running = Running::start("2026-11-09T09:00:00Z").await?;
    let coordinator = published_session(&running, "2026-11-25").await?;
    running.play_until("2026-11-25T08:00:00Z").await?;
    assert_told(&running, &coordinator, ordinary_wednesday).await
}

fn ordinary_wednesday(code: &str, slot: &str) -> (Vec<String>, Vec<String>) {
    let (week, two_days) = (format!("Wed 18/11 {slot}"), format!("Mon 23/11 {slot}"));
    expected(code, "Mon 09/11 10:00", &week, &two_days, "Tue 24/11 17:00")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_wednesday_on_postgresql() -> Result<()> {
    let Some(address) = platform::testing::postgres_database().await else {
        println!("skipped: set TEST_POSTGRES_URL, or use tests/run");
        return Ok(());
    };
    let running = Running::start_with("2026-11-09T09:00:00Z", |config| {
        config.database.url = platform::config::Secret::new(address);
    })
    .await?;
    let coordinator = published_session(&running, "2026-11-25").await?;
    running.play_until("2026-11-25T08:00:00Z").await?;
    assert_told(&running, &coordinator, ordinary_wednesday).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_falls_on_a_bank_holiday_comes_a_day_earlier() -> Result<()> {
    // The session is on Friday 13 November; 48 hours before is Armistice Day.
    let running = Running::start("2026-11-02T09:00:00Z").await?;
    let coordinator = published_session(&running, "2026-11-13").await?;
    running.play_until("2026-11-13T08:00:00Z").await?;
    assert_told(&running, &coordinator, |code, slot| {
        expected(
            code,
            "Mon 02/11 10:00",
            &format!("Fri 06/11 {slot}"),
            &format!("Tue 10/11 {slot}"),
            "Thu 12/11 17:00",
        )
    })
    .await
}

/// `by` hours later on the wall clock.
fn later(slot: &str, by: i64) -> String {
    let time: jiff::civil::Time = slot.parse().expect("a wall clock");
    let later = time.wrapping_add(jiff::SignedDuration::from_hours(by));
    later.strftime("%H:%M").to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn over_the_end_of_summer_time_a_week_is_the_same_hour_and_forty_eight_hours_are_forty_eight()
-> Result<()> {
    // Clocks go back on Sunday 25 October 2026; the session is on Monday 26.
    let running = Running::start("2026-10-05T08:00:00Z").await?;
    let coordinator = published_session(&running, "2026-10-26").await?;
    running.play_until("2026-10-26T08:00:00Z").await?;
    assert_told(&running, &coordinator, |code, slot| {
        expected(
            code,
            "Mon 05/10 10:00",
            &format!("Mon 19/10 {slot}"),
            &format!("Sat 24/10 {}", later(slot, 1)),
            "Fri 23/10 17:00",
        )
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn over_the_start_of_summer_time_forty_eight_hours_are_an_hour_less_on_the_wall() -> Result<()> {
    // Clocks go forward on Sunday 29 March 2026; the session is on Monday 30.
    let running = Running::start("2026-03-09T09:00:00Z").await?;
    let coordinator = published_session(&running, "2026-03-30").await?;
    running.play_until("2026-03-30T07:00:00Z").await?;
    assert_told(&running, &coordinator, |code, slot| {
        expected(
            code,
            "Mon 09/03 10:00",
            &format!("Mon 23/03 {slot}"),
            &format!("Sat 28/03 {}", later(slot, -1)),
            "Fri 27/03 17:00",
        )
    })
    .await
}
