//! The real Kannel with its fake network: bearerbox, smsbox and fakesmsc, in a folder and on ports of their own.

use std::{
    fs,
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use crate::{machine::free_port, process::Process};

/// Name and password of the account that the gateway gives us.
pub const ACCOUNT: (&str, &str) = ("jalon", "geheim");

/// A gateway at work; stopped when dropped.
pub struct Kannel {
    /// Where `sendsms` answers.
    pub url: String,
    smsc_port: u16,
    fake_smsc: PathBuf,
    folder: TempDir,
    // Stopped in this order.
    phones: Option<Process>,
    _smsbox: Process,
    _bearerbox: Process,
}

/// A text as it reached a telephone.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Text {
    /// To whom.
    pub to: String,
    /// What; of a long text one part, its header in front.
    pub text: String,
}

impl Kannel {
    /// Starts the three; `bearerbox` has its smsbox beside it. What telephones write is told to `incoming`.
    pub fn start(bearerbox: &Path, fake_smsc: &Path, incoming: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let [admin, boxes, smsc, sendsms] = [free_port()?, free_port()?, free_port()?, free_port()?];
        let base = folder.path().display();
        fs::create_dir(folder.path().join("receipts"))?;
        fs::create_dir(folder.path().join("store"))?;
        let (user, password) = ACCOUNT;
        let text = format!(
            "group = core\nadmin-port = {admin}\nadmin-interface = 127.0.0.1\nadmin-password = {password}\n\
             smsbox-port = {boxes}\nsmsbox-interface = 127.0.0.1\nbox-allow-ip = 127.0.0.1\n\
             store-type = spool\nstore-location = {base}/store\n\
             dlr-storage = spool\ndlr-spool = {base}/receipts\n\n\
             group = smsc\nsmsc = fake\nsmsc-id = fake\nport = {smsc}\nconnect-allow-ip = 127.0.0.1\n\n\
             group = smsbox\nbearerbox-host = 127.0.0.1\nbearerbox-port = {boxes}\n\
             sendsms-port = {sendsms}\nsendsms-interface = 127.0.0.1\n\
             http-request-retry = 5\nhttp-queue-delay = 1\n\n\
             group = sendsms-user\nusername = {user}\npassword = {password}\nmax-messages = 10\nconcatenation = true\n\n\
             group = sms-service\nkeyword = default\nget-url = \"{incoming}?from=%p&text=%a\"\nmax-messages = 0\n"
        );
        fs::write(folder.path().join("kannel.conf"), text)?;
        let smsbox = bearerbox.with_file_name("smsbox");
        let first = start(bearerbox, folder.path(), "bearerbox", &["kannel.conf"])?;
        answers(boxes).context("bearerbox does not listen")?;
        let second = start(&smsbox, folder.path(), "smsbox", &["kannel.conf"])?;
        answers(sendsms).context("smsbox does not listen")?;
        let mut kannel = Self {
            url: format!("http://127.0.0.1:{sendsms}/cgi-bin/sendsms"),
            smsc_port: smsc,
            fake_smsc: fake_smsc.to_owned(),
            folder,
            phones: None,
            _smsbox: second,
            _bearerbox: first,
        };
        answers(smsc).context("the fake network does not listen")?;
        kannel.phones("0600000000 13013 text Bonjour")?;
        Ok(kannel)
    }

    /// The telephones are switched off and on; one of them writes this.
    pub fn phones(&mut self, message: &str) -> Result<()> {
        self.phones = None;
        let port = self.smsc_port.to_string();
        let arguments = ["-H", "127.0.0.1", "-r", &port, "-m", "1", "-i", "0.01", message];
        self.phones = Some(start(&self.fake_smsc, self.folder.path(), "phones", &arguments)?);
        Ok(())
    }

    /// Every text that has reached a telephone, parts of long ones one by one.
    pub fn texts(&self) -> Result<Vec<Text>> {
        let log = fs::read(self.folder.path().join("phones.log"))?;
        let log = String::from_utf8_lossy(&log);
        // "… INFO: Got message 1: <MLELyon +33639980101 text Rappel …>"
        let messages = log.split("Got message ").skip(1);
        Ok(messages
            .filter_map(|message| {
                let (inside, _) = message.split_once(": <")?.1.rsplit_once('>')?;
                let mut words = inside.splitn(4, ' ');
                let (_from, to, _kind) = (words.next()?, words.next()?, words.next()?);
                Some(Text {
                    to: to.to_owned(),
                    text: words.next()?.to_owned(),
                })
            })
            .collect())
    }
}

fn start(program: &Path, folder: &Path, name: &str, arguments: &[&str]) -> Result<Process> {
    let log = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.join(format!("{name}.log")))?;
    let child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
        .with_context(|| format!("{} cannot be started", program.display()))?;
    Ok(Process(child))
}

fn answers(port: u16) -> Result<()> {
    let started = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        anyhow::ensure!(
            started.elapsed() < Duration::from_mins(1),
            "port {port} stays silent"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
