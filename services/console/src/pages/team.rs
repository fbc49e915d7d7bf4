//! The team: who has an account, what they may, and for which organisations. For administrators; auditors may read.

mod member;
mod own;
mod write;

use askama::Template;
use axum::{
    Router,
    extract::State,
    response::Html,
    routing::{get, post},
};
use contracts::directory::v1::{Account, AccountState, ListAccountsRequest, StaffRole};
use platform::auth::Role;
use serde::Deserialize;

use super::{Asked, address, instant, show};
use crate::{
    Clients, Console, error::Error, peers, sessions, staff::Staff, texts::Texts, view::View, words::Badge,
};

/// Accounts on one page.
const PAGE: i32 = 50;
/// Roles in the order in which one chooses.
const ROLES: [StaffRole; 6] = [
    StaffRole::Coordinator,
    StaffRole::Referent,
    StaffRole::Facilitator,
    StaffRole::Partner,
    StaffRole::Auditor,
    StaffRole::Administrator,
];
const READERS: &[Role] = &[Role::Administrator, Role::Auditor];
const ADMINISTRATORS: &[Role] = &[Role::Administrator];

pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route("/equipe", get(list))
        .route("/equipe/inviter", get(write::ask).post(write::invite))
        .route("/equipe/organisations", get(own::list).post(own::add))
        .route(
            "/equipe/organisations/{organisation}",
            get(own::ask_name).post(own::name),
        )
        .route("/equipe/{account}", get(member::show).post(member::save))
        .route("/equipe/{account}/inviter", post(member::invite_again))
        .route(
            "/equipe/{account}/sessions",
            get(member::ask_end).post(member::end),
        )
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Question {
    page: String,
}

#[derive(Template)]
#[template(path = "team/list.html")]
struct Page {
    t: View,
    lines: Vec<Line>,
    first: String,
    next: String,
}

struct Line {
    id: String,
    name: String,
    mail: String,
    role: String,
    state: Badge,
    seen: String,
}

async fn list(
    State(console): State<Console>,
    staff: Staff,
    Asked(question): Asked<Question>,
) -> Result<Html<String>, Error> {
    staff.require(READERS)?;
    let t = staff.t;
    let request = ListAccountsRequest {
        page: Some(peers::page(PAGE, question.page.clone())),
    };
    let reply = staff
        .clients
        .accounts()
        .list_accounts(request)
        .await?
        .into_inner();
    let line = |account: Account| Line {
        name: sessions::name(&account),
        role: role_word(t.texts(), account.role()),
        state: state(account.state()),
        seen: instant(account.last_sign_in_at.as_ref())
            .map_or_else(|| t.say("team-never"), |at| t.moment(at, &console.0.zone)),
        mail: account.mail,
        id: account.account_id,
    };
    let next = reply.page.unwrap_or_default().next_token;
    show(&Page {
        lines: reply.accounts.into_iter().map(line).collect(),
        first: if question.page.is_empty() {
            String::new()
        } else {
            "/equipe".to_owned()
        },
        next: if next.is_empty() {
            next
        } else {
            address("/equipe", &[("page", &next)])
        },
        t,
    })
}

/// One account. There is no call for one: a team fits in a few pages.
async fn account(clients: &Clients, id: &str) -> Result<Account, Error> {
    let mut client = clients.accounts();
    let mut token = String::new();
    for _ in 0..20 {
        let request = ListAccountsRequest {
            page: Some(peers::page(peers::BATCH, token)),
        };
        let reply = client.list_accounts(request).await?.into_inner();
        if let Some(found) = reply
            .accounts
            .into_iter()
            .find(|account| account.account_id == id)
        {
            return Ok(found);
        }
        token = reply.page.unwrap_or_default().next_token;
        if token.is_empty() {
            break;
        }
    }
    Err(Error::NotFound)
}

/// "Coordination": a role as people say it.
pub(super) fn role_word(t: Texts, role: StaffRole) -> String {
    t.say(&format!("role-{}", role_value(role)))
}

/// A role in forms.
fn role_value(role: StaffRole) -> &'static str {
    match role {
        StaffRole::Unspecified => "unknown",
        StaffRole::Administrator => "administrator",
        StaffRole::Coordinator => "coordinator",
        StaffRole::Referent => "referent",
        StaffRole::Facilitator => "facilitator",
        StaffRole::Partner => "partner",
        StaffRole::Auditor => "auditor",
    }
}

/// The choices of a role.
fn roles(t: Texts) -> Vec<(&'static str, String)> {
    ROLES.map(|role| (role_value(role), role_word(t, role))).into()
}

fn state(state: AccountState) -> Badge {
    let (tone, word) = match state {
        AccountState::Unspecified => ("quiet", "state-unknown"),
        AccountState::Invited => ("info", "state-account-invited"),
        AccountState::Active => ("good", "state-account-active"),
        AccountState::Disabled => ("bad", "state-account-disabled"),
    };
    Badge { word, tone }
}
