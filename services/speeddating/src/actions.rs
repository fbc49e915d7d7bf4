//! One function per use case: permit, begin, load, decide, save, outbox, commit.

mod corrections;
mod elsewhere;
mod entries;
mod exports;
mod imports;
mod jobs;
mod matrix;
mod meetings;
mod outcomes;
mod participation;
mod partners;
mod plans;
mod previews;
mod registrations;
mod sessions;
mod staging;
mod telling;
mod timetables;

use std::sync::Arc;

use platform::{
    Clock, Db, Ids, Tx,
    auth::{Actor, ORGANISERS, READERS},
    db, idempotency,
    lifecycle::Tasks,
};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::{
    directory::Directory,
    domain::{Board, Meeting, Registration, Session, Timetable, Wish},
    error::Error,
    store,
};

pub use corrections::{Corrections, Known, Undone, list_corrections, undo_correction};
pub use entries::{About, Entered, Entry, edit_registration, get_registration, register};
pub use exports::export_table;
pub use imports::{Import, Imported, Tables, commit_import, preview_import};
pub use jobs::{get_job, list_jobs, start_timetable, stop_timetable};
pub use matrix::{Asked, Lines, Matrix, Strip, read_matrix, set_weights};
pub use meetings::{Corrected, add_meeting, cancel_meeting, move_meeting, record_outcome, swap_meetings};
pub use outcomes::{
    Attending, Marked, Told, export_report, get_report, list_outcomes, list_presences, report_meeting,
    set_presence,
};
pub use participation::{
    Declined, Participation, TakenBack, Telling, Theirs, Who, confirm_participation, create_feed,
    decline_meetings, get_participation, list_meeting_notes, list_participant_acts, open_feed,
    participation_in, revoke_feed, take_back_decline, tell_meeting, uncounted, write_meeting_note,
};
pub use partners::{
    NewLink, NewPartnerPerson, Opened, PartnerPerson, PartnerRoll, ShownLink, Visit, create_partner_link,
    get_partner_roll, list_partner_links, open_partner_link, register_partner_person, revoke_partner_link,
    set_partner_wishes, withdraw_partner_person,
};
pub use plans::{Attention, Copy, Unsaid, copy_session, list_attention, replace_plan};
pub use previews::{
    Compared, Foreseen, Placements, Publication, Sought, Thought, compare_timetables, list_placements,
    preview_correction, preview_publication,
};
pub use registrations::{
    RegistrationPage, WishPage, confirm_registration, forget_person, list_registrations, list_wishes,
    set_wish, withdraw_registration,
};
pub use sessions::{
    NewSession, SessionChange, View, advance_session, cancel_session, create_session, get_session,
    list_sessions, update_session,
};
pub use staging::{
    CheckPage, Checked, CheckedCell, CheckedRow, Choice, ColumnView, Commit, Decision, Duplicate, FileView,
    RowChange, StageView, UndoneImport, Upload, check_stage, commit_stage, correct_row, decide_duplicate,
    discard_stage, export_left_rows, get_stage, list_stages, set_columns, stage_tables, tidy, undo_import,
};
pub use timetables::{Making, Published, Shown, get_timetable, list_timetables, make_timetable, publish};

/// What the actions work with.
pub struct Context {
    /// The service's own database.
    pub db: Db,
    /// Time.
    pub clock: Clock,
    /// Ids.
    pub ids: Ids,
    /// Who people are.
    pub directory: Directory,
    /// Computations at once: each keeps a core busy.
    pub solving: Arc<Semaphore>,
    /// Ends computations when the process stops.
    pub tasks: Tasks,
}

/// Key of a creating request and digest of what it asks.
#[derive(Clone, Copy, Debug)]
pub struct Keyed {
    /// The client's key.
    pub id: Uuid,
    /// Of the whole request.
    pub fingerprint: [u8; 32],
}

/// All that decides about the meetings of a session.
struct Whole {
    session: Session,
    people: Vec<Registration>,
    wishes: Vec<Wish>,
}

impl Whole {
    async fn load(tx: &mut Tx, session: Session) -> Result<Self, Error> {
        let wishes = store::wishes::all(tx, session.id).await?;
        Self::with(tx, session, wishes).await
    }

    /// With those wishes alone that forbid a pair: enough for a board, which has no use for a thousand others.
    async fn load_to_seat(tx: &mut Tx, session: Session) -> Result<Self, Error> {
        let wishes = store::wishes::forbidding(tx, session.id).await?;
        Self::with(tx, session, wishes).await
    }

    async fn with(tx: &mut Tx, session: Session, wishes: Vec<Wish>) -> Result<Self, Error> {
        Ok(Self {
            people: store::registrations::all(tx, session.id).await?,
            session,
            wishes,
        })
    }

    fn board(&self, meetings: Vec<Meeting>) -> Board {
        Board::new(&self.session, self.people.clone(), &self.wishes, meetings)
    }

    /// The board of the timetable that stands; without meetings before publication.
    async fn published(&self, tx: &mut Tx) -> Result<Board, Error> {
        let meetings = match self.session.published_timetable {
            0 => Vec::new(),
            number => timetable(tx, self.session.id, number).await?.meetings,
        };
        Ok(self.board(meetings))
    }
}

/// A session that this actor may read. Others are as unknown.
async fn readable(tx: &mut Tx, actor: &Actor, id: Uuid) -> Result<Session, Error> {
    actor.require(READERS)?;
    owned(actor, store::sessions::find(tx, id).await?)
}

/// A session that this actor may change, held until the end of the transaction.
async fn held(tx: &mut Tx, actor: &Actor, id: Uuid) -> Result<Session, Error> {
    actor.require(ORGANISERS)?;
    owned(actor, store::sessions::hold(tx, id).await?)
}

fn owned(actor: &Actor, session: Option<Session>) -> Result<Session, Error> {
    let session = session.ok_or(Error::Unknown("session"))?;
    actor
        .may_access(session.organisation_id)
        .map_err(|_| Error::Unknown("session"))?;
    Ok(session)
}

/// A held session at the version that the actor has seen.
async fn held_at(tx: &mut Tx, actor: &Actor, id: Uuid, version: i64) -> Result<Session, Error> {
    let session = held(tx, actor, id).await?;
    if session.version == version {
        Ok(session)
    } else {
        Err(Error::Stale)
    }
}

/// Saves a held session with its next version.
async fn save(tx: &mut Tx, session: &mut Session) -> Result<(), Error> {
    session.version += 1;
    if store::sessions::save(tx, session).await? {
        Ok(())
    } else {
        Err(Error::Stale)
    }
}

async fn timetable(tx: &mut Tx, session: Uuid, number: i64) -> Result<Timetable, Error> {
    store::timetables::find(tx, session, number)
        .await?
        .ok_or(Error::Unknown("planning"))
}

/// What the same request made before.
async fn recall(tx: &mut Tx, request: &Keyed) -> Result<Option<Uuid>, Error> {
    let reply = idempotency::recall(tx, request.id, &request.fingerprint).await??;
    let Some(reply) = reply else { return Ok(None) };
    let made = <String as prost::Message>::decode(reply.as_slice())
        .ok()
        .and_then(|id| id.parse().ok());
    made.map(Some)
        .ok_or_else(|| Error::internal("a remembered reply holds no id"))
}

/// Remembers what a request made, in the transaction that makes it.
async fn remember(tx: &mut Tx, context: &Context, request: &Keyed, made: Uuid) -> Result<(), db::Error> {
    idempotency::remember(
        tx,
        &context.clock,
        request.id,
        &request.fingerprint,
        &made.to_string(),
    )
    .await
}
