//! The one image: linted, assembled, looked into; and the pods of `k8s/base` started from it with the settings that they
//! have there, on a real PostgreSQL and a real RabbitMQ.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::MetadataExt as _,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use contracts::scheduler::v1::GetStatusRequest;
use jalon::{
    client::Clients,
    config::{Config, Peers, Tokens},
};
use serde_json::json;
use tests::{
    apart::get,
    image::{Container, Image},
    machine::Machine,
    manifests::{Pod, Rendered, folder, text},
    outside::{output, tool},
    process::Process,
};

#[test]
fn the_definition_of_the_image_is_in_order() -> Result<()> {
    let Some(hadolint) = tool("HADOLINT") else {
        return Ok(());
    };
    let said = output(
        Command::new(hadolint)
            .args(["--no-color", "--failure-threshold", "info"])
            .arg(folder().join("Containerfile")),
    )?;
    assert_eq!(said.trim(), "");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_pod_runs_from_the_image_with_the_settings_of_the_base() -> Result<()> {
    let (Some(kubectl), Some(buildah)) = (tool("KUBECTL"), tool("BUILDAH")) else {
        return Ok(());
    };
    if !may_change_roots()? {
        return Ok(());
    }
    let image = Image::assemble(&buildah)?;
    assert_bare(&image)?;
    let version = image
        .container("version")?
        .run(&["--version"], &BTreeMap::new())?;
    assert_eq!(version.trim(), format!("jalon {}", env!("CARGO_PKG_VERSION")));

    let Some(machine) = Machine::start()? else {
        return Ok(());
    };
    let base = Rendered::of(&kubectl, "base")?;
    let cluster = Cluster::new(&machine);
    let pods = base.pods();
    let migration = pods.iter().find(|pod| !pod.stays()).context("the migration")?;
    let (container, environment) = cluster.container(&image, migration, "migrate")?;
    let said = container.run(&migration.arguments(), &environment)?;
    assert_eq!(said.matches("up to date").count(), 4, "{said}");

    let mut running = Vec::new();
    for pod in pods.iter().filter(|pod| pod.stays()) {
        // Peers speak to one of the replicas: here to the first.
        let (container, environment) = cluster.container(&image, pod, pod.component())?;
        let process = container.start(&pod.arguments(), &environment)?;
        running.push((pod, container, process));
    }
    for (pod, container, _) in &running {
        let host = cluster.address(pod.component());
        let path = text(&pod.container()["readinessProbe"]["httpGet"]["path"]);
        let started = Instant::now();
        // As a kubelet asks: by the address of the pod, which nobody has told it.
        while !get((&host, 7790), "10.1.2.3:7790", path)
            .await
            .is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
        {
            anyhow::ensure!(
                started.elapsed() < Duration::from_mins(1),
                "{}: {}",
                pod.name(),
                container.log()
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    cluster.answers().await?;

    // As a roll-out ends them: at the first word, within the time that it gives.
    for (pod, container, mut process) in running {
        output(Command::new("kill").arg(process.0.id().to_string()))?;
        let grace = pod.spec["terminationGracePeriodSeconds"]
            .as_u64()
            .context("grace")?;
        let ended = end(&mut process, Duration::from_secs(grace)).await?;
        assert!(ended, "{}: {}", pod.name(), container.log());
    }
    Ok(())
}

/// Nothing but the binary, what it loads, and the name of its user, who is not root.
fn assert_bare(image: &Image) -> Result<()> {
    assert_eq!(image.config["User"], "65532:65532");
    assert_eq!(image.config["Entrypoint"], json!(["/usr/local/bin/jalon"]));
    let labels = &image.config["Labels"];
    assert_eq!(labels["org.opencontainers.image.title"], "jalon");
    assert_eq!(
        labels["org.opencontainers.image.version"],
        env!("CARGO_PKG_VERSION")
    );
    for file in &image.files {
        let library = file.starts_with("lib") && file.contains(".so");
        let known = ["usr/local/bin/jalon", "etc/passwd", "etc/group"].contains(&file.as_str());
        assert!(library || known, "{file} has no place in the image");
        let held = fs::metadata(image.root().join(file))?;
        assert_eq!(
            (held.uid(), held.mode() & 0o6022),
            (0, 0),
            "{file} could be changed"
        );
    }
    Ok(())
}

#[expect(clippy::print_stderr, reason = "a skipped test must be seen")]
fn may_change_roots() -> Result<bool> {
    let root = output(Command::new("id").arg("-u"))?.trim() == "0";
    if !root {
        eprintln!("skipped: only root starts processes in the root of an image");
    }
    Ok(root)
}

async fn end(process: &mut Process, patience: Duration) -> Result<bool> {
    let asked = Instant::now();
    while asked.elapsed() < patience {
        if let Some(status) = process.0.try_wait()? {
            return Ok(status.success());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(false)
}

/// What a cluster gives: an address and a name for each pod, and the values of secrets.
struct Cluster {
    network: [u8; 2],
    secrets: BTreeMap<(&'static str, &'static str), String>,
}

const SERVICES: [&str; 6] = [
    "migrate",
    "directory",
    "speeddating",
    "scheduler",
    "notifier",
    "console",
];

/// 32 bytes of chance, as `k8s/README.md` makes them.
const KEY: &str = "3q2+796tvu/erb7v3q2+796tvu/erb7v3q2+796tvu8";

impl Cluster {
    fn new(machine: &Machine) -> Self {
        Self {
            // Of the loopback network, so that the ports of the manifests are free.
            network: [rand::random_range(1..=254), rand::random_range(1..=254)],
            secrets: BTreeMap::from([
                (("jalon-database", "url"), machine.database_url()),
                (("jalon-broker", "url"), machine.broker_url()),
                (("jalon-installation", "jalon.key"), KEY.to_owned()),
            ]),
        }
    }

    fn address(&self, service: &str) -> String {
        let [second, third] = self.network;
        let last = SERVICES.iter().position(|one| *one == service).unwrap_or(0) + 1;
        format!("127.{second}.{third}.{last}")
    }

    fn secret(&self, name: &str, key: &str) -> String {
        self.secrets.get(&(name, key)).cloned().unwrap_or_default()
    }

    /// A container of a pod, with its files and variables; only where it listens is another address: here all pods share
    /// the network of one machine.
    fn container(
        &self,
        image: &Image,
        pod: &Pod<'_>,
        name: &str,
    ) -> Result<(Container, BTreeMap<String, String>)> {
        let container = image.container(name)?;
        let hosts: String = SERVICES
            .iter()
            .map(|service| format!("{} {service}", self.address(service)))
            .collect::<Vec<_>>()
            .join("\n");
        container.mount("/etc/hosts", &hosts)?;
        for (secret, key, path) in pod.secret_files() {
            container.mount(&path, &self.secret(secret, key))?;
        }
        let mut environment = pod.environment(|secret, key| self.secret(secret, key))?;
        for listen in [
            "JALON__GRPC__LISTEN",
            "JALON__WEB__LISTEN",
            "JALON__OPERATIONS__LISTEN",
        ] {
            let given = environment.get_mut(listen).context("where it listens")?;
            *given = given.replace("0.0.0.0", &self.address(pod.component()));
        }
        Ok((container, environment))
    }

    /// The services know each other: what an administrator asks by gRPC is answered, and the console has a page.
    async fn answers(&self) -> Result<()> {
        let work = tempfile::tempdir()?;
        let key = work.path().join("jalon.key");
        fs::write(&key, KEY)?;
        let peer = |service: &str| format!("http://{}:7700", self.address(service));
        let config = Config {
            data: Path::new("/nowhere").to_owned(),
            peers: Peers {
                directory: peer("directory"),
                speeddating: peer("speeddating"),
                scheduler: peer("scheduler"),
                notifier: peer("notifier"),
            },
            tokens: Tokens { key_file: Some(key) },
            ..Config::default()
        };
        let clients = Clients::connect(&config)?;
        clients
            .scheduler
            .clone()
            .get_status(GetStatusRequest::default())
            .await?;
        // Whoever is not signed in is led to where one signs in.
        let page = get((&self.address("console"), 7780), "rdv.example.fr", "/").await?;
        anyhow::ensure!(page.starts_with("HTTP/1.1 303"), "{page}");
        // What the pages' port is open to is not shown the metrics.
        let metrics = get((&self.address("console"), 7780), "rdv.example.fr", "/metrics").await?;
        anyhow::ensure!(!metrics.contains("# TYPE"), "{metrics}");
        Ok(())
    }
}
