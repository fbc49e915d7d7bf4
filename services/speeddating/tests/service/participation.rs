//! What people do about their own part: told like a change of staff, until the evening before, and nobody else's.

use std::collections::BTreeSet;

use contracts::{
    common::v1::{Milestone, MilestoneState},
    speeddating::v1::{self as proto, participation_service_client::ParticipationServiceClient},
};
use platform::{
    auth::{Actor, Role},
    grpc::Transport,
    on_each_database,
    testing::moment,
};
use speeddating::MIGRATIONS;
use tonic::Code;

use super::world::{OWNER, World, nobody_twice, refused};

type Client = ParticipationServiceClient<Transport>;

fn client(world: &World, actor: Actor) -> Client {
    ParticipationServiceClient::new(world.ground.transport(world.service.routes(), actor))
}

pub(crate) fn console(world: &World) -> Client {
    client(world, Actor::service("console"))
}

fn subjects(told: &[Milestone]) -> BTreeSet<&str> {
    told.iter()
        .filter_map(|told| told.subject.strip_prefix("speeddating.participation/"))
        .collect()
}

/// A candidate with at least `least` meetings, and the meetings.
async fn candidate(
    world: &World,
    timetable: &proto::Timetable,
    least: usize,
) -> (proto::Registration, Vec<proto::Meeting>) {
    let people = world.people(&timetable.session_id).await;
    let of = |id: &str| -> Vec<proto::Meeting> {
        let theirs = timetable
            .meetings
            .iter()
            .filter(|meeting| meeting.candidate_id == id);
        theirs.cloned().collect()
    };
    people
        .into_values()
        .filter(|person| person.side() == proto::Side::Candidate)
        .map(|person| (person.clone(), of(&person.registration_id)))
        .find(|(_, meetings)| meetings.len() >= least)
        .unwrap()
}

fn decline(person: &proto::Registration, meeting: &str) -> proto::DeclineMeetingsRequest {
    proto::DeclineMeetingsRequest {
        registration_id: person.registration_id.clone(),
        person_id: person.person_id.clone(),
        meeting_id: meeting.to_owned(),
    }
}

fn take_back(person: &proto::Registration, meeting: &str) -> proto::TakeBackDeclineRequest {
    proto::TakeBackDeclineRequest {
        registration_id: person.registration_id.clone(),
        person_id: person.person_id.clone(),
        meeting_id: meeting.to_owned(),
    }
}

fn get(person: &proto::Registration) -> proto::GetParticipationRequest {
    proto::GetParticipationRequest {
        registration_id: person.registration_id.clone(),
        person_id: person.person_id.clone(),
        ..proto::GetParticipationRequest::default()
    }
}

async fn acts(world: &World, session: &str) -> Vec<String> {
    let request = proto::ListParticipantActsRequest {
        session_id: session.to_owned(),
    };
    let mut staff = client(world, staff(Role::Coordinator, OWNER));
    let listed = staff
        .list_participant_acts(request)
        .await
        .unwrap()
        .into_inner()
        .acts;
    listed.into_iter().map(|act| act.act).collect()
}

fn staff(role: Role, organisation: uuid::Uuid) -> Actor {
    Actor {
        subject: "staff".to_owned(),
        role,
        scope: platform::auth::Scope::Organisations(BTreeSet::from([organisation])),
    }
}

on_each_database! { MIGRATIONS,
    async fn a_declined_meeting_is_told_to_its_two_people_only_once_and_can_be_taken_back(db: Db) {
        let world = World::new(db);
        let (session, timetable) = world.published().await;
        world.told().await;
        let (person, meetings) = candidate(&world, &timetable, 2).await;
        let meeting = &meetings[0];
        let mut page = console(&world);
        let reply = page.decline_meetings(decline(&person, &meeting.meeting_id)).await.unwrap().into_inner();
        assert_eq!(reply.cancelled, 1);
        let part = reply.participation.unwrap();
        let shown = part.meetings.iter().find(|shown| shown.meeting_id == meeting.meeting_id).unwrap();
        assert!(shown.declined && part.can_change && !part.declined_all);
        let both = BTreeSet::from([meeting.candidate_id.as_str(), meeting.employer_id.as_str()]);
        let told = world.told().await;
        assert_eq!(subjects(&told), both);
        assert!(told.iter().all(|told| told.kind == "speed_dating"));

        let again = page.decline_meetings(decline(&person, &meeting.meeting_id)).await.unwrap().into_inner();
        assert_eq!(again.cancelled, 0, "a second press cancelled something");
        assert!(world.told().await.is_empty(), "a second press told somebody");

        let back = page.take_back_decline(take_back(&person, &meeting.meeting_id)).await.unwrap().into_inner();
        assert_eq!((back.restored, back.lost), (1, 0));
        let after = world.told().await;
        assert_eq!(subjects(&after), both);
        for after in &after {
            let before = told.iter().find(|before| before.subject == after.subject).unwrap();
            assert!(after.revision > before.revision, "a revision did not rise");
        }
        let back = page.take_back_decline(take_back(&person, &meeting.meeting_id)).await.unwrap().into_inner();
        assert_eq!(back.restored, 0);
        assert!(world.told().await.is_empty());
        nobody_twice(&world.timetable(&session.session_id).await, &world.people(&session.session_id).await);
        assert_eq!(acts(&world, &session.session_id).await, ["TAKEN_BACK", "DECLINED"]);
    }

    async fn declining_all_ends_the_part_by_the_person_and_taking_back_brings_it_again(db: Db) {
        let world = World::new(db);
        let (session, timetable) = world.published().await;
        world.told().await;
        let (person, meetings) = candidate(&world, &timetable, 2).await;
        let mut page = console(&world);
        // Declining the last one that stands is declining all.
        for meeting in &meetings {
            page.decline_meetings(decline(&person, &meeting.meeting_id)).await.unwrap();
        }
        let told = world.told().await;
        let own = told.iter().rfind(|told| told.subject.ends_with(&person.registration_id)).unwrap();
        assert_eq!(own.state(), MilestoneState::Cleared);
        assert_eq!(own.cleared_reason, "PARTICIPANT_WITHDREW", "the words would blame the organiser");
        let mut concerned: BTreeSet<&str> = meetings.iter().map(|meeting| meeting.employer_id.as_str()).collect();
        concerned.insert(&person.registration_id);
        assert_eq!(subjects(&told), concerned);
        let part = page.get_participation(get(&person)).await.unwrap().into_inner().participation.unwrap();
        assert!(part.declined_all && part.meetings.iter().all(|meeting| meeting.declined));
        assert_eq!(part.registration.unwrap().state(), proto::RegistrationState::Withdrawn);
        let again = page.decline_meetings(decline(&person, "")).await.unwrap().into_inner();
        assert_eq!(again.cancelled, 0);

        let back = page.take_back_decline(take_back(&person, "")).await.unwrap().into_inner();
        assert_eq!(usize::try_from(back.restored).unwrap(), meetings.len());
        let part = back.participation.unwrap();
        assert_eq!(part.registration.unwrap().state(), proto::RegistrationState::Confirmed);
        let told = world.told().await;
        assert_eq!(subjects(&told), concerned);
        assert!(told.iter().all(|told| told.state() == MilestoneState::Planned));
        nobody_twice(&world.timetable(&session.session_id).await, &world.people(&session.session_id).await);
    }

    async fn after_the_hour_of_the_day_before_nothing_is_declined_nor_taken_back(db: Db) {
        let world = World::new(db);
        let (_, timetable) = world.published().await;
        let (person, meetings) = candidate(&world, &timetable, 3).await;
        let mut page = console(&world);
        let clock = &world.ground.ground.clock;
        // 16:59 in Paris.
        clock.advance(moment("2026-11-24T15:59:00Z").timestamp().duration_since(clock.now().timestamp()));
        page.decline_meetings(decline(&person, &meetings[0].meeting_id)).await.unwrap();
        clock.advance(jiff::SignedDuration::from_mins(1));
        let late = (Code::FailedPrecondition, "TOO_LATE".to_owned());
        assert_eq!(refused(page.decline_meetings(decline(&person, &meetings[1].meeting_id)).await), late);
        assert_eq!(refused(page.decline_meetings(decline(&person, "")).await), late);
        assert_eq!(refused(page.take_back_decline(take_back(&person, &meetings[0].meeting_id)).await), late);
        let part = page.get_participation(get(&person)).await.unwrap().into_inner().participation.unwrap();
        assert!(!part.can_change);
        assert_eq!(part.changes_until.unwrap().seconds, moment("2026-11-24T16:00:00Z").parts().0);
    }

    async fn a_place_that_was_given_away_is_not_taken_back_and_the_others_are(db: Db) {
        let world = World::new(db);
        let (_, timetable) = world.published().await;
        let (person, meetings) = candidate(&world, &timetable, 2).await;
        let mut page = console(&world);
        page.decline_meetings(decline(&person, "")).await.unwrap();
        // Somebody else takes one of the places: any candidate who is free then and has not met that employer.
        let given = &meetings[0];
        let mut filled = false;
        for other in world.people(&timetable.session_id).await.into_values() {
            let request = proto::AddMeetingRequest {
                request_id: world.fresh(),
                session_id: timetable.session_id.clone(),
                number: timetable.number,
                employer_id: given.employer_id.clone(),
                candidate_id: other.registration_id.clone(),
                slot: given.slot,
                table: given.table,
            };
            if other.registration_id != person.registration_id
                && world.coordinator().add_meeting(request).await.is_ok()
            {
                filled = true;
                break;
            }
        }
        assert!(filled, "nobody could take the place");
        world.told().await;
        let strict = page.take_back_decline(take_back(&person, &given.meeting_id)).await;
        assert_eq!(refused(strict), (Code::FailedPrecondition, "CLASH".to_owned()));
        let part = page.get_participation(get(&person)).await.unwrap().into_inner().participation.unwrap();
        assert!(part.declined_all, "a refused take-back left something behind");
        let back = page.take_back_decline(take_back(&person, "")).await.unwrap().into_inner();
        assert_eq!((usize::try_from(back.restored).unwrap(), back.lost), (meetings.len() - 1, 1));
        nobody_twice(&world.timetable(&timetable.session_id).await, &world.people(&timetable.session_id).await);
    }

    async fn another_persons_part_is_as_unknown_and_staff_do_not_act_as_people(db: Db) {
        let world = World::new(db);
        let (session, timetable) = world.published().await;
        let (person, meetings) = candidate(&world, &timetable, 1).await;
        let people = world.people(&session.session_id).await;
        let other = people.values().find(|other| other.person_id != person.person_id).unwrap();
        let forged = proto::Registration { person_id: other.person_id.clone(), ..person.clone() };
        let unknown = (Code::NotFound, "NOT_FOUND".to_owned());
        let mut page = console(&world);
        assert_eq!(refused(page.get_participation(get(&forged)).await), unknown);
        assert_eq!(refused(page.decline_meetings(decline(&forged, "")).await), unknown);
        assert_eq!(refused(page.take_back_decline(take_back(&forged, "")).await), unknown);
        let foreign = timetable.meetings.iter().find(|meeting| meeting.candidate_id != person.registration_id).unwrap();
        assert_eq!(refused(page.decline_meetings(decline(&person, &foreign.meeting_id)).await), unknown);
        for role in [Role::Administrator, Role::Coordinator, Role::Partner, Role::Auditor] {
            let mut client = client(&world, staff(role, OWNER));
            assert_eq!(refused(client.get_participation(get(&person)).await).0, Code::PermissionDenied);
            let reply = client.decline_meetings(decline(&person, &meetings[0].meeting_id)).await;
            assert_eq!(refused(reply).0, Code::PermissionDenied);
        }
        let employer = people.values().find(|other| other.side() == proto::Side::Employer).unwrap();
        let reply = page.decline_meetings(decline(employer, "")).await;
        assert_eq!(refused(reply).1, "NOT_IN_THIS_STATE", "an employer declined by its page");
    }

    async fn a_confirmation_is_told_once_and_its_fact_ends_the_asks(db: Db) {
        let world = World::new(db);
        let (session, _) = world.published().await;
        world.told().await;
        let employer = world.people(&session.session_id).await["E001"].clone();
        let mut page = console(&world);
        let request = proto::ConfirmParticipationRequest {
            registration_id: employer.registration_id.clone(),
            person_id: employer.person_id.clone(),
        };
        page.confirm_participation(request.clone()).await.unwrap();
        let told = world.told().await;
        assert_eq!(subjects(&told), BTreeSet::from([employer.registration_id.as_str()]));
        let asked = told.iter().find(|told| told.kind == "employer_confirmation").unwrap();
        assert!(format!("{:?}", asked.facts["confirmed"]).contains("Flag(true)"));
        page.confirm_participation(request).await.unwrap();
        assert!(world.told().await.is_empty());
        assert_eq!(acts(&world, &session.session_id).await, ["CONFIRMED"]);
    }
}
