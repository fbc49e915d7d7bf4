use platform::auth::{Actor, READERS, Role};
use uuid::Uuid;

use super::{CASEWORKERS, Context};
use crate::{
    domain::{Organisation, Person, name_key},
    error::Error,
    store::{self, Listing, Seen},
};

/// A page of a list.
pub struct Search {
    /// Words of the name; none lists all.
    pub words: String,
    /// Name key and id of the last row before the page.
    pub after: Option<(String, Uuid)>,
    /// Rows at most.
    pub limit: i64,
}

/// A name has few words; more of them find nothing anyway.
const MOST_WORDS: usize = 10;

/// People whom the actor may see, in the order of surnames. That staff saw them is recorded.
pub async fn list_people(context: &Context, actor: &Actor, search: Search) -> Result<Vec<Person>, Error> {
    actor.require(CASEWORKERS)?;
    let listing = search.listing(actor)?;
    let mut tx = context.db.begin().await?;
    let people = store::list_people(&mut tx, &listing).await?;
    if actor.role != Role::Service {
        let seen: Vec<_> = people.iter().map(|person| person.id).collect();
        store::record_reads(&mut tx, &seen, &actor.subject, Seen::List, context.clock.now()).await?;
    }
    tx.commit().await?;
    Ok(people)
}

/// Organisations that the actor may see, in the order of names.
pub async fn list_organisations(
    context: &Context,
    actor: &Actor,
    search: Search,
) -> Result<Vec<Organisation>, Error> {
    actor.require(READERS)?;
    let listing = search.listing(actor)?;
    let mut tx = context.db.read().await?;
    Ok(store::list_organisations(&mut tx, &listing).await?)
}

impl Search {
    fn listing(self, actor: &Actor) -> Result<Listing, Error> {
        let words: Vec<_> = name_key(&self.words)
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        if words.len() > MOST_WORDS {
            return Err(Error::field(
                "search",
                format!("holds more than {MOST_WORDS} words: give fewer"),
            ));
        }
        Ok(Listing {
            owners: actor.scope.filter(),
            words,
            after: self.after,
            limit: self.limit,
        })
    }
}
