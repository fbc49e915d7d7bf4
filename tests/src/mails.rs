//! Mail servers that are not ours, and what parsers that are not ours read in the mails that they got.

use std::{
    collections::BTreeMap,
    fs,
    net::TcpStream,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use serde::Deserialize;
use tempfile::TempDir;

use crate::{
    machine::free_port,
    outside::{output, script},
    process::Process,
};

/// A mail as an independent parser reads it.
#[derive(Clone, Debug, Deserialize)]
pub struct Mail {
    /// "taken-00001.eml"; "refused-…" when the server refused it for now.
    pub file: String,
    /// What the server was told before; smtp-sink keeps it elsewhere.
    pub envelope: Option<Envelope>,
    /// Message-ID.
    pub message_id: String,
    /// Subject, decoded.
    pub subject: String,
    /// Addresses of To.
    pub to: Vec<String>,
    /// Content types, in order.
    pub parts: Vec<String>,
    /// The invitation, if there is one.
    pub calendar: Option<Calendar>,
    /// Whether the invitation and its copy as a file say the same.
    pub calendars_agree: bool,
    /// Whether the DKIM signature holds; absent when no key was given.
    pub signed: Option<bool>,
    /// What a parser complained of.
    pub complaints: Vec<String>,
}

/// The SMTP conversation around a mail.
#[derive(Clone, Debug, Deserialize)]
pub struct Envelope {
    /// RCPT TO.
    pub to: Vec<String>,
    /// Whether it came over TLS.
    pub encrypted: bool,
    /// The account that gave it in.
    pub user: String,
}

/// One VEVENT.
#[derive(Clone, Debug, Deserialize)]
pub struct Calendar {
    /// REQUEST or CANCEL.
    pub method: String,
    /// UID.
    pub uid: String,
    /// SEQUENCE.
    pub sequence: i64,
    /// STATUS.
    pub status: String,
    /// DTSTART.
    pub starts: String,
    /// The address of ATTENDEE.
    pub attendee: String,
}

/// What a recipient's server finds about the sender of a mail.
#[derive(Clone, Debug, Deserialize)]
pub struct Sender {
    /// "taken-00001.eml".
    pub file: String,
    /// SPF for the machine that the record names: "pass".
    pub relay: String,
    /// SPF for another machine: "fail".
    pub stranger: String,
    /// The domain of From, that of MAIL FROM, and the one that signed.
    pub domains: [String; 3],
}

/// A server at work; stopped when dropped.
pub struct MailServer {
    /// Where it listens on this machine.
    pub port: u16,
    folder: TempDir,
    _process: Process,
}

impl MailServer {
    /// `mail_server.py` with further arguments.
    pub fn start(python: &Path, arguments: &[&str]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let log = fs::File::create(folder.path().join("log"))?;
        let child = script(python, "mail_server.py")
            .arg(folder.path())
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let process = Process(child);
        let written = || fs::read_to_string(folder.path().join("port")).ok()?.parse().ok();
        let port = wait_for(written).with_context(|| {
            let said = fs::read_to_string(folder.path().join("log")).unwrap_or_default();
            format!("the mail server does not listen; it said:\n{said}")
        })?;
        Ok(Self {
            port,
            folder,
            _process: process,
        })
    }

    /// Postfix's smtp-sink, which keeps each mail as a file.
    pub fn sink(program: &Path) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        // Started by root it goes on as somebody else, who must be able to write there.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777))?;
        let port = free_port()?;
        let mut command = Command::new(program);
        if output(Command::new("id").arg("-u"))?.trim() == "0" {
            command.args(["-u", "nobody"]);
        }
        let child = command
            .arg("-d")
            .arg(folder.path().join("mail-%s."))
            .args([&format!("127.0.0.1:{port}"), "100"])
            .stdin(Stdio::null())
            .spawn()?;
        let process = Process(child);
        wait_for(|| TcpStream::connect(("127.0.0.1", port)).ok()).context("smtp-sink does not listen")?;
        Ok(Self {
            port,
            folder,
            _process: process,
        })
    }

    /// All mails so far; `dkim` is the record that the domain's DNS would hold.
    pub fn mails(&self, python: &Path, dkim: Option<&str>) -> Result<Vec<Mail>> {
        for entry in fs::read_dir(self.folder.path())? {
            let path = entry?.path();
            // As smtp-sink names them.
            if path
                .file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with("mail-"))
                && path.extension().is_none_or(|extension| extension != "eml")
            {
                let mut named = path.clone().into_os_string();
                named.push(".eml");
                fs::rename(path, named)?;
            }
        }
        let mut command = script(python, "read_mails.py");
        command.arg(self.folder.path());
        if let Some(record) = dkim {
            command.args(["--dkim", record]);
        }
        output(&mut command)?
            .lines()
            .map(|line| Ok(serde_json::from_str(line)?))
            .collect()
    }
}

impl MailServer {
    /// The senders of all mails taken so far, with `record` as the SPF record of `domain`.
    pub fn senders(
        &self,
        python: &Path,
        domain: &str,
        record: &str,
        [relay, stranger]: [&str; 2],
    ) -> Result<Vec<Sender>> {
        let mut command = script(python, "verify_senders.py");
        command.arg(self.folder.path());
        command.args(["--domain", domain, "--record", record]);
        command.args(["--relay", relay, "--stranger", stranger]);
        output(&mut command)?
            .lines()
            .map(|line| Ok(serde_json::from_str(line)?))
            .collect()
    }
}

fn wait_for<T>(mut condition: impl FnMut() -> Option<T>) -> Option<T> {
    let started = Instant::now();
    while started.elapsed() < Duration::from_mins(1) {
        if let Some(found) = condition() {
            return Some(found);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    None
}

/// Calendars by their UID, lowest sequence first.
pub fn by_entry(mails: &[Mail]) -> BTreeMap<String, Vec<Calendar>> {
    let mut entries: BTreeMap<String, Vec<Calendar>> = BTreeMap::new();
    for calendar in mails.iter().filter_map(|mail| mail.calendar.clone()) {
        entries.entry(calendar.uid.clone()).or_default().push(calendar);
    }
    for calendars in entries.values_mut() {
        calendars.sort_by_key(|calendar| calendar.sequence);
    }
    entries
}

/// A certificate authority of the test's own with a server's certificate for this machine, and keys that sign mails.
pub struct Keys {
    folder: TempDir,
}

impl Keys {
    /// Makes them with openssl.
    pub fn make() -> Result<Self> {
        let keys = Self {
            folder: tempfile::tempdir()?,
        };
        fs::write(keys.path("server.cnf"), SERVER)?;
        keys.openssl("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=tests -keyout ca.key -out ca.pem")?;
        keys.openssl("req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr")?;
        keys.openssl("x509 -req -days 2 -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile server.cnf -out server.pem")?;
        keys.openssl("genrsa -traditional -out dkim.pem 2048")?;
        Ok(keys)
    }

    /// A file of them: ca.pem, server.pem, server.key, dkim.pem, ed25519.seed.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What DNS says of the RSA key that signs.
    pub fn rsa_record(&self) -> Result<String> {
        let public = self.openssl("rsa -in dkim.pem -pubout")?;
        let key: String = public.lines().filter(|line| !line.starts_with('-')).collect();
        Ok(format!("v=DKIM1; k=rsa; p={key}"))
    }

    /// Makes an Ed25519 key that signs; what DNS says of it.
    pub fn ed25519_record(&self) -> Result<String> {
        self.openssl("genpkey -algorithm ed25519 -outform DER -out ed25519.der")?;
        self.openssl("pkey -in ed25519.der -inform DER -pubout -outform DER -out ed25519.pub")?;
        // Both encodings end in the 32 bytes that matter.
        for (from, to) in [("ed25519.der", "ed25519.raw"), ("ed25519.pub", "public.raw")] {
            let encoded = fs::read(self.path(from))?;
            fs::write(self.path(to), &encoded[encoded.len() - 32..])?;
        }
        self.openssl("base64 -A -in ed25519.raw -out ed25519.seed")?;
        let public = self.openssl("base64 -A -in public.raw")?;
        Ok(format!("v=DKIM1; k=ed25519; p={}", public.trim()))
    }

    fn openssl(&self, arguments: &str) -> Result<String> {
        output(
            Command::new("openssl")
                .args(arguments.split(' '))
                .current_dir(self.folder.path()),
        )
    }
}

const SERVER: &str = "basicConstraints=CA:FALSE\nsubjectAltName=DNS:localhost,IP:127.0.0.1\n";
