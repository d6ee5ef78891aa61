//! Data keys as they lie in the database: wrapped, each with its algorithm; made, wrapped anew and
//! destroyed.

use super::MasterKey;
use super::keyring::Keyring;
use super::suite::{Cipher, KeyedHash, NONCE_LENGTH, Suite};
use crate::sql::{instant, list, millis, params, statement};
use crate::{Entropy, Reads, Result, StoreError, UnitOfWork};
use domain::time::Instant;
use sea_orm::{ConnectionTrait, FromQueryResult};
use zeroize::Zeroizing;

/// A key as it stands in the database: wrapped by the master key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredKey {
    /// `seal`, `index` or `audit`.
    pub purpose: String,
    /// Version, from one.
    pub version: i64,
    /// The algorithm that it is for.
    pub algorithm: String,
    /// The wrapped key.
    pub wrapped: Vec<u8>,
}

impl StoredKey {
    pub(super) fn suite(&self) -> Result<Suite> {
        Suite::of_algorithm(&self.algorithm)
            .ok_or_else(|| StoreError::Key(format!("{} is not known", self.algorithm)))
    }

    /// The version as sealed values name it.
    pub(super) fn short_version(&self) -> Result<u16> {
        u16::try_from(self.version).map_err(|_| StoreError::Key("key version out of range".into()))
    }

    /// Whether it is the same key, however it is wrapped.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.purpose == other.purpose && self.version == other.version
    }

    /// What a wrapped key is bound to. Keys of the first family were bound to less at first.
    fn context(&self, suite: Suite) -> String {
        let (purpose, version) = (&self.purpose, self.version);
        match suite {
            Suite::Aes => format!("huifang/key/{purpose}/{version}"),
            Suite::Sm => format!("huifang/key/{purpose}/{version}/{}", self.algorithm),
        }
    }
}

/// The cipher that wraps keys of a family: SM4 takes 16 bytes, which are derived by HMAC-SM3.
fn wrapping(master: &MasterKey, suite: Suite) -> Result<Cipher> {
    match suite {
        Suite::Aes => Cipher::new(suite, master.bytes()),
        Suite::Sm => {
            let derive = KeyedHash::new(suite, master.bytes())?;
            let derived = Zeroizing::new(derive.digest(&[b"huifang/wrap/sm4-gcm"]));
            Cipher::new(suite, &derived[..16])
        }
    }
}

pub(super) fn wrap_key(
    master: &MasterKey,
    key: &StoredKey,
    plain: &[u8],
    entropy: &dyn Entropy,
) -> Result<Vec<u8>> {
    let suite = key.suite()?;
    let mut nonce = [0; NONCE_LENGTH];
    entropy.fill(&mut nonce);
    let sealed = wrapping(master, suite)?
        .encrypt(nonce, plain, key.context(suite).as_bytes())
        .ok_or_else(|| StoreError::Key("a key cannot be wrapped".into()))?;
    Ok([nonce.as_slice(), &sealed].concat())
}

pub(super) fn unwrap_key(master: &MasterKey, key: &StoredKey) -> Result<Zeroizing<Vec<u8>>> {
    let wrong = || {
        StoreError::Key(
            "the master key does not fit this database: give the one that was created with it"
                .into(),
        )
    };
    let suite = key.suite()?;
    let (nonce, sealed) = key
        .wrapped
        .split_first_chunk::<NONCE_LENGTH>()
        .ok_or_else(wrong)?;
    let plain = wrapping(master, suite)?.decrypt(*nonce, sealed, key.context(suite).as_bytes());
    let plain = Zeroizing::new(plain.ok_or_else(wrong)?);
    match plain.len() == suite.key_length(&key.purpose) {
        true => Ok(plain),
        false => Err(wrong()),
    }
}

#[derive(FromQueryResult)]
struct KeyRow {
    purpose: String,
    version: i64,
    algorithm: String,
    wrapped: Vec<u8>,
}

/// The keys that were not destroyed, as text: three strings and bytes a row.
pub(crate) const SELECT: &str = "SELECT purpose, version, algorithm, wrapped FROM encryption_keys \
     WHERE destroyed_at IS NULL ORDER BY purpose, version";

pub(crate) async fn load_keys(connection: &impl ConnectionTrait) -> Result<Vec<StoredKey>> {
    let rows = KeyRow::find_by_statement(statement(connection, SELECT, Vec::new()));
    let key = |r: KeyRow| StoredKey {
        purpose: r.purpose,
        version: r.version,
        algorithm: r.algorithm,
        wrapped: r.wrapped,
    };
    Ok(rows.all(connection).await?.into_iter().map(key).collect())
}

/// Takes over keys that another server made. Every transaction does so when it begins; what only
/// reads does so where it must not miss anything, as a search by blind indexes.
///
/// # Errors
/// When there is a new key that cannot be unwrapped.
pub async fn refresh_keys(db: &impl Reads) -> Result<()> {
    db.keys().adopt(load_keys(db.connection()).await?)
}

pub(crate) async fn insert_key(
    connection: &impl ConnectionTrait,
    key: &StoredKey,
    now: Instant,
    tail: &str,
) -> Result<()> {
    let sql = format!(
        "INSERT INTO encryption_keys (version, purpose, algorithm, wrapped, created_at) \
         VALUES ($1, $2, $3, $4, $5) {tail}"
    );
    let values = params![
        key.version,
        key.purpose.as_str(),
        key.algorithm.as_str(),
        key.wrapped.clone(),
        millis(now)
    ];
    connection
        .execute_raw(statement(connection, &sql, values))
        .await?;
    Ok(())
}

/// Makes the next version of keys; whatever is written after this transaction is written with them.
/// `suite` is the family of the new keys; without one they are of the same as before.
///
/// # Errors
/// When the master key at hand is not the one of the database any more, or another server makes a key
/// at the same moment.
pub async fn add_keys(
    work: &UnitOfWork,
    purposes: &[&'static str],
    suite: Option<Suite>,
) -> Result<Vec<(String, i64)>> {
    let stored = load_keys(work.connection()).await?;
    let master = work.keys().master();
    for key in &stored {
        unwrap_key(&master, key)?;
    }
    let mut made = Vec::new();
    for purpose in purposes {
        let newest = stored.iter().filter(|k| k.purpose == *purpose);
        let newest = newest
            .max_by_key(|k| k.version)
            .ok_or_else(|| StoreError::Key("the database has no keys".into()))?;
        let suite = suite.map_or_else(|| newest.suite(), Ok)?;
        let version = newest.version + 1;
        let key = Keyring::new_key(&master, suite, purpose, version, work.entropy())?;
        key.short_version()?;
        insert_key(work.connection(), &key, work.now(), "").await?;
        made.push((key.purpose, version));
    }
    Ok(made)
}

/// Wraps every key by another master key and says how many there are. The values stay as they are.
///
/// # Errors
/// When the master key at hand is not the one of the database.
pub async fn rewrap_keys(work: &UnitOfWork, new: &MasterKey) -> Result<usize> {
    let stored = load_keys(work.connection()).await?;
    let master = work.keys().master();
    for key in &stored {
        let plain = unwrap_key(&master, key)?;
        let wrapped = wrap_key(new, key, &plain, work.entropy())?;
        let sql = "UPDATE encryption_keys SET wrapped = $1 WHERE purpose = $2 AND version = $3";
        let values = params![wrapped, key.purpose.as_str(), key.version];
        work.execute_one(sql, values).await?;
    }
    Ok(stored.len())
}

/// Destroys a key: its row stays as a memory, without the key.
///
/// # Errors
/// [`StoreError::Conflict`] when it is gone already.
pub async fn destroy_key(work: &UnitOfWork, purpose: &str, version: i64) -> Result<()> {
    let sql = "UPDATE encryption_keys SET wrapped = $1, destroyed_at = $2 \
               WHERE purpose = $3 AND version = $4 AND destroyed_at IS NULL";
    let values = params![Vec::<u8>::new(), millis(work.now()), purpose, version];
    work.execute_one(sql, values).await
}

/// A key as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyInfo {
    /// `seal`, `index` or `audit`.
    pub purpose: String,
    /// Version, from one.
    pub version: i64,
    /// The algorithm that it is for.
    pub algorithm: String,
    /// When it was made.
    pub created_at: Instant,
    /// When it was destroyed.
    pub destroyed_at: Option<Instant>,
}

impl KeyInfo {
    /// The family that it belongs to.
    pub fn suite(&self) -> Option<Suite> {
        Suite::of_algorithm(&self.algorithm)
    }
}

#[derive(FromQueryResult)]
struct InfoRow {
    purpose: String,
    version: i64,
    algorithm: String,
    created_at: i64,
    destroyed_at: Option<i64>,
}

/// All keys that there ever were, by purpose, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_keys(db: &impl Reads) -> Result<Vec<KeyInfo>> {
    let sql = "SELECT purpose, version, algorithm, created_at, destroyed_at FROM encryption_keys \
               ORDER BY purpose DESC, version DESC";
    let rows: Vec<InfoRow> = list(db, sql, Vec::new()).await?;
    let info = |r: InfoRow| KeyInfo {
        purpose: r.purpose,
        version: r.version,
        algorithm: r.algorithm,
        created_at: instant(r.created_at),
        destroyed_at: r.destroyed_at.map(instant),
    };
    Ok(rows.into_iter().map(info).collect())
}
