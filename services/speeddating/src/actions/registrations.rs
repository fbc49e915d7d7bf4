//! Who takes part, and what each side wishes.

use std::collections::BTreeSet;

use platform::{Tx, auth::Actor, page::Page};
use uuid::Uuid;

use super::{
    Context, View, Whole, held,
    meetings::{Settling, settle},
    readable, save,
    sessions::view,
    telling::tell,
};
use crate::{
    domain::{
        CorrectionKind, EndedBy, Flaw, MeetingState, Pair, Refusal, Registration, Session, Side, State, Step,
        Wish,
    },
    error::Error,
    store::{self, registrations::Listing},
};

/// Side and code of the last row of a page.
pub type RegistrationPage = Page<(String, String)>;
/// Candidate and employer of the last row of a page.
pub type WishPage = Page<(Uuid, Uuid)>;

/// A page of registrations, in the order of sides and codes; one row more than the page holds.
pub async fn list_registrations(
    context: &Context,
    actor: &Actor,
    session: Uuid,
    side: Option<Side>,
    page: &RegistrationPage,
) -> Result<Vec<Registration>, Error> {
    let mut tx = context.db.read().await?;
    let session = readable(&mut tx, actor, session).await?;
    let listing = Listing {
        session: session.id,
        side,
        after: page.after.clone(),
        limit: page.limit(),
    };
    Ok(store::registrations::list(&mut tx, &listing).await?)
}

/// A page of wishes; one row more than the page holds.
pub async fn list_wishes(
    context: &Context,
    actor: &Actor,
    session: Uuid,
    page: &WishPage,
) -> Result<Vec<Wish>, Error> {
    let mut tx = context.db.read().await?;
    let session = readable(&mut tx, actor, session).await?;
    let after = page
        .after
        .map(|(candidate, employer)| Pair { candidate, employer });
    Ok(store::wishes::list(&mut tx, session.id, after, page.limit()).await?)
}

/// Notes that they come.
pub async fn confirm_registration(
    context: &Context,
    actor: &Actor,
    id: Uuid,
    version: i64,
) -> Result<Registration, Error> {
    let mut tx = context.db.begin().await?;
    let (session, registration) = registered(&mut tx, actor, id, version).await?;
    session.state.after(Step::Register)?;
    let mut confirmed = registration.clone().confirm()?;
    if confirmed != registration {
        change(&mut tx, &mut confirmed).await?;
        let whole = Whole::load(&mut tx, session).await?;
        let board = whole.published(&mut tx).await?;
        tell(
            &mut tx,
            context,
            &whole.session,
            &board,
            Some(&BTreeSet::from([id])),
        )
        .await?;
    }
    tx.commit().await?;
    Ok(confirmed)
}

/// Takes somebody out of the session and cancels their meetings. Returns how many of the published timetable.
pub async fn withdraw_registration(
    context: &Context,
    actor: &Actor,
    id: Uuid,
    version: i64,
    by: EndedBy,
) -> Result<(Registration, usize), Error> {
    let mut tx = context.db.begin().await?;
    let (session, registration) = registered(&mut tx, actor, id, version).await?;
    session.state.after(Step::Register)?;
    let (withdrawn, cancelled) =
        withdraw(&mut tx, context, &actor.subject, session, registration, by).await?;
    tx.commit().await?;
    tracing::info!(registration.id = %id, cancelled, "a registration was withdrawn");
    Ok((withdrawn, cancelled))
}

/// Sets what is known of a pair; a wish that says nothing is forgotten. `seen` is what was shown, if it matters that
/// nobody was faster.
pub async fn set_wish(
    context: &Context,
    actor: &Actor,
    session: Uuid,
    wish: Wish,
    seen: Option<Wish>,
) -> Result<(View, Wish), Error> {
    let flaws = wish.flaws();
    if !flaws.is_empty() {
        return Err(flaws.into());
    }
    let mut tx = context.db.begin().await?;
    let mut session = held(&mut tx, actor, session).await?;
    session.state = session.state.after(Step::Import)?;
    for (id, side, field) in [
        (wish.pair.candidate, Side::Candidate, "wish.candidate_id"),
        (wish.pair.employer, Side::Employer, "wish.employer_id"),
    ] {
        let found = store::registrations::find(&mut tx, id).await?;
        if found.is_none_or(|found| found.session_id != session.id || found.side != side) {
            return Err(Flaw::new(
                field,
                "aucune inscription de ce côté de la session n'a cet identifiant",
            )
            .into());
        }
    }
    if let Some(seen) = seen {
        let stands = store::wishes::find(&mut tx, wish.pair).await?;
        if stands.unwrap_or(Wish::silence(wish.pair)) != seen {
            return Err(Error::Stale);
        }
    }
    if wish.silent() {
        store::wishes::remove(&mut tx, &[wish.pair]).await?;
    } else {
        store::wishes::write(&mut tx, session.id, &[wish]).await?;
    }
    session.inputs += 1;
    let mut whole = Whole::load(&mut tx, session).await?;
    let clashes = whole.published(&mut tx).await?.clashes();
    if !clashes.is_empty() {
        return Err(Refusal::Clashes(clashes).into());
    }
    save(&mut tx, &mut whole.session).await?;
    let view = view(&mut tx, whole.session).await?;
    tx.commit().await?;
    Ok((view, wish))
}

/// Takes an erased person out of every session that is still to come, and forgets what was typed about them. Within
/// the transaction of the event.
pub async fn forget_person(tx: &mut Tx, context: &Context, person: Uuid) -> Result<(), Error> {
    for known in store::registrations::of_person(tx, person).await? {
        let Some(session) = store::sessions::hold(tx, known.session_id).await? else {
            continue;
        };
        // Read again: it may have changed before the session was held.
        let Some(registration) = store::registrations::find(tx, known.id).await? else {
            continue;
        };
        let forgotten = registration.forget();
        store::participation::forget(tx, known.id).await?;
        // An import that was about them can no longer be taken back.
        store::stages::forget_traces(tx, session.id).await?;
        let to_come = session.state.after(Step::Register).is_ok() || session.state == State::Draft;
        if to_come && forgotten.expected() {
            withdraw(
                tx,
                context,
                "service/directory",
                session,
                forgotten,
                EndedBy::Participant,
            )
            .await?;
        } else {
            let mut forgotten = forgotten;
            change(tx, &mut forgotten).await?;
        }
    }
    store::feeds::revoke(tx, person).await?;
    for id in store::sessions::coordinated_by(tx, person).await? {
        let Some(mut session) = store::sessions::hold(tx, id).await? else {
            continue;
        };
        session.plan.coordinator_person_id = None;
        save(tx, &mut session).await?;
        let whole = Whole::load(tx, session).await?;
        let board = whole.published(tx).await?;
        tell(tx, context, &whole.session, &board, None).await?;
    }
    Ok(())
}

/// Withdraws within a held session, in every timetable of it: one that is published later must not hold them either.
pub(super) async fn withdraw(
    tx: &mut Tx,
    context: &Context,
    actor: &str,
    mut session: Session,
    registration: Registration,
    by: EndedBy,
) -> Result<(Registration, usize), Error> {
    let mut withdrawn = registration.withdraw(by)?;
    change(tx, &mut withdrawn).await?;
    session.inputs += 1;
    save(tx, &mut session).await?;
    let whole = Whole::load(tx, session).await?;
    let mut cancelled = 0;
    for listed in store::timetables::list(tx, whole.session.id).await? {
        let mut timetable = super::timetable(tx, whole.session.id, listed.number).await?;
        let before = std::mem::take(&mut timetable.meetings);
        let mut board = whole.board(before.clone());
        let mut gone = board.cancel_all_of(withdrawn.id);
        for meeting in &mut gone {
            meeting.version += 1;
        }
        if gone.is_empty() {
            continue;
        }
        if !store::meetings::update(tx, &gone).await? {
            return Err(Error::Stale);
        }
        if timetable.number == whole.session.published_timetable {
            cancelled = gone
                .iter()
                .filter(|meeting| meeting.state == MeetingState::Cancelled)
                .count();
        }
        let settling = Settling {
            kind: CorrectionKind::Withdrawal,
            by: actor,
            before: &before,
            changed: &gone,
        };
        settle(tx, context, &whole, timetable, &board, settling).await?;
    }
    // The confirmation asked of an employer stands without a timetable.
    let board = whole.published(tx).await?;
    tell(
        tx,
        context,
        &whole.session,
        &board,
        Some(&BTreeSet::from([withdrawn.id])),
    )
    .await?;
    Ok((withdrawn, cancelled))
}

/// A registration at the version that the actor has seen, in its session, held.
async fn registered(
    tx: &mut Tx,
    actor: &Actor,
    id: Uuid,
    version: i64,
) -> Result<(Session, Registration), Error> {
    let unknown = || Error::Unknown("inscription");
    let found = store::registrations::find(tx, id).await?.ok_or_else(unknown)?;
    let session = held(tx, actor, found.session_id)
        .await
        .map_err(|error| match error {
            Error::Unknown(_) => unknown(),
            other => other,
        })?;
    // Read again: it may have changed before the session was held.
    let registration = store::registrations::find(tx, id).await?.ok_or_else(unknown)?;
    if registration.version == version {
        Ok((session, registration))
    } else {
        Err(Error::Stale)
    }
}

pub(super) async fn change(tx: &mut Tx, registration: &mut Registration) -> Result<(), Error> {
    registration.version += 1;
    if store::registrations::update(tx, std::slice::from_ref(registration)).await? {
        Ok(())
    } else {
        Err(Error::Stale)
    }
}
