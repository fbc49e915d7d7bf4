//! Which way messages would take and what they would cost, asked of the notifier.

use std::collections::HashMap;

use contracts::{
    common::v1::Milestone,
    notifier::v1::{Preview, PreviewAsk, RenderPreviewRequest, RenderPreviewResponse},
    scheduler::v1::Reminder,
};
use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::{Clients, beside::beside, error::Error};

/// As many as the notifier takes in one call.
const BATCH: usize = 500;
/// Batches asked for at once: a page of hundreds of people should not wait for one after the other.
const AT_ONCE: usize = 4;

/// The ways of many messages, and their sum.
#[derive(Default)]
pub(crate) struct Ways {
    /// One for each reminder, in their order, without its text.
    pub(crate) previews: Vec<Preview>,
    /// Of all SMS.
    pub(crate) segments: i64,
    /// Of all, in millionths.
    pub(crate) cost_micros: i64,
    /// Of a segment, in millionths; 0 when none is set.
    pub(crate) price_micros: i64,
    /// ISO 4217.
    pub(crate) currency: String,
}

/// Asks for the ways of reminders that are not written yet, each with its milestone.
pub(crate) async fn of(clients: &Clients, due: &[(&Reminder, &Milestone)]) -> Result<Ways, Error> {
    // A person's stand together: a batch then names few people and few milestones.
    let mut order: Vec<usize> = (0..due.len()).collect();
    order.sort_by_key(|index| {
        let reminder = due[*index].0;
        (&reminder.recipient_person_id, &reminder.subject, &reminder.kind)
    });
    let mut replies = Vec::new();
    for batch in order.chunks(BATCH) {
        let batch = request(batch.iter().map(|index| due[*index]));
        replies.push(beside(render(clients.clone(), batch)));
    }
    let replies: Vec<RenderPreviewResponse> = stream::iter(replies).buffered(AT_ONCE).try_collect().await?;
    together(order, replies)
}

/// Puts what was answered in `order` back into the order of what was asked.
fn together(order: Vec<usize>, replies: Vec<RenderPreviewResponse>) -> Result<Ways, Error> {
    let mut ways = Ways::default();
    let mut previews = Vec::with_capacity(order.len());
    for reply in replies {
        ways.segments += reply.total_segments;
        ways.cost_micros += reply.total_cost_micros;
        ways.price_micros = reply.segment_price_micros;
        ways.currency = reply.currency;
        previews.extend(reply.previews);
    }
    if previews.len() != order.len() {
        tracing::error!(
            asked = order.len(),
            answered = previews.len(),
            "the notifier did not foresee each message"
        );
        return Err(Error::Internal);
    }
    let mut placed: Vec<(usize, Preview)> = order.into_iter().zip(previews).collect();
    placed.sort_by_key(|(place, _)| *place);
    ways.previews = placed.into_iter().map(|(_, preview)| preview).collect();
    Ok(ways)
}

/// Asks for one message as it would read.
pub(crate) async fn read(
    clients: &Clients,
    reminder: &Reminder,
    milestone: &Milestone,
) -> Result<Option<Preview>, Error> {
    let request = RenderPreviewRequest {
        with_text: true,
        ..request([(reminder, milestone)].into_iter())
    };
    let reply = render(clients.clone(), request).await?;
    Ok(reply
        .previews
        .into_iter()
        .find(|preview| !preview.channel.is_empty()))
}

async fn render(clients: Clients, request: RenderPreviewRequest) -> Result<RenderPreviewResponse, Error> {
    Ok(clients.previews().render_preview(request).await?.into_inner())
}

/// Each milestone travels once.
fn request<'a>(due: impl Iterator<Item = (&'a Reminder, &'a Milestone)>) -> RenderPreviewRequest {
    let mut request = RenderPreviewRequest::default();
    let mut numbers = HashMap::new();
    for (reminder, milestone) in due {
        let number = *numbers
            .entry((milestone.subject.as_str(), milestone.kind.as_str()))
            .or_insert_with(|| {
                request.milestones.push(milestone.clone());
                i32::try_from(request.milestones.len()).unwrap_or(i32::MAX)
            });
        request.asks.push(PreviewAsk {
            person_id: reminder.recipient_person_id.clone(),
            template: reminder.template.clone(),
            route: reminder.route.clone(),
            milestone_number: number,
            role: reminder.role.clone(),
            occasion: reminder.occasion.clone(),
            ..PreviewAsk::default()
        });
    }
    request
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(people: impl IntoIterator<Item = usize>) -> RenderPreviewResponse {
        let preview = |person: usize| Preview {
            person_id: person.to_string(),
            ..Preview::default()
        };
        RenderPreviewResponse {
            previews: people.into_iter().map(preview).collect(),
            total_segments: 1,
            ..RenderPreviewResponse::default()
        }
    }

    #[test]
    fn each_gets_their_own_way_whichever_batch_it_came_in() {
        let order: Vec<usize> = (0..1_100).rev().collect();
        let replies = order
            .chunks(BATCH)
            .map(|batch| reply(batch.iter().copied()))
            .collect();
        let ways = together(order, replies).unwrap();
        assert_eq!(ways.segments, 3);
        let people: Vec<String> = ways.previews.into_iter().map(|one| one.person_id).collect();
        let asked: Vec<String> = (0..1_100).map(|person| person.to_string()).collect();
        assert_eq!(people, asked);
    }

    #[test]
    fn an_answer_too_few_is_an_error_and_no_shift() {
        assert!(together(vec![0, 1, 2], vec![reply([0, 1])]).is_err());
    }
}
