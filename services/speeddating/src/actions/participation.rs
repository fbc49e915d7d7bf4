//! What people do about their own part in a session: behind the link of a message, once the console has verified who
//! they are. Each change passes the same board and tells the same people as one of staff.

mod decline;
mod employer;
mod feeds;
mod view;

use platform::{
    Tx,
    auth::{Actor, ORGANISERS, SERVICES},
};
use uuid::Uuid;

use super::{Context, View, owned, readable};
use crate::{
    domain::{Act, Deed, Note, Registration, Session},
    error::Error,
    store,
};

pub use decline::{Declined, TakenBack, confirm_participation, decline_meetings, take_back_decline};
pub use employer::{Telling, tell_meeting, write_meeting_note};
pub use feeds::{create_feed, open_feed, revoke_feed};
pub use view::{Participation, Theirs, get_participation, participation_in};

/// Somebody whom the console has verified, and the registration that is to be theirs.
#[derive(Clone, Copy, Debug)]
pub struct Who {
    /// The registration.
    pub registration: Uuid,
    /// The person.
    pub person: Uuid,
}

/// A session for those who take part: how many they are is not theirs to read.
pub fn uncounted(session: &Session) -> View {
    View {
        session: session.clone(),
        counts: store::sessions::Counts::default(),
    }
}

/// Notes on a session's meetings, for those who organise it.
pub async fn list_meeting_notes(context: &Context, actor: &Actor, session: Uuid) -> Result<Vec<Note>, Error> {
    let mut tx = context.db.read().await?;
    let session = organised(&mut tx, actor, session).await?;
    Ok(store::participation::notes_of_session(&mut tx, session.id).await?)
}

/// What participants did by themselves, newest first.
pub async fn list_participant_acts(
    context: &Context,
    actor: &Actor,
    session: Uuid,
) -> Result<Vec<Deed>, Error> {
    let mut tx = context.db.read().await?;
    let session = organised(&mut tx, actor, session).await?;
    Ok(store::participation::deeds(&mut tx, session.id).await?)
}

/// A session that this actor organises, for reading.
async fn organised(tx: &mut Tx, actor: &Actor, session: Uuid) -> Result<Session, Error> {
    actor.require(ORGANISERS)?;
    readable(tx, actor, session).await
}

/// The registration of this person and its session, held. Another person's is as unknown.
async fn mine(tx: &mut Tx, actor: &Actor, who: Who) -> Result<(Session, Registration), Error> {
    actor.require(SERVICES)?;
    let found = of_person(tx, who).await?;
    let session = owned(actor, store::sessions::hold(tx, found.session_id).await?)?;
    // Read again: it may have changed before the session was held.
    let registration = of_person(tx, who).await?;
    Ok((session, registration))
}

async fn of_person(tx: &mut Tx, who: Who) -> Result<Registration, Error> {
    store::registrations::find(tx, who.registration)
        .await?
        .filter(|found| found.person_id == who.person)
        .ok_or(Error::Unknown("inscription"))
}

/// Keeps what the person did, in the transaction that does it.
async fn done(
    tx: &mut Tx,
    context: &Context,
    registration: &Registration,
    act: Act,
    meeting_id: Option<Uuid>,
) -> Result<(), Error> {
    let deed = Deed {
        session_id: registration.session_id,
        registration_id: registration.id,
        person_id: registration.person_id,
        act,
        meeting_id,
        at: context.clock.now(),
    };
    store::participation::done(tx, context.ids.id(), &deed).await?;
    tracing::info!(registration.id = %registration.id, ?act, "a participant changed their part");
    Ok(())
}
