//! The master key: 32 bytes in a file that only its owner may read, or in the environment.

use crate::{Entropy, Result, StoreError};
use std::io::Write as _;
use std::path::Path;
use zeroize::Zeroizing;

/// Wraps the data keys. Whoever has it and the database can read everything.
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey")
    }
}

/// What a key file says to whoever opens it.
const HEADER: &str = "\
# Master key of a Huifang database. Without it no personal data can be read, by anyone, ever.
# Keep a copy in another place than the database and its backups. Do not change this file.
";

impl MasterKey {
    /// A key from 64 hexadecimal digits; lines that begin with `#` are skipped.
    ///
    /// # Errors
    /// [`StoreError::Key`] when it is anything else.
    pub fn parse(text: &str) -> Result<Self> {
        let digits: String = text
            .lines()
            .filter(|l| !l.starts_with('#'))
            .flat_map(str::chars)
            .filter(|c| !c.is_whitespace())
            .collect();
        let mut key = Zeroizing::new([0; 32]);
        hex::decode_to_slice(&digits, key.as_mut())
            .map_err(|_| StoreError::Key("the master key must be 64 hexadecimal digits".into()))?;
        Ok(Self(key))
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// When it cannot be read, holds no key, or others may read it.
    pub fn read(path: &Path) -> Result<Self> {
        let shown = path.display();
        let text =
            std::fs::read_to_string(path).map_err(|e| StoreError::Key(format!("{shown}: {e}")))?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(path).map(|m| m.permissions().mode() & 0o077);
            if mode.is_ok_and(|m| m != 0) {
                return Err(StoreError::Key(format!(
                    "{shown} can be read by others: chmod 600 {shown}"
                )));
            }
        }
        Self::parse(&text)
    }

    /// Creates a key file that only its owner may read.
    ///
    /// # Errors
    /// When the file exists already or cannot be written.
    pub fn create(path: &Path, entropy: &dyn Entropy) -> Result<Self> {
        let mut key = Zeroizing::new([0; 32]);
        entropy.fill(key.as_mut());
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let text = Zeroizing::new(format!("{HEADER}{}\n", hex::encode(key.as_ref())));
        options
            .open(path)
            .and_then(|mut file| {
                file.write_all(text.as_bytes())
                    .and_then(|()| file.sync_all())
            })
            .map_err(|e| StoreError::Key(format!("{}: {e}", path.display())))?;
        Ok(Self(key))
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}
