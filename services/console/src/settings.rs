//! What the operator says about these pages, and the names under which they may be asked for.

use http::{
    Uri,
    uri::{Authority, Scheme},
};
use jiff::tz::TimeZone;

/// What the pages must know of the installation.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where people outside reach the pages behind a link: `https://rdv.exemple.fr`.
    pub public_url: String,
    /// Who organises, as people know them.
    pub organisation: String,
    /// Whom to call when a link does not work; empty when there is no number.
    pub telephone: String,
    /// IANA zone in which instants are shown.
    pub time_zone: String,
    /// Proxies before the pages, each of which adds whom it speaks for to `X-Forwarded-For`.
    pub proxies: usize,
}

/// Settings that cannot be used.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SettingsError {
    /// Links could not be told from addresses of others.
    #[error("the public address {0:?} is not one: write it as https://rdv.exemple.fr, without a path")]
    PublicUrl(String),
    /// Instants could not be shown.
    #[error("the time zone {0:?} is not known: write an IANA name such as Europe/Paris")]
    TimeZone(String),
}

/// Names under which the pages may be asked for.
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    public: Authority,
    encrypted: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_url: "http://127.0.0.1:8080".to_owned(),
            organisation: "Jalon".to_owned(),
            telephone: String::new(),
            time_zone: "Europe/Paris".to_owned(),
            proxies: 0,
        }
    }
}

impl Settings {
    pub(crate) fn check(&self) -> Result<(TimeZone, Hosts), SettingsError> {
        let zone =
            TimeZone::get(&self.time_zone).map_err(|_| SettingsError::TimeZone(self.time_zone.clone()))?;
        let wrong = || SettingsError::PublicUrl(self.public_url.clone());
        let address: Uri = self.public_url.parse().map_err(|_| wrong())?;
        let scheme = address.scheme().ok_or_else(wrong)?;
        if (scheme != &Scheme::HTTP && scheme != &Scheme::HTTPS) || !matches!(address.path(), "" | "/") {
            return Err(wrong());
        }
        let public = address.authority().cloned().ok_or_else(wrong)?;
        let encrypted = scheme == &Scheme::HTTPS;
        Ok((zone, Hosts { public, encrypted }))
    }
}

impl Hosts {
    /// Whether a `Host` header names this machine or the public address. Another name that resolves to this machine
    /// is how a page elsewhere would read ours (DNS rebinding).
    pub(crate) fn known(&self, host: &str) -> bool {
        let Ok(asked) = host.parse::<Authority>() else {
            return false;
        };
        let name = asked.host();
        name.eq_ignore_ascii_case("localhost")
            || name
                .trim_start_matches('[')
                .trim_end_matches(']')
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback())
            || self.is_public(&asked)
    }

    /// Whether a cookie for this host may be kept to encrypted connections.
    pub(crate) fn encrypted(&self, host: &str) -> bool {
        self.encrypted && host.parse().is_ok_and(|asked| self.is_public(&asked))
    }

    // Behind a proxy the port differs: the name decides.
    fn is_public(&self, asked: &Authority) -> bool {
        asked.host().eq_ignore_ascii_case(self.public.host())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(public_url: &str) -> Result<Hosts, SettingsError> {
        let settings = Settings {
            public_url: public_url.to_owned(),
            ..Settings::default()
        };
        settings.check().map(|(_, hosts)| hosts)
    }

    #[test]
    fn only_this_machine_and_the_public_name_are_known() {
        let hosts = hosts("https://rdv.exemple.fr").unwrap();
        for known in [
            "localhost:8080",
            "127.0.0.1",
            "127.0.0.1:1",
            "[::1]:8080",
            "rdv.exemple.fr",
            "RDV.exemple.fr:443",
        ] {
            assert!(hosts.known(known), "{known}");
        }
        for unknown in [
            "mechant.example",
            "rdv.exemple.fr.mechant.example",
            "10.0.0.1",
            "",
            "localhost.mechant.example",
        ] {
            assert!(!hosts.known(unknown), "{unknown}");
        }
        assert!(hosts.encrypted("rdv.exemple.fr"));
        assert!(!hosts.encrypted("127.0.0.1:8080"));
    }

    #[test]
    fn a_public_address_with_a_path_or_without_a_scheme_is_refused() {
        for wrong in [
            "rdv.exemple.fr",
            "https://rdv.exemple.fr/pages",
            "ftp://rdv.exemple.fr",
            "",
        ] {
            assert_eq!(
                hosts(wrong).unwrap_err(),
                SettingsError::PublicUrl(wrong.to_owned())
            );
        }
    }
}
