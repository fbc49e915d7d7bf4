use platform::auth::{Actor, READERS, Scope};
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
    /// The milestone.
    pub item: Item,
    /// Who owns the milestone.
    pub organisation: Uuid,
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
pub async fn preview(context: &Context, actor: &Actor, mut asks: Vec<Ask>) -> Result<Vec<Preview>, Error> {
    actor.require(READERS)?;
    for ask in &asks {
        actor.may_access(ask.organisation)?;
    }
    if asks.is_empty() {
        return Ok(Vec::new());
    }
    name(context, actor, &mut asks).await?;
    let mut people: Vec<Uuid> = asks.iter().map(|ask| ask.person).collect();
    people.sort_unstable();
    people.dedup();
    let mut reached = reach::reach(context, &people).await?;
    // Milestones come from the caller: nobody learns by a made-up one how another organisation's people are reached.
    reached.retain(|_, person| person.owner.is_some_and(|owner| actor.may_access(owner).is_ok()));
    Ok(asks
        .into_iter()
        .map(|ask| one(context, reached.get(&ask.person), ask))
        .collect())
}

fn one(context: &Context, person: Option<&Reachable>, ask: Ask) -> Preview {
    let language = Language::of(person.map_or("fr", |person| &person.language));
    let mut preview = Preview {
        person: ask.person,
        channel: None,
        reason: "",
        language: language.code(),
        address: String::new(),
        written: Written::default(),
    };
    let (channel, address) = match reach::choose(context, &ask.template, &ask.route, &[], person) {
        Choice::Send(channel, address) => (channel, address),
        Choice::Suppress(reason) | Choice::Fail(reason) => {
            preview.reason = reason;
            return preview;
        }
    };
    let given_name = person.map(|person| person.given_name.clone()).unwrap_or_default();
    let family_name = person.map_or("", |person| &person.family_name);
    let display_name = format!("{given_name} {family_name}").trim().to_owned();
    let content = Content {
        given_name,
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
        items: vec![ask.item],
    };
    let letter = Letter {
        template: &ask.template,
        channel,
        language,
        content: &content,
        person_id: ask.person,
        display_name: &display_name,
        address: &address,
    };
    match writing::write(context, &letter, context.clock.now()) {
        Ok(written) => {
            preview.channel = Some(channel);
            preview.written = written;
            preview.address = address;
        }
        Err(error) => {
            tracing::error!(%error, "a preview cannot be written");
            preview.reason = "template";
        }
    }
    preview
}

/// Puts names in place of references, those that the actor may see.
async fn name(context: &Context, actor: &Actor, asks: &mut [Ask]) -> Result<(), Error> {
    let mut references: Vec<String> = asks
        .iter()
        .flat_map(|ask| ask.item.references().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    references.sort_unstable();
    references.dedup();
    if references.is_empty() {
        return Ok(());
    }
    let owners: Vec<Uuid> = match &actor.scope {
        Scope::All => Vec::new(),
        Scope::Organisations(own) => own.iter().copied().collect(),
    };
    let names = context.peers.names_owned_by(&references, &owners).await?;
    for ask in asks {
        ask.item.resolve(&names, "–");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::PLACEHOLDER;

    #[test]
    fn the_placeholder_is_as_long_as_a_token() {
        let clock = platform::testing::clock_at("2026-11-18T09:00:00Z");
        assert_eq!(platform::Ids::seeded(clock, 1).token().len(), PLACEHOLDER.len());
    }
}
