use platform::{
    Moment,
    auth::{Actor, Denied, READERS, Role, Scope},
    page::Page,
};
use uuid::Uuid;

use crate::{
    context::Context,
    domain::{Attempt, Channel, Message, UNCONFIRMED},
    error::Error,
    store::{self, Counts, Filter},
};

/// A delivery with all its attempts.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its id.
    pub id: Uuid,
    /// Whom it is for.
    pub person_id: Uuid,
    /// waiting, working, or how it ended.
    pub state: String,
    /// Why.
    pub reason: String,
    /// In order.
    pub attempts: Vec<Attempt>,
}

/// What there is to do.
#[derive(Clone, Copy, Debug)]
pub struct Status {
    /// How much.
    pub counts: Counts,
    /// When there is something again.
    pub next_at: Option<Moment>,
}

/// Which messages are asked for.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// To this person.
    pub person: Option<Uuid>,
    /// About this session.
    pub group: Option<String>,
    /// On this channel.
    pub channel: Option<Channel>,
}

/// A page of messages, newest first, of the organisations that the actor may see; one row more than shown when there
/// is a next page.
pub async fn messages(
    context: &Context,
    actor: &Actor,
    question: Question,
    page: &Page<Uuid>,
) -> Result<Vec<Message>, Error> {
    actor.require(READERS)?;
    let filter = Filter {
        person: question.person,
        group: question.group,
        channel: question.channel.map(|channel| channel.name().to_owned()),
        organisations: actor.scope.filter(),
    };
    let mut tx = context.db.read().await?;
    let messages =
        store::list_messages(&mut tx, &filter, page.after, page.limit(), unconfirmed(context)).await?;
    Ok(messages
        .into_iter()
        .map(|message| conceal(context, actor, message))
        .collect())
}

/// One message, all of it.
pub async fn message(context: &Context, actor: &Actor, id: Uuid) -> Result<Message, Error> {
    actor.require(READERS)?;
    let message = store::find_message(&mut context.db.read().await?, id, unconfirmed(context))
        .await?
        .ok_or(Error::Unknown)?;
    permit(actor, message.organisation_id).map_err(|_| Error::Unknown)?;
    Ok(conceal(context, actor, message))
}

/// A delivery with all its attempts.
pub async fn delivery(context: &Context, actor: &Actor, id: Uuid) -> Result<Found, Error> {
    actor.require(READERS)?;
    let mut tx = context.db.read().await?;
    let (person_id, state, outcome, reason) =
        store::find_delivery(&mut tx, id).await?.ok_or(Error::Unknown)?;
    permit(actor, store::owner_of_delivery(&mut tx, id).await?).map_err(|_| Error::Unknown)?;
    let attempts = store::attempts_of(&mut tx, id).await?;
    Ok(Found {
        id,
        person_id,
        state: if outcome.is_empty() { state } else { outcome },
        reason,
        attempts,
    })
}

/// Counts.
pub async fn status(context: &Context, actor: &Actor) -> Result<Status, Error> {
    actor.require(READERS)?;
    let mut tx = context.db.read().await?;
    let counts = store::counts(&mut tx, context.clock.now()).await?;
    Ok(Status {
        counts,
        next_at: store::next_wake(&mut tx).await?,
    })
}

/// What was accepted at the latest then, and of which nothing more was heard, is unconfirmed.
pub(super) fn unconfirmed(context: &Context) -> Moment {
    context.clock.now().minus(UNCONFIRMED)
}

/// A link that opens an account is for its owner alone: a reader of messages would be one click from being an
/// administrator. Where nothing leaves the machine, an administrator must hand it over, and may read it.
fn conceal(context: &Context, actor: &Actor, message: Message) -> Message {
    let hands_over = actor.role == Role::Administrator && message.provider == LOCAL;
    if hands_over || !context.templates.opens_account(&message.template) {
        return message;
    }
    Message {
        body: String::new(),
        html: String::new(),
        ..message
    }
}

/// The provider that keeps messages on this machine.
const LOCAL: &str = "mailbox";

/// What no organisation owns yet is for those who see all.
fn permit(actor: &Actor, owner: Option<Uuid>) -> Result<(), Denied> {
    match (owner, &actor.scope) {
        (_, Scope::All) => Ok(()),
        (Some(owner), Scope::Organisations(_)) => actor.may_access(owner),
        (None, Scope::Organisations(_)) => Err(Denied),
    }
}
