use super::receipts::{Noted, note_receipt};
use crate::{
    context::Context,
    domain::{Channel, Receipt, Says},
    error::Error,
    mail::report::{self, Unusable},
    provider::smtp,
    store,
};

/// What became of a mail that came back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Returned {
    /// It is a report about a message of ours.
    Noted(Noted),
    /// It is none, or about somebody else's message.
    Ignored(Unusable),
}

impl Returned {
    /// Its name in metrics, and in the answer to who hands it in.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Noted(noted) => noted.name(),
            Self::Ignored(Unusable::NotOurs) => Noted::Unknown.name(),
            Self::Ignored(Unusable::NoReport) => "no_report",
            Self::Ignored(Unusable::Excessive) => "excessive",
        }
    }
}

/// Notes what comes back by mail about a mail: that it could not be delivered, or that somebody does not want it.
/// Nothing of the mail is kept or logged but its codes.
pub async fn note_report(context: &Context, mail: &[u8]) -> Result<Returned, Error> {
    let report = match report::read(mail) {
        Ok(report) => report,
        Err(unusable) => {
            let returned = Returned::Ignored(unusable);
            context.metrics.receipt(smtp::NAME, returned.name());
            return Ok(returned);
        }
    };
    let found = store::mail_of(&mut context.db.read().await?, report.delivery_id).await?;
    let Some((reference, recipient)) = found else {
        context.metrics.receipt(smtp::NAME, Noted::Unknown.name());
        return Ok(Returned::Noted(Noted::Unknown));
    };
    let (fate, code) = report.says.decide(&recipient);
    let receipt = Receipt {
        channel: Channel::Mail,
        provider: smtp::NAME,
        reference,
        fate,
        code,
        // By the clock of a server that nobody knows: what is later is told by what it says.
        at: None,
    };
    let noted = note_receipt(context, &receipt).await?;
    context.metrics.report(says(&report.says, &receipt));
    Ok(Returned::Noted(noted))
}

/// What a report says, in few words.
fn says(says: &Says, receipt: &Receipt) -> &'static str {
    match says {
        Says::Complaint => "complaint",
        Says::OtherFeedback => "other",
        Says::Status(_) => receipt.fate.state().unwrap_or("pending"),
    }
}
