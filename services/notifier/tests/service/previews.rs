//! What people would read now, without anything being kept.

use std::collections::BTreeSet;

use contracts::{
    directory::v1::ResolvedPerson,
    notifier::v1::{
        GetMessageRequest, Message, Preview, PreviewAsk, RenderPreviewRequest, RenderPreviewResponse,
        preview_service_client::PreviewServiceClient,
    },
    scheduler::v1::DueDelivery,
};
use notifier::{Settings, SmsSettings};
use platform::auth::{Actor, Role, Scope};
use tonic::{Code, Status};
use uuid::Uuid;

use crate::{granted, stage::Stage};

async fn stage() -> Stage {
    Stage::with(Settings {
        public_url: "https://rdv.exemple.fr".to_owned(),
        sms: SmsSettings {
            price_per_segment: "0.045".to_owned(),
            ..SmsSettings::default()
        },
        ..Settings::default()
    })
    .await
}

/// What `due` would say, as a caller of the preview has it.
fn ask(due: &DueDelivery) -> PreviewAsk {
    let item = granted::item(due, 1);
    PreviewAsk {
        person_id: due.recipient_person_id.clone(),
        template: due.template.clone(),
        route: due.route.join(","),
        milestone: item.milestone,
        role: item.role,
        occasion: item.occasion,
        ..PreviewAsk::default()
    }
}

async fn send(
    stage: &Stage,
    actor: Actor,
    request: RenderPreviewRequest,
) -> Result<RenderPreviewResponse, Status> {
    let transport = stage.ground.transport(stage.service.routes(), actor);
    PreviewServiceClient::new(transport)
        .render_preview(request)
        .await
        .map(tonic::Response::into_inner)
}

async fn render_as(
    stage: &Stage,
    actor: Actor,
    asks: Vec<PreviewAsk>,
) -> Result<RenderPreviewResponse, Status> {
    let request = RenderPreviewRequest {
        asks,
        with_text: true,
        ..RenderPreviewRequest::default()
    };
    send(stage, actor, request).await
}

async fn one(stage: &Stage, ask: PreviewAsk) -> Preview {
    let reply = render_as(stage, Actor::administrator(), vec![ask]).await.unwrap();
    reply.previews.into_iter().next().unwrap()
}

/// The message that went out on a channel, all of it.
async fn kept(stage: &Stage, channel: &str) -> Message {
    let listed = stage.messages().await;
    let message_id = listed
        .into_iter()
        .find(|message| message.channel == channel)
        .unwrap()
        .message_id;
    let reply = stage
        .client
        .clone()
        .get_message(GetMessageRequest { message_id })
        .await
        .unwrap();
    reply.into_inner().message.unwrap()
}

fn coordinator(organisation: u128) -> Actor {
    Actor {
        subject: "staff".to_owned(),
        role: Role::Coordinator,
        scope: Scope::Organisations(BTreeSet::from([Uuid::from_u128(organisation)])),
    }
}

#[tokio::test]
async fn a_preview_reads_as_the_message_that_goes_out_and_keeps_nothing() {
    let stage = stage().await;
    stage.service.run();
    let person = stage.person(|_| {});
    for route in ["mail", "sms"] {
        let due = stage.due(person, |due| due.route = vec![route.to_owned()]);
        let preview = one(&stage, ask(&due)).await;
        assert!(
            stage
                .messages()
                .await
                .iter()
                .all(|message| message.channel != route),
            "kept"
        );
        assert!(
            stage
                .peers
                .world()
                .asks
                .iter()
                .all(|(id, _)| id.to_string() != due.delivery_id)
        );

        stage.publish(vec![due.clone()]).await;
        stage.settled(&due).await;
        let sent = kept(&stage, route).await;
        let token = sent.text.split("rdv.exemple.fr/r/").nth(1).unwrap();
        let token: String = token.chars().take(22).collect();
        let stop = sent.text.split("rdv.exemple.fr/d/").nth(1).unwrap_or_default();
        let stop: String = stop.chars().take(22).collect();
        let with_placeholder = |text: &str| {
            let text = text.replace(&token, "apercu-preview-apercu-");
            if stop.is_empty() {
                text
            } else {
                text.replace(&stop, "apercu-preview-apercu-")
            }
        };
        assert_eq!(preview.channel, route);
        assert_eq!(preview.to, sent.to);
        assert_eq!(preview.subject, sent.subject);
        assert_eq!(preview.text, with_placeholder(&sent.text));
        assert_eq!(preview.html, with_placeholder(&sent.html));
        assert_eq!(preview.calendar, sent.calendar);
        let segments = preview.sms.as_ref().map_or(0, |sms| sms.segments);
        assert_eq!(segments, sent.segments);
        assert_eq!(preview.cost_micros, i64::from(segments) * 45_000);
    }
    let links: (i64,) = {
        let mut tx = stage.db.read().await.unwrap();
        tx.query("SELECT COUNT(*) FROM links").fetch_one().await.unwrap()
    };
    assert_eq!(
        links.0, 2,
        "one for each message that was sent, none for a preview"
    );
}

#[tokio::test]
async fn the_channel_is_that_of_the_persons_consent_and_who_gets_nothing_has_a_reason() {
    let stage = stage().await;
    let preview = async |change: fn(&mut ResolvedPerson)| {
        let person = stage.person(change);
        let due = stage.due(person, |due| {
            due.route = vec!["sms".to_owned(), "mail".to_owned()];
        });
        let preview = one(&stage, ask(&due)).await;
        (preview.channel, preview.reason)
    };
    let sent = |channel: &str| (channel.to_owned(), String::new());
    let kept = |reason: &str| (String::new(), reason.to_owned());
    assert_eq!(preview(|_| {}).await, sent("sms"));
    assert_eq!(preview(|person| person.mobile.clear()).await, sent("mail"));
    assert_eq!(
        preview(|person| {
            person.mobile.clear();
            person.sms_refused = true;
        })
        .await,
        sent("mail")
    );
    assert_eq!(
        preview(|person| {
            person.mobile.clear();
            person.mail.clear();
        })
        .await,
        kept("no_channel")
    );
    assert_eq!(preview(|person| person.erased = true).await, kept("erased"));
    let due = stage.due(Uuid::from_u128(404), |_| {});
    assert_eq!(one(&stage, ask(&due)).await.reason, "unknown_person");
}

#[tokio::test]
async fn without_texts_the_ways_and_their_costs_are_the_same() {
    let stage = stage().await;
    let unreachable = stage.person(|person| {
        person.mobile.clear();
        person.mail.clear();
    });
    let (one, other) = (stage.person(|_| {}), stage.person(|_| {}));
    let asks: Vec<_> = [(one, "sms"), (other, "mail"), (unreachable, "mail")]
        .into_iter()
        .map(|(person, route)| ask(&stage.due(person, |due| due.route = vec![route.to_owned()])))
        .collect();
    let seen = async |with_text| {
        let request = RenderPreviewRequest {
            asks: asks.clone(),
            with_text,
            ..RenderPreviewRequest::default()
        };
        send(&stage, Actor::administrator(), request).await.unwrap()
    };
    let way = |one: &Preview| {
        let segments = one.sms.as_ref().map(|sms| (sms.segments, sms.units));
        let to = (one.channel.clone(), one.to.clone(), one.reason.clone());
        (to, one.language.clone(), one.cost_micros, segments)
    };
    let (whole, brief) = (seen(true).await, seen(false).await);
    let ways = |reply: &RenderPreviewResponse| reply.previews.iter().map(way).collect::<Vec<_>>();
    assert_eq!(ways(&brief), ways(&whole));
    assert_eq!(brief.total_segments, whole.total_segments);
    assert_eq!(brief.total_cost_micros, whole.total_cost_micros);
    assert!(whole.previews.iter().filter(|one| !one.text.is_empty()).count() == 2);
    assert!(
        brief
            .previews
            .iter()
            .all(|one| one.text.is_empty() && one.html.is_empty())
    );
}

#[tokio::test]
async fn totals_count_segments_and_cost_in_whole_millionths() {
    let stage = stage().await;
    let asks: Vec<_> = ["sms", "mail", "sms"]
        .into_iter()
        .map(|route| {
            let person = stage.person(|_| {});
            ask(&stage.due(person, |due| due.route = vec![route.to_owned()]))
        })
        .collect();
    let request = RenderPreviewRequest {
        asks,
        with_text: false,
        ..RenderPreviewRequest::default()
    };
    let reply = send(&stage, Actor::administrator(), request).await.unwrap();
    let segments: i64 = reply
        .previews
        .iter()
        .filter_map(|one| one.sms.as_ref())
        .map(|sms| i64::from(sms.segments))
        .sum();
    assert!(segments >= 2);
    assert_eq!(
        (reply.total_segments, reply.total_cost_micros),
        (segments, segments * 45_000)
    );
    assert_eq!(
        (reply.segment_price_micros, reply.currency.as_str()),
        (45_000, "EUR")
    );
    assert!(
        reply
            .previews
            .iter()
            .all(|one| one.text.is_empty() && one.html.is_empty()),
        "texts were not asked for"
    );
}

#[tokio::test]
async fn another_organisations_milestone_is_denied_and_its_people_stay_unknown() {
    let stage = stage().await;
    let person = stage.person(|_| {});
    let asked = ask(&stage.due(person, |_| {}));
    let denied = render_as(&stage, coordinator(2), vec![asked.clone()])
        .await
        .unwrap_err();
    assert_eq!(denied.code(), Code::PermissionDenied);
    assert_eq!(
        render_as(&stage, coordinator(1), vec![asked.clone()])
            .await
            .unwrap()
            .previews[0]
            .reason,
        ""
    );

    // A made-up milestone of one's own organisation does not reach another's people, nor the names of its companies.
    let mut made_up = asked;
    made_up.milestone.as_mut().unwrap().organisation_id = Uuid::from_u128(2).to_string();
    let own = stage.person(|person| person.owner_organisation_id = Uuid::from_u128(2).to_string());
    let mut named = made_up.clone();
    named.person_id = own.to_string();
    let previews = render_as(&stage, coordinator(2), vec![made_up, named])
        .await
        .unwrap()
        .previews;
    assert_eq!(
        (previews[0].reason.as_str(), previews[0].to.as_str()),
        ("unknown_person", "")
    );
    assert_eq!(previews[1].channel, "mail");
    assert!(
        !previews[1].text.contains("Ateliers du Rhône"),
        "{}",
        previews[1].text
    );

    let partner = Actor {
        role: Role::Partner,
        ..coordinator(1)
    };
    assert_eq!(
        render_as(&stage, partner, Vec::new()).await.unwrap_err().code(),
        Code::PermissionDenied
    );
}

#[tokio::test]
async fn what_is_wrong_in_an_ask_is_named_with_its_place() {
    let stage = stage().await;
    let person = stage.person(|_| {});
    let right = ask(&stage.due(person, |_| {}));
    let wrong = async |change: fn(&mut PreviewAsk)| {
        let mut asked = right.clone();
        change(&mut asked);
        let status = render_as(&stage, Actor::administrator(), vec![right.clone(), asked])
            .await
            .unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
        platform::error::violations(&status).remove(0).field
    };
    assert_eq!(
        wrong(|ask| ask.template = "hello".to_owned()).await,
        "asks[1].template"
    );
    assert_eq!(
        wrong(|ask| ask.template = "employer_confirmation".to_owned()).await,
        "asks[1].template"
    );
    assert_eq!(
        wrong(|ask| ask.route = "pigeon".to_owned()).await,
        "asks[1].route"
    );
    assert_eq!(wrong(|ask| ask.milestone = None).await, "asks[1].milestone");
    assert_eq!(
        wrong(|ask| ask.person_id = "x".to_owned()).await,
        "asks[1].person_id"
    );
    let unreadable = |ask: &mut PreviewAsk| {
        let milestone = ask.milestone.as_mut().unwrap();
        milestone.starts_at = None;
        milestone.time_zone = "Mars/Olympus".to_owned();
    };
    assert_eq!(wrong(unreadable).await, "asks[1].milestone.starts_local");
    let stranger = |ask: &mut PreviewAsk| {
        ask.role.clear();
        ask.milestone.as_mut().unwrap().parties.clear();
    };
    assert_eq!(wrong(stranger).await, "asks[1].role");
    let many = vec![right.clone(); 501];
    assert_eq!(
        render_as(&stage, Actor::administrator(), many)
            .await
            .unwrap_err()
            .code(),
        Code::InvalidArgument
    );

    // A wall clock and its zone are enough.
    let mut plain = right;
    let milestone = plain.milestone.as_mut().unwrap();
    (milestone.starts_at, milestone.ends_at) = (None, None);
    assert!(
        one(&stage, plain)
            .await
            .calendar
            .contains("DTSTART:20261125T130000Z")
    );
}

#[tokio::test]
async fn asks_share_a_milestone_that_travels_once() {
    let stage = stage().await;
    let people = [stage.person(|_| {}), stage.person(|_| {})];
    let own = people.map(|person| ask(&stage.due(person, |due| due.route = vec!["mail".to_owned()])));
    let milestone = own[0].milestone.clone().unwrap();
    let mut shared = own.clone();
    for ask in &mut shared {
        ask.milestone = None;
        ask.milestone_number = 1;
    }
    let render = async |asks: Vec<PreviewAsk>| {
        let request = RenderPreviewRequest {
            asks,
            with_text: true,
            milestones: vec![milestone.clone()],
        };
        send(&stage, Actor::administrator(), request).await
    };
    let of_the_first = |mut asks: [PreviewAsk; 2]| {
        let first = asks[0].milestone.clone();
        asks[1].milestone = first;
        asks.to_vec()
    };
    assert_eq!(
        render(shared.to_vec()).await.unwrap(),
        render(of_the_first(own)).await.unwrap()
    );
    for number in [0, 2, -1] {
        shared[1].milestone_number = number;
        let status = render(shared.to_vec()).await.unwrap_err();
        let field = platform::error::violations(&status).remove(0).field;
        let wrong = if number == 0 {
            "milestone"
        } else {
            "milestone_number"
        };
        assert_eq!(field, format!("asks[1].{wrong}"));
    }
}
