//! Plans as a form sees them, copies, and what sessions wait for.

use contracts::speeddating::v1::{self as proto, session_service_client::SessionServiceClient};
use platform::{auth::Role, grpc::Transport, on_each_database, testing::moment};
use speeddating::MIGRATIONS;
use tonic::Code;

use super::world::{OTHER, OWNER, World, refused};

fn staff(world: &World, role: Role, organisation: uuid::Uuid) -> SessionServiceClient<Transport> {
    SessionServiceClient::new(world.transport(World::actor(role, organisation)))
}

fn plan() -> proto::Plan {
    proto::Plan {
        title: "Rencontres employeurs du 8e".to_owned(),
        date: "2026-11-25".to_owned(),
        starts: "09:00".to_owned(),
        ends: "12:30".to_owned(),
        slot_minutes: 15,
        breaks: vec![proto::Break {
            from: "10:30".to_owned(),
            to: "10:45".to_owned(),
        }],
        arrival_minutes: 15,
        ..proto::Plan::default()
    }
}

async fn checked(world: &World, plan: proto::Plan) -> proto::CheckPlanResponse {
    let request = proto::CheckPlanRequest { plan: Some(plan) };
    staff(world, Role::Coordinator, OWNER)
        .check_plan(request)
        .await
        .unwrap()
        .into_inner()
}

on_each_database! { MIGRATIONS,
    async fn a_form_sees_slots_and_every_flaw_while_it_is_typed(db: Db) {
        let world = World::new(db);
        let reply = checked(&world, plan()).await;
        assert!(reply.flaws.is_empty());
        assert_eq!(reply.slots.len(), 13);
        assert_eq!(reply.slots[6].starts, "10:45", "no meeting runs into the break");
        let faulty = proto::Plan { date: "25/11".to_owned(), starts: "9h".to_owned(), ..plan() };
        let fields: Vec<String> = checked(&world, faulty).await.flaws.into_iter().map(|flaw| flaw.field).collect();
        assert_eq!(fields, ["date", "starts"], "all unreadable fields at once");
        let faulty = proto::Plan { ends: "08:00".to_owned(), slot_minutes: 1, ..plan() };
        let fields: Vec<String> = checked(&world, faulty).await.flaws.into_iter().map(|flaw| flaw.field).collect();
        assert!(fields.contains(&"ends".to_owned()) && fields.contains(&"slot_minutes".to_owned()), "{fields:?}");
    }

    async fn a_whole_plan_is_replaced_and_after_publication_told(db: Db) {
        let world = World::new(db);
        let (session, timetable) = world.published().await;
        world.told().await;
        let mut client = staff(&world, Role::Coordinator, OWNER);
        let plan = proto::Plan { date: "2026-11-26".to_owned(), breaks: Vec::new(), venue: session.venue.clone(), ..plan() };
        let request = proto::ReplacePlanRequest {
            session_id: session.session_id.clone(), version: session.version, plan: Some(plan.clone()),
        };
        let moved = client.replace_plan(request.clone()).await.unwrap().into_inner().session.unwrap();
        assert_eq!((moved.date.as_str(), moved.weights), ("2026-11-26", session.weights));
        let told = world.told().await;
        assert!(told.iter().all(|told| told.starts_local.starts_with("2026-11-26")));
        assert!(!told.is_empty());
        assert_eq!(refused(client.replace_plan(request).await).1, "STALE_VERSION");
        let last = timetable.meetings.iter().map(|meeting| meeting.slot).max().unwrap();
        assert!(last > 1);
        let shorter = proto::ReplacePlanRequest {
            session_id: session.session_id,
            version: moved.version,
            plan: Some(proto::Plan { ends: "09:30".to_owned(), ..plan }),
        };
        assert_eq!(refused(client.replace_plan(shorter).await).1, "CLASH", "meetings fell out of the session");
        assert!(world.told().await.is_empty());
    }

    async fn the_zone_of_the_clock_stays_unless_another_is_named_and_that_is_kept(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let mut client = staff(&world, Role::Coordinator, OWNER);
        let (mut version, id) = (session.version, session.session_id);
        for (named, kept) in [("Indian/Reunion", "Indian/Reunion"), ("", "Indian/Reunion"), ("Europe/Paris", "Europe/Paris")] {
            let request = proto::ReplacePlanRequest {
                session_id: id.clone(), version, plan: Some(proto::Plan { time_zone: named.to_owned(), ..plan() }),
            };
            let replaced = client.replace_plan(request).await.unwrap().into_inner().session.unwrap();
            assert_eq!(replaced.time_zone, kept);
            assert_eq!(world.session(&id).await.time_zone, kept);
            version = replaced.version;
        }
    }

    async fn a_plan_is_not_replaced_by_one_of_a_day_that_is_over(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let mut client = staff(&world, Role::Coordinator, OWNER);
        let mut request = proto::ReplacePlanRequest {
            session_id: session.session_id.clone(),
            version: session.version,
            plan: Some(proto::Plan { date: "2026-11-08".to_owned(), ..plan() }),
        };
        assert_eq!(refused(client.replace_plan(request.clone()).await).0, Code::InvalidArgument);
        assert_eq!(world.session(&session.session_id).await.date, "2026-11-25");
        // When the day is over, what is no move can still be corrected.
        request.plan = Some(plan());
        let session = client.replace_plan(request.clone()).await.unwrap().into_inner().session.unwrap();
        world.ground.ground.clock.advance_to(moment("2026-11-27T09:00:00Z"));
        request.version = session.version;
        request.plan = Some(proto::Plan { title: "Rencontres".to_owned(), ..plan() });
        let session = client.replace_plan(request.clone()).await.unwrap().into_inner().session.unwrap();
        assert_eq!(session.title, "Rencontres");
        request.version = session.version;
        request.plan = Some(proto::Plan { starts: "09:30".to_owned(), ..plan() });
        assert_eq!(refused(client.replace_plan(request).await).0, Code::InvalidArgument, "an hour of a day that is over");
    }

    async fn a_copy_has_the_plan_and_the_employers_once_per_request(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        world.told().await;
        let request = proto::CopySessionRequest {
            request_id: world.fresh(),
            session_id: session.session_id.clone(),
            title: "Édition de printemps".to_owned(),
            date: "2027-03-30".to_owned(),
            starts: "14:00".to_owned(),
            with_employers: true,
        };
        let mut client = staff(&world, Role::Coordinator, OWNER);
        let copy = client.copy_session(request.clone()).await.unwrap().into_inner().session.unwrap();
        assert_eq!((copy.employers, copy.candidates), (24, 0));
        assert_eq!((copy.starts.as_str(), copy.ends.as_str()), ("14:00", "17:30"));
        assert_eq!(copy.slot_minutes, session.slot_minutes);
        assert_eq!(world.told().await.len(), 24, "each employer is asked to confirm");
        let again = client.copy_session(request).await.unwrap().into_inner().session.unwrap();
        assert_eq!((again.session_id, again.employers), (copy.session_id, 24));
    }

    async fn what_a_session_waits_for_is_counted(db: Db) {
        let world = World::new(db);
        let (session, timetable) = world.published().await;
        let mut client = staff(&world, Role::Coordinator, OWNER);
        let request = proto::ListAttentionRequest { session_ids: vec![world.fresh(), session.session_id.clone()] };
        let reply = client.list_attention(request.clone()).await.unwrap().into_inner().attentions;
        assert_eq!(reply.len(), 1, "an unknown session was counted");
        let unmet = timetable.quality.unwrap().unmet.len();
        assert_eq!(usize::try_from(reply[0].without_meeting).unwrap(), unmet);
        assert_eq!((reply[0].unconfirmed_employers, reply[0].outdated, reply[0].outcomes_missing), (24, false, 0));
        world.ground.ground.clock.advance_to(moment("2026-11-25T08:00:00Z"));
        let reply = client.list_attention(request.clone()).await.unwrap().into_inner().attentions;
        assert_eq!(usize::try_from(reply[0].outcomes_missing).unwrap(), timetable.meetings.len());
        let mut other = staff(&world, Role::Coordinator, OTHER);
        assert!(other.list_attention(request).await.unwrap().into_inner().attentions.is_empty());
        let many = proto::ListAttentionRequest { session_ids: vec![world.fresh(); 101] };
        assert_eq!(refused(client.list_attention(many).await).0, Code::InvalidArgument);
    }
}
