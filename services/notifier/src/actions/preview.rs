use std::{collections::BTreeMap, sync::Arc};

use jiff::civil::DateTime;
use platform::{
    Moment,
    auth::{Actor, READERS, Scope},
};
use uuid::Uuid;

use crate::{
    content::{Content, Item},
    context::Context,
    domain::{Channel, Choice, Reachable},
    error::Error,
    reach,
    templates::Language,
    writing::{self, Letter, Written},
};

/// Stands where a token would: as long as one, so that segments are counted as they will be.
const PLACEHOLDER: &str = "apercu-preview-apercu-";

/// What is to be told to whom.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Whom.
    pub person: Uuid,
    /// By which template.
    pub template: String,
    /// Channels in order of preference.
    pub route: Vec<Channel>,
    /// The milestone; several asks may be about one.
    pub item: Arc<Item>,
    /// What is of this ask alone.
    pub told: Told,
    /// Who owns the milestone.
    pub organisation: Uuid,
}

/// How a milestone is told to one person.
#[derive(Clone, Debug)]
pub struct Told {
    /// The person's role in it.
    pub role: String,
    /// What triggers the reminder.
    pub occasion: String,
    /// Whom it concerns besides them: a reference, or empty.
    pub about: String,
    /// Wall clock before the last move.
    pub previous_starts: Option<DateTime>,
}

/// How much of the messages is to be seen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Depth {
    /// Which way each takes and what it costs. An SMS is written for that, a mail is not: a publication of hundreds is
    /// seen at once. Whether a mail can be written shows in its text alone; every template is tried when it is loaded.
    Way,
    /// What each says, too.
    Text,
}

/// What the person would get.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Whom.
    pub person: Uuid,
    /// How; none when nothing would be sent.
    pub channel: Option<Channel>,
    /// Why nothing would be sent.
    pub reason: &'static str,
    /// ISO 639-1.
    pub language: &'static str,
    /// Where.
    pub address: String,
    /// What.
    pub written: Written,
}

/// The messages as their people would get them at this instant. Writes nothing, mints no link, asks for no release.
pub async fn preview(
    context: &Context,
    actor: &Actor,
    asks: Vec<Ask>,
    depth: Depth,
) -> Result<Vec<Preview>, Error> {
    actor.require(READERS)?;
    for ask in &asks {
        actor.may_access(ask.organisation)?;
    }
    if asks.is_empty() {
        return Ok(Vec::new());
    }
    // Only mails print names, and those are not written for their way alone.
    let names = match depth {
        Depth::Way => BTreeMap::new(),
        Depth::Text => names(context, actor, &asks).await?,
    };
    let mut people: Vec<Uuid> = asks.iter().map(|ask| ask.person).collect();
    people.sort_unstable();
    people.dedup();
    let mut reached = reach::reach(context, &people).await?;
    // Milestones come from the caller: nobody learns by a made-up one how another organisation's people are reached.
    reached.retain(|_, person| person.owner.is_some_and(|owner| actor.may_access(owner).is_ok()));
    let now = context.clock.now();
    Ok(asks
        .iter()
        .map(|ask| {
            let (mut preview, chosen) = way(context, reached.get(&ask.person), ask);
            match chosen {
                Some((channel, _)) if depth == Depth::Way && channel == Channel::Mail => {}
                Some((channel, person)) => write(context, ask, person, channel, &names, now, &mut preview),
                None => {}
            }
            preview
        })
        .collect())
}

/// How the message would go, or why not.
fn way<'r>(
    context: &Context,
    person: Option<&'r Reachable>,
    ask: &Ask,
) -> (Preview, Option<(Channel, &'r Reachable)>) {
    let language = Language::of(person.map_or("fr", |person| &person.language));
    let mut preview = Preview {
        person: ask.person,
        channel: None,
        reason: "",
        language: language.code(),
        address: String::new(),
        written: Written::default(),
    };
    preview.reason = match (
        reach::choose(context, &ask.template, &ask.route, &[], person),
        person,
    ) {
        (Choice::Send(channel, address), Some(person)) => {
            preview.channel = Some(channel);
            preview.address = address;
            return (preview, Some((channel, person)));
        }
        (Choice::Send(..), None) => "unknown_person",
        (Choice::Suppress(reason) | Choice::Fail(reason), _) => reason,
    };
    (preview, None)
}

fn write(
    context: &Context,
    ask: &Ask,
    person: &Reachable,
    channel: Channel,
    names: &BTreeMap<String, String>,
    now: Moment,
    preview: &mut Preview,
) {
    let mut item = Item::clone(&ask.item);
    item.role.clone_from(&ask.told.role);
    item.occasion.clone_from(&ask.told.occasion);
    item.about.clone_from(&ask.told.about);
    item.previous_starts = ask.told.previous_starts;
    item.resolve(names, "–");
    let display_name = format!("{} {}", person.given_name, person.family_name);
    let content = Content {
        given_name: person.given_name.clone(),
        link: if context.templates.opens_account(&ask.template) {
            context.settings.account_link(PLACEHOLDER)
        } else {
            context.settings.link(PLACEHOLDER)
        },
        unsubscribe: if channel == Channel::Mail && context.templates.optional(&ask.template) {
            context.settings.unsubscribe(PLACEHOLDER)
        } else {
            String::new()
        },
        organiser: context.settings.organiser(),
        items: vec![item],
    };
    let letter = Letter {
        template: &ask.template,
        channel,
        language: Language::of(&person.language),
        content: &content,
        person_id: ask.person,
        display_name: display_name.trim(),
        address: &preview.address,
    };
    match writing::write(context, &letter, now) {
        Ok(written) => preview.written = written,
        Err(error) => {
            tracing::error!(%error, "a preview cannot be written");
            preview.channel = None;
            preview.address.clear();
            preview.reason = "template";
        }
    }
}

/// Names for the references in what is asked for, those that the actor may see.
async fn names(context: &Context, actor: &Actor, asks: &[Ask]) -> Result<BTreeMap<String, String>, Error> {
    let about = asks.iter().map(|ask| ask.told.about.as_str());
    let mut references: Vec<String> = asks
        .iter()
        .flat_map(|ask| ask.item.references())
        .chain(about.filter(|about| !about.is_empty()))
        .map(str::to_owned)
        .collect();
    references.sort_unstable();
    references.dedup();
    if references.is_empty() {
        return Ok(BTreeMap::new());
    }
    let owners: Vec<Uuid> = match &actor.scope {
        Scope::All => Vec::new(),
        Scope::Organisations(own) => own.iter().copied().collect(),
    };
    context.peers.names_owned_by(&references, &owners).await
}

#[cfg(test)]
mod tests {
    use contracts::kinds::{self, FactType};

    use super::PLACEHOLDER;

    #[test]
    fn an_sms_prints_no_names() {
        let kinds = kinds::all().unwrap();
        for (name, fact) in kinds.values().flat_map(|kind| &kind.facts) {
            assert!(
                !fact.sms || fact.kind != FactType::List,
                "{name} may name people in an SMS"
            );
        }
    }

    #[test]
    fn the_placeholder_is_as_long_as_a_token() {
        let clock = platform::testing::clock_at("2026-11-18T09:00:00Z");
        assert_eq!(platform::Ids::seeded(clock, 1).token().len(), PLACEHOLDER.len());
    }
}
