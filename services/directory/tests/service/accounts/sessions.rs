use contracts::directory::v1::{
    ChangePasswordRequest, EndOtherSessionsRequest, EndSessionRequest, GetOwnAccountRequest,
    ListSessionsRequest, SetLanguageRequest, SignOutRequest, StaffRole,
};
use directory::MIGRATIONS;
use jiff::SignedDuration;
use platform::{auth::Actor, on_each_database};
use tonic::Code;

use super::crew::{ADMINISTRATOR, Crew, PASSWORD};
use crate::service::world::{fields, refused};

const COLLEAGUE: &str = "leo.faure@example.org";
const OTHER_PASSWORD: &str = "trois vélos rouges";

fn ended() -> (Code, String) {
    (Code::Unauthenticated, "SESSION_ENDED".to_owned())
}

on_each_database! { MIGRATIONS,
    async fn a_session_ends_after_half_a_day_without_use_and_after_two_weeks_with_it(db: Db) {
        let crew = Crew::new(db).await;
        let idle = crew.sign_in(ADMINISTRATOR, PASSWORD).await.unwrap().secret;
        let used = crew.sign_in(ADMINISTRATOR, PASSWORD).await.unwrap().secret;
        crew.world.clock.advance(SignedDuration::from_hours(11));
        crew.open(&used).await.unwrap();
        crew.world.clock.advance(SignedDuration::from_hours(1));
        assert_eq!(refused(crew.open(&idle).await), ended());
        for _ in 0..30 {
            crew.open(&used).await.unwrap();
            crew.world.clock.advance(SignedDuration::from_hours(11));
        }
        assert_eq!(refused(crew.open(&used).await), ended(), "it lasts longer than fourteen days");
        assert_eq!(refused(crew.open("no secret of ours").await), ended());
        assert_eq!(refused(crew.open(&"x".repeat(10_000)).await), ended());
    }

    async fn a_token_ends_after_ten_minutes_and_another_is_had_for_the_asking(db: Db) {
        let crew = Crew::new(db).await;
        let secret = crew.sign_in(ADMINISTRATOR, PASSWORD).await.unwrap().secret;
        let opened = crew.open(&secret).await.unwrap();
        assert!(crew.actor(&opened.token).is_some());
        let seconds = opened.token_ends_at.unwrap().seconds - crew.world.clock.now().parts().0;
        assert_eq!(seconds, 600);
        crew.world.clock.advance(SignedDuration::from_mins(10));
        assert!(crew.actor(&opened.token).is_none());
        assert!(crew.actor(&crew.open(&secret).await.unwrap().token).is_some());
    }

    async fn one_sees_and_ends_ones_own_sessions_and_an_administrator_those_of_others(db: Db) {
        let mut crew = Crew::new(db).await;
        let colleague = crew.colleague(COLLEAGUE, StaffRole::Coordinator, &[]).await;
        let first = crew.sign_in(COLLEAGUE, PASSWORD).await.unwrap();
        crew.world.clock.advance(SignedDuration::from_mins(5));
        let second = crew.sign_in(COLLEAGUE, PASSWORD).await.unwrap();
        let mut own = crew.signed_in(COLLEAGUE).await;
        let listed = own.list_sessions(ListSessionsRequest::default()).await.unwrap().into_inner().sessions;
        assert_eq!(listed.len(), 3);
        assert_eq!(listed[2].session_id, first.session_id);
        assert_eq!(listed[0].device, "Firefox, Linux");

        let of_ada = ListSessionsRequest { account_id: ada(&crew).await };
        assert_eq!(refused(own.list_sessions(of_ada).await).0, Code::PermissionDenied);
        let theirs = crew.sign_in(ADMINISTRATOR, PASSWORD).await.unwrap();
        let end = |id: &str| EndSessionRequest { session_id: id.to_owned() };
        let foreign = refused(own.end_session(end(&theirs.session_id)).await);
        assert_eq!(foreign, (Code::NotFound, "UNKNOWN_SESSION".to_owned()));
        crew.open(&theirs.secret).await.unwrap();

        own.end_session(end(&first.session_id)).await.unwrap();
        assert_eq!(refused(crew.open(&first.secret).await), ended());
        let others = EndOtherSessionsRequest { session_id: second.session_id.clone(), account_id: String::new() };
        assert_eq!(own.end_other_sessions(others).await.unwrap().into_inner().ended, 1);
        crew.open(&second.secret).await.unwrap();

        let mut administrator = crew.administrator().await;
        let of = ListSessionsRequest { account_id: colleague.account_id };
        let listed = administrator.list_sessions(of).await.unwrap().into_inner().sessions;
        assert_eq!(listed.len(), 1);
        administrator.end_session(end(&second.session_id)).await.unwrap();
        assert_eq!(refused(crew.open(&second.secret).await), ended());
    }

    async fn signing_out_always_succeeds(db: Db) {
        let crew = Crew::new(db).await;
        let secret = crew.sign_in(ADMINISTRATOR, PASSWORD).await.unwrap().secret;
        for _ in 0..2 {
            crew.console().sign_out(SignOutRequest { secret: secret.clone() }).await.unwrap();
            assert_eq!(refused(crew.open(&secret).await), ended());
        }
    }

    async fn another_password_ends_all_other_sessions(db: Db) {
        let crew = Crew::new(db).await;
        let here = crew.sign_in(ADMINISTRATOR, PASSWORD).await.unwrap();
        let there = crew.sign_in(ADMINISTRATOR, PASSWORD).await.unwrap();
        let token = crew.open(&here.secret).await.unwrap().token;
        let mut own = crew.world.accounts(crew.actor(&token).unwrap());
        let change = |old: &str, new: &str| ChangePasswordRequest {
            old: old.to_owned(),
            new: new.to_owned(),
            session_id: here.session_id.clone(),
        };
        assert_eq!(fields(own.change_password(change(OTHER_PASSWORD, OTHER_PASSWORD)).await), ["old"]);
        assert_eq!(fields(own.change_password(change(PASSWORD, "short")).await), ["new"]);
        crew.open(&there.secret).await.unwrap();
        own.change_password(change(PASSWORD, OTHER_PASSWORD)).await.unwrap();
        assert_eq!(refused(crew.open(&there.secret).await), ended());
        crew.open(&here.secret).await.unwrap();
        assert_eq!(refused(crew.sign_in(ADMINISTRATOR, PASSWORD).await).1, "SIGN_IN_REFUSED");
        crew.sign_in(ADMINISTRATOR, OTHER_PASSWORD).await.unwrap();
    }

    async fn guessing_the_old_password_is_throttled_like_a_sign_in(db: Db) {
        let crew = Crew::new(db).await;
        let mut own = crew.administrator().await;
        let guess = || ChangePasswordRequest {
            old: "lune verte 8 étés".to_owned(),
            new: OTHER_PASSWORD.to_owned(),
            session_id: String::new(),
        };
        for _ in 0..5 {
            assert_eq!(fields(own.change_password(guess()).await), ["old"]);
        }
        let paused = refused(own.change_password(guess()).await);
        assert_eq!(paused, (Code::ResourceExhausted, "TOO_MANY_TRIES".to_owned()));
    }

    async fn the_language_is_kept_with_the_person(db: Db) {
        let crew = Crew::new(db).await;
        let mut own = crew.administrator().await;
        let set = |language: &str| SetLanguageRequest { language: language.to_owned() };
        assert_eq!(fields(own.set_language(set("ar")).await), ["language"]);
        own.set_language(set("en")).await.unwrap();
        let account = own.get_own_account(GetOwnAccountRequest {}).await.unwrap().into_inner().account.unwrap();
        assert_eq!(account.language, "en");
        assert_eq!(crew.world.file(&account.account_id).await.language, "en");
        let mut nobody = crew.world.accounts(Actor::administrator());
        let refusal = refused(nobody.set_language(set("en")).await);
        assert_eq!(refusal, (Code::FailedPrecondition, "NO_ACCOUNT".to_owned()));
    }

    async fn the_fifty_first_session_ends_the_one_not_seen_for_longest(db: Db) {
        let crew = Crew::new(db).await;
        let oldest = crew.sign_in(ADMINISTRATOR, PASSWORD).await.unwrap().secret;
        crew.world.clock.advance(SignedDuration::from_mins(2));
        let kept = crew.sign_in(ADMINISTRATOR, PASSWORD).await.unwrap().secret;
        for _ in 0..49 {
            crew.sign_in(ADMINISTRATOR, PASSWORD).await.unwrap();
        }
        assert_eq!(refused(crew.open(&oldest).await), ended());
        crew.open(&kept).await.unwrap();
    }
}

async fn ada(crew: &Crew) -> String {
    crew.sign_in(ADMINISTRATOR, PASSWORD)
        .await
        .unwrap()
        .account
        .unwrap()
        .account_id
}
