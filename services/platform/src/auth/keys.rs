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
use tempfile::NamedTempFile;

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
                match write_private(file, &text) {
                    Ok(()) => text,
                    // Another process of the installation made it first.
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                        fs::read_to_string(file).map_err(failed)?
                    }
                    Err(error) => return Err(failed(error)),
                }
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

/// Makes the file whole or not at all; fails when there is one. The draft has a name by chance: one that a crash left
/// behind stands in nobody's way, and in a container the number of a process is always the same.
fn write_private(file: &Path, text: &str) -> io::Result<()> {
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;
    // For its owner only, as is its way.
    let mut draft = NamedTempFile::with_prefix_in(".key-", folder)?;
    draft.write_all(text.as_bytes())?;
    draft.as_file().sync_all()?;
    draft.persist_noclobber(file)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_draft_that_a_crash_left_behind_does_not_stop_the_next_start() {
        let folder = crate::testing::folder();
        let file = folder.path().join("keys").join("token.key");
        fs::create_dir(folder.path().join("keys")).unwrap();
        let left = file.with_extension(format!("{}.new", std::process::id()));
        fs::write(&left, "half of a k").unwrap();
        let made = SigningKey::open(&file, || [7; 32]).unwrap();
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let read = SigningKey::open(&file, || [8; 32]).unwrap();
        assert_eq!(read.public.as_bytes(), made.public.as_bytes());
        // No draft of ours is left, and whoever comes second does not replace the first.
        assert_eq!(fs::read_dir(folder.path().join("keys")).unwrap().count(), 2);
        let second = write_private(&file, "another").unwrap_err();
        assert_eq!(second.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_dir(folder.path().join("keys")).unwrap().count(), 2);
    }
}
