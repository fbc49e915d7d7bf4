//! The second factor of a partner's link, and the visit that it opens.

use jiff::SignedDuration;
use platform::{
    Moment, Tx,
    auth::{Actor, SERVICES},
};

use super::{code_hash, hash};
use crate::{actions::Context, domain::PartnerLink, error::Error, store};

/// How long the code need not be given again: as long as somebody takes over a form, since what is sent later is lost.
/// The console keeps its cookie as long.
const VISIT: SignedDuration = SignedDuration::from_mins(30);
/// Longer than any token of ours.
const LONGEST_TOKEN: usize = 64;

/// What a browser hands back with each call.
pub struct Visit<'a> {
    /// Of the address.
    pub token: &'a str,
    /// Of the cookie.
    pub visit: &'a str,
}

/// A link that stands.
pub enum Opened {
    /// The code is missing or wrong.
    Closed,
    /// It was right.
    Visit {
        /// For the cookie.
        visit: String,
        /// Its end.
        until: Moment,
    },
}

/// Says whether a link stands, and opens it with the right code.
pub async fn open_partner_link(
    context: &Context,
    actor: &Actor,
    token: &str,
    code: &str,
) -> Result<Opened, Error> {
    actor.require(SERVICES)?;
    let now = context.clock.now();
    let mut tx = context.db.begin().await?;
    let (link, expected) = standing(&mut tx, token, now).await?;
    let code: String = code.chars().filter(|sign| !sign.is_whitespace()).collect();
    if code.is_empty() {
        return Ok(Opened::Closed);
    }
    if code_hash(token, &code) != expected {
        store::partners::count_wrong(&mut tx, link.id).await?;
        tx.commit().await?;
        return Ok(Opened::Closed);
    }
    let visit = context.ids.token();
    let until = now.plus(VISIT);
    store::partners::visit(&mut tx, link.id, &hash(&visit), now, until).await?;
    tx.commit().await?;
    Ok(Opened::Visit { visit, until })
}

/// The link of a visit that goes on. Everything else is the same unknown link.
pub(super) async fn visited(
    tx: &mut Tx,
    context: &Context,
    actor: &Actor,
    visit: &Visit<'_>,
) -> Result<PartnerLink, Error> {
    actor.require(SERVICES)?;
    let now = context.clock.now();
    let (link, _) = standing(tx, visit.token, now).await?;
    if store::partners::visiting(tx, link.id, &hash(visit.visit), now).await? {
        Ok(link)
    } else {
        Err(Error::Unknown("lien"))
    }
}

async fn standing(tx: &mut Tx, token: &str, now: Moment) -> Result<(PartnerLink, Vec<u8>), Error> {
    let unknown = || Error::Unknown("lien");
    if token.is_empty() || token.len() > LONGEST_TOKEN {
        return Err(unknown());
    }
    let found = store::partners::by_token(tx, &hash(token)).await?;
    found.filter(|(link, _)| link.stands(now)).ok_or_else(unknown)
}
