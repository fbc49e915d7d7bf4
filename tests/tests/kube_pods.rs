//! Every pod of `k8s/`: Pod Security "restricted" in full, asked how it is in three ways, and rolled without a loss.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::manifests::{Pod, Rendered, base_and_example, items, text};

/// `platform::lifecycle` ends what is under way within so many seconds after a stop was asked for.
const DRAIN: u64 = 10;

/// `jalon::apart` waits for a database for so many seconds before it gives up.
const PATIENCE: u64 = 300;

/// Looks at every pod of the base and of the example.
fn every_pod(look: impl Fn(&Pod<'_>)) -> Result<()> {
    let Some(all) = base_and_example()? else {
        return Ok(());
    };
    let pods: Vec<Pod<'_>> = all.iter().flat_map(Rendered::pods).collect();
    assert_eq!(pods.len(), 12, "five services and a migration, twice");
    pods.iter().for_each(look);
    Ok(())
}

#[test]
fn each_has_one_container_and_nothing_beside_it() -> Result<()> {
    every_pod(|pod| {
        assert_eq!(items(&pod.spec["containers"]).len(), 1, "{}", pod.name());
        for others in ["initContainers", "ephemeralContainers"] {
            assert!(pod.spec[others].is_null(), "{}: {others}", pod.name());
        }
    })
}

#[test]
fn each_meets_pod_security_restricted() -> Result<()> {
    every_pod(|pod| {
        let name = pod.name();
        let (spec, security) = (pod.spec, &pod.container()["securityContext"]);
        for shared in ["hostNetwork", "hostPID", "hostIPC", "hostUsers"] {
            assert!(spec[shared].is_null(), "{name}: {shared}");
        }
        for port in items(&pod.container()["ports"]) {
            assert!(port["hostPort"].is_null(), "{name}: {port}");
        }
        for volume in items(&spec["volumes"]) {
            let kinds = volume.as_object().map(|volume| {
                volume
                    .keys()
                    .filter(|key| *key != "name")
                    .cloned()
                    .collect::<Vec<_>>()
            });
            let kinds = kinds.unwrap_or_default();
            assert!(kinds == ["emptyDir"] || kinds == ["secret"], "{name}: {volume}");
        }
        assert_eq!(spec["securityContext"]["runAsNonRoot"], json!(true), "{name}");
        assert_ne!(
            spec["securityContext"]["runAsUser"].as_u64().unwrap_or(0),
            0,
            "{name}"
        );
        assert_eq!(
            spec["securityContext"]["seccompProfile"],
            json!({ "type": "RuntimeDefault" }),
            "{name}"
        );
        // What a container says for itself would win over its pod.
        for own in [
            "runAsNonRoot",
            "runAsUser",
            "seccompProfile",
            "privileged",
            "procMount",
        ] {
            assert!(security[own].is_null(), "{name}: {own}");
        }
        assert_eq!(security["allowPrivilegeEscalation"], json!(false), "{name}");
        assert_eq!(security["capabilities"], json!({ "drop": ["ALL"] }), "{name}");
    })
}

/// Beyond "restricted".
#[test]
fn each_writes_only_where_it_is_told_and_knows_nothing_of_the_cluster() -> Result<()> {
    every_pod(|pod| {
        let name = pod.name();
        let security = &pod.container()["securityContext"];
        assert_eq!(security["readOnlyRootFilesystem"], json!(true), "{name}");
        assert_eq!(pod.spec["automountServiceAccountToken"], json!(false), "{name}");
        assert_eq!(pod.spec["enableServiceLinks"], json!(false), "{name}");
        for mount in items(&pod.container()["volumeMounts"]) {
            let volume = items(&pod.spec["volumes"])
                .iter()
                .find(|volume| volume["name"] == mount["name"]);
            let volume = volume.cloned().unwrap_or_default();
            if volume["secret"].is_object() {
                assert_eq!(mount["readOnly"], json!(true), "{name}: {mount}");
                assert_eq!(volume["secret"]["defaultMode"], json!(0o440), "{name}: {mount}");
            } else {
                assert!(volume["emptyDir"]["sizeLimit"].is_string(), "{name}: {volume}");
            }
        }
        // The data folder of a process that stays is the one place where it may write.
        if pod.stays() {
            let writable: Vec<&str> = items(&pod.container()["volumeMounts"])
                .iter()
                .filter(|mount| mount["readOnly"].is_null())
                .map(|mount| text(&mount["mountPath"]))
                .collect();
            assert_eq!(writable, ["/var/lib/jalon"], "{name}");
        }
    })
}

#[test]
fn each_has_an_account_of_its_own_without_a_token() -> Result<()> {
    let mut accounts = BTreeSet::new();
    let Some([base, _]) = base_and_example()? else {
        return Ok(());
    };
    for pod in base.pods() {
        let account = text(&pod.spec["serviceAccountName"]).to_owned();
        assert_eq!(account, pod.component());
        let found = base.named("ServiceAccount", &account).context("an account")?;
        assert_eq!(found["automountServiceAccountToken"], json!(false), "{account}");
        assert!(accounts.insert(account));
    }
    for kind in ["Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"] {
        assert_eq!(
            base.of_kind(kind).count(),
            0,
            "{kind}: no process asks the cluster anything"
        );
    }
    Ok(())
}

#[test]
fn each_says_what_it_needs_and_where_it_ends() -> Result<()> {
    every_pod(|pod| {
        let resources = &pod.container()["resources"];
        for kind in ["requests", "limits"] {
            for resource in ["cpu", "memory"] {
                assert!(
                    resources[kind][resource].is_string(),
                    "{}: {kind} {resource}",
                    pod.name()
                );
            }
        }
    })
}

#[test]
fn each_service_is_asked_three_different_questions() -> Result<()> {
    every_pod(|pod| {
        let name = pod.name();
        let [startup, liveness, readiness] =
            ["startupProbe", "livenessProbe", "readinessProbe"].map(|probe| &pod.container()[probe]);
        if !pod.stays() {
            assert!(
                startup.is_null() && liveness.is_null() && readiness.is_null(),
                "{name}"
            );
            return;
        }
        assert_eq!(startup["httpGet"]["path"], "/livez", "{name}");
        assert_eq!(liveness["httpGet"]["path"], "/livez", "{name}");
        assert_eq!(readiness["httpGet"]["path"], "/readyz", "{name}");
        assert!(startup != liveness, "{name}");
        let number = |value: &Value| value.as_u64().unwrap_or(0);
        let patience = number(&startup["periodSeconds"]) * number(&startup["failureThreshold"]);
        assert!(
            patience > PATIENCE,
            "{name}: killed after {patience} s while it waits for its database"
        );
        for probe in [startup, liveness, readiness] {
            assert!(
                number(&probe["timeoutSeconds"]) < number(&probe["periodSeconds"]),
                "{name}: {probe}"
            );
        }
        let deadline = number(&pod.owner["spec"]["progressDeadlineSeconds"]);
        assert!(deadline > patience, "{name}: {deadline} s");
    })
}

#[test]
fn a_rollout_takes_nothing_away_before_its_successor_is_ready() -> Result<()> {
    every_pod(|pod| {
        let name = pod.name();
        if !pod.stays() {
            assert!(pod.owner["spec"]["backoffLimit"].is_u64(), "{name}");
            assert_eq!(pod.spec["restartPolicy"], "OnFailure", "{name}");
            return;
        }
        let rollout = &pod.owner["spec"]["strategy"];
        assert_eq!(
            *rollout,
            json!({ "type": "RollingUpdate", "rollingUpdate": { "maxUnavailable": 0, "maxSurge": 1 } }),
            "{name}"
        );
        let pause = &pod.container()["lifecycle"]["preStop"]["sleep"]["seconds"];
        let pause = pause.as_u64().unwrap_or(0);
        let grace = pod.spec["terminationGracePeriodSeconds"].as_u64().unwrap_or(0);
        assert!(
            pause > 0 && grace >= pause + DRAIN + 5,
            "{name}: {grace} s of grace"
        );
        for constraint in items(&pod.spec["topologySpreadConstraints"]) {
            assert!(
                items(&constraint["matchLabelKeys"]).contains(&json!("app.kubernetes.io/component")),
                "{name}"
            );
        }
        let spread: Vec<&str> = items(&pod.spec["topologySpreadConstraints"])
            .iter()
            .map(|constraint| text(&constraint["topologyKey"]))
            .collect();
        assert_eq!(
            spread,
            ["kubernetes.io/hostname", "topology.kubernetes.io/zone"],
            "{name}"
        );
    })
}

/// A budget for one replica would forbid every drain of a node.
#[test]
fn those_with_replicas_have_a_budget_and_no_others() -> Result<()> {
    let Some(all) = base_and_example()? else {
        return Ok(());
    };
    for rendered in &all {
        for deployment in rendered.of_kind("Deployment") {
            let service = text(&deployment["metadata"]["name"]);
            let replicas = deployment["spec"]["replicas"].as_u64().unwrap_or(0);
            let wanted = if ["scheduler", "notifier"].contains(&service) {
                2
            } else {
                1
            };
            assert_eq!(replicas, wanted, "{service}");
            let budget = rendered.named("PodDisruptionBudget", service);
            assert_eq!(budget.is_some(), replicas > 1, "{service}");
            if let Some(budget) = budget {
                assert_eq!(budget["spec"]["maxUnavailable"], json!(1), "{service}");
            }
        }
    }
    Ok(())
}

#[test]
fn each_bears_the_labels_and_the_version_of_this_product() -> Result<()> {
    let Some(all) = base_and_example()? else {
        return Ok(());
    };
    let version = env!("CARGO_PKG_VERSION");
    for rendered in &all {
        for document in rendered.documents.iter().filter(|one| one["kind"] != "Namespace") {
            let labels = &document["metadata"]["labels"];
            let of = format!(
                "{}: {} {}",
                rendered.name, document["kind"], document["metadata"]["name"]
            );
            assert_eq!(labels["app.kubernetes.io/name"], "jalon", "{of}");
            assert_eq!(labels["app.kubernetes.io/part-of"], "jalon", "{of}");
            assert_eq!(labels["app.kubernetes.io/version"], version, "{of}");
        }
        for pod in rendered.pods() {
            let image = text(&pod.container()["image"]);
            assert!(
                image.ends_with(&format!("jalon:{version}")),
                "{}: {image}",
                pod.name()
            );
            assert_eq!(
                pod.labels()["app.kubernetes.io/version"],
                version,
                "{}",
                pod.name()
            );
        }
        for namespace in rendered.of_kind("Namespace") {
            let enforced = &namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"];
            assert_eq!(enforced, "restricted");
        }
    }
    Ok(())
}
