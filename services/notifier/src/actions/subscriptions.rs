use platform::{
    Tx,
    auth::{Actor, SERVICES},
};
use uuid::Uuid;

use crate::{context::Context, domain::token_hash, error::Error, store};

/// Longer than any token of ours.
const LONGEST_TOKEN: usize = 64;

/// Whose messages are meant: of an address in a mail, or of somebody whom the console has verified.
#[derive(Clone, Debug)]
pub enum Subscriber {
    /// The token of a mail's List-Unsubscribe.
    Token(String),
    /// The person behind a visit.
    Person(Uuid),
}

/// How it stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Subscription {
    /// Whether messages that are not strictly necessary are stopped.
    pub stopped: bool,
    /// The language of the mail; empty without one.
    pub language: String,
}

/// Looks; changes nothing.
pub async fn subscription(context: &Context, actor: &Actor, who: &Subscriber) -> Result<Subscription, Error> {
    actor.require(SERVICES)?;
    let mut tx = context.db.read().await?;
    let (person, language) = person(context, &mut tx, who).await?;
    let stopped = store::unsubscribed(&mut tx, &[person]).await?.contains(&person);
    Ok(Subscription { stopped, language })
}

/// Stops messages that are not strictly necessary, or lets them come again. Twice changes nothing.
pub async fn set_subscription(
    context: &Context,
    actor: &Actor,
    who: &Subscriber,
    stopped: bool,
) -> Result<(), Error> {
    actor.require(SERVICES)?;
    let mut tx = context.db.begin().await?;
    let (person, _) = person(context, &mut tx, who).await?;
    store::set_unsubscribed(&mut tx, person, stopped, context.clock.now()).await?;
    tx.commit().await?;
    tracing::info!(person.id = %person, stopped, "somebody chose about messages that are not necessary");
    Ok(())
}

async fn person(context: &Context, tx: &mut Tx, who: &Subscriber) -> Result<(Uuid, String), Error> {
    match who {
        Subscriber::Person(person) => Ok((*person, String::new())),
        Subscriber::Token(token) if token.is_empty() || token.len() > LONGEST_TOKEN => Err(Error::DeadLink),
        Subscriber::Token(token) => {
            let found = store::find_unsubscribe(tx, &token_hash(token), context.clock.now()).await?;
            found.ok_or(Error::DeadLink)
        }
    }
}
