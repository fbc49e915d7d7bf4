//! Organisations of this installation and their branches: added and renamed here. Nothing is removed: what they own would
//! be nobody's.

use askama::Template;
use axum::response::{Html, Response};
use contracts::directory::v1::{CreateOwnOrganisationRequest, OwnOrganisation};
use uuid::Uuid;

use super::{
    super::{At, show as page},
    ADMINISTRATORS, READERS,
};
use crate::{
    error::Error,
    forms::{Form, Posted},
    owners::{Owners, label},
    staff::Staff,
    view::View,
};

const PAGE: &str = "/equipe/organisations";
const CURES: &[(&str, &str, &str)] = &[
    ("name", "nom", "own-name-wrong"),
    ("parent_id", "organisation", "own-parent-wrong"),
];

#[derive(Template)]
#[template(path = "team/own.html")]
struct Page {
    t: View,
    form: Form,
    heads: Vec<Head>,
    /// What a new one can be a branch of; the first is nothing.
    parents: Vec<(String, String)>,
}

/// An organisation with its branches.
struct Head {
    id: String,
    name: String,
    branches: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "team/rename.html")]
struct Rename {
    t: View,
    form: Form,
    label: String,
}

pub(super) async fn list(staff: Staff) -> Result<Html<String>, Error> {
    staff.require(READERS)?;
    let form = staff.form();
    page(&listed(staff, form).await?)
}

pub(super) async fn add(staff: Staff, Posted(mut form): Posted) -> Result<Response, Error> {
    staff.require(ADMINISTRATORS)?;
    let t = staff.t.texts();
    let name = form.required("nom", t.say("own-name-missing"));
    if !form.faulty() {
        let request = CreateOwnOrganisationRequest {
            // Sent twice, it is made once.
            organisation_id: form.operation(),
            name: name.clone(),
            parent_id: form.text("organisation"),
        };
        match staff.clients.accounts().create_own_organisation(request).await {
            Ok(_) => return Ok(staff.done(PAGE, t.with("own-added", "name", name))),
            Err(status) => form.refused(status, t, CURES)?,
        }
    }
    Form::again(&listed(staff, form).await?)
}

pub(super) async fn ask_name(staff: Staff, At(id): At<Uuid>) -> Result<Html<String>, Error> {
    staff.require(ADMINISTRATORS)?;
    let own = one(&staff, id).await?;
    let form = staff.form().fill("nom", &own.name);
    page(&renaming(staff, form, &own))
}

pub(super) async fn name(
    staff: Staff,
    At(id): At<Uuid>,
    Posted(mut form): Posted,
) -> Result<Response, Error> {
    staff.require(ADMINISTRATORS)?;
    let t = staff.t.texts();
    let own = one(&staff, id).await?;
    let name = form.required("nom", t.say("own-name-missing"));
    if !form.faulty() {
        let request = CreateOwnOrganisationRequest {
            organisation_id: id.to_string(),
            name: name.clone(),
            parent_id: String::new(),
        };
        match staff.clients.accounts().create_own_organisation(request).await {
            Ok(_) => return Ok(staff.done(PAGE, t.with("own-renamed", "name", name))),
            Err(status) => form.refused(status, t, CURES)?,
        }
    }
    Form::again(&renaming(staff, form, &own))
}

fn renaming(staff: Staff, form: Form, own: &OwnOrganisation) -> Rename {
    Rename {
        label: label(staff.t.texts(), own),
        form,
        t: staff.t,
    }
}

async fn one(staff: &Staff, id: Uuid) -> Result<OwnOrganisation, Error> {
    let id = id.to_string();
    let owners = Owners::read(&staff.clients).await?;
    let found = owners.iter().find(|own| own.organisation_id == id);
    found.cloned().ok_or(Error::NotFound)
}

async fn listed(staff: Staff, form: Form) -> Result<Page, Error> {
    let owners = Owners::read(&staff.clients).await?;
    let mut heads: Vec<Head> = Vec::new();
    for own in owners.iter() {
        let (id, name) = (own.organisation_id.clone(), own.name.clone());
        match heads.last_mut() {
            // Branches come after the organisation that they belong to.
            Some(head) if head.id == own.parent_id => head.branches.push((id, name)),
            _ => heads.push(Head {
                id,
                name,
                branches: Vec::new(),
            }),
        }
    }
    let none = (String::new(), staff.t.say("own-no-parent"));
    let parents = heads.iter().map(|head| (head.id.clone(), head.name.clone()));
    Ok(Page {
        parents: std::iter::once(none).chain(parents).collect(),
        heads,
        form,
        t: staff.t,
    })
}
