//! One person in two sessions: never at the same time, by no path.

use contracts::speeddating::v1::{self as proto, session_service_client::SessionServiceClient};
use futures::future::join;
use platform::{auth::Role, on_each_database};
use speeddating::MIGRATIONS;
use tonic::Code;

use super::world::{OWNER, World, file, refused};

const EMPLOYERS: &str = "employeur;raison_sociale;secteur;poste;recruteurs;contact;courriel;telephone;arrivee;depart;rendez_vous_max\nE1;Ateliers;;;1;Eva Roux;eva@example.org;;;;\n";
const CANDIDATES: &str = "candidat;prenom;nom;courriel;mobile;langue;accessibilite;arrivee;depart;rendez_vous_max;referent\nC1;Ana;Roux;ana@example.org;;;;;;;\n";
const WISHES: &str = "candidat;employeur;rang;avis_employeur;conseille_par_referent\nC1;E1;1;;\n";

impl World {
    /// A session of one candidate, the same in all, and one employer, with a timetable that is not published.
    async fn small(&self, date: &str, starts: &str, ends: &str) -> proto::Session {
        let request = proto::CreateSessionRequest {
            title: format!("De {starts}"),
            date: date.to_owned(),
            starts: starts.to_owned(),
            ends: ends.to_owned(),
            ..self.new_session()
        };
        let session = self
            .coordinator()
            .create_session(request)
            .await
            .unwrap()
            .into_inner()
            .session
            .unwrap();
        let files = vec![
            file(proto::Table::Employers, EMPLOYERS.as_bytes()),
            file(proto::Table::Candidates, CANDIDATES.as_bytes()),
            file(proto::Table::Wishes, WISHES.as_bytes()),
        ];
        self.coordinator()
            .commit_import(self.import(&session, files))
            .await
            .unwrap();
        let made = self.made(&session).await;
        assert_eq!(made.meetings.len(), 1);
        self.session(&session.session_id).await
    }

    async fn meeting(&self, session: &proto::Session) -> proto::Meeting {
        self.timetable(&session.session_id).await.meetings.swap_remove(0)
    }

    async fn put(&self, session: &proto::Session, slot: i32) -> Result<(), tonic::Status> {
        let meeting = self.meeting(session).await;
        let request = proto::MoveMeetingRequest {
            meeting_id: meeting.meeting_id,
            version: meeting.version,
            slot,
            table: 0,
        };
        self.coordinator().move_meeting(request).await.map(|_| ())
    }

    async fn retime(&self, session: &proto::Session, starts: &str) -> Result<(), tonic::Status> {
        let request = proto::UpdateSessionRequest {
            session_id: session.session_id.clone(),
            version: self.session(&session.session_id).await.version,
            starts: starts.to_owned(),
            ..proto::UpdateSessionRequest::default()
        };
        self.coordinator().update_session(request).await.map(|_| ())
    }

    /// The same by the whole plan, as a form sends it.
    async fn replan(&self, session: &proto::Session, starts: &str, ends: &str) -> Result<(), tonic::Status> {
        let session = self.session(&session.session_id).await;
        let plan = proto::Plan {
            title: session.title,
            date: session.date,
            starts: starts.to_owned(),
            ends: ends.to_owned(),
            time_zone: session.time_zone,
            slot_minutes: session.slot_minutes,
            venue: session.venue,
            arrival_minutes: session.arrival_minutes,
            ..proto::Plan::default()
        };
        let request = proto::ReplacePlanRequest {
            session_id: session.session_id,
            version: session.version,
            plan: Some(plan),
        };
        let mut client = SessionServiceClient::new(self.transport(Self::actor(Role::Coordinator, OWNER)));
        client.replace_plan(request).await.map(|_| ())
    }
}

fn clash() -> (Code, String) {
    (Code::FailedPrecondition, "CLASH".to_owned())
}

on_each_database! { MIGRATIONS,
    async fn of_two_sessions_published_at_once_with_one_person_at_one_time_one_is_refused(db: Db) {
        let world = World::new(db);
        for day in 20..26 {
            let date = format!("2026-11-{day}");
            let one = world.small(&date, "09:00", "09:15").await;
            let other = world.small(&date, "09:05", "09:20").await;
            let (first, second) = join(world.publish(&one.session_id, 1), world.publish(&other.session_id, 1)).await;
            assert!(first.is_ok() != second.is_ok(), "{day}: {first:?} {second:?}");
            let status = first.err().or(second.err()).unwrap();
            assert!(status.message().contains("C1 est déjà attendu à la session"), "{}", status.message());
            assert_eq!(refused::<()>(Err(status)), clash());
        }
    }

    async fn sessions_one_after_the_other_and_of_other_days_are_both_published(db: Db) {
        let world = World::new(db);
        for (date, starts, ends) in [
            ("2026-11-25", "09:00", "09:15"), ("2026-11-25", "09:15", "09:30"), ("2026-11-26", "09:00", "09:15"),
        ] {
            let session = world.small(date, starts, ends).await;
            world.publish(&session.session_id, 1).await.unwrap();
        }
    }

    async fn no_later_change_puts_somebody_in_two_sessions(db: Db) {
        let world = World::new(db);
        let morning = world.small("2026-11-25", "09:00", "12:00").await;
        let late = world.small("2026-11-25", "10:00", "10:15").await;
        world.put(&morning, 0).await.unwrap();
        world.publish(&morning.session_id, 1).await.unwrap();
        world.publish(&late.session_id, 1).await.unwrap();
        world.told().await;

        assert_eq!(refused(world.put(&morning, 4).await), clash(), "a move");
        assert_eq!(refused(world.retime(&late, "09:00").await), clash(), "another hour of the session");
        assert_eq!(world.meeting(&morning).await.slot, 0);
        assert!(world.told().await.is_empty(), "a refused change was told");
        world.put(&morning, 1).await.unwrap();
        world.retime(&late, "09:00").await.unwrap();

        // Freed by a cancellation, which is always possible; then the other session takes the hour.
        let meeting = world.meeting(&morning).await;
        let request = proto::CancelMeetingRequest { meeting_id: meeting.meeting_id.clone(), version: meeting.version };
        world.coordinator().cancel_meeting(request).await.unwrap();
        world.retime(&late, "09:15").await.unwrap();
        let add = |slot| proto::AddMeetingRequest {
            request_id: world.fresh(),
            session_id: morning.session_id.clone(),
            number: 1,
            employer_id: meeting.employer_id.clone(),
            candidate_id: meeting.candidate_id.clone(),
            slot,
            table: 0,
        };
        assert_eq!(refused(world.coordinator().add_meeting(add(1)).await), clash(), "an added meeting");
        world.coordinator().add_meeting(add(0)).await.unwrap();
    }

    async fn a_replaced_plan_puts_nobody_in_two_sessions(db: Db) {
        let world = World::new(db);
        let early = world.small("2026-11-25", "09:00", "09:15").await;
        let late = world.small("2026-11-25", "10:00", "10:15").await;
        world.publish(&early.session_id, 1).await.unwrap();
        world.publish(&late.session_id, 1).await.unwrap();
        world.told().await;
        assert_eq!(refused(world.replan(&late, "09:00", "09:15").await), clash());
        assert_eq!(world.session(&late.session_id).await.starts, "10:00");
        assert!(world.told().await.is_empty(), "a refused change was told");
        world.replan(&late, "09:15", "09:30").await.unwrap();
    }

    async fn a_swap_puts_nobody_in_two_sessions(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let files = vec![
            file(proto::Table::Employers, EMPLOYERS.as_bytes()),
            file(proto::Table::Candidates, format!("{CANDIDATES}C2;Bo;Lee;bo@example.org;;;;;;;\n").as_bytes()),
            file(proto::Table::Wishes, format!("{WISHES}C2;E1;1;;\n").as_bytes()),
        ];
        world.coordinator().commit_import(world.import(&session, files)).await.unwrap();
        assert_eq!(world.made(&session).await.meetings.len(), 2);
        let people = world.people(&session.session_id).await;
        let at = async |code: &str| {
            let meetings = world.timetable(&session.session_id).await.meetings;
            let candidate = &people[code].registration_id;
            meetings.into_iter().find(|meeting| meeting.candidate_id == *candidate).unwrap()
        };
        // C1 at 09:00, C2 at 10:00, when C1 is elsewhere.
        for (code, slot) in [("C1", 12), ("C2", 4), ("C1", 0)] {
            let meeting = at(code).await;
            let request = proto::MoveMeetingRequest {
                meeting_id: meeting.meeting_id, version: meeting.version, slot, table: 0,
            };
            if meeting.slot != slot {
                world.coordinator().move_meeting(request).await.unwrap();
            }
        }
        let elsewhere = world.small("2026-11-25", "10:00", "10:15").await;
        world.publish(&session.session_id, 1).await.unwrap();
        world.publish(&elsewhere.session_id, 1).await.unwrap();
        world.told().await;

        let (one, two) = (at("C1").await, at("C2").await);
        let request = proto::SwapMeetingsRequest {
            first_meeting_id: one.meeting_id, first_version: one.version,
            second_meeting_id: two.meeting_id, second_version: two.version,
        };
        assert_eq!(refused(world.coordinator().swap_meetings(request.clone()).await), clash());
        assert_eq!((at("C1").await.slot, at("C2").await.slot), (0, 4));
        assert!(world.told().await.is_empty(), "a refused change was told");
        world.retime(&elsewhere, "11:00").await.unwrap();
        world.coordinator().swap_meetings(request).await.unwrap();
    }

    async fn a_cancelled_session_holds_nobody(db: Db) {
        let world = World::new(db);
        let one = world.small("2026-11-25", "09:00", "09:15").await;
        let other = world.small("2026-11-25", "09:00", "09:15").await;
        let published = world.publish(&one.session_id, 1).await.unwrap();
        assert_eq!(refused(world.publish(&other.session_id, 1).await), clash());
        let request = proto::CancelSessionRequest {
            session_id: one.session_id, version: published.version, reason: String::new(),
        };
        world.coordinator().cancel_session(request).await.unwrap();
        world.publish(&other.session_id, 1).await.unwrap();
    }

    async fn a_publication_counts_each_person_once(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let employers = format!("{EMPLOYERS}E2;Forges;;;1;Eva Roux;eva@example.org;;;;\n");
        let files = vec![
            file(proto::Table::Employers, employers.as_bytes()),
            file(proto::Table::Candidates, CANDIDATES.as_bytes()),
            file(proto::Table::Wishes, format!("{WISHES}C1;E2;2;;\n").as_bytes()),
        ];
        world.coordinator().commit_import(world.import(&session, files)).await.unwrap();
        let made = world.made(&session).await;
        assert_eq!(made.meetings.len(), 2, "one recruiter stands for two employers");
        let version = world.session(&session.session_id).await.version;
        let request = proto::PublishRequest { session_id: session.session_id, version, number: 1, timetable_version: 0 };
        let published = world.coordinator().publish(request).await.unwrap().into_inner();
        assert_eq!((published.candidates, published.employers), (1, 1));
    }
}
