//! Verifies a DKIM signature (RFC 6376, RFC 8463) as a receiver would: relaxed headers and body, Ed25519.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_compact::{PublicKey, Signature};
use sha2::{Digest as _, Sha256};

/// The public key of RFC 8463, appendix A.2.
const PUBLIC: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

/// Whether header and body are as they were signed.
pub(crate) fn verifies(mail: &str) -> bool {
    let (head, body) = mail.split_once("\r\n\r\n").unwrap();
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let headers: Vec<(String, String)> = unfolded
        .split("\r\n")
        .map(|line| {
            let (name, value) = line.split_once(':').unwrap();
            (
                name.to_lowercase(),
                value.split_ascii_whitespace().collect::<Vec<_>>().join(" "),
            )
        })
        .collect();
    let value = |name: &str| {
        headers
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, value)| value)
    };
    let signature = value("dkim-signature");
    let tag = |name: &str| {
        let tags = signature.split(';').filter_map(|tag| tag.trim().split_once('='));
        tags.into_iter()
            .find(|(known, _)| *known == name)
            .unwrap()
            .1
            .replace(' ', "")
    };

    let lines: Vec<String> = body.split("\r\n").map(relaxed).collect();
    let text = format!("{}\r\n", lines.join("\r\n").trim_end_matches("\r\n"));
    if STANDARD.encode(Sha256::digest(text)) != tag("bh") {
        return false;
    }
    let mut signed = Sha256::new();
    // A header that is named and absent is the null string (RFC 6376, 5.4.2): nobody can add it afterwards.
    let there = |name: &&str| headers.iter().any(|(known, _)| known == name);
    for name in tag("h").split(':').filter(there) {
        signed.update(format!("{name}:{}\r\n", value(name)));
    }
    let without = signature.replace(&tag("b"), "");
    signed.update(format!("dkim-signature:{without}"));
    let key = PublicKey::from_slice(&STANDARD.decode(PUBLIC).unwrap()).unwrap();
    let signature = Signature::from_slice(&STANDARD.decode(tag("b")).unwrap()).unwrap();
    key.verify(signed.finalize(), &signature).is_ok()
}

/// Runs of white space are one space, and none is at the end of a line.
fn relaxed(line: &str) -> String {
    let mut out = String::new();
    for character in line.chars() {
        if character != ' ' && character != '\t' {
            out.push(character);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.trim_end_matches(' ').to_owned()
}
