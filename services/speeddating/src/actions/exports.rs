//! One table as CSV, as it can be imported again.

use platform::auth::{Actor, ORGANISERS, READERS};
use uuid::Uuid;

use super::{Context, owned};
use crate::{error::Error, export, import::Table, store};

/// A table of a session, its cells defused. People's contact data is for organisers only; wishes for all readers.
pub async fn export_table(
    context: &Context,
    actor: &Actor,
    session: Uuid,
    table: Table,
) -> Result<(String, Vec<u8>), Error> {
    actor.require(if table == Table::Wishes {
        READERS
    } else {
        ORGANISERS
    })?;
    let mut tx = context.db.read().await?;
    let session = owned(actor, store::sessions::find(&mut tx, session).await?)?;
    let people = store::registrations::all(&mut tx, session.id).await?;
    let wishes = store::wishes::all(&mut tx, session.id).await?;
    drop(tx);
    let text = match export::side(table) {
        Some(side) => {
            let people: Vec<_> = people.into_iter().filter(|person| person.side == side).collect();
            let cards = context.directory.cards(&people).await?;
            export::people(side, &people, &cards)
        }
        None => export::wishes(&people, &wishes),
    };
    Ok((export::name(table, session.plan.date), text.into_bytes()))
}
