//! Whom connections trust: the world's authorities, or the one of a setting alone.

use std::{fs, path::Path, sync::Arc};

use tokio_rustls::rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject as _},
};

use crate::error::StartError;

/// For a client; `setting` names the authority's file in errors.
pub(super) fn client(setting: &'static str, authority: Option<&Path>) -> Result<ClientConfig, StartError> {
    let unusable = |reason: String| StartError::Setting { setting, reason };
    let pem = authority
        .map(fs::read)
        .transpose()
        .map_err(|error| unusable(error.to_string()))?;
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(error.to_string()))?
        .with_root_certificates(roots(setting, pem.as_deref())?)
        .with_no_client_auth();
    Ok(config)
}

/// The certificates themselves.
pub(super) fn roots(setting: &'static str, authority: Option<&[u8]>) -> Result<RootCertStore, StartError> {
    let unusable = |reason: String| StartError::Setting { setting, reason };
    let mut roots = RootCertStore::empty();
    match authority {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem) {
                let certificate = certificate.map_err(|error| unusable(error.to_string()))?;
                roots
                    .add(certificate)
                    .map_err(|error| unusable(error.to_string()))?;
            }
        }
    }
    Ok(roots)
}
