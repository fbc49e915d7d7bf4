use std::{collections::BTreeMap, time::Instant};

use futures::stream::{self, StreamExt as _};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tracing::Span;
use uuid::Uuid;

use super::{
    persist::persistently,
    record::{self, Ended},
    spans,
    withdraw::{Intent, withdraw},
};
use crate::{
    context::Context,
    domain::{Channel, Delivery},
    error::Error,
    probe::Stage,
    provider::{Answered, Begun, Prepared},
};

/// Groups of answers that are recorded at once, at most: a batch has no more.
const CHUNKS: usize = 200;

/// Calls the providers, and records what they say as it comes. From the stop on no further message is begun, and what is not
/// begun then goes back at once: a slow provider would keep the process beyond its time, and all of them would be unknown.
pub(super) async fn submit(
    context: &Context,
    owner: Uuid,
    prepared: Vec<(Delivery, Prepared)>,
) -> Result<(), Error> {
    let intents: Vec<Intent> = prepared.iter().map(|(_, one)| Intent::of(&one.message)).collect();
    let open: BTreeMap<Uuid, (Delivery, Span)> = prepared
        .iter()
        .map(|(delivery, prepared)| {
            let span = spans::attempt(delivery, prepared);
            (delivery.id, (delivery.clone(), span))
        })
        .collect();
    let mut shares: BTreeMap<(Channel, String), Vec<Prepared>> = BTreeMap::new();
    for (_, prepared) in prepared {
        let of = (prepared.message.channel, prepared.message.provider.clone());
        shares.entry(of).or_default().push(prepared);
    }
    let stopping = context.tasks.stopping();
    let (begun, called) = (Begun::new(stopping.clone()), CancellationToken::new());
    // Providers go on while answers are recorded: one that holds the database's write lock, as the mailbox does, would
    // otherwise keep it while it is not looked at.
    let (heard, answers) = mpsc::unbounded_channel();
    let call = async {
        let heard = heard;
        let _over = called.clone().drop_guard();
        let shares = shares.into_iter().filter_map(|((channel, name), share)| {
            let carrier = context.providers.named(channel, &name)?;
            Some(carrier.provider.submit(share, &begun))
        });
        stream::select_all(shares)
            .for_each(|chunk| {
                let _over = heard.send(chunk);
                std::future::ready(())
            })
            .await;
    };
    let record = Box::pin(record(context, owner, open, answers));
    let go_back = async {
        tokio::select! {
            () = stopping.cancelled() => {}
            () = called.cancelled() => {}
        }
        let not_begun: Vec<Intent> = intents
            .into_iter()
            .filter(|one| !begun.has(one.delivery_id))
            .collect();
        // Boxed: seldom needed, and large.
        Box::pin(persistently(
            (&context.outage, &context.clock),
            "what was not begun",
            || withdraw(context, owner, &not_begun),
        ))
        .await
    };
    let ((), recorded, gone_back) = futures::join!(call, record, go_back);
    recorded.and(gone_back)
}

/// Records answers until there are no more.
async fn record(
    context: &Context,
    owner: Uuid,
    mut open: BTreeMap<Uuid, (Delivery, Span)>,
    mut answers: mpsc::UnboundedReceiver<Answered>,
) -> Result<(), Error> {
    let started = Instant::now();
    let mut recorded = Ok(());
    let mut chunks = Vec::new();
    // All that came while the last were recorded are one transaction: the slower the disk, the fewer of them.
    while answers.recv_many(&mut chunks, CHUNKS).await > 0 {
        context.probe.reached(Stage::Answered).await;
        let ended = chunks.drain(..).flatten().filter_map(|(prepared, answer)| {
            let message = prepared.message;
            let (delivery, span) = open.remove(&message.delivery_id)?;
            spans::answered(&span, &answer);
            let took = started.elapsed();
            context
                .metrics
                .answered(message.channel.name(), &message.provider, took);
            Some(Ended {
                delivery,
                channel: message.channel,
                provider: message.provider,
                address: Some(message.recipient),
                answer,
            })
        });
        // After a failure the calls still go on to their end: cut off, more of them would be unknown.
        recorded = recorded.and(record::heard(context, owner, &ended.collect::<Vec<_>>()).await);
    }
    recorded
}
