use directory::MIGRATIONS;
use jiff::SignedDuration;
use platform::on_each_database;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::crew::{ADMINISTRATOR, Crew, PASSWORD};

const WRONG: &str = "lune verte 8 étés";

fn reason(status: &Status) -> (Code, String) {
    (status.code(), status.get_details_error_info().unwrap().reason)
}

fn refused() -> (Code, String) {
    (Code::Unauthenticated, "SIGN_IN_REFUSED".to_owned())
}

fn paused() -> (Code, String) {
    (Code::ResourceExhausted, "TOO_MANY_TRIES".to_owned())
}

on_each_database! { MIGRATIONS,
    async fn unknown_addresses_and_wrong_passwords_have_one_answer_after_one_hash(db: Db) {
        let crew = Crew::new(db).await;
        let mut answers = Vec::new();
        let long = "x".repeat(10_000);
        let tries = [
            (ADMINISTRATOR, WRONG),
            ("nobody@example.org", PASSWORD),
            ("no address", PASSWORD),
            (ADMINISTRATOR, ""),
            (ADMINISTRATOR, long.as_str()),
        ];
        for (mail, password) in tries {
            let before = crew.world.hashes();
            let answer = crew.sign_in(mail, password).await.unwrap_err();
            assert_eq!(crew.world.hashes(), before + 1, "{mail} takes another time");
            answers.push((reason(&answer), answer.message().to_owned()));
        }
        assert!(answers.iter().all(|answer| *answer == answers[0] && answer.0 == refused()));
    }

    async fn failures_at_one_address_close_its_door_for_longer_and_longer(db: Db) {
        let crew = Crew::new(db).await;
        for mail in [ADMINISTRATOR, "nobody@example.org"] {
            for _ in 0..5 {
                assert_eq!(reason(&crew.sign_in(mail, WRONG).await.unwrap_err()), refused());
            }
            let hashes = crew.world.hashes();
            let answer = crew.sign_in(mail, PASSWORD).await.unwrap_err();
            assert_eq!(reason(&answer), paused(), "the right password opens a closed door");
            assert_eq!(crew.world.hashes(), hashes, "a closed door costs a hash");
            assert!(answer.message().contains("1 minutes"), "{}", answer.message());
        }
        crew.world.clock.advance(SignedDuration::from_secs(30));
        assert_eq!(reason(&crew.sign_in(ADMINISTRATOR, WRONG).await.unwrap_err()), refused());
        crew.world.clock.advance(SignedDuration::from_secs(59));
        assert_eq!(reason(&crew.sign_in(ADMINISTRATOR, WRONG).await.unwrap_err()), paused());
        crew.world.clock.advance(SignedDuration::from_secs(1));
        crew.sign_in(ADMINISTRATOR, PASSWORD).await.unwrap();
        for _ in 0..4 {
            crew.sign_in(ADMINISTRATOR, WRONG).await.unwrap_err();
        }
        crew.sign_in(ADMINISTRATOR, PASSWORD).await.unwrap();
    }

    async fn tries_at_once_do_not_exceed_the_limit(db: Db) {
        let crew = Crew::new(db).await;
        let tries = (0..12).map(|_| crew.sign_in(ADMINISTRATOR, WRONG));
        let answers = futures::future::join_all(tries).await;
        let looked_at = answers
            .iter()
            .filter(|answer| reason(answer.as_ref().unwrap_err()) == refused())
            .count();
        assert_eq!(looked_at, 5);
    }

    async fn many_addresses_from_one_place_close_that_place_only(db: Db) {
        let crew = Crew::new(db).await;
        for number in 0..20 {
            let mail = format!("guess{number}@example.org");
            assert_eq!(reason(&crew.sign_in_from(&mail, WRONG, "198.51.100.1").await.unwrap_err()), refused());
        }
        let closed = crew.sign_in_from(ADMINISTRATOR, PASSWORD, "198.51.100.1").await.unwrap_err();
        assert_eq!(reason(&closed), paused());
        crew.sign_in_from(ADMINISTRATOR, PASSWORD, "198.51.100.2").await.unwrap();
    }

    async fn failures_of_different_days_do_not_add_up(db: Db) {
        let crew = Crew::new(db).await;
        for _ in 0..8 {
            assert_eq!(reason(&crew.sign_in(ADMINISTRATOR, WRONG).await.unwrap_err()), refused());
            crew.world.clock.advance(SignedDuration::from_hours(10));
        }
        crew.sign_in(ADMINISTRATOR, WRONG).await.unwrap_err();
        crew.sign_in(ADMINISTRATOR, PASSWORD).await.unwrap();
    }

    async fn a_good_account_does_not_open_the_door_to_guesses_at_others(db: Db) {
        let crew = Crew::new(db).await;
        for number in 0..19 {
            crew.sign_in(&format!("guess{number}@example.org"), WRONG).await.unwrap_err();
            crew.sign_in(ADMINISTRATOR, PASSWORD).await.unwrap();
        }
        crew.sign_in("guess19@example.org", WRONG).await.unwrap_err();
        assert_eq!(reason(&crew.sign_in("guess20@example.org", WRONG).await.unwrap_err()), paused());
    }

    async fn neither_addresses_nor_passwords_nor_secrets_lie_in_the_tables_of_tries_and_sessions(db: Db) {
        let crew = Crew::new(db).await;
        let secret = crew.sign_in(ADMINISTRATOR, PASSWORD).await.unwrap().secret;
        crew.sign_in("nobody@example.org", WRONG).await.unwrap_err();
        let mut tx = crew.world.db.read().await.unwrap();
        let keys: Vec<(Vec<u8>,)> = tx.query("SELECT key FROM sign_in_tries").fetch_all().await.unwrap();
        assert!(!keys.is_empty() && keys.iter().all(|(key,)| key.len() == 32));
        let (hash,): (Vec<u8>,) = tx.query("SELECT secret_hash FROM browser_sessions").fetch_one().await.unwrap();
        assert!(hash.len() == 32 && hash != secret.as_bytes());
        let (password,): (String,) = tx.query("SELECT password FROM accounts").fetch_one().await.unwrap();
        assert!(password.starts_with("$argon2id$"), "{password}");
        let audit: Vec<(String,)> =
            tx.query("SELECT kind || actor || detail FROM account_audit").fetch_all().await.unwrap();
        for (text,) in audit {
            assert!(!text.contains('@') && !text.contains(PASSWORD) && !text.contains(&secret), "{text}");
        }
    }
}
