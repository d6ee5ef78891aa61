//! Passwords and tokens. Neither is ever stored: passwords as Argon2id, tokens as SHA-256.

use crate::{App, Error, Passwords, Result};
use argon2::PasswordVerifier as _;
use argon2::password_hash::PasswordHasher as _;
use sha2::{Digest as _, Sha256};
use store::Store;

/// A token as its holder gets it, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token(pub String);

impl Token {
    /// A new token of 256 unpredictable bits.
    pub(crate) fn new(app: &App) -> Self {
        Self(hex::encode(app.store().ids().bytes::<32>()))
    }
}

/// What of a token is stored.
pub fn hash_token(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Hashes a password. Takes a moment on purpose, therefore off the threads that answer requests.
pub(crate) async fn hash_password(app: &App, password: &str) -> Result<String> {
    let salt = app.store().ids().bytes::<16>();
    hash_with(app.passwords(), password.to_owned(), salt).await
}

/// A hash of the same cost as any other that no password fits: it is of a password that nobody knows.
pub(crate) async fn decoy_hash(store: &Store, passwords: &Passwords) -> Result<String> {
    let password = hex::encode(store.ids().bytes::<32>());
    hash_with(passwords, password, store.ids().bytes::<16>()).await
}

async fn hash_with(passwords: &Passwords, password: String, salt: [u8; 16]) -> Result<String> {
    let argon = passwords.once();
    tokio::task::spawn_blocking(move || {
        let hash = argon.hash_password_with_salt(password.as_bytes(), &salt);
        hash.map(|h| h.to_string())
            .map_err(|e| Error::Fault(format!("password hash: {e}")))
    })
    .await
    .map_err(|e| Error::Fault(e.to_string()))?
}

/// Whether a password fits a hash.
pub(crate) async fn verify_password(app: &App, password: &str, hash: &str) -> Result<bool> {
    let argon = app.passwords().once();
    let (password, hash) = (password.to_owned(), hash.to_owned());
    tokio::task::spawn_blocking(move || {
        argon
            .verify_password(password.as_bytes(), hash.as_str())
            .is_ok()
    })
    .await
    .map_err(|e| Error::Fault(e.to_string()))
}
