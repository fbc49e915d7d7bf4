use contracts::directory::v1 as proto;
use platform::auth::{Role, Scope};
use uuid::Uuid;

use crate::domain::{Access, Account, BrowserSession, Entry, SessionLives, Unit};
pub(super) use crate::grpc::print::timestamp;

/// Never the hash of its password.
pub(super) fn account(account: &Account) -> proto::Account {
    let state = match (account.disabled_at, &account.password) {
        (Some(_), _) => proto::AccountState::Disabled,
        (None, None) => proto::AccountState::Invited,
        (None, Some(_)) => proto::AccountState::Active,
    };
    proto::Account {
        account_id: account.id.to_string(),
        version: account.version,
        given_name: account.given_name.clone(),
        family_name: account.family_name.clone(),
        mail: account.mail.to_string(),
        role: role(account.access.role).into(),
        scope: Some(scope(&account.access)),
        state: state.into(),
        language: account.language.to_string(),
        created_at: Some(timestamp(account.created_at)),
        last_sign_in_at: account.last_sign_in_at.map(timestamp),
        invitation_expires_at: account.invitation_expires_at.map(timestamp),
    }
}

/// Never its secret.
pub(super) fn session(session: &BrowserSession, lives: SessionLives) -> proto::BrowserSession {
    proto::BrowserSession {
        session_id: session.id.to_string(),
        account_id: session.account.to_string(),
        device: session.device.clone(),
        created_at: Some(timestamp(session.created_at)),
        last_seen_at: Some(timestamp(session.last_seen_at)),
        ends_at: Some(timestamp(session.ends_at(lives))),
    }
}

pub(super) fn own_organisation(unit: &Unit) -> proto::OwnOrganisation {
    let organisation = &unit.organisation;
    proto::OwnOrganisation {
        organisation_id: organisation.id.to_string(),
        name: organisation.name.clone(),
        parent_id: organisation.parent.map(|id| id.to_string()).unwrap_or_default(),
        parent_name: unit.parent_name.clone().unwrap_or_default(),
    }
}

pub(super) fn entry(entry: Entry) -> proto::AuditEntry {
    proto::AuditEntry {
        entry_id: entry.id.to_string(),
        at: Some(timestamp(entry.at)),
        kind: entry.kind,
        actor: entry.actor,
        account_id: entry.account.map(|id| id.to_string()).unwrap_or_default(),
        detail: entry.detail,
    }
}

fn role(role: Role) -> proto::StaffRole {
    match role {
        Role::Administrator => proto::StaffRole::Administrator,
        Role::Coordinator => proto::StaffRole::Coordinator,
        Role::Referent => proto::StaffRole::Referent,
        Role::Facilitator => proto::StaffRole::Facilitator,
        Role::Partner => proto::StaffRole::Partner,
        Role::Auditor => proto::StaffRole::Auditor,
        Role::Service => proto::StaffRole::Unspecified,
    }
}

fn scope(access: &Access) -> proto::StaffScope {
    let organisation_ids = match &access.scope {
        Scope::All => Vec::new(),
        Scope::Organisations(own) => own.iter().map(Uuid::to_string).collect(),
    };
    proto::StaffScope {
        everything: access.scope == Scope::All,
        organisation_ids,
    }
}
