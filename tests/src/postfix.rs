//! The real Postfix in a folder and on a port of its own: takes mails, bounces those to people it does not know, and hands
//! what comes back to a command, by the recipe of the notifier's README.

use std::{
    fs,
    net::TcpStream,
    os::unix::fs::{PermissionsExt as _, chown},
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

use crate::{machine::free_port, outside::output};

/// Where mails come back.
pub const RETURN_PATH: &str = "retours@rdv.example.fr";

/// A Postfix at work; stopped when dropped.
pub struct Postfix {
    /// Where it takes mails.
    pub port: u16,
    program: PathBuf,
    folder: TempDir,
}

impl Postfix {
    /// `program` is `postfix`; mails to local parts that begin with `unknown` are taken and bounced a moment later, all
    /// others are taken and thrown away. What comes back is handed to `reports`. None when this is not root, who alone
    /// may start a mail system.
    #[expect(clippy::print_stderr, reason = "a skipped test must be seen")]
    pub fn start(program: &Path, unknown: &str, reports: &str) -> Result<Option<Self>> {
        if output(Command::new("id").arg("-u"))?.trim() != "0" {
            eprintln!("skipped: only root may start Postfix");
            return Ok(None);
        }
        let folder = tempfile::tempdir()?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
        let port = free_port()?;
        for name in ["etc", "queue", "data"] {
            fs::create_dir(folder.path().join(name))?;
        }
        let owner: u32 = output(Command::new("id").args(["-u", "postfix"]))?
            .trim()
            .parse()?;
        chown(folder.path().join("data"), Some(owner), None)?;
        let recipe = Recipe::of_the_readme()?;
        let curl = folder.path().join("etc/jalon-reports.curl");
        let write = |name: &str, text: String| fs::write(folder.path().join("etc").join(name), text);
        write("main.cf", main(folder.path()))?;
        write(
            "master.cf",
            format!("127.0.0.1:{port} inet n - n - - smtpd\n{SERVICES}"),
        )?;
        write(
            "transport",
            format!("/^{unknown}/ local:\n/^retours@/ local:\n/./ discard:\n"),
        )?;
        write("jalon-reports.curl", recipe.curl.replace(recipe.address, reports))?;
        write(
            "aliases",
            recipe.alias.replace(Recipe::FILE, &curl.display().to_string()),
        )?;
        let postfix = Self {
            port,
            program: program.to_owned(),
            folder,
        };
        let aliases = format!("hash:{}", postfix.etc().join("aliases").display());
        let mut postalias = Command::new(program.with_file_name("postalias"));
        output(postalias.arg("-c").arg(postfix.etc()).arg(aliases))?;
        postfix.run("start")?;
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            ensure!(started.elapsed() < Duration::from_mins(1), "{}", postfix.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Some(postfix))
    }

    /// What it wrote into its log.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn etc(&self) -> PathBuf {
        self.folder.path().join("etc")
    }

    fn run(&self, what: &str) -> Result<String> {
        output(Command::new(&self.program).arg("-c").arg(self.etc()).arg(what))
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        let _stopped = self.run("stop");
    }
}

/// What the README tells an operator to write, so that it is this that works.
struct Recipe {
    alias: String,
    curl: String,
    address: &'static str,
}

impl Recipe {
    const FILE: &str = "/etc/postfix/jalon-reports.curl";

    fn of_the_readme() -> Result<Self> {
        let readme = include_str!("../../services/notifier/README.md");
        let line = |start: &str| {
            let found = readme.lines().find(|line| line.starts_with(start));
            found.with_context(|| format!("the README has no line {start}"))
        };
        let url = line("url = \"http://10.0.0.5:7780/mail/reports/")?;
        let rest = readme.split_once(url).map_or("", |(_, rest)| rest);
        let (block, _) = rest.split_once("```").context("the block ends")?;
        Ok(Self {
            alias: format!("{}\n", line("retours: ")?),
            curl: format!("{url}{block}"),
            address: url.split('"').nth(1).context("the address is quoted")?,
        })
    }
}

fn main(folder: &Path) -> String {
    let base = folder.display();
    format!(
        "compatibility_level = 3.6\nqueue_directory = {base}/queue\ndata_directory = {base}/data\n\
         mail_owner = postfix\nsetgid_group = postdrop\n\
         maillog_file = {base}/log\nmaillog_file_prefixes = {base}\n\
         myhostname = mail.rdv.example.fr\nmydestination = rdv.example.fr, example.org\n\
         inet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nmynetworks = 127.0.0.0/8\n\
         smtpd_relay_restrictions = permit_mynetworks, reject\nsmtp_dns_support_level = disabled\n\
         smtpd_client_connection_count_limit = 0\n\
         local_recipient_maps =\nalias_maps = hash:{base}/etc/aliases\nalias_database = hash:{base}/etc/aliases\n\
         transport_maps = regexp:{base}/etc/transport\n"
    )
}

/// What Debian's master.cf has and this needs, without chroot.
const SERVICES: &str = "cleanup unix n - n - 0 cleanup\nqmgr unix n - n 300 1 qmgr\nrewrite unix - - n - - trivial-rewrite\n\
    bounce unix - - n - 0 bounce\ndefer unix - - n - 0 bounce\ntrace unix - - n - 0 bounce\n\
    flush unix n - n 1000? 0 flush\nproxymap unix - - n - - proxymap\nlocal unix - n n - - local\n\
    discard unix - - n - - discard\nerror unix - - n - - error\nretry unix - - n - - error\nshowq unix n - n - - showq\n\
    anvil unix - - n - 1 anvil\npostlog unix-dgram n - n - 1 postlogd\n";
