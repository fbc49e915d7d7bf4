//! Who may speak to whom by the NetworkPolicies of rendered manifests, as a cluster would decide it.

use serde_json::Value;

use crate::manifests::{Pod, Rendered, items, text};

/// One end of a connection.
#[derive(Clone, Copy)]
pub enum End<'a> {
    /// A pod of these manifests.
    Pod(&'a Value),
    /// A pod of another namespace with that name.
    Namespace(&'a str),
    /// An address outside the cluster.
    Outside,
}

impl<'a> From<&'a Pod<'_>> for End<'a> {
    fn from(pod: &'a Pod<'_>) -> Self {
        End::Pod(pod.labels())
    }
}

/// Whether a connection passes: what leaves one end, and what enters the other.
pub fn passes(rendered: &Rendered, from: End<'_>, to: End<'_>, port: u64) -> bool {
    admits(rendered, "Egress", from, to, port) && admits(rendered, "Ingress", to, from, port)
}

/// Without a policy for an end all passes; with some, what one of them names.
fn admits(rendered: &Rendered, direction: &str, end: End<'_>, other: End<'_>, port: u64) -> bool {
    let End::Pod(labels) = end else {
        return true;
    };
    let mut isolated = false;
    for policy in rendered.of_kind("NetworkPolicy").map(|policy| &policy["spec"]) {
        let speaks_of_it = items(&policy["policyTypes"]).iter().any(|one| one == direction);
        if !speaks_of_it || !selects(&policy["podSelector"], labels) {
            continue;
        }
        isolated = true;
        let (rules, peers) = match direction {
            "Ingress" => (&policy["ingress"], "from"),
            _ => (&policy["egress"], "to"),
        };
        for rule in items(rules) {
            let ports = items(&rule["ports"]);
            let port_fits = ports.is_empty() || ports.iter().any(|one| one["port"] == port);
            let peers = items(&rule[peers]);
            if port_fits && (peers.is_empty() || peers.iter().any(|peer| is_peer(peer, other))) {
                return true;
            }
        }
    }
    !isolated
}

fn is_peer(peer: &Value, other: End<'_>) -> bool {
    match other {
        End::Pod(labels) => peer["namespaceSelector"].is_null() && selects(&peer["podSelector"], labels),
        End::Namespace(name) => {
            let labels = serde_json::json!({ "kubernetes.io/metadata.name": name });
            peer["namespaceSelector"].is_object()
                && peer["podSelector"].is_null()
                && selects(&peer["namespaceSelector"], &labels)
        }
        End::Outside => false,
    }
}

/// Whether a label selector selects something with these labels.
pub fn selects(selector: &Value, labels: &Value) -> bool {
    if !selector.is_object() {
        return false;
    }
    let wanted = selector["matchLabels"].as_object();
    let plain = wanted.is_none_or(|wanted| wanted.iter().all(|(key, value)| labels[key] == *value));
    plain
        && items(&selector["matchExpressions"]).iter().all(|expression| {
            let value = &labels[text(&expression["key"])];
            let listed = items(&expression["values"]).contains(value);
            match text(&expression["operator"]) {
                "In" => listed,
                "NotIn" => !listed,
                "Exists" => !value.is_null(),
                "DoesNotExist" => value.is_null(),
                _ => false,
            }
        })
}
