//! A mail server, over lettre's client on sockets of our own.
//!
//! It knows at which stage a transaction failed. An error before the message was written may be tried again; once the
//! final dot may have left, only an answer of the server tells, and without one the end is unknown (RFC 1047).

mod classify;
mod connect;
mod dkim;
mod pool;

use std::{sync::Arc, time::Duration};

use futures::stream::BoxStream;
use lettre::{
    Address,
    message::{Mailbox, dkim::DkimConfig},
    transport::smtp::{
        client::AsyncSmtpConnection,
        commands::{Data, Mail, Rcpt, Rset},
        extension::{Extension, MailParameter},
    },
};
use tokio::time::timeout;

use super::{Answered, Begun, Prepared, turns::Turns};
use crate::{
    domain::Answer,
    error::StartError,
    mail::mime::{self, BuildError, Letterhead},
    settings::Settings,
};
use classify::{At, Trouble};
use connect::Connector;
use pool::Pool;

/// Its name in attempts and metrics.
pub(crate) const NAME: &str = "smtp";

/// An answer to a command may take so long.
const PATIENCE: Duration = Duration::from_secs(30);

/// The answer to the final dot may take so long (RFC 5321 4.5.3.2.6).
const LAST_PATIENCE: Duration = Duration::from_mins(10);

/// Answers are handed on in groups of at most so many.
const GROUP: usize = 64;

/// A mail server. A clone shares its connections.
#[derive(Clone)]
pub struct Smtp(Arc<Inner>);

struct Inner {
    letterhead: Letterhead,
    /// MAIL FROM.
    return_path: Address,
    dkim: Option<DkimConfig>,
    pool: Pool,
    turns: Turns,
}

impl Smtp {
    /// Reads keys and certificates; connects when there is something to send.
    pub fn new(settings: &Settings, smtp: &crate::settings::SmtpSettings) -> Result<Self, StartError> {
        let unusable = |setting, reason: String| StartError::Setting { setting, reason };
        let address: Address = settings
            .sender
            .address
            .parse()
            .map_err(|_| unusable("sender.address", "is no mail address".to_owned()))?;
        let return_path = settings.return_path();
        let return_path: Address = return_path
            .parse()
            .map_err(|_| unusable("smtp.bounces", "is no mail address".to_owned()))?;
        let name = (!settings.sender.name.is_empty()).then(|| settings.sender.name.clone());
        let turns = Turns::new(smtp.connections, 0);
        Ok(Self(Arc::new(Inner {
            letterhead: Letterhead {
                from: Mailbox::new(name, address),
                domain: settings.domain().to_owned(),
            },
            return_path,
            dkim: settings.dkim.as_ref().map(dkim::read).transpose()?,
            pool: Pool::new(Connector::new(smtp)?, turns.width()),
            turns,
        })))
    }

    pub(super) fn submit<'a>(&'a self, prepared: Vec<Prepared>, begun: &'a Begun) -> BoxStream<'a, Answered> {
        self.0.turns.each(prepared, begun, GROUP, move |one| {
            Box::pin(async move {
                let answer = self.send(&one).await;
                (one, answer)
            })
        })
    }

    async fn send(&self, prepared: &Prepared) -> Answer {
        let (recipient, bytes) = match self.write(prepared).await {
            Ok(written) => written,
            Err(BuildError::Address(_)) => {
                return Answer::RefusedPermanent {
                    detail: "the address is no mail address".to_owned(),
                    address: true,
                };
            }
            Err(error) => {
                tracing::error!(delivery.id = %prepared.message.delivery_id, %error, "a mail cannot be written");
                return Answer::RefusedPermanent {
                    detail: "the mail cannot be written".to_owned(),
                    address: false,
                };
            }
        };
        let from = self.0.return_path.clone();
        // A kept connection may have been closed by the server meanwhile; a fresh one has no such excuse.
        loop {
            let (mut connection, kept) = match self.0.pool.take().await {
                Ok(taken) => taken,
                Err(trouble) => return trouble.answer(),
            };
            match transaction(&mut connection, from.clone(), recipient.clone(), &bytes).await {
                Ok(()) => {
                    self.0.pool.put_back(connection);
                    return Answer::Accepted;
                }
                Err(trouble) if kept && trouble.is_lost_before_data() => {}
                Err(trouble) => {
                    if trouble.is_answer()
                        && matches!(timeout(PATIENCE, connection.command(Rset)).await, Ok(Ok(_)))
                    {
                        self.0.pool.put_back(connection);
                    }
                    return trouble.answer();
                }
            }
        }
    }

    /// The bytes of the message, signed off the asynchronous threads: an RSA signature takes 1.6 ms.
    async fn write(&self, prepared: &Prepared) -> Result<(Address, Vec<u8>), BuildError> {
        let recipient: Address = prepared.message.recipient.parse().map_err(BuildError::Address)?;
        let mut message = mime::build(
            &prepared.message,
            &prepared.display_name,
            &self.0.letterhead,
            prepared
                .unsubscribe
                .as_ref()
                .map(|unsubscribe| unsubscribe.address.as_str()),
        )?;
        if self.0.dkim.is_none() {
            return Ok((recipient, message.formatted()));
        }
        let inner = Arc::clone(&self.0);
        let unsigned = message.clone();
        let signed = tokio::task::spawn_blocking(move || {
            if let Some(dkim) = &inner.dkim {
                message.sign(dkim);
            }
            message.formatted()
        });
        // A signer that died leaves an unsigned mail: better than none.
        Ok((recipient, signed.await.unwrap_or_else(|_| unsigned.formatted())))
    }
}

/// One message. Every error says how far it came.
async fn transaction(
    connection: &mut AsyncSmtpConnection,
    from: Address,
    to: Address,
    bytes: &[u8],
) -> Result<(), Trouble> {
    let mut parameters = Vec::new();
    if !AsRef::<str>::as_ref(&to).is_ascii() {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(Trouble::NoUnicode);
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    let step = async |at, result: Result<Result<_, _>, _>| Trouble::check(at, result);
    step(
        At::Mail,
        timeout(PATIENCE, connection.command(Mail::new(Some(from), parameters))).await,
    )
    .await?;
    step(
        At::Rcpt,
        timeout(PATIENCE, connection.command(Rcpt::new(to, Vec::new()))).await,
    )
    .await?;
    step(At::Data, timeout(PATIENCE, connection.command(Data)).await).await?;
    step(At::Body, timeout(LAST_PATIENCE, connection.message(bytes)).await).await
}
