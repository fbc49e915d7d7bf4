//! Which channel and which provider a delivery takes now, as things stand.

use jiff::SignedDuration;
use platform::Moment;

use crate::{
    context::Context,
    domain::{self, Answer, Attempt, Channel, Choice, Delivery, Outcome, Reachable, Tried},
    provider::Carrier,
    reach,
};

/// A channel whose providers have been out for so long is passed over, when there is another: before, it may come back,
/// and an SMS in place of a mail costs money.
const PATIENCE: SignedDuration = SignedDuration::from_mins(15);

/// What is to be done with a delivery.
pub(super) enum Way {
    /// Hand it over.
    Go {
        channel: Channel,
        address: String,
        provider: &'static str,
    },
    /// Nobody can take it now.
    Wait(Moment),
    /// It ended.
    End(Outcome),
}

/// Why no provider of a channel can take a message, and for how long.
struct Blocked {
    until: Moment,
    reason: &'static str,
    /// Another channel should be taken, if there is one.
    lasting: bool,
}

/// Finds the way; `tried` are the delivery's attempts in order, `broke` when the day's budget of SMS is spent until then.
pub(super) fn find(
    context: &Context,
    delivery: &Delivery,
    person: Option<&Reachable>,
    tried: &[Attempt],
    broke: Option<Moment>,
    now: Moment,
) -> Way {
    // Who has seen a channel fail takes another that is free, rather than try out again what has been out for long.
    let way = look(context, delivery, person, tried, broke, now, false);
    match way {
        Way::Go { .. } => way,
        Way::Wait(_) | Way::End(_) => look(context, delivery, person, tried, broke, now, true),
    }
}

fn look(
    context: &Context,
    delivery: &Delivery,
    person: Option<&Reachable>,
    tried: &[Attempt],
    broke: Option<Moment>,
    now: Moment,
    patient: bool,
) -> Way {
    let doubtful = tried.iter().rev().find(|attempt| attempt.state == "unknown");
    let mut passed = delivery.refused.clone();
    // Who may have the message already is not told by another channel as well.
    if let Some(doubtful) = doubtful.filter(|doubtful| !passed.contains(&doubtful.channel)) {
        passed.extend(
            delivery
                .route
                .iter()
                .filter(|channel| **channel != doubtful.channel),
        );
    }
    let mut blocked: Option<Blocked> = None;
    loop {
        let choice = reach::choose(context, &delivery.template, &delivery.route, &passed, person);
        let (channel, address) = match (choice, &blocked) {
            (Choice::Send(channel, address), _) => (channel, address),
            (_, Some(blocked)) => return wait(delivery, blocked),
            (Choice::Suppress(reason), None) => return Way::End(Outcome::Suppressed(reason.to_owned())),
            (Choice::Fail(reason), None) => return Way::End(Outcome::Failed(reason.to_owned())),
        };
        match provider(context, delivery, channel, tried, broke, now, patient) {
            Ok(provider) => {
                return Way::Go {
                    channel,
                    address,
                    provider,
                };
            }
            Err(found) => {
                let lasting = found.lasting && doubtful.is_none();
                // The way that is free first, of all that are looked at.
                if blocked.as_ref().is_none_or(|known| found.until < known.until) {
                    blocked = Some(found);
                }
                if !lasting && let Some(blocked) = &blocked {
                    return wait(delivery, blocked);
                }
                passed.push(channel);
            }
        }
    }
}

fn wait(delivery: &Delivery, blocked: &Blocked) -> Way {
    if blocked.until < delivery.useful_until {
        Way::Wait(blocked.until)
    } else {
        Way::End(Outcome::Failed(blocked.reason.to_owned()))
    }
}

fn provider(
    context: &Context,
    delivery: &Delivery,
    channel: Channel,
    tried: &[Attempt],
    broke: Option<Moment>,
    now: Moment,
    patient: bool,
) -> Result<&'static str, Blocked> {
    if let Some(until) = broke.filter(|_| channel == Channel::Sms) {
        return Err(Blocked {
            until,
            reason: "budget_spent",
            lasting: true,
        });
    }
    let carriers = context.providers.of(channel);
    let names: Vec<&'static str> = carriers.iter().map(Carrier::name).collect();
    let mut order = turn(&names, channel, tried);
    if order.is_empty() {
        // All refused it when others were set; the channel was not given up for that.
        order.clone_from(&names);
    }
    let order: Vec<&Carrier> = order
        .iter()
        .filter_map(|name| context.providers.named(channel, name))
        .collect();
    let lasting = order.iter().all(|carrier| is_out(carrier, delivery, now));
    let failed = tried.iter().any(|attempt| attempt.channel == channel);
    let mut until = None::<Moment>;
    for carrier in order.into_iter().filter(|_| patient || !(lasting && failed)) {
        match carrier.health.admit(now) {
            Ok(()) => return Ok(carrier.name()),
            Err(free) => {
                if carrier.health.is_well(now) {
                    context.metrics.limited(channel.name(), carrier.name());
                }
                until = Some(until.map_or(free, |until| until.min(free)));
            }
        }
    }
    Err(Blocked {
        until: until.unwrap_or(now.plus(SignedDuration::from_secs(30))),
        reason: "no_provider",
        lasting,
    })
}

/// Whether another channel is to be looked for at once, after the trial of one whose providers have been out for long.
pub(super) fn passed_over(context: &Context, delivery: &Delivery, channel: Channel, now: Moment) -> bool {
    let carriers = context.providers.of(channel);
    let others = |other: &Channel| *other != channel && !delivery.refused.contains(other);
    !delivery.uncertain
        && delivery.route.iter().any(others)
        && carriers.iter().all(|carrier| is_out(carrier, delivery, now))
}

fn is_out(carrier: &Carrier, delivery: &Delivery, now: Moment) -> bool {
    let out = carrier.health.out_since();
    out.is_some_and(|since| now >= since.plus(PATIENCE) || delivery.useful_until <= now.plus(PATIENCE))
}

/// Whether another provider of the channel can take a message at once, after this answer to its last attempt. Each has
/// one turn before all rest.
pub(super) fn another(
    context: &Context,
    delivery: &Delivery,
    channel: Channel,
    answer: &Answer,
    tried: &[Attempt],
    now: Moment,
) -> bool {
    let carriers = context.providers.of(channel);
    let Some(last) = tried.last() else { return false };
    let of_channel = tried.iter().filter(|attempt| attempt.channel == channel).count();
    let temporary = !matches!(answer, Answer::RefusedPermanent { .. });
    if carriers.len() < 2 || temporary && of_channel % carriers.len() == 0 {
        return false;
    }
    let mut tried = tried.to_vec();
    if let Some(attempt) = tried.last_mut().filter(|last| last.number == delivery.attempts) {
        answer.state().clone_into(&mut attempt.state);
    }
    let names: Vec<&'static str> = carriers.iter().map(Carrier::name).collect();
    turn(&names, channel, &tried)
        .into_iter()
        .filter(|name| *name != last.provider)
        .filter_map(|name| context.providers.named(channel, name))
        .any(|carrier| carrier.health.is_well(now))
}

fn turn<'a>(names: &[&'a str], channel: Channel, tried: &[Attempt]) -> Vec<&'a str> {
    let tried: Vec<Tried<'_>> = tried
        .iter()
        .filter(|attempt| attempt.channel == channel)
        .map(|attempt| Tried {
            provider: &attempt.provider,
            state: &attempt.state,
        })
        .collect();
    domain::turn(names, &tried)
}
