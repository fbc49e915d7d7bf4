//! The image of `k8s/Containerfile`, assembled for real, and its processes started from what it holds.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    manifests::{folder, items, text},
    outside::output,
    process::{Process, binary},
};

/// The last stage of the Containerfile, as buildah makes it around the binary that the tests have built.
///
/// The first stage, which only compiles, is not run: its base cannot be had here. What it does after compiling is
/// `k8s/image-root`, which is run.
pub struct Image {
    folder: TempDir,
    /// The configuration: user, entry point, labels.
    pub config: Value,
    /// The names of all files, "usr/local/bin/jalon".
    pub files: Vec<String>,
}

impl Image {
    /// Assembles it, pushes it to an OCI layout, and unpacks what lies there.
    pub fn assemble(buildah: &Path) -> Result<Self> {
        let work = tempfile::tempdir()?;
        let path = |name: &str| work.path().join(name);
        output(
            Command::new(folder().join("image-root"))
                .arg(binary()?)
                .arg(path("builder/image")),
        )?;
        let whole = fs::read_to_string(folder().join("Containerfile"))?;
        let last = whole
            .find("\nFROM scratch\n")
            .context("a last stage from scratch")?;
        fs::write(path("Containerfile"), &whole[last..])?;
        let run = |arguments: &[&str]| {
            let mut command = Command::new(buildah);
            command.arg("--root").arg(path("store"));
            command.arg("--runroot").arg(path("run"));
            command.args(["--storage-driver", "vfs"]).args(arguments);
            output(command.current_dir(work.path()))
        };
        run(&[
            "bud",
            "--isolation",
            "chroot",
            "--build-context",
            "builder=builder",
            "--tag",
            "jalon:test",
            "--file",
            "Containerfile",
            "builder",
        ])?;
        run(&[
            "push",
            "--quiet",
            "--disable-compression",
            "jalon:test",
            "oci:layout:test",
        ])?;

        let blob = |reference: &Value| -> Result<PathBuf> {
            let digest = text(&reference["digest"])
                .strip_prefix("sha256:")
                .context("sha256")?;
            Ok(path("layout/blobs/sha256").join(digest))
        };
        let read = |file: PathBuf| -> Result<Value> { Ok(serde_json::from_slice(&fs::read(file)?)?) };
        let index = read(path("layout/index.json"))?;
        let manifest = read(blob(&index["manifests"][0])?)?;
        let config = read(blob(&manifest["config"])?)?["config"].clone();
        fs::create_dir(path("root"))?;
        let mut files = Vec::new();
        for layer in items(&manifest["layers"]) {
            let listed = output(
                Command::new("tar")
                    .args(["--extract", "--same-owner", "--same-permissions"])
                    .args(["--verbose", "--file"])
                    .arg(blob(layer)?)
                    .arg("--directory")
                    .arg(path("root")),
            )?;
            files.extend(
                listed
                    .lines()
                    .filter(|name| !name.ends_with('/'))
                    .map(str::to_owned),
            );
        }
        Ok(Self {
            folder: work,
            config,
            files,
        })
    }

    /// What the image holds.
    pub fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    /// A container of it: a root of its own, whose files are those of the image.
    pub fn container(&self, name: &str) -> Result<Container> {
        let root = self.folder.path().join(name);
        output(
            Command::new("cp")
                .args(["--archive", "--link"])
                .arg(self.root())
                .arg(&root),
        )?;
        Ok(Container {
            root,
            user: text(&self.config["User"]).to_owned(),
            entry: items(&self.config["Entrypoint"])
                .iter()
                .map(|word| text(word).to_owned())
                .collect(),
        })
    }
}

/// A root, and who runs what in it. Started by root only.
pub struct Container {
    root: PathBuf,
    user: String,
    entry: Vec<String>,
}

impl Container {
    /// A file that the cluster would mount, readable for the group of the process.
    pub fn mount(&self, path: &str, content: &str) -> Result<()> {
        let file = self.root.join(path.trim_start_matches('/'));
        fs::create_dir_all(file.parent().context("a folder")?)?;
        // What the image holds is shared between containers: never written through the link.
        if file.exists() {
            fs::remove_file(&file)?;
        }
        fs::write(&file, content)?;
        let group = self.user.rsplit(':').next().unwrap_or_default();
        output(Command::new("chgrp").arg(group).arg(&file))?;
        output(Command::new("chmod").arg("440").arg(&file)).map(drop)
    }

    /// Runs it to its end; what it printed.
    pub fn run(&self, arguments: &[&str], environment: &BTreeMap<String, String>) -> Result<String> {
        output(&mut self.command(arguments, environment))
    }

    /// Starts it; its output goes to a log.
    pub fn start(&self, arguments: &[&str], environment: &BTreeMap<String, String>) -> Result<Process> {
        let log = fs::File::create(self.root.with_extension("log"))?;
        let mut command = self.command(arguments, environment);
        command.stdout(log.try_clone()?).stderr(log);
        Ok(Process(command.spawn()?))
    }

    /// What it said.
    pub fn log(&self) -> String {
        fs::read_to_string(self.root.with_extension("log")).unwrap_or_default()
    }

    /// With exactly these variables, as the user of the image, in the root.
    fn command(&self, arguments: &[&str], environment: &BTreeMap<String, String>) -> Command {
        let mut command = Command::new("/usr/sbin/chroot");
        command
            .arg(format!("--userspec={}", self.user))
            .arg(&self.root)
            .args(&self.entry)
            .args(arguments)
            .env_clear()
            .envs(environment)
            .stdin(Stdio::null());
        command
    }
}
