//! Sessions: made, read, moved, cancelled.

use jiff::civil::{Date, Time};
use platform::{
    auth::{Actor, ORGANISERS, READERS},
    page::Page,
};
use uuid::Uuid;

use super::{
    Context, Keyed, Whole, elsewhere::nobody_elsewhere, held_at, partners::move_links, readable, recall,
    remember, save, telling::tell,
};
use crate::{
    domain::{Kind, Plan, Refusal, Session, State, Step, Venue, shifted},
    error::Error,
    store::{
        self,
        sessions::{Counts, Listing},
    },
};

/// A session with how many take part.
pub struct View {
    /// The session.
    pub session: Session,
    /// Who takes part.
    pub counts: Counts,
}

/// A session to make.
pub struct NewSession {
    /// The owner: an organisation of the installation, or a branch of one.
    pub organisation_id: Uuid,
    /// Who meets whom.
    pub kind: Kind,
    /// When and where.
    pub plan: Plan,
}

/// What to change of a session; what is none stays.
#[derive(Default)]
pub struct SessionChange {
    /// Another title.
    pub title: Option<String>,
    /// Another day.
    pub date: Option<Date>,
    /// Another start: breaks, presences and the end move along.
    pub starts: Option<Time>,
    /// Another end.
    pub ends: Option<Time>,
    /// Another place.
    pub venue: Option<Venue>,
}

/// Makes a session.
pub async fn create_session(
    context: &Context,
    actor: &Actor,
    request: Keyed,
    new: NewSession,
) -> Result<View, Error> {
    actor.require(ORGANISERS)?;
    actor.may_access(new.organisation_id)?;
    let mut flaws = new.plan.flaws();
    if !flaws.is_empty() {
        return Err(flaws.into());
    }
    let mut tx = context.db.begin().await?;
    if let Some(id) = recall(&mut tx, &request).await? {
        let session = readable(&mut tx, actor, id).await?;
        return view(&mut tx, session).await;
    }
    // After the recall: a repeated request has its reply, whatever day it is by now.
    flaws.extend(new.plan.past(context.clock.now().timestamp()));
    if !flaws.is_empty() {
        return Err(flaws.into());
    }
    let session = Session {
        id: context.ids.id(),
        version: 1,
        organisation_id: new.organisation_id,
        kind: new.kind,
        state: State::Draft,
        plan: new.plan,
        published_timetable: 0,
        cancelled_reason: String::new(),
        inputs: 0,
        created_at: context.clock.now().timestamp(),
    };
    store::sessions::insert(&mut tx, &session).await?;
    remember(&mut tx, context, &request, session.id).await?;
    tx.commit().await?;
    tracing::info!(session.id = %session.id, "a session was made");
    Ok(View {
        session,
        counts: Counts::default(),
    })
}

/// Reads a session.
pub async fn get_session(context: &Context, actor: &Actor, id: Uuid) -> Result<View, Error> {
    let mut tx = context.db.read().await?;
    let session = readable(&mut tx, actor, id).await?;
    view(&mut tx, session).await
}

/// A page of the sessions that the actor may see, newest first; one row more than the page holds.
pub async fn list_sessions(context: &Context, actor: &Actor, page: &Page<Uuid>) -> Result<Vec<View>, Error> {
    actor.require(READERS)?;
    let mut tx = context.db.read().await?;
    let listing = Listing {
        owners: actor.scope.filter(),
        before: page.after,
        limit: page.limit(),
    };
    let mut views = Vec::new();
    for session in store::sessions::list(&mut tx, &listing).await? {
        views.push(view(&mut tx, session).await?);
    }
    Ok(views)
}

/// Changes date, time, title or place. After publication those concerned are told.
pub async fn update_session(
    context: &Context,
    actor: &Actor,
    id: Uuid,
    version: i64,
    change: SessionChange,
) -> Result<View, Error> {
    let mut tx = context.db.begin().await?;
    let mut session = held_at(&mut tx, actor, id, version).await?;
    session.state = session.state.after(Step::Move)?;
    let before = session.plan.clone();
    session.plan = changed(&before, change)?;
    let shift = before.shift_to(&session.plan);
    let moves = before.date != session.plan.date || shift != 0 || before.ends != session.plan.ends;
    if let Some(flaw) = session
        .plan
        .past(context.clock.now().timestamp())
        .filter(|_| moves)
    {
        return Err(flaw.into());
    }
    if shift != 0 || before.ends != session.plan.ends || before.venue.rooms != session.plan.venue.rooms {
        session.inputs += 1;
    }
    let mut whole = Whole::load(&mut tx, session).await?;
    move_presences(&mut tx, &mut whole, shift).await?;
    let board = whole.published(&mut tx).await?;
    let clashes = board.clashes();
    if !clashes.is_empty() {
        return Err(Refusal::Clashes(clashes).into());
    }
    if moves {
        nobody_elsewhere(&mut tx, &whole.session, &board, None).await?;
    }
    save(&mut tx, &mut whole.session).await?;
    move_links(&mut tx, &whole.session, &before).await?;
    let told = tell(&mut tx, context, &whole.session, &board, None).await?;
    let view = view(&mut tx, whole.session).await?;
    tx.commit().await?;
    tracing::info!(session.id = %id, told, "a session was changed");
    Ok(view)
}

/// Cancels a session: everybody who was told of it is told that it does not take place.
pub async fn cancel_session(
    context: &Context,
    actor: &Actor,
    id: Uuid,
    version: i64,
    reason: String,
) -> Result<View, Error> {
    let mut tx = context.db.begin().await?;
    let mut session = held_at(&mut tx, actor, id, version).await?;
    session.state = session.state.after(Step::Cancel)?;
    session.cancelled_reason = reason;
    let mut whole = Whole::load(&mut tx, session).await?;
    let board = whole.published(&mut tx).await?;
    save(&mut tx, &mut whole.session).await?;
    let told = tell(&mut tx, context, &whole.session, &board, None).await?;
    let view = view(&mut tx, whole.session).await?;
    tx.commit().await?;
    tracing::info!(session.id = %id, told, "a session was cancelled");
    Ok(view)
}

/// Takes a session to its next state by hand: registration opened or closed, meetings begun, over, followed up.
pub async fn advance_session(
    context: &Context,
    actor: &Actor,
    id: Uuid,
    version: i64,
    step: Step,
) -> Result<View, Error> {
    let mut tx = context.db.begin().await?;
    let mut session = held_at(&mut tx, actor, id, version).await?;
    session.state = session.state.after(step)?;
    if matches!(step, Step::Start | Step::Close) {
        session.day_has_come(context.clock.now().timestamp())?;
    }
    save(&mut tx, &mut session).await?;
    let view = view(&mut tx, session).await?;
    tx.commit().await?;
    Ok(view)
}

/// Presences are part of the day that moves.
pub(super) async fn move_presences(
    tx: &mut platform::Tx,
    whole: &mut Whole,
    shift: i64,
) -> Result<(), Error> {
    if shift == 0 {
        return Ok(());
    }
    let mut moved = Vec::new();
    for person in whole
        .people
        .iter_mut()
        .filter(|person| person.arrives.is_some() || person.leaves.is_some())
    {
        person.arrives = person.arrives.map(|time| shifted(time, shift));
        person.leaves = person.leaves.map(|time| shifted(time, shift));
        person.version += 1;
        moved.push(person.clone());
    }
    if store::registrations::update(tx, &moved).await? {
        Ok(())
    } else {
        Err(Error::Stale)
    }
}

pub(super) async fn view(tx: &mut platform::Tx, session: Session) -> Result<View, Error> {
    let counts = store::sessions::counts(tx, session.id).await?;
    Ok(View { session, counts })
}

fn changed(before: &Plan, change: SessionChange) -> Result<Plan, Error> {
    let (date, starts) = (
        change.date.unwrap_or(before.date),
        change.starts.unwrap_or(before.starts),
    );
    let mut plan = before.moved(date, starts, change.ends)?;
    if let Some(title) = change.title {
        plan.title = title;
    }
    if let Some(venue) = change.venue {
        plan.venue = venue;
    }
    let flaws = plan.flaws();
    if flaws.is_empty() {
        Ok(plan)
    } else {
        Err(flaws.into())
    }
}
