//! What the codes of mail servers say of an address (RFC 3463, with the registry of RFC 5248).

/// Whether an enhanced code says that the address itself cannot be written to, whatever is sent:
///
/// | code | RFC 3463 | the address? |
/// |---|---|---|
/// | 5.1.0 | other address status | yes |
/// | 5.1.1 | bad destination mailbox address | yes |
/// | 5.1.2 | bad destination system address: the domain takes no mail | yes |
/// | 5.1.3 | bad destination mailbox address syntax | yes |
/// | 5.1.4 | destination mailbox address ambiguous | yes |
/// | 5.1.6 | destination mailbox has moved, no forwarding address | yes |
/// | 5.1.10 | recipient address has null MX (RFC 7505) | yes |
/// | 5.1.7, 5.1.8 | bad sender's address: it is ours that is refused | no |
/// | 5.1.5, 5.1.9 | valid; relayed to a mailer that cannot tell | no |
/// | 5.2.1 | mailbox disabled, not accepting messages | yes |
/// | 5.2.2, 5.2.3, 5.2.4 | full, message too long, mailing list | no: tomorrow or a shorter one arrives |
/// | 5.3.x, 5.4.x, 5.5.x | system, network and routing, protocol | no: the fault of servers, perhaps of ours |
/// | 5.6.x, 5.7.x | content, policy and security | no: what is refused is this message, or us |
///
/// 5.4.4 (unable to route) stays out on purpose: a name server that fails would condemn every address in one night.
pub fn blames_address(code: &str) -> bool {
    matches!(
        code,
        "5.1.0" | "5.1.1" | "5.1.2" | "5.1.3" | "5.1.4" | "5.1.6" | "5.1.10" | "5.2.1"
    )
}

/// The first enhanced code of a class in a server's words: "5.1.1" in "550 5.1.1 <a@example.org>: unknown".
pub fn enhanced_code(text: &str, classes: &[&str]) -> Option<String> {
    text.split(|separator: char| !(separator.is_ascii_digit() || separator == '.'))
        .find_map(|word| {
            let parts: Vec<&str> = word.split('.').collect();
            let digits = |part: &&str| {
                !part.is_empty() && part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit())
            };
            (parts.len() == 3 && classes.contains(&parts[0]) && parts.iter().all(digits))
                .then(|| word.to_owned())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_the_address_blame_it_and_no_others() {
        for code in [
            "5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10", "5.2.1",
        ] {
            assert!(blames_address(code), "{code}");
        }
        for code in [
            "", "5.0.0", "5.1.5", "5.1.7", "5.1.8", "5.1.9", "5.2.0", "5.2.2", "5.2.3", "5.3.4", "5.4.4",
            "5.5.0", "5.6.1", "5.7.1", "5.7.26", "4.1.1", "4.2.1", "2.1.5", "5.1.11",
        ] {
            assert!(!blames_address(code), "{code}");
        }
    }

    #[test]
    fn a_code_is_found_among_words_and_an_address_of_a_machine_is_none() {
        let found = |text| enhanced_code(text, &["4", "5"]);
        assert_eq!(found("550 5.1.1 <a@b.c>: unknown"), Some("5.1.1".to_owned()));
        assert_eq!(found("550-5.1.10 null MX"), Some("5.1.10".to_owned()));
        assert_eq!(found("550 192.168.100.200 no"), None);
        assert_eq!(found("2.1.5 fine"), None);
        assert_eq!(found("550 5.1.1234"), None);
    }
}
