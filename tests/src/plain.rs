//! A browser without scripts: it keeps cookies, follows redirections, and sends the forms that a page has as they stand.
//!
//! ```text
//! let mut plain = Plain::before(&running)?;
//! plain.get("/connexion").await?;
//! plain.send("Se connecter", &[("adresse", "ada@example.org"), ("motdepasse", "…")]).await?;
//! assert_eq!(plain.status, 200);
//! ```

mod page;

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail, ensure};
use jalon::running::Running as Address;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

pub use page::{Form, Link, Page};

use crate::suite::Running;

/// No page leads further than this.
const REDIRECTIONS: usize = 5;

/// What it is and where.
pub struct Plain {
    host: String,
    /// By path and name.
    cookies: BTreeMap<(String, String), String>,
    /// Of the last answer.
    pub status: u16,
    /// Path and question of the last answer.
    pub path: String,
    /// Lines above the last answer.
    pub head: String,
    /// The last answer as it came.
    pub body: String,
}

impl Plain {
    /// Before the pages of `running`, signed in to nothing.
    pub fn before(running: &Running) -> Result<Self> {
        Ok(Self {
            host: Address::read(running.folder.path())?.web.to_string(),
            cookies: BTreeMap::new(),
            status: 0,
            path: String::new(),
            head: String::new(),
            body: String::new(),
        })
    }

    /// Opens an address of the pages.
    pub async fn get(&mut self, path: &str) -> Result<()> {
        self.ask("GET", path, None).await
    }

    /// The last answer as somebody sees it who has no scripts.
    pub fn page(&self) -> Page {
        Page::read(&self.body)
    }

    /// Opens the link with this text.
    pub async fn follow(&mut self, words: &str) -> Result<()> {
        let page = self.page();
        let link = page.links.iter().find(|link| link.words == words);
        let to = link.with_context(|| format!("no link “{words}” in:\n{}", page.text))?;
        self.get(&to.to.clone()).await
    }

    /// Presses the button with this text, after having filled in these fields of its form.
    pub async fn send(&mut self, button: &str, fields: &[(&str, &str)]) -> Result<()> {
        let page = self.page();
        let pressed = page.forms.iter().find_map(|form| form.pressed(button));
        let (form, mut values) =
            pressed.with_context(|| format!("no button “{button}” in:\n{}", page.text))?;
        for (name, value) in fields {
            let field = values.iter_mut().find(|(known, _)| known == name);
            let (_, field) = field.with_context(|| format!("the form “{button}” has no field {name}"))?;
            (*value).clone_into(field);
        }
        let written: Vec<_> = values
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        let to = if form.action.is_empty() {
            &self.path
        } else {
            &form.action
        };
        let to = to.clone();
        if form.post {
            return self.ask("POST", &to, Some(written.join("&"))).await;
        }
        let path = to.split('?').next().unwrap_or_default();
        self.get(&format!("{path}?{}", written.join("&"))).await
    }

    /// Sends fields to an address as a form of the last page would: with its token and its operation.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<()> {
        let page = self.page();
        let written: Vec<_> = page
            .secrets()
            .chain(fields.iter().copied())
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        self.ask("POST", path, Some(written.join("&"))).await
    }

    /// Whether the page says these words (spaces of all kinds count as one).
    pub fn see(&self, words: &str) -> Result<()> {
        let said = self.page().text;
        ensure!(
            said.contains(words),
            "{} {} does not say “{words}”:\n{said}",
            self.status,
            self.path
        );
        Ok(())
    }

    async fn ask(&mut self, method: &str, path: &str, form: Option<String>) -> Result<()> {
        self.once(method, path, form.as_deref()).await?;
        for _ in 0..REDIRECTIONS {
            let Some(to) = self.header("location").filter(|_| self.status == 303) else {
                return Ok(());
            };
            self.once("GET", &to, None).await?;
        }
        bail!("{path} leads in circles")
    }

    async fn once(&mut self, method: &str, path: &str, form: Option<&str>) -> Result<()> {
        let path = match path.split('#').next().unwrap_or_default() {
            // A question to where it is.
            question if question.starts_with('?') => {
                format!("{}{question}", self.path.split('?').next().unwrap_or_default())
            }
            path => path.to_owned(),
        };
        let cookies: Vec<_> = self
            .cookies
            .iter()
            // The longest path first, as browsers do.
            .rev()
            .filter(|((within, _), _)| path.starts_with(within.as_str()))
            .map(|((_, name), value)| format!("{name}={value}"))
            .collect();
        let host = &self.host;
        // Of HTTP/1.0, so that an answer comes in one piece.
        let mut request = format!("{method} {path} HTTP/1.0\r\nHost: {host}\r\nAccept-Language: fr\r\n");
        if !cookies.is_empty() {
            request = format!("{request}Cookie: {}\r\n", cookies.join("; "));
        }
        if let Some(form) = form {
            let length = form.len();
            request = format!(
                "{request}Origin: http://{host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n"
            );
        }
        let mut stream = TcpStream::connect(host).await?;
        let request = format!("{request}\r\n{}", form.unwrap_or_default());
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let (head, body) = answer.split_once("\r\n\r\n").context("half an answer")?;
        let status = head.split(' ').nth(1).context("an answer without a status")?;
        self.status = status.parse()?;
        self.path = path;
        head.clone_into(&mut self.head);
        body.clone_into(&mut self.body);
        self.keep_cookies();
        Ok(())
    }

    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<String> {
        headers(&self.head)
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.to_owned())
    }

    fn keep_cookies(&mut self) {
        let head = self.head.clone();
        let set = headers(&head).filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
        for (_, cookie) in set {
            let mut parts = cookie.split("; ");
            let (name, value) = parts
                .next()
                .and_then(|pair| pair.split_once('='))
                .unwrap_or_default();
            let attributes: Vec<_> = parts.collect();
            let within = attributes.iter().find_map(|one| one.strip_prefix("Path="));
            let key = (within.unwrap_or("/").to_owned(), name.to_owned());
            if attributes.contains(&"Max-Age=0") {
                self.cookies.remove(&key);
            } else {
                self.cookies.insert(key, value.to_owned());
            }
        }
    }
}

fn headers(head: &str) -> impl Iterator<Item = (&str, &str)> {
    head.split("\r\n").filter_map(|line| line.split_once(": "))
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
