//! One account: what it may, whether it may come in at all, its sessions.

use askama::Template;
use axum::{
    extract::State,
    response::{Html, Response},
};
use contracts::directory::v1::{
    Account, AccountState, EndOtherSessionsRequest, InviteAgainRequest, UpdateAccountRequest,
};
use uuid::Uuid;

use super::{
    super::{At, instant, show as page},
    ADMINISTRATORS, READERS, account, role_value, role_word, roles, state,
    write::{organisations, rights},
};
use crate::{
    Console,
    error::Error,
    forms::{Form, Posted},
    sessions,
    staff::Staff,
    view::View,
    words::Badge,
};

#[derive(Template)]
#[template(path = "team/member.html")]
struct Page {
    t: View,
    form: Form,
    id: String,
    name: String,
    state: Badge,
    facts: Vec<(String, String)>,
    roles: Vec<(&'static str, String)>,
    organisations: Vec<(String, String)>,
    invited: bool,
}

#[derive(Template)]
#[template(path = "team/end.html")]
struct End {
    t: View,
    form: Form,
    name: String,
    to: String,
    back: String,
}

pub(super) async fn show(
    State(console): State<Console>,
    staff: Staff,
    At(id): At<Uuid>,
) -> Result<Html<String>, Error> {
    staff.require(READERS)?;
    let account = account(&staff.clients, &id.to_string()).await?;
    let scope = account.scope.clone().unwrap_or_default();
    let mut form = staff
        .form()
        .fill("version", account.version)
        .fill("role", role_value(account.role()))
        .fill(
            "perimetre",
            if scope.everything { "tout" } else { "organisations" },
        );
    for organisation in &scope.organisation_ids {
        form = form.fill("organisation", organisation);
    }
    if account.state() == AccountState::Disabled {
        form = form.fill("desactive", "oui");
    }
    page(&member(&console, staff, account, form).await?)
}

pub(super) async fn save(
    State(console): State<Console>,
    staff: Staff,
    At(id): At<Uuid>,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    staff.require(ADMINISTRATORS)?;
    let t = staff.t.texts();
    let (role, scope) = rights(&mut form, t);
    let disabled = form.has("desactive", "oui");
    if disabled && staff.account_id == id.to_string() {
        form.blame("desactive-oui", t.say("team-not-yourself"));
    }
    if !form.faulty() {
        let request = UpdateAccountRequest {
            account_id: id.to_string(),
            version: form.text("version").parse().unwrap_or_default(),
            role: role.into(),
            scope: Some(scope),
            disabled,
        };
        match staff.clients.accounts().update_account(request).await {
            Ok(_) => {
                console.0.sessions.forget();
                return Ok(staff.done("/equipe", t.say("team-saved")));
            }
            Err(status) => form.refused(
                status,
                t,
                &[
                    ("LAST_ADMINISTRATOR", "role", "team-last-administrator"),
                    ("role", "role", "team-role-missing"),
                    ("scope", "perimetre", "team-scope-missing"),
                ],
            )?,
        }
    }
    let account = account(&staff.clients, &id.to_string()).await?;
    Form::again(&member(&console, staff, account, form).await?)
}

pub(super) async fn invite_again(
    staff: Staff,
    At(id): At<Uuid>,
    Posted(_form): Posted,
) -> Result<Response, Error> {
    staff.require(ADMINISTRATORS)?;
    let request = InviteAgainRequest {
        account_id: id.to_string(),
    };
    staff.clients.accounts().invite_again(request).await?;
    Ok(staff.done(&format!("/equipe/{id}"), staff.t.say("team-invited-again")))
}

pub(super) async fn ask_end(staff: Staff, At(id): At<Uuid>) -> Result<Html<String>, Error> {
    staff.require(ADMINISTRATORS)?;
    let account = account(&staff.clients, &id.to_string()).await?;
    let form = staff.form();
    page(&End {
        name: sessions::name(&account),
        to: format!("/equipe/{id}/sessions"),
        back: format!("/equipe/{id}"),
        form,
        t: staff.t,
    })
}

pub(super) async fn end(
    State(console): State<Console>,
    staff: Staff,
    At(id): At<Uuid>,
    Posted(_form): Posted,
) -> Result<Response, Error> {
    staff.require(ADMINISTRATORS)?;
    let request = EndOtherSessionsRequest {
        session_id: String::new(),
        account_id: id.to_string(),
    };
    let reply = staff
        .clients
        .accounts()
        .end_other_sessions(request)
        .await?
        .into_inner();
    console.0.sessions.forget();
    let notice = staff.t.with("account-sessions-ended", "n", reply.ended);
    Ok(staff.done(&format!("/equipe/{id}"), notice))
}

async fn member(console: &Console, staff: Staff, account: Account, form: Form) -> Result<Page, Error> {
    let t = &staff.t;
    let at = |at: Option<&prost_types::Timestamp>| instant(at).map(|at| t.moment(at, &console.0.zone));
    let mut facts = vec![
        (t.say("account-mail"), account.mail.clone()),
        (t.say("team-role"), role_word(t.texts(), account.role())),
        (
            t.say("team-since"),
            at(account.created_at.as_ref()).unwrap_or_default(),
        ),
        (
            t.say("team-seen"),
            at(account.last_sign_in_at.as_ref()).unwrap_or_else(|| t.say("team-never")),
        ),
    ];
    if let Some(expires) = at(account.invitation_expires_at.as_ref()) {
        facts.push((t.say("team-invitation-until"), expires));
    }
    Ok(Page {
        form,
        name: sessions::name(&account),
        state: state(account.state()),
        invited: account.state() == AccountState::Invited,
        facts,
        roles: roles(t.texts()),
        organisations: organisations(&staff).await?,
        id: account.account_id,
        t: staff.t,
    })
}
