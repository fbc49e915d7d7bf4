//! "Reach me differently": another address or number, the channel one prefers, the channels one refuses.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use contracts::{
    directory::v1::{Channel, Person, SetPreferenceRequest, UpdateContactRequest},
    notifier::v1::{GetSubscriptionRequest, SetSubscriptionRequest},
};

use super::{
    part::{Query, said},
    visit::{Sent, Visitor},
};
use crate::{
    Console,
    error::Error,
    forms::Form,
    pages::{self, Asked},
    texts::Language,
    view::View,
};

#[derive(Template)]
#[template(path = "link/reach.html")]
#[expect(clippy::struct_excessive_bools, reason = "what a template asks, one by one")]
struct Page<'a> {
    t: View,
    organisation: &'a str,
    telephone: &'a str,
    token: &'a str,
    notice: String,
    /// As much as lets its owner know it again.
    mail: String,
    phone: String,
    has_mail: bool,
    has_mobile: bool,
    mail_refused: bool,
    sms_refused: bool,
    /// What is not strictly necessary is stopped.
    stopped: bool,
    languages: Vec<(&'static str, &'static str)>,
    /// The person's is none of these, and stays as it is unless one is chosen.
    other_language: bool,
    form: Form,
}

pub(super) async fn show(
    State(console): State<Console>,
    visitor: Visitor,
    Asked(query): Asked<Query>,
) -> Response {
    let notice = said(&visitor.t, &query.fait);
    let form = filled(&console, &visitor.person);
    match page(&console, visitor, notice, form).await {
        Ok(page) => page,
        Err(error) => error.outside(),
    }
}

/// Another address, number, language or preferred channel. What is left empty stays as it was: it is not shown, so
/// that it cannot be sent back either.
pub(super) async fn contact(State(console): State<Console>, sent: Sent) -> Response {
    let (visitor, mut form) = (sent.visitor, sent.form);
    match changed(&console, &visitor, &mut form).await {
        Ok(true) => visitor.done("/joindre", "joindre"),
        Ok(false) => match page(&console, visitor, String::new(), form).await {
            Ok(page) => (http::StatusCode::UNPROCESSABLE_ENTITY, page).into_response(),
            Err(error) => error.outside(),
        },
        Err(Error::Stale) => visitor.done("/joindre", "change-entre-temps"),
        Err(error) => error.outside(),
    }
}

async fn changed(console: &Console, visitor: &Visitor, form: &mut Form) -> Result<bool, Error> {
    let mut directory = console.0.service.directory();
    let person = &visitor.person;
    let kept = |typed: String, known: &str| if typed.is_empty() { known.to_owned() } else { typed };
    let language = match Language::of(form.value("langue")) {
        Some(language) => language.code().to_owned(),
        None => person.language.clone(),
    };
    let request = UpdateContactRequest {
        person_id: person.person_id.clone(),
        version: person.version,
        mail: kept(form.text("courriel"), &person.mail),
        phone: kept(form.text("mobile"), &person.phone),
        language,
    };
    let same =
        request.mail == person.mail && request.phone == person.phone && request.language == person.language;
    let mut version = person.version;
    if !same {
        match directory.update_contact(request).await {
            Ok(reply) => version = reply.into_inner().person.unwrap_or_default().version,
            Err(status) => {
                let cures = [
                    ("mail", "courriel", "link-mail-wrong"),
                    ("phone", "mobile", "link-mobile-wrong"),
                ];
                form.refused(status, visitor.t.texts(), &cures)?;
                return Ok(false);
            }
        }
    }
    let preferred = channel(form.value("canal"));
    if preferred != person.preferred() {
        let refused: Vec<i32> = person
            .refused
            .iter()
            .copied()
            // Who prefers a channel no longer refuses it.
            .filter(|known| preferred == Channel::Unspecified || *known != i32::from(preferred))
            .collect();
        preference(console, person, version, refused, preferred).await?;
    }
    Ok(true)
}

/// One press stops a channel, or lets it come again: `arreter` or `reprendre` is mail, sms or facultatifs.
pub(super) async fn messages(State(console): State<Console>, sent: Sent) -> Response {
    let (visitor, form) = (sent.visitor, sent.form);
    let (stop, go_on) = (form.value("arreter"), form.value("reprendre"));
    let stopping = !stop.is_empty();
    let done = match if stopping { stop } else { go_on } {
        "facultatifs" => subscription(&console, &visitor.person, stopping).await,
        name @ ("mail" | "sms") => consent(&console, &visitor.person, channel(name), stopping).await,
        _ => Err(Error::Unreadable),
    };
    match done {
        Ok(()) => visitor.done("/joindre", if stopping { "arrete" } else { "reprend" }),
        Err(Error::Stale) => visitor.done("/joindre", "change-entre-temps"),
        Err(error) => error.outside(),
    }
}

async fn subscription(console: &Console, person: &Person, stopped: bool) -> Result<(), Error> {
    let request = SetSubscriptionRequest {
        token: String::new(),
        person_id: person.person_id.clone(),
        stopped,
    };
    console.0.service.links().set_subscription(request).await?;
    Ok(())
}

async fn consent(console: &Console, person: &Person, channel: Channel, refuse: bool) -> Result<(), Error> {
    let channel = i32::from(channel);
    let mut refused = person.refused.clone();
    refused.retain(|known| *known != channel);
    if refuse {
        refused.push(channel);
    }
    // Nobody prefers what they refuse.
    let preferred = if refused.contains(&person.preferred) {
        Channel::Unspecified
    } else {
        person.preferred()
    };
    preference(console, person, person.version, refused, preferred).await
}

async fn preference(
    console: &Console,
    person: &Person,
    version: i64,
    refused: Vec<i32>,
    preferred: Channel,
) -> Result<(), Error> {
    let request = SetPreferenceRequest {
        person_id: person.person_id.clone(),
        version,
        refused,
        preferred: preferred.into(),
    };
    console.0.service.directory().set_preference(request).await?;
    Ok(())
}

async fn page(console: &Console, visitor: Visitor, notice: String, form: Form) -> Result<Response, Error> {
    let person = &visitor.person;
    let request = GetSubscriptionRequest {
        token: String::new(),
        person_id: person.person_id.clone(),
    };
    let stopped = console.0.service.links().get_subscription(request).await?;
    let refuses = |channel: Channel| person.refused.contains(&i32::from(channel));
    let settings = &console.0.settings;
    let page = Page {
        organisation: &settings.organisation,
        telephone: &settings.telephone,
        token: &visitor.token,
        notice,
        mail: masked_mail(&person.mail),
        phone: masked_phone(&person.phone),
        has_mail: !person.mail.is_empty(),
        has_mobile: person.mobile,
        mail_refused: refuses(Channel::Mail),
        sms_refused: refuses(Channel::Sms),
        stopped: stopped.into_inner().stopped,
        languages: Language::ALL
            .map(|language| (language.code(), language.name()))
            .to_vec(),
        other_language: !person.language.is_empty() && Language::of(&person.language).is_none(),
        form,
        t: visitor.t,
    };
    Ok(pages::show(&page)?.into_response())
}

fn filled(console: &Console, person: &Person) -> Form {
    let preferred = match person.preferred() {
        Channel::Mail => "mail",
        Channel::Sms => "sms",
        Channel::Unspecified => "",
    };
    Form::new(console.0.ids.id())
        .fill("canal", preferred)
        .fill("langue", &person.language)
}

fn channel(name: &str) -> Channel {
    match name {
        "mail" => Channel::Mail,
        "sms" => Channel::Sms,
        _ => Channel::Unspecified,
    }
}

/// "a…@example.org": enough to know one's own address, too little to write to it.
fn masked_mail(mail: &str) -> String {
    match mail.split_once('@') {
        Some((name, domain)) => format!("{}…@{domain}", name.chars().take(1).collect::<String>()),
        None => String::new(),
    }
}

/// "… 12".
fn masked_phone(phone: &str) -> String {
    let last: Vec<char> = phone.chars().rev().take(2).collect();
    if last.len() < 2 {
        return String::new();
    }
    format!("…\u{a0}{}{}", last[1], last[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_known_again_but_not_told() {
        assert_eq!(masked_mail("amina.diallo@example.org"), "a…@example.org");
        assert_eq!(masked_mail(""), "");
        assert_eq!(masked_phone("+33639980112"), "…\u{a0}12");
        assert_eq!(masked_phone("1"), "");
    }
}
