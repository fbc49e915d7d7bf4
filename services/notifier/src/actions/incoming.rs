use crate::{
    context::Context,
    domain::{self, Channel},
    error::Error,
    store,
};

/// What became of a text that somebody sent us.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Heeded {
    /// Its sender gets no more SMS.
    Stop,
    /// It says something else, which nobody reads here.
    Other,
    /// Nobody of that number was ever written to.
    Stranger,
}

impl Heeded {
    /// Its name in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Other => "other",
            Self::Stranger => "stranger",
        }
    }
}

/// Heeds what telephones write back: STOP ends SMS to that number, until a person lifts it. The text is not kept.
pub async fn heed(
    context: &Context,
    gateway: &'static str,
    number: &str,
    text: &str,
) -> Result<Heeded, Error> {
    let heeded = if domain::says_stop(text) {
        stop(context, number).await?
    } else {
        Heeded::Other
    };
    context.metrics.incoming(gateway, heeded.name());
    Ok(heeded)
}

async fn stop(context: &Context, number: &str) -> Result<Heeded, Error> {
    let mut tx = context.db.begin().await?;
    let mut heeded = Heeded::Stranger;
    for number in domain::spellings(number) {
        if let Some(person) = store::last_recipient(&mut tx, &number).await? {
            let now = context.clock.now();
            store::suppress(&mut tx, Channel::Sms, &number, person, domain::STOP, now).await?;
            heeded = Heeded::Stop;
        }
    }
    tx.commit().await?;
    Ok(heeded)
}
