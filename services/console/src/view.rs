//! What the frame of every page needs: words, whoever is signed in, the token of its forms, the notice of what was just done.

use std::ops::Deref;

use http::{HeaderMap, header::ACCEPT_LANGUAGE};

use crate::{
    cookies,
    texts::{Language, Texts},
};

/// The cookie of a language chosen in this browser.
pub(crate) const LANGUAGE: &str = "jalon_langue";
/// The cookie of light or dark, chosen in this browser.
pub(crate) const SCHEME: &str = "jalon_aspect";

/// `t` of every template. It speaks (`t.say("key")`, see [`Texts`]) and tells the layout what stands around the page.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one thing that the layout shows or not"
)]
pub(crate) struct View {
    texts: Texts,
    /// `clair`, `sombre`, or empty to follow the system.
    pub(crate) scheme: &'static str,
    /// The address of this page, to come back to. A page that answers a form at an address which takes forms only says
    /// where the form stands instead.
    pub(crate) here: String,
    /// The token against forged forms, different in every page.
    pub(crate) csrf: String,
    /// What was just done, shown once.
    pub(crate) notice: String,
    /// Who is signed in; empty when nobody is.
    pub(crate) name: String,
    /// Whether it is their own account, or the one-time entry before there are accounts.
    pub(crate) account: bool,
    /// Runs the installation.
    pub(crate) administrator: bool,
    /// Reads what was done by whom.
    pub(crate) auditor: bool,
    /// Organises sessions: what only they may open is shown to them only.
    pub(crate) organiser: bool,
}

impl View {
    /// For somebody who is not signed in.
    pub(crate) fn outside(headers: &HeaderMap, here: &str) -> Self {
        Self {
            texts: language(headers, None),
            scheme: scheme(headers),
            here: here.to_owned(),
            csrf: String::new(),
            notice: String::new(),
            name: String::new(),
            account: false,
            administrator: false,
            auditor: false,
            organiser: false,
        }
    }

    /// From now on in this language.
    pub(crate) fn speak(&mut self, texts: Texts) {
        self.texts = texts;
    }

    /// Whether what only organisers may open is shown.
    pub(crate) fn organises(&self) -> bool {
        self.organiser
    }

    /// The words alone, to be taken along.
    pub(crate) fn texts(&self) -> Texts {
        self.texts
    }
}

impl Deref for View {
    type Target = Texts;

    fn deref(&self) -> &Texts {
        &self.texts
    }
}

/// The account's language, else this browser's choice, else what the browser asks for, else French.
pub(crate) fn language(headers: &HeaderMap, account: Option<Language>) -> Texts {
    let chosen = || cookies::get(headers, LANGUAGE).and_then(Language::of);
    let accepted = || Language::accepted(headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?);
    Texts(account.or_else(chosen).or_else(accepted).unwrap_or_default())
}

/// Light or dark as chosen in this browser.
pub(crate) fn scheme(headers: &HeaderMap) -> &'static str {
    match cookies::get(headers, SCHEME) {
        Some("clair") => "clair",
        Some("sombre") => "sombre",
        _ => "",
    }
}
