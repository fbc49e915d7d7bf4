use std::sync::Arc;

use contracts::{
    common::v1::{Milestone, MilestoneState},
    notifier::v1::{
        Preview as ProtoPreview, PreviewAsk, RenderPreviewRequest, RenderPreviewResponse, SmsPreview,
        preview_service_server::PreviewService,
    },
    scheduler::v1::ReleasedItem,
};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use platform::{error::Failure, grpc::actor};
use tonic::{Request, Response, Status, async_trait};
use uuid::Uuid;

use super::failed;
use crate::{
    actions::{self, Ask, Depth, Preview, Told},
    content::Item,
    context::Context,
    domain::Channel,
    peers,
};

/// Asks of one request.
const LIMIT: usize = 500;

/// Previews as clients see them.
pub(crate) struct Previews(pub(crate) Context);

#[async_trait]
impl PreviewService for Previews {
    async fn render_preview(
        &self,
        request: Request<RenderPreviewRequest>,
    ) -> Result<Response<RenderPreviewResponse>, Status> {
        let actor = actor(&request)?;
        let request = request.into_inner();
        if request.asks.len() > LIMIT {
            return Err(Failure::field("asks", format!("may be at most {LIMIT}")).into());
        }
        if request.milestones.len() > LIMIT {
            return Err(Failure::field("milestones", format!("may be at most {LIMIT}")).into());
        }
        let shared = request.milestones.into_iter().enumerate();
        let shared = shared
            .map(|(index, milestone)| Subject::parse(&format!("milestones[{index}]"), milestone))
            .collect::<Result<Vec<_>, _>>()?;
        let asks = request.asks.into_iter().enumerate();
        let asks = asks
            .map(|(index, ask)| parse(&self.0, &shared, index, ask))
            .collect::<Result<Vec<_>, _>>()?;
        let depth = if request.with_text {
            Depth::Text
        } else {
            Depth::Way
        };
        let previews = actions::preview(&self.0, &actor, asks, depth)
            .await
            .map_err(|error| failed(&error))?;
        // The settings were checked at the start.
        let price = self.0.settings.sms.segment_price_micros().unwrap_or(0);
        let previews: Vec<ProtoPreview> = previews
            .into_iter()
            .map(|preview| print(preview, price, request.with_text))
            .collect();
        Ok(Response::new(RenderPreviewResponse {
            segment_price_micros: price,
            currency: self.0.settings.sms.currency.clone(),
            total_segments: previews
                .iter()
                .filter_map(|preview| preview.sms.as_ref())
                .map(|sms| i64::from(sms.segments))
                .sum(),
            total_cost_micros: previews.iter().map(|preview| preview.cost_micros).sum(),
            previews,
        }))
    }
}

/// A milestone that is told.
struct Subject {
    item: Arc<Item>,
    organisation: Uuid,
    cleared: bool,
    /// As it came, for what depends on the person.
    milestone: Milestone,
}

impl Subject {
    fn parse(field: &str, mut milestone: Milestone) -> Result<Self, Failure> {
        let wrong = |name: &str, message: &str| Failure::field(format!("{field}.{name}"), message);
        let organisation = milestone
            .organisation_id
            .parse()
            .map_err(|_| wrong("organisation_id", "must be a UUID"))?;
        fill_instants(&mut milestone);
        let item = peers::item(ReleasedItem {
            milestone: Some(milestone.clone()),
            ..ReleasedItem::default()
        });
        Ok(Self {
            item: Arc::new(item.ok_or_else(|| wrong("starts_local", "cannot be read with its time_zone"))?),
            organisation,
            cleared: milestone.state() == MilestoneState::Cleared,
            milestone,
        })
    }
}

fn parse(context: &Context, shared: &[Subject], index: usize, ask: PreviewAsk) -> Result<Ask, Failure> {
    let wrong = |field: &str, message: &str| Failure::field(format!("asks[{index}].{field}"), message);
    let person = ask
        .person_id
        .parse()
        .map_err(|_| wrong("person_id", "must be a UUID"))?;
    let route = ask
        .route
        .split(',')
        .map(|word| Channel::of(word.trim()))
        .collect::<Option<Vec<_>>>();
    let route = route.ok_or_else(|| wrong("route", "must be channels in order, such as sms,mail"))?;
    let own = ask
        .milestone
        .map(|milestone| Subject::parse(&format!("asks[{index}].milestone"), milestone))
        .transpose()?;
    let subject = match (&own, usize::try_from(ask.milestone_number)) {
        (Some(own), _) => own,
        (None, Ok(0)) => return Err(wrong("milestone", "is missing")),
        (None, Ok(number)) => shared.get(number - 1).ok_or_else(|| {
            wrong(
                "milestone_number",
                "is no place in milestones, which count from 1",
            )
        })?,
        (None, Err(_)) => return Err(wrong("milestone_number", "counts from 1")),
    };
    let milestone = &subject.milestone;
    match context.templates.tells(&ask.template, &milestone.kind) {
        Some(true) => {}
        Some(false) => return Err(wrong("template", "tells no milestones of this kind")),
        None => {
            let names = context.templates.names().collect::<Vec<_>>().join(", ");
            return Err(wrong(
                "template",
                &format!("no template has this name; there are {names}"),
            ));
        }
    }
    let role = if ask.role.is_empty() {
        let party = milestone
            .parties
            .iter()
            .find(|party| party.person_id == ask.person_id);
        party
            .map(|party| party.role.clone())
            .ok_or_else(|| wrong("role", "is missing, and this person is no party of the milestone"))?
    } else {
        ask.role
    };
    let occasion = match (ask.occasion.as_str(), subject.cleared) {
        ("", true) => "cleared".to_owned(),
        ("", false) => "planned".to_owned(),
        _ => ask.occasion,
    };
    Ok(Ask {
        person,
        template: ask.template,
        route,
        item: Arc::clone(&subject.item),
        told: Told {
            about: peers::about(milestone, &role),
            role,
            occasion,
            previous_starts: ask.previous_starts_local.parse().ok(),
        },
        organisation: subject.organisation,
    })
}

/// Publishers and the scheduler compute instants; a caller who has only the wall clock need not.
fn fill_instants(milestone: &mut Milestone) {
    let Ok(zone) = TimeZone::get(&milestone.time_zone) else {
        return;
    };
    let instant = |wall: &str| {
        let wall: DateTime = wall.parse().ok()?;
        let at: Timestamp = zone.to_ambiguous_timestamp(wall).compatible().ok()?;
        Some(prost_types::Timestamp {
            seconds: at.as_second(),
            nanos: at.subsec_nanosecond(),
        })
    };
    if milestone.starts_at.is_none() {
        milestone.starts_at = instant(&milestone.starts_local);
    }
    if milestone.ends_at.is_none() {
        milestone.ends_at = instant(&milestone.ends_local);
    }
}

fn print(preview: Preview, price: i64, with_text: bool) -> ProtoPreview {
    let sms = preview.written.sms.map(|sms| SmsPreview {
        encoding: sms.encoding.name().to_owned(),
        segments: i32::try_from(sms.parts.len()).unwrap_or(i32::MAX),
        units: i32::try_from(sms.units).unwrap_or(i32::MAX),
        parts: if with_text { sms.parts } else { Vec::new() },
        replaced: if with_text { sms.replaced } else { Vec::new() },
    });
    let text = |text: String| if with_text { text } else { String::new() };
    ProtoPreview {
        person_id: preview.person.to_string(),
        channel: preview
            .channel
            .map_or_else(String::new, |channel| channel.name().to_owned()),
        reason: preview.reason.to_owned(),
        language: preview.language.to_owned(),
        to: preview.address,
        subject: text(preview.written.subject),
        text: text(preview.written.body),
        html: text(preview.written.html),
        calendar: text(preview.written.calendar),
        cost_micros: sms
            .as_ref()
            .map_or(0, |sms| i64::from(sms.segments).saturating_mul(price)),
        sms,
    }
}
