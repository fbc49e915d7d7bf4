use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use pasetors::{
    keys::{AsymmetricPublicKey, AsymmetricSecretKey},
    version4::V4,
};

/// A key file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// It cannot be read or written.
    #[error("the key file {file} cannot be used: {source}")]
    File {
        /// Its path.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// It holds something else.
    #[error("the key file {0} does not hold an Ed25519 key; move it away and start again to make a new one")]
    Content(String),
}

/// The installation's Ed25519 key. Its secret stays in a file that only the owner reads.
pub struct SigningKey {
    pub(super) secret: AsymmetricSecretKey<V4>,
    pub(super) public: AsymmetricPublicKey<V4>,
}

impl SigningKey {
    /// From 32 bytes of chance.
    pub fn from_seed(seed: [u8; 32]) -> Option<Self> {
        let pair = ed25519_pair(seed);
        Some(Self {
            secret: AsymmetricSecretKey::from(&pair).ok()?,
            public: AsymmetricPublicKey::from(&pair[32..]).ok()?,
        })
    }

    /// Reads `file`, or makes it from `seed` with access for its owner only.
    pub fn open(file: &Path, seed: impl FnOnce() -> [u8; 32]) -> Result<Self, KeyError> {
        let failed = |source| KeyError::File {
            file: file.display().to_string(),
            source,
        };
        let text = match fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let text = STANDARD_NO_PAD.encode(seed());
                write_private(file, &text).map_err(failed)?;
                text
            }
            Err(error) => return Err(failed(error)),
        };
        let wrong = || KeyError::Content(file.display().to_string());
        let bytes = STANDARD_NO_PAD.decode(text.trim()).map_err(|_| wrong())?;
        Self::from_seed(bytes.try_into().map_err(|_| wrong())?).ok_or_else(wrong)
    }
}

/// Seed and public key, as PASETO wants a secret key.
fn ed25519_pair(seed: [u8; 32]) -> [u8; 64] {
    let pair = ed25519_compact::KeyPair::from_seed(ed25519_compact::Seed::new(seed));
    *pair.sk
}

fn write_private(file: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut handle = options.open(file)?;
    handle.write_all(text.as_bytes())?;
    handle.sync_all()
}
