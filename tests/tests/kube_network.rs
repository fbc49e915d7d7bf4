//! The network of `k8s/`: selectors select whom they mean, addresses lead to peers, and what passes is what the services
//! need and nothing else.

use anyhow::{Context as _, Result};
use tests::{
    manifests::{Pod, base_and_example, items, text},
    network::{End, passes, selects},
};

/// Who calls whom: `jalon::compose` gives them these clients.
const CALLS: [(&str, &str); 7] = [
    ("speeddating", "directory"),
    ("notifier", "directory"),
    ("notifier", "scheduler"),
    ("console", "directory"),
    ("console", "speeddating"),
    ("console", "scheduler"),
    ("console", "notifier"),
];

#[test]
fn selectors_select_the_pods_that_they_mean() -> Result<()> {
    let Some(all) = base_and_example()? else {
        return Ok(());
    };
    for one in &all {
        let pods = one.pods();
        for document in &one.documents {
            let selector = match text(&document["kind"]) {
                "Service" => serde_json::json!({ "matchLabels": document["spec"]["selector"] }),
                "Deployment" | "PodDisruptionBudget" => document["spec"]["selector"].clone(),
                _ => continue,
            };
            let name = text(&document["metadata"]["name"]);
            let selected: Vec<&str> = pods
                .iter()
                .filter(|pod| selects(&selector, pod.labels()))
                .map(Pod::component)
                .collect();
            assert_eq!(selected, [name], "{}: {} {name}", one.name, document["kind"]);
            let component = &document["metadata"]["labels"]["app.kubernetes.io/component"];
            assert_eq!(component, name, "{}: {} {name}", one.name, document["kind"]);
        }
        for service in one.of_kind("Service") {
            let name = text(&service["metadata"]["name"]);
            let pod = pods.iter().find(|pod| pod.component() == name).context("a pod")?;
            for port in items(&service["spec"]["ports"]) {
                let target = items(&pod.container()["ports"])
                    .iter()
                    .find(|one| one["name"] == port["targetPort"]);
                let target = target.with_context(|| format!("{name}: no port {}", port["targetPort"]))?;
                assert_eq!(target["containerPort"], port["port"], "{name}");
            }
        }
    }
    Ok(())
}

/// The address of each peer is a Service that leads to where its pods listen.
#[test]
fn the_address_of_a_peer_leads_to_it() -> Result<()> {
    let Some(all) = base_and_example()? else {
        return Ok(());
    };
    for one in &all {
        let pods = one.pods();
        for (caller, called) in CALLS {
            let pod = pods
                .iter()
                .find(|pod| pod.component() == caller)
                .context("the caller")?;
            let environment = pod.environment(|_, _| String::new())?;
            let address = &environment[&format!("JALON__PEERS__{}", called.to_uppercase())];
            let (host, port) = address
                .strip_prefix("http://")
                .and_then(|rest| rest.split_once(':'))
                .context("http://host:port")?;
            assert_eq!(host, called);
            let service = one.named("Service", host).context("a Service")?;
            let ports: Vec<String> = items(&service["spec"]["ports"])
                .iter()
                .map(|one| one["port"].to_string())
                .collect();
            assert!(ports.iter().any(|one| one == port), "{address}: {ports:?}");
            let listens = &environment["JALON__GRPC__LISTEN"];
            assert!(listens.ends_with(&format!(":{port}")), "{listens}");
        }
    }
    Ok(())
}

#[test]
fn the_network_lets_through_what_is_needed_and_nothing_else() -> Result<()> {
    let Some(all) = base_and_example()? else {
        return Ok(());
    };
    let stranger = serde_json::json!({ "app.kubernetes.io/name": "stranger" });
    for one in &all {
        let pods = one.pods();
        let denied = one.named("NetworkPolicy", "deny-all").context("deny-all")?;
        let both = serde_json::json!(["Ingress", "Egress"]);
        assert_eq!(denied["spec"]["policyTypes"], both, "{}", one.name);
        assert!(
            denied["spec"]["ingress"].is_null() && denied["spec"]["egress"].is_null(),
            "{}",
            one.name
        );
        for from in &pods {
            assert!(selects(&denied["spec"]["podSelector"], from.labels()));
            for to in pods.iter().filter(|to| to.component() != from.component()) {
                let (caller, called) = (from.component(), to.component());
                let needed = CALLS.contains(&(caller, called));
                let open = passes(one, from.into(), to.into(), 7700);
                assert_eq!(open, needed, "{}: {caller} to {called}", one.name);
                assert!(
                    !passes(one, from.into(), to.into(), 7780),
                    "{caller} to the pages of {called}"
                );
            }
            let name = from.name();
            let component = from.component();
            let data = component != "console";
            let events = data && component != "migrate";
            assert_eq!(passes(one, from.into(), End::Outside, 5432), data, "{name}");
            assert_eq!(passes(one, from.into(), End::Outside, 5672), events, "{name}");
            assert!(
                passes(one, from.into(), End::Namespace("kube-system"), 53),
                "{name}"
            );
            assert!(!passes(one, from.into(), End::Outside, 443), "{name}");
            let mails = component == "notifier" && one.name == "example";
            assert_eq!(passes(one, from.into(), End::Outside, 587), mails, "{name}");
            // Strangers reach the pages, those of the namespace for metrics every process that has some.
            assert!(!passes(one, End::Pod(&stranger), from.into(), 7700), "{name}");
            let pages = component == "console";
            assert_eq!(passes(one, End::Outside, from.into(), 7780), pages, "{name}");
            assert!(!passes(one, End::Outside, from.into(), 7790), "{name}");
            let watched = passes(one, End::Namespace("monitoring"), from.into(), 7790);
            assert_eq!(watched, from.stays(), "{name}");
        }
    }
    Ok(())
}
