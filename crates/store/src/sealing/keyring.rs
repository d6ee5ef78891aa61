//! Data keys in memory, and what they do.

use super::MasterKey;
use super::stored::{StoredKey, unwrap_key, wrap_key};
use super::suite::{Cipher, KeyedHash, NONCE_LENGTH, Suite};
use crate::{DatabaseUrl, Entropy, Result, StoreError};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use uuid::Uuid;
use zeroize::Zeroizing;

/// First byte of every sealed value.
const FORMAT: u8 = 1;
/// Bytes before the nonce: the format and the version of the key.
pub(super) const VERSION_LENGTH: usize = 3;
const HEAD_LENGTH: usize = VERSION_LENGTH + NONCE_LENGTH;

/// Where a master key can be read again after it was exchanged.
pub type MasterSource = Box<dyn Fn() -> Result<MasterKey> + Send + Sync>;

/// The keys at one moment.
struct Keys {
    stored: Vec<StoredKey>,
    /// By rising version; the last one seals.
    seal: Vec<(u16, Cipher)>,
    /// By rising version; the last one is written, all of them are searched with.
    index: Vec<KeyedHash>,
    audit: KeyedHash,
}

impl Keys {
    fn unwrap(master: &MasterKey, stored: Vec<StoredKey>) -> Result<Self> {
        let (mut seal, mut index, mut audit) = (Vec::new(), Vec::new(), None);
        let mut rising: Vec<_> = stored.iter().collect();
        rising.sort_by_key(|k| k.version);
        for key in rising {
            let suite = key.suite()?;
            let plain = unwrap_key(master, key)?;
            match key.purpose.as_str() {
                "seal" => seal.push((key.short_version()?, Cipher::new(suite, &plain)?)),
                "index" => index.push(KeyedHash::new(suite, &plain)?),
                "audit" => audit = Some(KeyedHash::new(suite, &plain)?),
                _ => {}
            }
        }
        match audit {
            Some(audit) if !seal.is_empty() && !index.is_empty() => Ok(Self {
                stored,
                seal,
                index,
                audit,
            }),
            _ => Err(StoreError::Key("the database has no keys".into())),
        }
    }

    fn cipher(&self, version: u16) -> Option<&Cipher> {
        let found = self.seal.iter().find(|(v, _)| *v == version);
        found.map(|(_, cipher)| cipher)
    }
}

/// The keys in use. They can be exchanged while the program runs: every transaction looks whether the
/// database has others, and a value of an unknown version makes the keyring look again at once.
pub struct Keyring {
    keys: RwLock<Arc<Keys>>,
    master: RwLock<Arc<MasterKey>>,
    entropy: Arc<dyn Entropy>,
    /// The database, to look for a version that is not known yet.
    database: Option<DatabaseUrl>,
    source: RwLock<Option<MasterSource>>,
    /// Versions that were looked for without success, so that damage does not ask again and again.
    absent: Mutex<HashSet<u16>>,
    /// Keys that the master key did not fit.
    refused: Mutex<Vec<StoredKey>>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keyring")
    }
}

fn read<T: Clone>(lock: &RwLock<T>) -> T {
    lock.read().unwrap_or_else(PoisonError::into_inner).clone()
}

impl Keyring {
    /// New keys for an empty database.
    ///
    /// # Errors
    /// When a key cannot be wrapped.
    pub fn generate(
        master: &MasterKey,
        suite: Suite,
        entropy: &dyn Entropy,
    ) -> Result<Vec<StoredKey>> {
        ["seal", "index", "audit"]
            .into_iter()
            .map(|purpose| Self::new_key(master, suite, purpose, 1, entropy))
            .collect()
    }

    /// A new key of a purpose, wrapped.
    pub(super) fn new_key(
        master: &MasterKey,
        suite: Suite,
        purpose: &str,
        version: i64,
        entropy: &dyn Entropy,
    ) -> Result<StoredKey> {
        let mut key = Zeroizing::new(vec![0; suite.key_length(purpose)]);
        entropy.fill(&mut key);
        let mut stored = StoredKey {
            purpose: purpose.to_owned(),
            version,
            algorithm: suite.algorithm(purpose).to_owned(),
            wrapped: Vec::new(),
        };
        stored.wrapped = wrap_key(master, &stored, &key, entropy)?;
        Ok(stored)
    }

    /// Unwraps the keys of a database.
    ///
    /// # Errors
    /// [`StoreError::Key`] when the master key is not the one that wrapped them.
    pub fn unwrap(
        master: MasterKey,
        stored: Vec<StoredKey>,
        entropy: Arc<dyn Entropy>,
        database: Option<DatabaseUrl>,
    ) -> Result<Self> {
        Ok(Self {
            keys: RwLock::new(Arc::new(Keys::unwrap(&master, stored)?)),
            master: RwLock::new(Arc::new(master)),
            entropy,
            database,
            source: RwLock::new(None),
            absent: Mutex::default(),
            refused: Mutex::default(),
        })
    }

    /// Says where the master key can be read again when it was exchanged.
    pub(crate) fn set_master_source(&self, source: MasterSource) {
        *self.source.write().unwrap_or_else(PoisonError::into_inner) = Some(source);
    }

    /// Takes the keys of the database when they are others than those in use. Keys that only were
    /// wrapped anew stay in use if the master key at hand does not fit them any more.
    ///
    /// # Errors
    /// [`StoreError::Key`] when there is a new key that cannot be unwrapped.
    pub(crate) fn adopt(&self, stored: Vec<StoredKey>) -> Result<()> {
        if stored.is_empty() || read(&self.keys).stored == stored {
            return Ok(());
        }
        // One at a time, and never back: who looked earlier may come later.
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let known = read(&self.keys);
        if *refused == stored || is_older(&stored, &known.stored) {
            return Ok(());
        }
        let master = self.master();
        let opened = match Keys::unwrap(&master, stored.clone()) {
            Ok(keys) => Ok(keys),
            Err(error) => self.with_new_master(&stored).ok_or(error),
        };
        match opened {
            Ok(keys) => {
                *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
                self.absent
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .clear();
                refused.clear();
                Ok(())
            }
            Err(error) => {
                let is_known = |key: &StoredKey| known.stored.iter().any(|k| k.is_same(key));
                if !stored.iter().all(is_known) {
                    return Err(error);
                }
                tracing::warn!(
                    "the keys were wrapped by another master key: give it to this server and restart it"
                );
                *refused = stored;
                Ok(())
            }
        }
    }

    /// Tries keys once more that could not be unwrapped.
    pub(crate) fn forget_refused(&self) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.clear();
        let mut absent = self.absent.lock().unwrap_or_else(PoisonError::into_inner);
        absent.clear();
    }

    fn with_new_master(&self, stored: &[StoredKey]) -> Option<Keys> {
        let source = self.source.read().unwrap_or_else(PoisonError::into_inner);
        let master = source.as_ref()?().ok()?;
        let keys = Keys::unwrap(&master, stored.to_vec()).ok()?;
        *self.master.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(master);
        Some(keys)
    }

    /// The master key at hand.
    pub(super) fn master(&self) -> Arc<MasterKey> {
        read(&self.master)
    }

    /// Whether values are looked up under more than one index key, as while indexes are rebuilt.
    pub fn has_older_index(&self) -> bool {
        read(&self.keys).index.len() > 1
    }

    /// The family of the key that seals now.
    pub(crate) fn sealing_suite(&self) -> Suite {
        match read(&self.keys).seal.last() {
            Some((_, Cipher::Sm(_))) => Suite::Sm,
            _ => Suite::Aes,
        }
    }

    /// How every value begins that the present key sealed.
    pub(crate) fn present_head(&self) -> [u8; VERSION_LENGTH] {
        let version = read(&self.keys).seal.last().map_or(0, |(v, _)| *v);
        let [high, low] = version.to_be_bytes();
        [FORMAT, high, low]
    }

    /// Seals a value for one column of one row.
    ///
    /// # Errors
    /// Only when the cipher refuses, which it does not for texts of our sizes.
    pub fn seal(&self, column: &str, id: Uuid, plain: &str) -> Result<Vec<u8>> {
        let keys = read(&self.keys);
        let Some((version, cipher)) = keys.seal.last() else {
            return Err(StoreError::Key("no key to seal with".into()));
        };
        let mut nonce = [0; NONCE_LENGTH];
        self.entropy.fill(&mut nonce);
        let sealed = cipher
            .encrypt(nonce, plain.as_bytes(), &context(column, id))
            .ok_or_else(|| StoreError::Key("a value cannot be sealed".into()))?;
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
        let mut keys = read(&self.keys);
        if keys.cipher(version).is_none() {
            self.look_for(version)?;
            keys = read(&self.keys);
        }
        let cipher = keys.cipher(version).ok_or_else(damaged)?;
        let nonce: [u8; NONCE_LENGTH] = sealed[VERSION_LENGTH..HEAD_LENGTH]
            .try_into()
            .map_err(|_| damaged())?;
        let plain = cipher
            .decrypt(nonce, &sealed[HEAD_LENGTH..], &context(column, id))
            .ok_or_else(damaged)?;
        String::from_utf8(plain).map_err(|_| damaged())
    }

    /// Another server may have made a key since this one looked. This waits for the database, which
    /// happens once a rotation.
    fn look_for(&self, version: u16) -> Result<()> {
        let mut absent = self.absent.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(database) = &self.database else {
            return Ok(());
        };
        if !absent.insert(version) {
            return Ok(());
        }
        drop(absent);
        self.adopt(crate::dialect::keys::read_keys_now(database)?)
    }

    /// The blind index of a normalised value: 64 bits of an HMAC that also covers what kind of
    /// value it is. Equal values have equal indexes; nothing else can be learnt without the key.
    pub fn index(&self, kind: &str, normalised: &str) -> i64 {
        let keys = read(&self.keys);
        keys.index
            .last()
            .map_or(0, |hash| index_by(hash, kind, normalised))
    }

    /// The blind indexes of a value under every key that stored values may still be indexed with.
    pub fn indexes(&self, kind: &str, normalised: &str) -> Vec<i64> {
        let keys = read(&self.keys);
        let by = |hash| index_by(hash, kind, normalised);
        keys.index.iter().map(by).collect()
    }

    /// The seal of the audit log over some bytes: nobody without the key can make it. This key is
    /// never exchanged: a seal proves that nothing was changed since it was made, and whoever could
    /// seal old entries anew could also change them. It keeps nothing secret that could leak.
    pub(crate) fn audit_seal(&self, parts: &[&[u8]]) -> [u8; 32] {
        read(&self.keys).audit.digest(parts)
    }

    /// The seal of a backup over its table of contents, by the key of the audit log under a name of its
    /// own: nobody without the master key can make it.
    pub fn backup_seal(&self, contents: &[u8]) -> [u8; 32] {
        self.audit_seal(&[b"huifang/backup/1\0", contents])
    }

    /// The seal of a row of evidence over the row before it and its own content, by the key of the audit
    /// log under a name of its own.
    pub fn evidence_seal(&self, previous: &str, contents: &[u8]) -> [u8; 32] {
        self.audit_seal(&[
            b"huifang/evidence/1\0",
            previous.as_bytes(),
            b"\0",
            contents,
        ])
    }

    /// The blind index of the last four characters of a value, for search by what people remember.
    pub fn index_tail(&self, kind: &str, normalised: &str) -> i64 {
        self.index(&tail_kind(kind), tail(normalised))
    }

    /// The blind indexes of the last four characters, under every key as in [`Self::indexes`].
    pub fn tail_indexes(&self, kind: &str, normalised: &str) -> Vec<i64> {
        self.indexes(&tail_kind(kind), tail(normalised))
    }
}

/// Whether keys were read before others were made.
fn is_older(stored: &[StoredKey], known: &[StoredKey]) -> bool {
    let newest = |keys: &[StoredKey], purpose| {
        let of_purpose = keys.iter().filter(|k| k.purpose == purpose);
        of_purpose.map(|k| k.version).max()
    };
    ["seal", "index"]
        .into_iter()
        .any(|purpose| newest(stored, purpose) < newest(known, purpose))
}

fn tail_kind(kind: &str) -> String {
    format!("{kind}.tail")
}

fn tail(normalised: &str) -> &str {
    let start = normalised.char_indices().rev().nth(3);
    &normalised[start.map_or(0, |(at, _)| at)..]
}

fn index_by(hash: &KeyedHash, kind: &str, normalised: &str) -> i64 {
    let digest = hash.digest(&[kind.as_bytes(), &[0], normalised.as_bytes()]);
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    i64::from_be_bytes(first)
}

fn context(column: &str, id: Uuid) -> Vec<u8> {
    [column.as_bytes(), &[0], id.as_bytes()].concat()
}

#[cfg(test)]
mod tests;
