use std::collections::BTreeMap;

use futures::StreamExt as _;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::record::{self, Ended};
use crate::{
    context::Context,
    domain::{Channel, Delivery},
    error::Error,
    probe::Stage,
    provider::Prepared,
};

/// Calls the providers, and records what they say as it comes.
pub(super) async fn submit(
    context: &Context,
    owner: Uuid,
    prepared: Vec<(Delivery, Prepared)>,
) -> Result<(), Error> {
    let mut deliveries: BTreeMap<Uuid, Delivery> = prepared
        .iter()
        .map(|(delivery, _)| (delivery.id, delivery.clone()))
        .collect();
    let (mails, texts): (Vec<_>, Vec<_>) = prepared
        .into_iter()
        .map(|(_, prepared)| prepared)
        .partition(|one| one.message.channel == Channel::Mail);
    // Providers go on while answers are recorded: one that holds the database's write lock, as the mailbox does, would
    // otherwise keep it while it is not looked at.
    let (heard, mut answers) = mpsc::unbounded_channel();
    let call = async move {
        let answered = futures::stream::select(
            context.providers.mail.submit(mails),
            context.providers.sms.submit(texts),
        );
        answered
            .for_each(|chunk| {
                let _over = heard.send(chunk);
                std::future::ready(())
            })
            .await;
    };
    let record = async {
        let mut recorded = Ok(());
        while let Some(chunk) = answers.recv().await {
            context.probe.reached(Stage::Answered).await;
            let ended = chunk.into_iter().filter_map(|(prepared, answer)| {
                let message = prepared.message;
                Some(Ended {
                    delivery: deliveries.remove(&message.delivery_id)?,
                    channel: message.channel,
                    provider: message.provider,
                    address: Some(message.recipient),
                    answer,
                })
            });
            // After a failure the calls still go on to their end: cut off, more of them would be unknown.
            recorded = recorded.and(record::answers(context, owner, &ended.collect::<Vec<_>>()).await);
        }
        recorded
    };
    let ((), recorded) = futures::join!(call, record);
    recorded
}
