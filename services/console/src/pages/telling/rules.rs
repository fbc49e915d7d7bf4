//! The rules by which people are told, each as a sentence, with its document.

use askama::Template;
use axum::response::Html;
use contracts::scheduler::v1::{ListPoliciesRequest, Policy};

use super::tabs;
use crate::{
    Clients,
    error::Error,
    pages::{address, show as page},
    staff::Staff,
    texts::{Language, Texts},
    view::View,
};

#[derive(Template)]
#[template(path = "telling/rules.html")]
struct Page {
    t: View,
    tabs: Vec<(&'static str, String, bool)>,
    rules: Vec<Rule>,
}

/// One rule in words.
pub(super) struct Rule {
    pub(super) name: String,
    pub(super) reading: String,
    pub(super) document: String,
    pub(super) enabled: bool,
    pub(super) built_in: bool,
    /// Where it is tried.
    pub(super) trial: String,
}

pub(super) async fn show(staff: Staff) -> Result<Html<String>, Error> {
    let t = staff.t.texts();
    let rules = all(&staff.clients).await?;
    page(&Page {
        tabs: tabs(t, staff.t.auditor, "/regles"),
        rules: rules.into_iter().map(|policy| rule(t, policy)).collect(),
        t: staff.t,
    })
}

pub(super) async fn all(clients: &Clients) -> Result<Vec<Policy>, Error> {
    let reply = clients.scheduler().list_policies(ListPoliciesRequest {}).await?;
    Ok(reply.into_inner().policies)
}

pub(super) fn rule(t: Texts, policy: Policy) -> Rule {
    Rule {
        trial: address("/regles/essai", &[("regle", &policy.name)]),
        name: policy.name,
        reading: match t.0 {
            Language::French => policy.reading,
            Language::English => policy.reading_en,
        },
        document: policy.document,
        enabled: policy.enabled,
        built_in: policy.built_in,
    }
}
