//! A person who is erased leaves the sessions to come, and what was typed about them goes.

use contracts::{directory::v1::PersonErased, speeddating::v1 as proto};
use platform::{bus::Envelope, on_each_database};
use prost::Message as _;
use speeddating::MIGRATIONS;

use super::world::{World, nobody_twice};

on_each_database! { MIGRATIONS,
    async fn an_erased_person_is_withdrawn_and_forgotten_once(db: Db) {
        let world = World::new(db);
        let (session, _) = world.published().await;
        world.told().await;
        let candidate = world.people(&session.session_id).await["C0001"].clone();
        assert!(!candidate.referent.is_empty());
        let event = Envelope {
            id: world.ground.ground.ids.id(),
            routing_key: "directory.person.erased.v1".to_owned(),
            body: PersonErased { person_id: candidate.person_id.clone(), version: 2 }.encode_to_vec(),
            occurred_at: world.ground.ground.clock.now(),
            traceparent: String::new(),
        };
        let handler = world.service.handler();
        assert!(handler.patterns().contains(&"directory.person.erased.v1"));
        for _ in 0..2 {
            let mut tx = world.db.begin().await.unwrap();
            handler.handle(&mut tx, &event).await.unwrap();
            tx.commit().await.unwrap();
        }
        let people = world.people(&session.session_id).await;
        let after = &people["C0001"];
        assert_eq!(after.state(), proto::RegistrationState::Withdrawn);
        assert_eq!(after.referent, "");
        let timetable = world.timetable(&session.session_id).await;
        let planned = timetable.meetings.iter().filter(|meeting| {
            meeting.candidate_id == after.registration_id && meeting.state() == proto::MeetingState::Planned
        });
        assert_eq!(planned.count(), 0);
        nobody_twice(&timetable, &people);
        let told = world.told().await;
        let own: Vec<_> = told.iter().filter(|told| told.subject.ends_with(&after.registration_id)).collect();
        assert_eq!(own.len(), 1, "told twice, or not at all");
        assert_eq!(own[0].cleared_reason, "PARTICIPANT_WITHDREW");
    }
}
