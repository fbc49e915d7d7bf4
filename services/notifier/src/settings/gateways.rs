//! SMS gateways: where, as whom, how fast.

use std::{fs, path::PathBuf};

use platform::config::Secret;
use serde::{Deserialize, Serialize};

use crate::error::StartError;

/// Where gateways call back.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct CallbackSettings {
    /// This process as the gateway sees it: `http://10.0.0.5:7780`, rather a private address than the public one.
    pub url: String,
    /// Part of the address: whoever knows it can tell that messages have arrived. At least 20 letters and digits.
    pub secret: Secret,
    /// A file that holds it instead.
    pub secret_file: Option<PathBuf>,
}

/// A Kannel-compatible gateway: its smsbox.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct KannelSettings {
    /// `http://127.0.0.1:13013/cgi-bin/sendsms`.
    pub url: String,
    /// Name of the gateway's `sendsms-user`.
    pub user: String,
    /// Its password.
    pub password: Secret,
    /// A file that holds it instead.
    pub password_file: Option<PathBuf>,
    /// The line to take, when the gateway has several; it ignores a name that it does not know.
    pub smsc: String,
    /// Messages a second, of this process; 0 for no limit. OVHcloud's SMPP takes 20.
    pub per_second: u32,
    /// Calls at once.
    pub connections: usize,
    /// PEM file of a certificate authority of one's own.
    pub ca_file: Option<PathBuf>,
}

/// OVHcloud's SMS over HTTP.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct OvhSettings {
    /// `https://eu.api.ovh.com/1.0`.
    pub url: String,
    /// The SMS account, `sms-ab12345-1`.
    pub service: String,
    /// Of the application that OVHcloud knows us as.
    pub application_key: String,
    /// Its secret.
    pub application_secret: Secret,
    /// A file that holds it instead.
    pub application_secret_file: Option<PathBuf>,
    /// What the owner of the account has allowed that application.
    pub consumer_key: Secret,
    /// A file that holds it instead.
    pub consumer_key_file: Option<PathBuf>,
    /// Messages a second, of this process; OVHcloud takes about one.
    pub per_second: u32,
    /// Calls at once.
    pub connections: usize,
    /// PEM file of a certificate authority of one's own.
    pub ca_file: Option<PathBuf>,
}

/// Brevo's transactional SMS.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct BrevoSettings {
    /// `https://api.brevo.com`.
    pub url: String,
    /// The account's key.
    pub api_key: Secret,
    /// A file that holds it instead.
    pub api_key_file: Option<PathBuf>,
    /// Messages a second, of this process; 0 for no limit.
    pub per_second: u32,
    /// Calls at once.
    pub connections: usize,
    /// PEM file of a certificate authority of one's own.
    pub ca_file: Option<PathBuf>,
}

impl Default for OvhSettings {
    fn default() -> Self {
        Self {
            url: "https://eu.api.ovh.com/1.0".to_owned(),
            service: String::new(),
            application_key: String::new(),
            application_secret: Secret::default(),
            application_secret_file: None,
            consumer_key: Secret::default(),
            consumer_key_file: None,
            per_second: 1,
            connections: 2,
            ca_file: None,
        }
    }
}

impl Default for BrevoSettings {
    fn default() -> Self {
        Self {
            url: "https://api.brevo.com".to_owned(),
            api_key: Secret::default(),
            api_key_file: None,
            per_second: 20,
            connections: 8,
            ca_file: None,
        }
    }
}

impl Default for KannelSettings {
    fn default() -> Self {
        Self {
            url: "http://127.0.0.1:13013/cgi-bin/sendsms".to_owned(),
            user: String::new(),
            password: Secret::default(),
            password_file: None,
            smsc: String::new(),
            per_second: 20,
            connections: 4,
            ca_file: None,
        }
    }
}

/// The value of a secret, of its file when there is one.
pub(crate) fn secret(
    setting: &'static str,
    value: &Secret,
    file: Option<&PathBuf>,
) -> Result<Secret, StartError> {
    let unusable = |reason: String| StartError::Setting { setting, reason };
    let secret = match file {
        None => value.clone(),
        Some(file) => {
            let text = fs::read_to_string(file)
                .map_err(|error| unusable(format!("its file cannot be read: {error}")))?;
            Secret::new(text.trim_end_matches(['\r', '\n']))
        }
    };
    if secret.is_empty() {
        return Err(unusable("is empty: set it or its _file".to_owned()));
    }
    Ok(secret)
}
