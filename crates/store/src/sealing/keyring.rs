//! Data keys in memory, and what they do.

use super::MasterKey;
use crate::{Entropy, Result, StoreError};
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _, Nonce};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use uuid::Uuid;
use zeroize::Zeroizing;

/// The algorithm written beside each key.
pub(crate) const ALGORITHM: &str = "AES-256-GCM/HMAC-SHA-256";
/// First byte of every sealed value.
const FORMAT: u8 = 1;
const NONCE_LENGTH: usize = 12;
const HEAD_LENGTH: usize = 3 + NONCE_LENGTH;

/// A key as it stands in the database: wrapped by the master key.
#[derive(Clone, Debug)]
pub struct StoredKey {
    /// `seal`, `index` or `audit`.
    pub purpose: String,
    /// Version, from one.
    pub version: i64,
    /// The wrapped key.
    pub wrapped: Vec<u8>,
}

/// The keys in use.
pub struct Keyring {
    seal: Vec<(u16, Aes256Gcm)>,
    index: Hmac<Sha256>,
    audit: Hmac<Sha256>,
    entropy: std::sync::Arc<dyn Entropy>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keyring")
    }
}

impl Keyring {
    /// New keys for an empty database.
    ///
    /// # Errors
    /// When a key cannot be wrapped.
    pub fn generate(master: &MasterKey, entropy: &dyn Entropy) -> Result<Vec<StoredKey>> {
        ["seal", "index", "audit"]
            .into_iter()
            .map(|purpose| {
                let mut key = Zeroizing::new([0; 32]);
                entropy.fill(key.as_mut());
                let mut nonce = [0; NONCE_LENGTH];
                entropy.fill(&mut nonce);
                let aad = wrapping_context(purpose, 1);
                let payload = Payload {
                    msg: key.as_ref(),
                    aad: aad.as_bytes(),
                };
                let cipher = cipher(master.bytes());
                let sealed = cipher
                    .encrypt(&Nonce::from(nonce), payload)
                    .map_err(|_| StoreError::Key("a key cannot be wrapped".into()))?;
                let wrapped = [nonce.as_slice(), &sealed].concat();
                Ok(StoredKey {
                    purpose: purpose.to_owned(),
                    version: 1,
                    wrapped,
                })
            })
            .collect()
    }

    /// Unwraps the keys of a database.
    ///
    /// # Errors
    /// [`StoreError::Key`] when the master key is not the one that wrapped them.
    pub fn unwrap(
        master: &MasterKey,
        stored: &[StoredKey],
        entropy: std::sync::Arc<dyn Entropy>,
    ) -> Result<Self> {
        let mut seal = Vec::new();
        let (mut index, mut audit) = (None, None);
        for key in stored {
            let plain = unwrap_key(master, key)?;
            let version = u16::try_from(key.version)
                .map_err(|_| StoreError::Key("key version out of range".into()))?;
            match key.purpose.as_str() {
                "seal" => seal.push((version, cipher(&plain))),
                "index" => index = Some(new_hmac(plain.as_ref())),
                "audit" => audit = Some(new_hmac(plain.as_ref())),
                _ => {}
            }
        }
        seal.sort_by_key(|(version, _)| *version);
        match (index, audit, seal.is_empty()) {
            (Some(index), Some(audit), false) => Ok(Self {
                seal,
                index,
                audit,
                entropy,
            }),
            _ => Err(StoreError::Key("the database has no keys".into())),
        }
    }

    /// Seals a value for one column of one row.
    ///
    /// # Errors
    /// Only when the cipher refuses, which it does not for texts of our sizes.
    pub fn seal(&self, column: &str, id: Uuid, plain: &str) -> Result<Vec<u8>> {
        let Some((version, cipher)) = self.seal.last() else {
            return Err(StoreError::Key("no key to seal with".into()));
        };
        let mut nonce = [0; NONCE_LENGTH];
        self.entropy.fill(&mut nonce);
        let aad = context(column, id);
        let payload = Payload {
            msg: plain.as_bytes(),
            aad: &aad,
        };
        let sealed = cipher
            .encrypt(&Nonce::from(nonce), payload)
            .map_err(|_| StoreError::Key("a value cannot be sealed".into()))?;
        let mut value = Vec::with_capacity(HEAD_LENGTH + sealed.len());
        value.push(FORMAT);
        value.extend_from_slice(&version.to_be_bytes());
        value.extend_from_slice(&nonce);
        value.extend_from_slice(&sealed);
        Ok(value)
    }

    /// Opens a sealed value.
    ///
    /// # Errors
    /// [`StoreError::Data`] when it was altered, moved from another row or column, or sealed with a
    /// key that is gone.
    pub fn open(&self, column: &str, id: Uuid, sealed: &[u8]) -> Result<String> {
        let damaged = || StoreError::Data(format!("a sealed value of {column} cannot be opened"));
        if sealed.len() < HEAD_LENGTH || sealed[0] != FORMAT {
            return Err(damaged());
        }
        let version = u16::from_be_bytes([sealed[1], sealed[2]]);
        let (_, cipher) = self
            .seal
            .iter()
            .find(|(v, _)| *v == version)
            .ok_or_else(damaged)?;
        let nonce: [u8; NONCE_LENGTH] = sealed[3..HEAD_LENGTH].try_into().map_err(|_| damaged())?;
        let aad = context(column, id);
        let payload = Payload {
            msg: &sealed[HEAD_LENGTH..],
            aad: &aad,
        };
        let plain = cipher
            .decrypt(&Nonce::from(nonce), payload)
            .map_err(|_| damaged())?;
        String::from_utf8(plain).map_err(|_| damaged())
    }

    /// The blind index of a normalised value: 64 bits of an HMAC that also covers what kind of
    /// value it is. Equal values have equal indexes; nothing else can be learnt without the key.
    pub fn index(&self, kind: &str, normalised: &str) -> i64 {
        let mut mac = self.index.clone();
        mac.update(kind.as_bytes());
        mac.update(&[0]);
        mac.update(normalised.as_bytes());
        let digest = mac.finalize().into_bytes();
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        i64::from_be_bytes(first)
    }

    /// The seal of the audit log over some bytes: nobody without the key can make it.
    pub(crate) fn audit_seal(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.audit.clone();
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// The seal of a backup over its table of contents, by a key derived for that from the key of the
    /// audit log: nobody without the master key can make it.
    pub fn backup_seal(&self, contents: &[u8]) -> [u8; 32] {
        let mut mac = new_hmac(&self.audit_seal(&[b"huifang/backup/1\0"]));
        mac.update(contents);
        mac.finalize().into_bytes().into()
    }

    /// The blind index of the last four characters of a value, for search by what people remember.
    pub fn index_tail(&self, kind: &str, normalised: &str) -> i64 {
        let start = normalised.char_indices().rev().nth(3);
        let tail = &normalised[start.map_or(0, |(at, _)| at)..];
        self.index(&format!("{kind}.tail"), tail)
    }
}

fn cipher(key: &[u8; 32]) -> Aes256Gcm {
    Aes256Gcm::new(&aes_gcm::Key::<Aes256Gcm>::from(*key))
}

fn new_hmac(key: &[u8]) -> Hmac<Sha256> {
    match <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key) {
        Ok(mac) => mac,
        Err(_) => unreachable!("HMAC takes keys of any length"),
    }
}

fn unwrap_key(master: &MasterKey, key: &StoredKey) -> Result<Zeroizing<[u8; 32]>> {
    let wrong = || {
        StoreError::Key(
            "the master key does not fit this database: give the one that was created with it"
                .into(),
        )
    };
    if key.wrapped.len() < NONCE_LENGTH {
        return Err(wrong());
    }
    let (nonce, sealed) = key.wrapped.split_at(NONCE_LENGTH);
    let nonce: [u8; NONCE_LENGTH] = nonce.try_into().map_err(|_| wrong())?;
    let aad = wrapping_context(&key.purpose, key.version);
    let payload = Payload {
        msg: sealed,
        aad: aad.as_bytes(),
    };
    let plain = cipher(master.bytes()).decrypt(&Nonce::from(nonce), payload);
    let plain = Zeroizing::new(plain.map_err(|_| wrong())?);
    Ok(Zeroizing::new(
        plain.as_slice().try_into().map_err(|_| wrong())?,
    ))
}

fn wrapping_context(purpose: &str, version: i64) -> String {
    format!("huifang/key/{purpose}/{version}")
}

fn context(column: &str, id: Uuid) -> Vec<u8> {
    [column.as_bytes(), &[0], id.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU8, Ordering};

    struct Counting(AtomicU8);
    impl Entropy for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill_with(|| self.0.fetch_add(1, Ordering::Relaxed));
        }
    }

    fn keyring() -> Keyring {
        let entropy = Arc::new(Counting(AtomicU8::new(1)));
        let master = MasterKey::parse(&"07".repeat(32)).unwrap();
        let stored = Keyring::generate(&master, entropy.as_ref()).unwrap();
        Keyring::unwrap(&master, &stored, entropy).unwrap()
    }

    #[test]
    fn a_sealed_value_opens_only_where_it_belongs() {
        let keys = keyring();
        let (row, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let sealed = keys.seal("customers.mobile", row, "13800005678").unwrap();
        assert!(!sealed.windows(11).any(|w| w == b"13800005678"));
        assert_eq!(
            keys.open("customers.mobile", row, &sealed).unwrap(),
            "13800005678"
        );
        assert!(keys.open("customers.mobile", other, &sealed).is_err());
        assert!(keys.open("customers.phone", row, &sealed).is_err());
    }

    #[test]
    fn an_altered_value_does_not_open() {
        let keys = keyring();
        let row = Uuid::from_u128(1);
        let mut sealed = keys.seal("customers.name", row, "陈秀兰").unwrap();
        let last = sealed.len() - 1;
        sealed[last] ^= 1;
        assert!(keys.open("customers.name", row, &sealed).is_err());
    }

    #[test]
    fn the_same_value_is_never_sealed_alike_but_indexed_alike() {
        let keys = keyring();
        let row = Uuid::from_u128(1);
        let a = keys.seal("customers.name", row, "陈秀兰").unwrap();
        let b = keys.seal("customers.name", row, "陈秀兰").unwrap();
        assert_ne!(a, b);
        assert_eq!(keys.index("name", "陈秀兰"), keys.index("name", "陈秀兰"));
        assert_ne!(keys.index("name", "陈秀兰"), keys.index("mobile", "陈秀兰"));
    }

    #[test]
    fn another_master_key_is_refused() {
        let entropy = Arc::new(Counting(AtomicU8::new(1)));
        let master = MasterKey::parse(&"07".repeat(32)).unwrap();
        let stored = Keyring::generate(&master, entropy.as_ref()).unwrap();
        let other = MasterKey::parse(&"08".repeat(32)).unwrap();
        assert!(matches!(
            Keyring::unwrap(&other, &stored, entropy),
            Err(StoreError::Key(_))
        ));
    }
}
