//! An invitation, and the choices that it shares with the change of an account.

use askama::Template;
use axum::response::{Html, Response};
use contracts::directory::v1::{InviteAccountRequest, StaffRole, StaffScope};

use super::{super::show, ADMINISTRATORS, ROLES, role_value, roles};
use crate::{
    error::Error,
    forms::{Form, Posted},
    owners::{Owners, label},
    staff::Staff,
    texts::Texts,
    view::View,
};

#[derive(Template)]
#[template(path = "team/invite.html")]
struct Page {
    t: View,
    form: Form,
    roles: Vec<(&'static str, String)>,
    organisations: Vec<(String, String)>,
    languages: Vec<(&'static str, &'static str)>,
}

pub(super) async fn ask(staff: Staff) -> Result<Html<String>, Error> {
    staff.require(ADMINISTRATORS)?;
    let form = staff
        .form()
        .fill("role", "coordinator")
        .fill("perimetre", "tout")
        .fill("langue", "fr");
    show(&page(staff, form).await?)
}

pub(super) async fn invite(staff: Staff, Posted(mut form): Posted) -> Result<Response, Error> {
    staff.require(ADMINISTRATORS)?;
    let t = staff.t.texts();
    let given_name = form.required("prenom", t.say("account-given-name-missing"));
    let family_name = form.required("nom", t.say("account-family-name-missing"));
    let mail = form.required("adresse", t.say("account-mail-missing"));
    let (role, scope) = rights(&mut form, t);
    if !form.faulty() {
        let request = InviteAccountRequest {
            request_id: form.operation(),
            given_name,
            family_name,
            mail: mail.clone(),
            role: role.into(),
            scope: Some(scope),
            language: form.text("langue"),
        };
        match staff.clients.accounts().invite_account(request).await {
            Ok(_) => return Ok(staff.done("/equipe", t.with("team-invited", "mail", mail))),
            Err(status) => form.refused(
                status,
                t,
                &[
                    ("ACCOUNT_EXISTS", "adresse", "team-account-exists"),
                    ("given_name", "prenom", "account-given-name-missing"),
                    ("family_name", "nom", "account-family-name-wrong"),
                    ("mail", "adresse", "account-mail-wrong"),
                    ("role", "role", "team-role-missing"),
                    ("scope", "perimetre", "team-scope-missing"),
                ],
            )?,
        }
    }
    Form::again(&page(staff, form).await?)
}

async fn page(staff: Staff, form: Form) -> Result<Page, Error> {
    Ok(Page {
        roles: roles(staff.t.texts()),
        organisations: organisations(&staff).await?,
        languages: crate::texts::Language::ALL
            .map(|language| (language.code(), language.name()))
            .into(),
        form,
        t: staff.t,
    })
}

/// Role and scope of a form; blames what is missing. Whoever runs the installation runs all of it.
pub(super) fn rights(form: &mut Form, t: Texts) -> (StaffRole, StaffScope) {
    let value = form.text("role");
    let role = ROLES.into_iter().find(|role| role_value(*role) == value);
    if role.is_none() {
        form.blame("role", t.say("team-role-missing"));
    }
    let role = role.unwrap_or(StaffRole::Unspecified);
    let everything = role == StaffRole::Administrator || form.has("perimetre", "tout");
    let organisation_ids: Vec<_> = if everything {
        Vec::new()
    } else {
        form.all("organisation").into_iter().map(str::to_owned).collect()
    };
    if !everything && organisation_ids.is_empty() {
        form.blame("perimetre", t.say("team-scope-missing"));
    }
    let scope = StaffScope {
        everything,
        organisation_ids,
    };
    (role, scope)
}

/// Those of this installation, branches too, with their names.
pub(super) async fn organisations(staff: &Staff) -> Result<Vec<(String, String)>, Error> {
    let owners = Owners::read(&staff.clients).await?;
    let t = staff.t.texts();
    let choices = owners
        .iter()
        .map(|own| (own.organisation_id.clone(), label(t, own)));
    Ok(choices.collect())
}
