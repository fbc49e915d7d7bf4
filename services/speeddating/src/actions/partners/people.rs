//! Whom a partner registers, and what they wish.

use std::collections::BTreeSet;

use jiff::civil::Time;
use platform::{Tx, auth::Actor};
use uuid::Uuid;

use super::visits::{Visit, visited};
use crate::{
    actions::{Context, Keyed, Whole, owned, recall, registrations::withdraw, remember, save},
    directory::Newcomer,
    domain::{
        EndedBy, Flaw, PartnerLink, Refusal, Registration, Session, Side, Standing, State, Step, Wish,
        next_code, ranked, wish_flaws,
    },
    error::Error,
    store,
};

/// What a partner sees: the session, the employers, and its own people.
pub struct PartnerRoll {
    /// The partner.
    pub link: PartnerLink,
    /// The session.
    pub session: Session,
    /// Employers who take part.
    pub employers: Vec<Registration>,
    /// People registered by the link.
    pub people: Vec<PartnerPerson>,
}

/// Somebody registered by a link.
pub struct PartnerPerson {
    /// The registration.
    pub registration: Registration,
    /// Employers wished for, in order.
    pub wishes: Vec<Uuid>,
}

/// Somebody to register.
pub struct NewPartnerPerson {
    /// For the directory.
    pub newcomer: Newcomer,
    /// Present from.
    pub arrives: Option<Time>,
    /// Present until.
    pub leaves: Option<Time>,
    /// Employers wished for, in order.
    pub wishes: Vec<Uuid>,
}

impl PartnerRoll {
    /// Whether people can still be registered.
    pub fn open(&self) -> bool {
        self.session.state.after(Step::Import).is_ok()
    }
}

/// The session and the people of a link.
pub async fn get_partner_roll(
    context: &Context,
    actor: &Actor,
    visit: Visit<'_>,
) -> Result<PartnerRoll, Error> {
    let mut tx = context.db.read().await?;
    let link = visited(&mut tx, context, actor, &visit).await?;
    let session = owned(actor, store::sessions::find(&mut tx, link.session_id).await?)?;
    let registered = store::registrations::all(&mut tx, session.id).await?;
    let own: BTreeSet<Uuid> = store::partners::people(&mut tx, link.id)
        .await?
        .into_iter()
        .collect();
    let wishes = store::wishes::all(&mut tx, session.id).await?;
    let (mut employers, mut people) = (Vec::new(), Vec::new());
    for registration in registered {
        if registration.side == Side::Employer && registration.takes_part() {
            employers.push(registration);
        } else if own.contains(&registration.id) {
            people.push(shown(registration, &wishes));
        }
    }
    people.sort_by_key(|person| person.registration.id);
    Ok(PartnerRoll {
        link,
        session,
        employers,
        people,
    })
}

/// Registers somebody: in the directory first, under the request's id, then here in one transaction.
pub async fn register_partner_person(
    context: &Context,
    actor: &Actor,
    request: Keyed,
    visit: Visit<'_>,
    new: NewPartnerPerson,
) -> Result<PartnerPerson, Error> {
    let mut tx = context.db.read().await?;
    let link = visited(&mut tx, context, actor, &visit).await?;
    let session = owned(actor, store::sessions::find(&mut tx, link.session_id).await?)?;
    if let Some(made) = recall(&mut tx, &request).await? {
        return one_of_link(&mut tx, &link, made).await;
    }
    session.state.after(Step::Import)?;
    let people = store::registrations::all(&mut tx, session.id).await?;
    let mut flaws = new.newcomer.flaws();
    if let (Some(from), Some(to)) = (new.arrives, new.leaves)
        && to <= from
    {
        flaws.push(Flaw::new("leaves", "le départ est après l'arrivée"));
    }
    flaws.extend(wish_flaws(&new.wishes, &people));
    if !flaws.is_empty() {
        return Err(flaws.into());
    }
    drop(tx);
    let person_id = context
        .directory
        .upsert_one(request.id, session.organisation_id, &new.newcomer)
        .await?;

    let mut tx = context.db.begin().await?;
    let mut session = owned(actor, store::sessions::hold(&mut tx, link.session_id).await?)?;
    // The link may have been revoked, or the same request committed, while the directory was asked.
    let link = visited(&mut tx, context, actor, &visit).await?;
    if let Some(made) = recall(&mut tx, &request).await? {
        return one_of_link(&mut tx, &link, made).await;
    }
    session.state = session.state.after(Step::Import)?;
    let people = store::registrations::all(&mut tx, session.id).await?;
    if people.iter().any(|known| known.person_id == person_id) {
        return Err(Refusal::AlreadyRegistered.into());
    }
    let flaws = wish_flaws(&new.wishes, &people);
    if !flaws.is_empty() {
        return Err(flaws.into());
    }
    let registration = Registration {
        id: context.ids.id(),
        version: 1,
        session_id: session.id,
        side: Side::Candidate,
        code: next_code(&people),
        person_id,
        organisation_id: None,
        standing: Standing::Registered,
        ended_by: None,
        arrives: new.arrives,
        leaves: new.leaves,
        meetings_max: None,
        parallel: 1,
        position: String::new(),
        referent: link.partner.clone(),
    };
    store::registrations::insert(&mut tx, std::slice::from_ref(&registration)).await?;
    store::stages::outdate(&mut tx, session.id, None).await?;
    store::partners::registered(&mut tx, link.id, registration.id).await?;
    let (written, _) = ranked(registration.id, &new.wishes, &[]);
    store::wishes::write(&mut tx, session.id, &written).await?;
    session.inputs += 1;
    save(&mut tx, &mut session).await?;
    remember(&mut tx, context, &request, registration.id).await?;
    tx.commit().await?;
    tracing::info!(session.id = %session.id, link.id = %link.id, "a partner registered somebody");
    Ok(PartnerPerson {
        registration,
        wishes: new.wishes,
    })
}

/// Says all wishes of one of the link's people anew.
pub async fn set_partner_wishes(
    context: &Context,
    actor: &Actor,
    visit: Visit<'_>,
    registration: Uuid,
    wishes: Vec<Uuid>,
) -> Result<PartnerPerson, Error> {
    let mut tx = context.db.begin().await?;
    let (mut session, registration) = theirs(&mut tx, context, actor, &visit, registration).await?;
    session.state = session.state.after(Step::Import)?;
    let whole = Whole::load(&mut tx, session.clone()).await?;
    let flaws = wish_flaws(&wishes, &whole.people);
    if !flaws.is_empty() {
        return Err(flaws.into());
    }
    let (written, dropped) = ranked(registration.id, &wishes, &whole.wishes);
    store::wishes::remove(&mut tx, &dropped).await?;
    store::wishes::write(&mut tx, session.id, &written).await?;
    session.inputs += 1;
    save(&mut tx, &mut session).await?;
    tx.commit().await?;
    Ok(PartnerPerson { registration, wishes })
}

/// Takes one of the link's people out of the session; twice changes nothing.
pub async fn withdraw_partner_person(
    context: &Context,
    actor: &Actor,
    visit: Visit<'_>,
    registration: Uuid,
) -> Result<PartnerPerson, Error> {
    let mut tx = context.db.begin().await?;
    let (session, mut registration) = theirs(&mut tx, context, actor, &visit, registration).await?;
    if registration.standing != Standing::Withdrawn {
        session.state.after(Step::Register)?;
        if session.state == State::Running {
            return Err(Refusal::TooLate.into());
        }
        let by = actor.subject.clone();
        (registration, _) = withdraw(
            &mut tx,
            context,
            &by,
            session,
            registration,
            EndedBy::Organisation,
        )
        .await?;
    }
    let wishes = store::wishes::all(&mut tx, registration.session_id).await?;
    tx.commit().await?;
    Ok(shown(registration, &wishes))
}

/// Registrations that a link made.
pub(super) async fn of_link(tx: &mut Tx, link: &PartnerLink) -> Result<Vec<Registration>, Error> {
    let own: BTreeSet<Uuid> = store::partners::people(tx, link.id).await?.into_iter().collect();
    let mut all = store::registrations::all(tx, link.session_id).await?;
    all.retain(|registration| own.contains(&registration.id));
    Ok(all)
}

/// One of the link's people, in the held session. Everybody else is as unknown.
async fn theirs(
    tx: &mut Tx,
    context: &Context,
    actor: &Actor,
    visit: &Visit<'_>,
    registration: Uuid,
) -> Result<(Session, Registration), Error> {
    let link = visited(tx, context, actor, visit).await?;
    let session = owned(actor, store::sessions::hold(tx, link.session_id).await?)?;
    let one = of_link(tx, &link)
        .await?
        .into_iter()
        .find(|known| known.id == registration);
    Ok((session, one.ok_or(Error::Unknown("inscription"))?))
}

async fn one_of_link(tx: &mut Tx, link: &PartnerLink, made: Uuid) -> Result<PartnerPerson, Error> {
    let one = of_link(tx, link)
        .await?
        .into_iter()
        .find(|known| known.id == made);
    let wishes = store::wishes::all(tx, link.session_id).await?;
    Ok(shown(one.ok_or(Error::Unknown("inscription"))?, &wishes))
}

fn shown(registration: Registration, wishes: &[Wish]) -> PartnerPerson {
    let mut own: Vec<&Wish> = wishes
        .iter()
        .filter(|wish| wish.pair.candidate == registration.id && wish.rank > 0)
        .collect();
    own.sort_by_key(|wish| wish.rank);
    PartnerPerson {
        wishes: own.iter().map(|wish| wish.pair.employer).collect(),
        registration,
    }
}
