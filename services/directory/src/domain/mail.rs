//! Mail addresses.

use std::fmt;

/// An address in lower case, as it is stored, compared and written to. The domain keeps its own letters
/// (`élan.example`), also when it was typed in its ASCII form (`xn--lan-9la.example`).
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Mail(String);

/// Longest address that SMTP takes (RFC 5321, 4.5.3.1).
const LONGEST: usize = 254;
/// Longest part before the @.
const LONGEST_LOCAL: usize = 64;
/// What RFC 5322 allows before the @ beside letters and digits, without quotes.
const SIGNS: &str = "!#$%&'*+-/=?^_`{|}~.";

impl Mail {
    /// Reads an address as typed. The text of the error says what is wrong, without showing the address.
    pub fn parse(typed: &str) -> Result<Self, &'static str> {
        let typed = typed.trim().to_lowercase();
        let (local, domain) = typed
            .rsplit_once('@')
            .ok_or("is not a mail address: it has no @; write for example prenom.nom@exemple.fr")?;
        check_local(local)?;
        let address = format!("{local}@{}", read_domain(domain)?);
        if address.len() > LONGEST {
            return Err("is longer than 254 characters, the most that mail servers take");
        }
        Ok(Self(address))
    }

    /// An address that was parsed before it was stored.
    pub fn stored(address: String) -> Self {
        Self(address)
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Mail {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn check_local(local: &str) -> Result<(), &'static str> {
    if local.is_empty() {
        return Err("is not a mail address: nothing stands before the @");
    }
    if local.len() > LONGEST_LOCAL {
        return Err("has more than 64 characters before the @, the most that mail servers take");
    }
    if !local
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || SIGNS.contains(letter))
    {
        return Err("has a space, an accent or a sign before the @ that mail servers do not take");
    }
    if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
        return Err("has a dot too many before the @");
    }
    Ok(())
}

fn read_domain(typed: &str) -> Result<String, &'static str> {
    const WRONG: &str = "is not a mail address: what follows the @ is no domain, such as exemple.fr";
    let ascii = idna::domain_to_ascii_strict(typed).map_err(|_| WRONG)?;
    let (name, top) = ascii.rsplit_once('.').ok_or(WRONG)?;
    if name.is_empty() || top.len() < 2 || top.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(WRONG);
    }
    Ok(idna::domain_to_unicode(&ascii).0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_compared_in_lower_case() {
        assert_eq!(
            Mail::parse(" Amina.Diallo+job@Example.ORG ").unwrap().as_str(),
            "amina.diallo+job@example.org"
        );
    }

    #[test]
    fn a_domain_with_accents_is_kept_and_equals_its_ascii_form() {
        let typed = Mail::parse("contact@Élan.example").unwrap();
        assert_eq!(typed.as_str(), "contact@élan.example");
        assert_eq!(Mail::parse("contact@xn--lan-9la.example").unwrap(), typed);
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for typed in [
            "",
            "amina",
            "@example.org",
            "amina@",
            "amina@example",
            "amina@exa mple.org",
            "ami na@example.org",
            "amélie@example.org",
            ".amina@example.org",
            "am..ina@example.org",
            "amina@.org",
            "amina@example..org",
            "amina@10.0.0.1",
            "amina@-example.org",
            "a@b@example.org",
            "amina@example.org\r\nBcc: other@example.org",
            "amina@example.org,other@example.org",
        ] {
            assert!(Mail::parse(typed).is_err(), "{typed:?} was taken");
        }
        assert!(Mail::parse(&format!("{}@example.org", "a".repeat(65))).is_err());
    }

    proptest! {
        #[test]
        fn a_stored_address_reads_as_itself(typed in "[a-zA-Z0-9.+_-]{1,20}@[a-zA-Z0-9é-]{1,12}\\.(fr|org|example)") {
            if let Ok(mail) = Mail::parse(&typed) {
                prop_assert_eq!(Mail::parse(mail.as_str()).unwrap(), mail);
            }
        }
    }
}
