//! What coordinators do to single reminders.

use contracts::notifier::v1::Outcome;
use contracts::scheduler::v1::release_answer::Verdict;
use contracts::scheduler::v1::reminder_service_client::ReminderServiceClient;
use contracts::scheduler::v1::{
    GetReminderRequest, GetStatusRequest, HoldReminderRequest, Reminder, ReminderDetail, ReminderState,
    ResendReminderRequest, ResumeReminderRequest, SendReminderNowRequest,
};
use platform::auth::{Actor, Role, Scope};
use platform::grpc::Transport;
use platform::on_each_database;
use platform::testing::eventually;
use scheduler::MIGRATIONS;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use uuid::Uuid;

use super::world::{ANNA, BRUNO, OWNER, World, cleared, participation, refused, text};

const START: &str = "2026-11-25T09:00"; // a Wednesday
const CANDIDATE: &str = "speed-dating-candidate";
const PUBLISHED: &str = "speed-dating-published";

type Client = ReminderServiceClient<Transport>;

fn key(number: u128) -> String {
    Uuid::from_u128(0xabc_0000 + number).to_string()
}

async fn hold(client: &mut Client, reminder: &Reminder, number: u128) -> Result<ReminderDetail, Status> {
    let request = HoldReminderRequest {
        request_id: key(number),
        reminder_id: reminder.reminder_id.clone(),
    };
    Ok(client.hold_reminder(request).await?.into_inner().detail.unwrap())
}

async fn resume(client: &mut Client, reminder: &Reminder, number: u128) -> Result<ReminderDetail, Status> {
    let request = ResumeReminderRequest {
        request_id: key(number),
        reminder_id: reminder.reminder_id.clone(),
    };
    Ok(client
        .resume_reminder(request)
        .await?
        .into_inner()
        .detail
        .unwrap())
}

async fn send_now(
    client: &mut Client,
    reminder: &Reminder,
    number: u128,
    any_hour: bool,
) -> Result<Reminder, Status> {
    let request = SendReminderNowRequest {
        request_id: key(number),
        reminder_id: reminder.reminder_id.clone(),
        any_hour,
    };
    Ok(client
        .send_reminder_now(request)
        .await?
        .into_inner()
        .detail
        .unwrap()
        .reminder
        .unwrap())
}

async fn resend(client: &mut Client, reminder: &Reminder, number: u128) -> Result<Reminder, Status> {
    let request = ResendReminderRequest {
        request_id: key(number),
        reminder_id: reminder.reminder_id.clone(),
    };
    Ok(client
        .resend_reminder(request)
        .await?
        .into_inner()
        .detail
        .unwrap()
        .reminder
        .unwrap())
}

fn why<T: std::fmt::Debug>(result: Result<T, Status>) -> String {
    let status = result.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition, "{status}");
    status.get_details_error_info().unwrap().reason
}

/// Nothing disappears: what was planned is sent, suppressed, failed or pending.
async fn balances(world: &World) {
    let all = world.reminders().await.len();
    let status = world
        .client
        .clone()
        .get_status(GetStatusRequest::default())
        .await
        .unwrap()
        .into_inner();
    let sum = status.planned + status.queued + status.sent + status.suppressed + status.failed;
    assert_eq!(i64::try_from(all).unwrap(), sum);
}

/// The wall clock at which a reminder is due, in Paris.
fn due(reminder: &Reminder) -> String {
    let at = reminder.due_at.unwrap();
    let at = jiff::Timestamp::new(at.seconds, at.nanos).unwrap();
    at.to_zoned(jiff::tz::TimeZone::get("Europe/Paris").unwrap())
        .strftime("%d %H:%M")
        .to_string()
}

on_each_database! { MIGRATIONS,
    async fn a_held_reminder_waits_until_it_is_let_go(db: Db) {
        let world = World::on(db, "2026-11-10T10:00").await;
        world.publish_all(vec![participation(1, 1, START, ANNA), participation(2, 1, START, BRUNO)]).await;
        world.handed_over(2).await;
        let week = world.find(ANNA, CANDIDATE, "-P7D").await;
        let mut client = world.by_hand();
        let held = hold(&mut client, &week, 1).await.unwrap();
        assert!(held.reminder.unwrap().held);
        assert_eq!((held.acts[0].act.as_str(), held.acts[0].actor.as_str()), ("hold", "lina"));
        world.advance_to("2026-11-18T10:00");
        let other = world.handed_over(3).await;
        assert_eq!(other.recipient_person_id, BRUNO.to_string());
        let still = world.find(ANNA, CANDIDATE, "-P7D").await;
        assert_eq!((still.state(), still.held), (ReminderState::Planned, true));
        let resumed = resume(&mut client, &week, 2).await.unwrap();
        assert_eq!(resumed.acts.iter().map(|act| act.act.as_str()).collect::<Vec<_>>(), ["hold", "resume"]);
        assert_eq!(due(resumed.reminder.as_ref().unwrap()), "18 10:00");
        let own = world.handed_over(4).await;
        assert_eq!(own.recipient_person_id, ANNA.to_string());
        assert!(matches!(world.release(&own, 1).await, Verdict::Granted(_)));
        world.settle(&own.delivery_id, Outcome::Sent, "").await;
        let on_time = "jalon_scheduler_reminder_lateness_seconds_sum{service=\"scheduler\"} 0\n";
        assert!(world.metrics().await.contains(on_time), "who holds it makes nothing late");
        assert_eq!(why(resume(&mut client, &week, 3).await), "NOT_HELD");
        balances(&world).await;
    }

    async fn what_is_let_go_at_night_goes_in_the_morning_and_before_its_instant_at_its_instant(db: Db) {
        let world = World::on(db, "2026-11-10T10:00").await;
        world.publish(participation(1, 1, START, ANNA)).await;
        world.handed_over(1).await;
        let week = world.find(ANNA, CANDIDATE, "-P7D").await;
        let mut client = world.by_hand();
        hold(&mut client, &week, 1).await.unwrap();
        let early = resume(&mut client, &week, 2).await.unwrap();
        assert_eq!(due(&early.reminder.unwrap()), "18 09:00");
        hold(&mut client, &week, 3).await.unwrap();
        world.advance_to("2026-11-18T22:00");
        let late = resume(&mut client, &week, 4).await.unwrap();
        assert_eq!(due(&late.reminder.unwrap()), "19 08:00");
        balances(&world).await;
    }

    async fn a_hold_takes_it_back_until_it_is_released_and_no_longer(db: Db) {
        let world = World::on(db, "2026-11-10T10:00").await;
        world.publish(participation(1, 1, START, ANNA)).await;
        let delivery = world.handed_over(1).await;
        let published = world.find(ANNA, PUBLISHED, "planned").await;
        assert_eq!(published.state(), ReminderState::Queued);
        let mut client = world.by_hand();
        hold(&mut client, &published, 1).await.unwrap();
        refused(world.release(&delivery, 1).await);
        world.settle(&delivery.delivery_id, Outcome::Suppressed, "settled").await;
        let held = world.find(ANNA, PUBLISHED, "planned").await;
        assert_eq!((held.state(), held.held, held.reason.as_str()), (ReminderState::Planned, true, ""));
        resume(&mut client, &published, 2).await.unwrap();
        let again = world.handed_over(2).await;
        assert!(matches!(world.release(&again, 1).await, Verdict::Granted(_)));
        assert_eq!(why(hold(&mut client, &published, 3).await), "HANDED_OVER");
        assert_eq!(why(send_now(&mut client, &published, 4, false).await), "HANDED_OVER");
        assert_eq!(why(resend(&mut client, &published, 5).await), "STILL_WAITING");
        balances(&world).await;
    }

    async fn a_hold_follows_its_reminder_to_the_new_date_and_says_who_held_it(db: Db) {
        let world = World::on(db, "2026-11-10T10:00").await;
        world.publish(participation(1, 1, START, ANNA)).await;
        world.handed_over(1).await;
        let week = world.find(ANNA, CANDIDATE, "-P7D").await;
        let mut client = world.by_hand();
        let before = hold(&mut client, &week, 1).await.unwrap();
        world.publish(participation(1, 2, "2026-11-26T09:00", ANNA)).await;
        let now = || async {
            let mut all = world.reminders().await.into_iter().filter(|one| {
                one.policy == CANDIDATE && one.occurrence == "-P7D" && one.state() == ReminderState::Planned
            });
            all.next()
        };
        let moved = eventually("it is planned for the new date", || async {
            now().await.filter(|now| now.reminder_id != week.reminder_id)
        })
        .await;
        assert_eq!((moved.state(), moved.held), (ReminderState::Planned, true));
        let request = GetReminderRequest { reminder_id: moved.reminder_id.clone() };
        let detail = client.get_reminder(request).await.unwrap().into_inner().detail.unwrap();
        let acts: Vec<_> = detail.acts.iter().map(|act| (act.act.as_str(), act.actor.as_str(), act.at)).collect();
        assert_eq!(acts, [("hold", "lina", before.acts[0].at)]);
        assert_eq!(detail.acts[0].other_reminder_id, week.reminder_id);
        // The notice of the move goes out; what is held waits beyond its hour, until it is let go.
        world.handed_over(2).await;
        world.advance_to("2026-11-19T12:00");
        assert!(now().await.is_some_and(|still| still.held));
        resume(&mut client, &moved, 2).await.unwrap();
        world.handed_over(3).await;
        balances(&world).await;
    }

    async fn a_reminder_held_until_nobody_wants_it_ends_with_its_reason(db: Db) {
        let world = World::on(db, "2026-11-10T10:00").await;
        world.publish(participation(1, 1, START, ANNA)).await;
        world.handed_over(1).await;
        let week = world.find(ANNA, CANDIDATE, "-P7D").await;
        let mut client = world.by_hand();
        hold(&mut client, &week, 1).await.unwrap();
        world.advance_to("2026-11-25T09:00");
        let ended = eventually("the hold ends", || async {
            let now = world.find(ANNA, CANDIDATE, "-P7D").await;
            (now.state() == ReminderState::Suppressed).then_some(now)
        })
        .await;
        assert_eq!(ended.reason, "held");
        assert_eq!(why(hold(&mut client, &week, 2).await), "ENDED");
        assert_eq!(why(send_now(&mut client, &week, 3, false).await), "ENDED");
        assert_eq!(why(resend(&mut client, &week, 4).await), "TOO_LATE");
        balances(&world).await;
    }

    async fn now_is_now_inside_the_window_and_the_next_opening_outside(db: Db) {
        let world = World::on(db, "2026-11-10T10:00").await;
        world.publish_all(vec![participation(1, 1, START, ANNA), participation(2, 1, START, BRUNO)]).await;
        world.handed_over(2).await;
        let mut client = world.by_hand();
        // A held one goes as well: whoever sends it now has let it go.
        let week = world.find(ANNA, CANDIDATE, "-P7D").await;
        hold(&mut client, &week, 1).await.unwrap();
        let sent = send_now(&mut client, &week, 2, false).await.unwrap();
        assert_eq!((due(&sent).as_str(), sent.held), ("10 10:00", false));
        let delivery = world.handed_over(3).await;
        assert_eq!(delivery.template, "speed_dating_week_before");
        assert!(matches!(world.release(&delivery, 1).await, Verdict::Granted(_)));

        world.advance_to("2026-11-10T22:00");
        let night = world.find(BRUNO, CANDIDATE, "-P7D").await;
        assert_eq!(why(send_now(&mut client, &night, 3, true).await), "NOT_STAFF");
        let later = send_now(&mut client, &night, 4, false).await.unwrap();
        assert_eq!(due(&later), "12 08:00", "the eleventh is Armistice Day");
        assert_eq!(world.all_handed_over().len(), 3);
        balances(&world).await;
    }

    async fn staff_may_be_written_to_at_night_when_a_person_says_so(db: Db) {
        let world = World::on(db, "2026-11-26T22:00").await;
        let mut milestone = participation(1, 1, START, ANNA);
        milestone.parties[0].role = "coordinator".into();
        let number = contracts::common::v1::fact::Value::Number(2);
        milestone.facts.insert("outcomes_missing".into(), contracts::common::v1::Fact { value: Some(number) });
        world.publish(milestone).await;
        let digest = world.find(ANNA, "outcomes-coordinator", "+7d").await;
        let mut client = world.by_hand();
        send_now(&mut client, &digest, 1, true).await.unwrap();
        let delivery = world.handed_over(1).await;
        assert!(matches!(world.release(&delivery, 1).await, Verdict::Granted(_)), "the window was waived");
        let weeks = world.find(ANNA, "outcomes-coordinator", "+30d").await;
        let later = send_now(&mut client, &weeks, 2, false).await.unwrap();
        assert_eq!(due(&later), "27 08:00", "without a word the window stands");
    }

    async fn what_the_date_overtook_or_was_cancelled_is_neither_sent_nor_sent_again(db: Db) {
        let world = World::on(db, "2026-11-10T10:00").await;
        world.publish(participation(1, 1, START, ANNA)).await;
        let delivery = world.handed_over(1).await;
        world.release(&delivery, 1).await;
        world.settle(&delivery.delivery_id, Outcome::Sent, "").await;
        let (told, week) = (world.find(ANNA, PUBLISHED, "planned").await, world.find(ANNA, CANDIDATE, "-P7D").await);
        world.publish(participation(1, 2, "2026-11-26T14:00", ANNA)).await;
        let mut client = world.by_hand();
        assert_eq!(why(send_now(&mut client, &week, 1, false).await), "ENDED");
        assert_eq!(why(resend(&mut client, &week, 2).await), "SUPERSEDED");
        assert_eq!(why(resend(&mut client, &told, 3).await), "SUPERSEDED", "it names the old date");
        let mut pending: Vec<_> = world.reminders().await;
        pending.retain(|one| one.occurrence == "-48h" && one.state() == ReminderState::Planned);
        world.publish(cleared(participation(1, 3, "2026-11-26T14:00", ANNA), 3)).await;
        assert_eq!(why(hold(&mut client, &pending[0], 4).await), "ENDED");
        assert_eq!(why(resend(&mut client, &pending[0], 5).await), "CANCELLED");
        balances(&world).await;
    }

    async fn what_failed_is_sent_again_as_a_new_occurrence_once_per_request(db: Db) {
        let world = World::on(db, "2026-11-10T10:00").await;
        world.publish(participation(1, 1, START, ANNA)).await;
        let first = world.handed_over(1).await;
        world.release(&first, 1).await;
        world.settle(&first.delivery_id, Outcome::Failed, "refused").await;
        let failed = world.find(ANNA, PUBLISHED, "planned").await;
        let count = world.reminders().await.len();
        let mut client = world.by_hand();
        let again = resend(&mut client, &failed, 1).await.unwrap();
        assert_eq!((again.occurrence.as_str(), again.resend_of.as_str()), ("planned resend 1", failed.reminder_id.as_str()));
        assert_eq!(resend(&mut client, &failed, 1).await.unwrap().reminder_id, again.reminder_id);
        let other = HoldReminderRequest { request_id: key(1), reminder_id: failed.reminder_id.clone() };
        assert_eq!(client.hold_reminder(other).await.unwrap_err().code(), Code::Aborted, "another request under its key");
        let second = world.handed_over(2).await;
        assert!(matches!(world.release(&second, 1).await, Verdict::Granted(_)));
        world.settle(&second.delivery_id, Outcome::Sent, "").await;

        // Told by now: the policy alone would not tell it twice, a person may.
        let sent = world.find(ANNA, PUBLISHED, "planned resend 1").await;
        let third = resend(&mut client, &sent, 2).await.unwrap();
        assert_eq!(third.occurrence, "planned resend 2");
        let delivery = world.handed_over(3).await;
        assert!(matches!(world.release(&delivery, 1).await, Verdict::Granted(_)), "`!told` does not stop a person");
        assert_eq!(world.reminders().await.len(), count + 2);
        let request = GetReminderRequest { reminder_id: failed.reminder_id.clone() };
        let detail = client.get_reminder(request).await.unwrap().into_inner().detail.unwrap();
        assert_eq!(detail.acts.len(), 1);
        assert_eq!((detail.acts[0].act.as_str(), &detail.acts[0].other_reminder_id), ("resend", &again.reminder_id));
        assert_eq!(detail.milestone.unwrap().starts_local, "2026-11-25T09:00:00");
        balances(&world).await;
    }

    async fn a_resend_that_waits_is_overtaken_by_a_move_and_not_by_a_correction(db: Db) {
        let world = World::on(db, "2026-11-10T21:00").await;
        world.publish(participation(1, 1, START, ANNA)).await;
        // It waits for the morning; meanwhile a person holds it until it is over for today.
        let published = world.find(ANNA, PUBLISHED, "planned").await;
        let mut client = world.by_hand();
        send_now(&mut client, &published, 1, false).await.unwrap();
        world.advance_to("2026-11-12T08:00");
        let first = world.handed_over(1).await;
        world.release(&first, 1).await;
        world.settle(&first.delivery_id, Outcome::Failed, "refused").await;
        world.advance_to("2026-11-12T21:00");
        let failed = world.find(ANNA, PUBLISHED, "planned").await;
        let again = resend(&mut client, &failed, 2).await.unwrap();
        assert_eq!(due(&again), "13 08:00");
        let mut corrected = participation(1, 2, START, ANNA);
        corrected.facts.insert("venue_name".into(), text("Salle B"));
        world.publish(corrected).await;
        assert_eq!(world.find(ANNA, PUBLISHED, "planned resend 1").await.state(), ReminderState::Planned);
        world.publish(participation(1, 3, "2026-11-26T14:00", ANNA)).await;
        let overtaken = world.find(ANNA, PUBLISHED, "planned resend 1").await;
        assert_eq!((overtaken.state(), overtaken.reason.as_str()), (ReminderState::Suppressed, "superseded"));
        balances(&world).await;
    }

    async fn only_organisers_act_and_another_organisations_reminder_is_unknown(db: Db) {
        let world = World::on(db, "2026-11-10T10:00").await;
        world.publish(participation(1, 1, START, ANNA)).await;
        world.handed_over(1).await;
        let week = world.find(ANNA, CANDIDATE, "-P7D").await;
        let staff = |role, organisation| Actor {
            subject: "someone".into(),
            role,
            scope: Scope::Organisations([organisation].into()),
        };
        let stranger = Uuid::from_u128(77);
        for (role, organisation, code) in [
            (Role::Auditor, OWNER, Code::PermissionDenied),
            (Role::Referent, OWNER, Code::PermissionDenied),
            (Role::Partner, OWNER, Code::PermissionDenied),
            (Role::Coordinator, stranger, Code::NotFound),
            (Role::Administrator, stranger, Code::NotFound),
        ] {
            let mut client = world.by_hand_as(staff(role, organisation));
            let refusals = [
                hold(&mut client, &week, 1).await.map(|_| ()),
                resume(&mut client, &week, 2).await.map(|_| ()),
                send_now(&mut client, &week, 3, false).await.map(|_| ()),
                resend(&mut client, &week, 4).await.map(|_| ()),
            ];
            for refusal in refusals {
                assert_eq!(refusal.unwrap_err().code(), code, "{role:?}");
            }
        }
        let get = || GetReminderRequest { reminder_id: week.reminder_id.clone() };
        assert!(world.by_hand_as(staff(Role::Auditor, OWNER)).get_reminder(get()).await.is_ok());
        let foreign = world.by_hand_as(staff(Role::Auditor, stranger)).get_reminder(get()).await.unwrap_err();
        let unknown = GetReminderRequest { reminder_id: Uuid::from_u128(404).to_string() };
        let unknown = world.by_hand().get_reminder(unknown).await.unwrap_err();
        assert_eq!((foreign.code(), foreign.message()), (Code::NotFound, unknown.message()));
        assert!(!world.find(ANNA, CANDIDATE, "-P7D").await.held);
        // A key that a stranger takes first does not tell what it was used for.
        hold(&mut world.by_hand(), &week, 9).await.unwrap();
        let replayed = hold(&mut world.by_hand_as(staff(Role::Coordinator, stranger)), &week, 9).await;
        assert_eq!(replayed.unwrap_err().code(), Code::NotFound);
    }

    async fn what_is_missing_is_named(db: Db) {
        let world = World::on(db, "2026-11-10T10:00").await;
        let mut client = world.by_hand();
        for (request_id, reminder_id, field) in [("", key(1), "request_id"), ("x", key(1), "request_id")] {
            let request = HoldReminderRequest { request_id: request_id.into(), reminder_id };
            let error = client.hold_reminder(request).await.unwrap_err();
            assert_eq!(platform::error::violations(&error)[0].field, field);
        }
        let request = HoldReminderRequest { request_id: key(1), reminder_id: String::new() };
        let error = client.hold_reminder(request).await.unwrap_err();
        assert_eq!(platform::error::violations(&error)[0].field, "reminder_id");
    }
}
