//! The manifests of `k8s/` as kubectl renders them, and their pods with what these get.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result};
use serde::Deserialize as _;
use serde_json::Value;

use crate::outside::{output, tool};

/// The folder `k8s`.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../k8s")
}

/// What `kubectl kustomize` makes of a folder of `k8s/`.
pub struct Rendered {
    /// Its name, for messages.
    pub name: &'static str,
    /// As one would apply it.
    pub text: String,
    /// Each document of it.
    pub documents: Vec<Value>,
}

impl Rendered {
    /// Renders one.
    pub fn of(kubectl: &Path, name: &'static str) -> Result<Self> {
        let text = output(Command::new(kubectl).arg("kustomize").arg(folder().join(name)))?;
        let documents = serde_norway::Deserializer::from_str(&text)
            .map(Value::deserialize)
            .collect::<Result<_, _>>()
            .with_context(|| format!("k8s/{name} is rendered as something that is no YAML"))?;
        Ok(Self {
            name,
            text,
            documents,
        })
    }

    /// All documents of a kind.
    pub fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.documents
            .iter()
            .filter(move |document| document["kind"] == kind)
    }

    /// The one of a kind with that name.
    pub fn named(&self, kind: &str, name: &str) -> Option<&Value> {
        self.documents
            .iter()
            .find(|document| document["kind"] == kind && document["metadata"]["name"] == name)
    }

    /// The pod of each Deployment and Job.
    pub fn pods(&self) -> Vec<Pod<'_>> {
        self.documents
            .iter()
            .filter(|document| document["spec"]["template"]["spec"].is_object())
            .map(|owner| Pod {
                rendered: self,
                owner,
                spec: &owner["spec"]["template"]["spec"],
            })
            .collect()
    }
}

/// The base, and the installation that stands as an example; none without kubectl, which is said.
pub fn base_and_example() -> Result<Option<[Rendered; 2]>> {
    let Some(kubectl) = tool("KUBECTL") else {
        return Ok(None);
    };
    Ok(Some([
        Rendered::of(&kubectl, "base")?,
        Rendered::of(&kubectl, "example")?,
    ]))
}

/// A pod, as its owner makes it.
pub struct Pod<'a> {
    rendered: &'a Rendered,
    /// The Deployment or Job.
    pub owner: &'a Value,
    /// `spec` of the pod.
    pub spec: &'a Value,
}

impl Pod<'_> {
    /// "example: Deployment notifier".
    pub fn name(&self) -> String {
        let (kind, name) = (text(&self.owner["kind"]), text(&self.owner["metadata"]["name"]));
        format!("{}: {kind} {name}", self.rendered.name)
    }

    /// Which service it runs, or "migrate".
    pub fn component(&self) -> &str {
        text(&self.labels()["app.kubernetes.io/component"])
    }

    /// Its labels.
    pub fn labels(&self) -> &Value {
        &self.owner["spec"]["template"]["metadata"]["labels"]
    }

    /// A process that stays, unlike the migration.
    pub fn stays(&self) -> bool {
        self.owner["kind"] == "Deployment"
    }

    /// Its only container.
    pub fn container(&self) -> &Value {
        &self.spec["containers"][0]
    }

    /// What it is started with.
    pub fn arguments(&self) -> Vec<&str> {
        items(&self.container()["args"]).iter().map(text).collect()
    }

    /// The variables of its container; what comes from a secret is the answer of `secret` to its name and key.
    pub fn environment(&self, secret: impl Fn(&str, &str) -> String) -> Result<BTreeMap<String, String>> {
        let mut environment = BTreeMap::new();
        for source in items(&self.container()["envFrom"]) {
            let map = text(&source["configMapRef"]["name"]);
            let found = self.rendered.named("ConfigMap", map);
            let found = found.with_context(|| format!("{}: there is no ConfigMap {map}", self.name()))?;
            for (key, value) in found["data"].as_object().context("data")? {
                environment.insert(key.clone(), text(value).to_owned());
            }
        }
        for variable in items(&self.container()["env"]) {
            let reference = &variable["valueFrom"]["secretKeyRef"];
            let value = match variable["value"].as_str() {
                Some(value) => value.to_owned(),
                None => secret(text(&reference["name"]), text(&reference["key"])),
            };
            environment.insert(text(&variable["name"]).to_owned(), value);
        }
        Ok(environment)
    }

    /// Every secret that it refers to, with the key.
    pub fn secrets(&self) -> BTreeSet<(String, String)> {
        let variables = items(&self.container()["env"])
            .iter()
            .map(|variable| &variable["valueFrom"]["secretKeyRef"])
            .filter(|reference| reference.is_object())
            .map(|reference| (text(&reference["name"]), text(&reference["key"])));
        let files = self.secret_files().into_iter().map(|file| (file.0, file.1));
        variables
            .chain(files)
            .map(|(name, key)| (name.to_owned(), key.to_owned()))
            .collect()
    }

    /// The files that secrets become: name, key, path.
    pub fn secret_files(&self) -> Vec<(&str, &str, String)> {
        let mut files = Vec::new();
        for volume in items(&self.spec["volumes"]) {
            let mounts = items(&self.container()["volumeMounts"]);
            let mount = mounts.iter().find(|mount| mount["name"] == volume["name"]);
            for item in items(&volume["secret"]["items"]) {
                let folder = mount.map_or("", |mount| text(&mount["mountPath"]));
                let path = format!("{folder}/{}", text(&item["path"]));
                files.push((text(&volume["secret"]["secretName"]), text(&item["key"]), path));
            }
        }
        files
    }
}

/// The secrets that `k8s/README.md` tells to make: rows of `| `name` | `key`, `key` | …`.
pub fn documented_secrets() -> Result<BTreeSet<(String, String)>> {
    let readme = fs::read_to_string(folder().join("README.md"))?;
    let mut secrets = BTreeSet::new();
    for row in readme.lines().filter(|line| line.starts_with("| `jalon-")) {
        let words: Vec<&str> = row.split('|').map(str::trim).collect();
        for key in words[2].split(", ") {
            secrets.insert((words[1].replace('`', ""), key.replace('`', "")));
        }
    }
    Ok(secrets)
}

/// A text; empty when it is none.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A list; empty when it is none.
pub fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
