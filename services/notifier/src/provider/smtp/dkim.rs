use std::fs;

use lettre::message::{
    dkim::{
        DkimCanonicalization, DkimCanonicalizationType, DkimConfig, DkimSigningAlgorithm, DkimSigningKey,
    },
    header::HeaderName,
};

use crate::{
    error::StartError,
    settings::{DkimAlgorithm, DkimSettings},
};

/// Headers that a forger could want to change. Not Content-Type: lettre writes that of a multipart message with the body
/// and signs it as absent, which no verifier believes.
const SIGNED: [&str; 10] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Auto-Submitted",
    "Content-Language",
    // RFC 8058 asks for it: nobody but us may say where a recipient unsubscribes.
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
];

/// Reads the key: RSA as PKCS #1 PEM ("BEGIN RSA PRIVATE KEY"), Ed25519 as its 32-byte seed in base64.
pub(super) fn read(settings: &DkimSettings) -> Result<DkimConfig, StartError> {
    let unusable = |reason: String| StartError::Setting {
        setting: "dkim.key_file",
        reason,
    };
    let text = fs::read_to_string(&settings.key_file).map_err(|error| unusable(error.to_string()))?;
    let algorithm = match settings.algorithm {
        DkimAlgorithm::Rsa => DkimSigningAlgorithm::Rsa,
        DkimAlgorithm::Ed25519 => DkimSigningAlgorithm::Ed25519,
    };
    let key = DkimSigningKey::new(text.trim(), algorithm).map_err(|_| {
        unusable("holds no such key: RSA as PKCS #1 PEM, Ed25519 as its seed in base64".to_owned())
    })?;
    // Relaxed: servers on the way may fold headers and trim spaces.
    let canonicalization = DkimCanonicalization {
        header: DkimCanonicalizationType::Relaxed,
        body: DkimCanonicalizationType::Relaxed,
    };
    let headers = SIGNED.into_iter().map(HeaderName::new_from_ascii_str).collect();
    Ok(DkimConfig::new(
        settings.selector.clone(),
        settings.domain.clone(),
        key,
        headers,
        canonicalization,
    ))
}
