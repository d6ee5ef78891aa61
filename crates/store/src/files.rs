//! Keys of files: each file in the store of files is sealed with a key of its own, which lies here,
//! sealed like any other value. Who deletes the row destroys the file wherever copies of it lie.

use crate::sealing::{FileCipher, Suite};
use crate::sql::{find, millis, params};
use crate::{Reads, Result, StoreError, UnitOfWork};
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A file's key.
#[derive(Debug)]
pub struct FileKey {
    /// Id of the file; its chunks are bound to it.
    pub id: Uuid,
    /// What seals and opens its chunks.
    pub cipher: FileCipher,
}

/// Makes the key of a new file at a place.
///
/// # Errors
/// What the database says, such as that the place is taken.
pub async fn insert_file_key(work: &UnitOfWork, place: &str) -> Result<FileKey> {
    let id = work.next_id();
    let suite = work.keys().sealing_suite();
    let mut key = zeroize::Zeroizing::new(vec![0; FileCipher::key_length(suite)]);
    work.entropy().fill(&mut key);
    let text = zeroize::Zeroizing::new(hex::encode(key.as_slice()));
    let sealed = work.keys().seal("file_keys.file_key", id, &text)?;
    let sql = "INSERT INTO file_keys (id, place, cipher, file_key, created_at) \
               VALUES ($1, $2, $3, $4, $5)";
    let values = params![id, place, suite.as_str(), sealed, millis(work.now())];
    work.execute(sql, values).await?;
    let cipher = FileCipher::new(suite, id, &key)?;
    Ok(FileKey { id, cipher })
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    cipher: String,
    file_key: Vec<u8>,
}

/// The key of the file at a place, if it has one.
///
/// # Errors
/// What the database says, or a key that cannot be opened.
pub async fn find_file_key(db: &impl Reads, place: &str) -> Result<Option<FileKey>> {
    let sql = "SELECT id, cipher, file_key FROM file_keys WHERE place = $1";
    let Some(row) = find::<Row>(db, sql, params![place]).await? else {
        return Ok(None);
    };
    let broken = || StoreError::Data(format!("the key of the file {place} is damaged"));
    let text = db
        .keys()
        .open("file_keys.file_key", row.id, &row.file_key)?;
    let key = zeroize::Zeroizing::new(hex::decode(text).map_err(|_| broken())?);
    let suite = Suite::parse(&row.cipher).ok_or_else(broken)?;
    let cipher = FileCipher::new(suite, row.id, &key)?;
    Ok(Some(FileKey { id: row.id, cipher }))
}

/// Destroys the key of the file at a place, if it has one.
///
/// # Errors
/// What the database says.
pub async fn delete_file_key(work: &UnitOfWork, place: &str) -> Result<bool> {
    let sql = "DELETE FROM file_keys WHERE place = $1";
    Ok(work.execute(sql, params![place]).await? > 0)
}
