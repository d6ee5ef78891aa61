//! Sealing of files, chunk by chunk, each file with a key of its own.

use super::suite::{Cipher, NONCE_LENGTH, Suite, TAG_LENGTH};
use crate::{Result, StoreError};
use uuid::Uuid;

/// Bytes of a chunk; only the last one is shorter.
pub const FILE_CHUNK: usize = 64 * 1024;
/// Bytes by which a sealed chunk is longer.
pub const FILE_TAG: usize = TAG_LENGTH;

/// Seals and opens the chunks of one file. A chunk opens only at its place, and the last one only as
/// the last, so that nothing can be moved, left out or cut off.
pub struct FileCipher {
    cipher: Cipher,
    id: Uuid,
}

impl std::fmt::Debug for FileCipher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FileCipher")
    }
}

impl FileCipher {
    /// The cipher of a file: the key must be used for nothing else.
    ///
    /// # Errors
    /// [`StoreError::Key`] when the key has the wrong length.
    pub fn new(suite: Suite, id: Uuid, key: &[u8]) -> Result<Self> {
        let cipher = Cipher::new(suite, key)?;
        Ok(Self { cipher, id })
    }

    /// Bytes of a key.
    pub fn key_length(suite: Suite) -> usize {
        suite.key_length("seal")
    }

    /// Seals chunk `n`.
    ///
    /// # Errors
    /// Only when the cipher refuses.
    pub fn seal(&self, n: u32, is_last: bool, plain: &[u8]) -> Result<Vec<u8>> {
        self.cipher
            .encrypt(nonce(n, is_last), plain, self.id.as_bytes())
            .ok_or_else(|| StoreError::Key("a file cannot be sealed".into()))
    }

    /// Opens chunk `n`.
    ///
    /// # Errors
    /// [`StoreError::Data`] when anything was altered.
    pub fn open(&self, n: u32, is_last: bool, sealed: &[u8]) -> Result<Vec<u8>> {
        self.cipher
            .decrypt(nonce(n, is_last), sealed, self.id.as_bytes())
            .ok_or_else(|| StoreError::Data("a sealed file was altered".into()))
    }
}

/// The number of the chunk: the key is new for each file, so no nonce comes twice under it.
fn nonce(n: u32, is_last: bool) -> [u8; NONCE_LENGTH] {
    let mut nonce = [0; NONCE_LENGTH];
    nonce[7..11].copy_from_slice(&n.to_be_bytes());
    nonce[11] = u8::from(is_last);
    nonce
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_open_only_at_their_place() {
        for suite in [Suite::Aes, Suite::Sm] {
            let key = vec![7; FileCipher::key_length(suite)];
            let cipher = FileCipher::new(suite, Uuid::from_u128(1), &key).unwrap();
            let sealed = cipher.seal(3, true, b"13800005678").unwrap();
            assert_eq!(cipher.open(3, true, &sealed).unwrap(), b"13800005678");
            assert!(cipher.open(3, false, &sealed).is_err());
            assert!(cipher.open(2, true, &sealed).is_err());
            let other = FileCipher::new(suite, Uuid::from_u128(2), &key).unwrap();
            assert!(other.open(3, true, &sealed).is_err());
        }
    }
}
