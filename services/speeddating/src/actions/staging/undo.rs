//! An import taken back, as long as nothing rests on it.

use std::collections::BTreeSet;

use platform::{Tx, auth::Actor};
use uuid::Uuid;

use super::{StageView, get_stage, readable_stage, saved, stage_held};
use crate::{
    actions::{Context, Whole, held, save, telling::tell},
    domain::{Dependent, EndedBy, Present, Refusal, Session, Stage, StageState, Standing, Step, Undoing},
    error::Error,
    store,
};

/// What an undoing did.
pub struct UndoneImport {
    /// The import.
    pub view: StageView,
    /// Registrations that went.
    pub removed: usize,
    /// Registrations that are as they were.
    pub restored: usize,
    /// Wishes that are as they were.
    pub wishes: usize,
}

/// Takes an import back: its registrations and wishes go, changed ones are as they were.
pub async fn undo_import(
    context: &Context,
    actor: &Actor,
    id: Uuid,
    version: i64,
) -> Result<UndoneImport, Error> {
    let mut tx = context.db.begin().await?;
    let (session, _) = readable_stage(&mut tx, context, actor, id).await?;
    let mut session = held(&mut tx, actor, session.id).await?;
    let (_, mut stage) = stage_held(&mut tx, context, actor, id).await?;
    if stage.state == StageState::Undone {
        // Pressed twice.
        drop(tx);
        let view = get_stage(context, actor, id).await?;
        return Ok(UndoneImport {
            view,
            removed: 0,
            restored: 0,
            wishes: 0,
        });
    }
    if stage.state != StageState::Committed {
        return Err(Refusal::NotCommitted.into());
    }
    if stage.version != version {
        return Err(Error::Stale);
    }
    session.state = session.state.after(Step::Import)?;
    let found = dependents(&mut tx, &session, &stage).await?;
    if !found.is_empty() {
        return Err(Refusal::InUse(found).into());
    }
    let undoing = stage.trace.take().unwrap_or_default().undo();
    store::stages::outdate(&mut tx, session.id, Some(stage.id)).await?;
    write(&mut tx, context, session, &undoing).await?;
    stage.state = StageState::Undone;
    stage.settled_at = Some(context.clock.now().timestamp());
    saved(&mut tx, &mut stage).await?;
    tx.commit().await?;
    tracing::info!(stage.id = %id, removed = undoing.removed.len(), "an import was undone");
    Ok(UndoneImport {
        view: get_stage(context, actor, id).await?,
        removed: undoing.removed.len(),
        restored: undoing.restored.len(),
        wishes: undoing.wishes.len() + undoing.silenced.len(),
    })
}

/// What keeps a committed import from being undone.
pub(super) async fn dependents(
    tx: &mut Tx,
    session: &Session,
    stage: &Stage,
) -> Result<Vec<Dependent>, Error> {
    let (StageState::Committed, Some(settled)) = (stage.state, stage.settled_at) else {
        return Ok(Vec::new());
    };
    let numbers: Vec<i64> = store::timetables::list(tx, session.id)
        .await?
        .iter()
        .map(|timetable| timetable.number)
        .collect();
    let present = Present {
        people: &store::registrations::all(tx, session.id).await?,
        wishes: &store::wishes::all(tx, session.id).await?,
        timetables: &numbers,
        met: &store::stages::met(tx, session.id).await?,
        later: &store::stages::committed_after(tx, session.id, stage.id, settled).await?,
    };
    Ok(stage.dependents(&present))
}

async fn write(tx: &mut Tx, context: &Context, mut session: Session, undoing: &Undoing) -> Result<(), Error> {
    session.inputs += 1;
    save(tx, &mut session).await?;
    store::wishes::remove(tx, &undoing.silenced).await?;
    store::wishes::write(tx, session.id, &undoing.wishes).await?;
    if !store::registrations::update(tx, &undoing.restored).await? {
        return Err(Error::Stale);
    }
    let going: BTreeSet<Uuid> = undoing.removed.iter().copied().collect();
    let mut whole = Whole::load(tx, session).await?;
    // Who was asked to come is told that it is over, like somebody whom the organisation takes out.
    for person in whole
        .people
        .iter_mut()
        .filter(|person| going.contains(&person.id))
    {
        person.standing = Standing::Withdrawn;
        person.ended_by = Some(EndedBy::Organisation);
    }
    let board = whole.published(tx).await?;
    // Meetings that rest on what the import brought, an employer's second table say, would stand in the air.
    let clashes = board.clashes();
    if !clashes.is_empty() {
        return Err(Refusal::Clashes(clashes).into());
    }
    let concerned: BTreeSet<Uuid> = going
        .iter()
        .copied()
        .chain(undoing.restored.iter().map(|person| person.id))
        .collect();
    tell(tx, context, &whole.session, &board, Some(&concerned)).await?;
    store::stages::remove_registrations(tx, &undoing.removed).await?;
    Ok(())
}
