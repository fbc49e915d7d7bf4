//! `k8s/` as a whole: Kubernetes takes it, our binary takes its settings, and what it refers to is there.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::Command,
};

use anyhow::{Context as _, Result};
use jalon::compose::SERVICES;
use serde_json::Value;
use tests::{
    manifests::{Rendered, base_and_example, documented_secrets, folder, items, text},
    outside::{output, script, tool},
    process::binary,
};

/// The oldest Kubernetes that knows all that we use (the pause before a stop), and the newest with schemas here.
const VERSIONS: [&str; 2] = ["1.30", "1.37"];

/// Kinds that are not Kubernetes' own. There is none yet.
const FOREIGN: [&str; 0] = [];

#[test]
fn kubernetes_takes_every_document() -> Result<()> {
    let (Some(python), Some(all)) = (tool("PYTHON"), base_and_example()?) else {
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    let mut command = script(&python, "validate_manifests.py");
    for one in &all {
        let file = folder.path().join(format!("{}.yaml", one.name));
        fs::write(&file, &one.text)?;
        command.arg(file);
    }
    for version in VERSIONS {
        command.args(["--version", version]);
    }
    for kind in FOREIGN {
        command.args(["--foreign", kind]);
    }
    let said = output(&mut command)?;
    let count: usize = all.iter().map(|one| one.documents.len()).sum();
    assert_eq!(said.trim(), format!("{count} documents are valid"));
    Ok(())
}

/// The binary reads what each pod gets, and every variable of it is a setting that has changed by it.
#[test]
fn our_binary_takes_the_settings_of_every_pod() -> Result<()> {
    let Some(all) = base_and_example()? else {
        return Ok(());
    };
    for pod in all.iter().flat_map(Rendered::pods) {
        let name = pod.name();
        let environment = pod.environment(|secret, key| format!("{secret}/{key}"))?;
        let printed = output(
            Command::new(binary()?)
                .arg("config")
                .env_clear()
                .envs(&environment),
        )
        .with_context(|| name.clone())?;
        let printed: Value = serde_json::to_value(printed.parse::<toml::Table>()?)?;
        for (variable, value) in &environment {
            let setting = variable.strip_prefix("JALON__").with_context(|| {
                format!("{name}: {variable} is no setting: it would be ignored without a word")
            })?;
            let pointer = format!("/{}", setting.to_lowercase().replace("__", "/"));
            let taken = printed
                .pointer(&pointer)
                .with_context(|| format!("{name}: {pointer}"))?;
            let taken = taken.as_str().map_or_else(|| taken.to_string(), str::to_owned);
            // A secret is printed as three dots.
            assert!(taken == *value || taken == "…", "{name}: {variable} is {taken}");
        }
    }
    Ok(())
}

#[test]
fn each_service_has_a_deployment_that_serves_it() -> Result<()> {
    let Some(all) = base_and_example()? else {
        return Ok(());
    };
    for one in &all {
        let mut served = BTreeMap::new();
        for pod in one.pods() {
            served.insert(pod.component().to_owned(), pod.arguments().join(" "));
        }
        let mut wanted: BTreeMap<String, String> = SERVICES
            .iter()
            .map(|service| ((*service).to_owned(), format!("serve {service}")))
            .collect();
        wanted.insert("migrate".to_owned(), "migrate".to_owned());
        assert_eq!(served, wanted, "{}", one.name);
    }
    Ok(())
}

/// What a component of `k8s/` sets must not win over what an installation sets.
#[test]
fn the_settings_of_the_example_are_those_that_count() -> Result<()> {
    let Some(all) = base_and_example()? else {
        return Ok(());
    };
    let counts = all[1].of_kind("ConfigMap").next().context("a ConfigMap")?;
    let settings = fs::read_to_string(folder().join("example/jalon.env"))?;
    for line in settings.lines().filter(|line| !line.starts_with('#')) {
        let (key, value) = line.split_once('=').context("KEY=value")?;
        assert_eq!(text(&counts["data"][key]), value, "{key}");
    }
    Ok(())
}

/// Accounts, settings, secrets, volumes and ports: what a pod names is there. Secrets are those that the README tells to
/// make, and it tells of no other.
#[test]
fn whatever_is_referred_to_exists() -> Result<()> {
    let Some(all) = base_and_example()? else {
        return Ok(());
    };
    let mut used = BTreeSet::new();
    for pod in all.iter().flat_map(Rendered::pods) {
        let name = pod.name();
        let rendered = all
            .iter()
            .find(|one| name.starts_with(one.name))
            .context("rendered")?;
        let account = text(&pod.spec["serviceAccountName"]);
        assert!(
            rendered.named("ServiceAccount", account).is_some(),
            "{name}: account {account:?}"
        );
        let volumes: BTreeSet<&str> = items(&pod.spec["volumes"])
            .iter()
            .map(|one| text(&one["name"]))
            .collect();
        let mounts: BTreeSet<&str> = items(&pod.container()["volumeMounts"])
            .iter()
            .map(|one| text(&one["name"]))
            .collect();
        assert_eq!(volumes, mounts, "{name}");
        let ports: BTreeSet<&str> = items(&pod.container()["ports"])
            .iter()
            .map(|one| text(&one["name"]))
            .collect();
        for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
            let port = &pod.container()[probe]["httpGet"]["port"];
            assert!(
                port.is_null() || ports.contains(text(port)),
                "{name}: {probe} {port}"
            );
        }
        // A setting that names a file names one that a secret becomes.
        let files: BTreeSet<String> = pod.secret_files().into_iter().map(|file| file.2).collect();
        for (variable, path) in pod.environment(|_, _| String::new())? {
            let service = pod.component().to_uppercase();
            let mine =
                variable.starts_with("JALON__TOKENS__") || variable.contains(&format!("__{service}__"));
            if variable.ends_with("_FILE") && mine && pod.stays() {
                assert!(
                    files.contains(&path),
                    "{name}: {variable} is {path}, of {files:?}"
                );
            }
        }
        used.extend(pod.secrets());
    }
    for ingress in all[1].of_kind("Ingress") {
        for tls in items(&ingress["spec"]["tls"]) {
            for key in ["tls.crt", "tls.key"] {
                used.insert((text(&tls["secretName"]).to_owned(), key.to_owned()));
            }
        }
    }
    assert_eq!(used, documented_secrets()?);
    Ok(())
}

/// No value of a secret lies in the manifests: neither as an object nor in a variable.
#[test]
fn secrets_are_only_referred_to() -> Result<()> {
    let Some(all) = base_and_example()? else {
        return Ok(());
    };
    for one in &all {
        assert_eq!(one.of_kind("Secret").count(), 0, "{}", one.name);
        for map in one.of_kind("ConfigMap") {
            for key in map["data"].as_object().context("data")?.keys() {
                let last = key.rsplit("__").next().unwrap_or_default();
                let secret = ["PASSWORD", "SECRET", "KEY"]
                    .iter()
                    .any(|word| last.ends_with(word));
                assert!(
                    !secret && !key.ends_with("DATABASE__URL") && !key.ends_with("BUS__URL"),
                    "{key}"
                );
            }
        }
    }
    Ok(())
}
