//! Correcting where a person can be reached, and sending again what did not arrive.

use askama::Template;
use axum::response::{Html, Response};
use contracts::{
    directory::v1::{GetPersonRequest, Person, UpdateContactRequest},
    notifier::v1::{ListSuppressionsRequest, Suppression},
    scheduler::v1::{Reminder, ResendReminderRequest},
};
use platform::auth::ORGANISERS;
use tonic::Code;
use uuid::Uuid;

use super::{one, words};
use crate::{
    Clients,
    error::Error,
    forms::{Form, Posted, stale},
    pages::{At, show},
    staff::Staff,
    view::View,
};

#[derive(Template)]
#[template(path = "telling/contact.html")]
struct Page {
    t: View,
    form: Form,
    id: String,
    person: String,
    about: String,
    /// It has ended: saving sends again.
    again: bool,
    /// Addresses that a provider refused, in words.
    refused: Vec<String>,
}

pub(super) async fn ask(staff: Staff, At(id): At<Uuid>) -> Result<Html<String>, Error> {
    staff.require(ORGANISERS)?;
    let detail = one::read(&staff.clients, id).await?;
    let reminder = detail.reminder.unwrap_or_default();
    let person = person(&staff.clients, &reminder.recipient_person_id).await?;
    let form = known(&staff, &person);
    show(&page(staff, &reminder, form).await?)
}

/// The form as it is filled before anybody types.
fn known(staff: &Staff, person: &Person) -> Form {
    staff
        .form()
        .fill("mail", &person.mail)
        .fill("telephone", &person.phone)
        .fill("version", person.version)
}

pub(super) async fn save(
    staff: Staff,
    At(id): At<Uuid>,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    staff.require(ORGANISERS)?;
    let t = staff.t.texts();
    let detail = one::read(&staff.clients, id).await?;
    let reminder = detail.reminder.unwrap_or_default();
    let (mail, phone) = (form.text("mail"), form.text("telephone"));
    let person = person(&staff.clients, &reminder.recipient_person_id).await?;
    if mail.is_empty() && phone.is_empty() {
        form.blame("mail", t.say("telling-contact-missing"));
        return Form::again(&page(staff, &reminder, form).await?);
    }
    // A second press, or somebody who corrected the same: there is nothing left to save.
    if mail != person.mail || phone != person.phone {
        let request = UpdateContactRequest {
            person_id: person.person_id.clone(),
            version: form.value("version").parse().unwrap_or_default(),
            mail,
            phone,
            language: person.language.clone(),
        };
        if let Err(status) = staff.clients.directory().update_contact(request).await {
            if stale(&status) {
                let now = known(&staff, &self::person(&staff.clients, &person.person_id).await?);
                let fields = [
                    ("mail", "telling-contact-mail"),
                    ("telephone", "telling-contact-phone"),
                ];
                let fields = fields.map(|(field, words)| (field.to_owned(), t.say(words)));
                form.overtaken(t, &now, fields, |_, value| value.to_owned());
                return Form::decide(&page(staff, &reminder, form).await?);
            }
            let cures = [
                ("mail", "mail", "telling-contact-mail-wrong"),
                ("phone", "telephone", "telling-contact-phone-wrong"),
            ];
            form.refused(status, t, &cures)?;
            return Form::again(&page(staff, &reminder, form).await?);
        }
    }
    let back = format!("/rappels/{id}");
    if one::waits(&reminder) {
        return Ok(staff.done(&back, t.say("telling-contact-saved")));
    }
    let request = ResendReminderRequest {
        request_id: form.operation(),
        reminder_id: id.to_string(),
    };
    match staff.clients.by_hand().resend_reminder(request).await {
        Ok(reply) => {
            let again = reply.into_inner().detail.and_then(|detail| detail.reminder);
            let again = again.map_or(back, |again| format!("/rappels/{}", again.reminder_id));
            Ok(staff.done(&again, t.say("telling-contact-resent")))
        }
        Err(status) if status.code() == Code::FailedPrecondition => {
            form.refused(status, t, &[])?;
            let why = form.fault("").to_owned();
            let notice = t.with("telling-contact-not-resent", "why", why);
            Ok(staff.done(&back, notice))
        }
        Err(status) => Err(status.into()),
    }
}

async fn person(clients: &Clients, id: &str) -> Result<Person, Error> {
    let request = GetPersonRequest {
        person_id: id.to_owned(),
    };
    let reply = clients.directory().get_person(request).await?.into_inner();
    reply
        .person
        .filter(|person| !person.erased)
        .ok_or(Error::NotFound)
}

async fn page(staff: Staff, reminder: &Reminder, form: Form) -> Result<Page, Error> {
    let t = staff.t.texts();
    let request = ListSuppressionsRequest {
        person_id: reminder.recipient_person_id.clone(),
        ..ListSuppressionsRequest::default()
    };
    let mut deliveries = staff.clients.deliveries();
    let (about, refused) = futures::try_join!(one::about(&staff, reminder), async {
        Ok(deliveries
            .list_suppressions(request)
            .await?
            .into_inner()
            .suppressions)
    })?;
    let (person, about) = about;
    let refused = refused.into_iter().filter(|one| one.current);
    let said = |one: Suppression| {
        let channel = words::channel(t, &one.channel);
        let said = t.with("telling-contact-refused", "channel", channel);
        said.and("reason", words::refusal(t, &one.reason)).to_string()
    };
    Ok(Page {
        id: reminder.reminder_id.clone(),
        again: !one::waits(reminder),
        refused: refused.map(said).collect(),
        t: staff.t,
        form,
        person,
        about,
    })
}
