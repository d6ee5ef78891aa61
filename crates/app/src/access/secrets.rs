//! Passwords and tokens. Neither is ever stored: passwords as Argon2id, tokens as SHA-256.

use crate::{App, Error, Result};
use argon2::PasswordVerifier as _;
use argon2::password_hash::PasswordHasher as _;
use sha2::{Digest as _, Sha256};

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
    let (argon, password) = (app.passwords().clone(), password.to_owned());
    let salt = app.store().ids().bytes::<16>();
    tokio::task::spawn_blocking(move || {
        let hash = argon.0.hash_password_with_salt(password.as_bytes(), &salt);
        hash.map(|h| h.to_string())
            .map_err(|e| Error::Fault(format!("password hash: {e}")))
    })
    .await
    .map_err(|e| Error::Fault(e.to_string()))?
}

/// Whether a password fits a hash.
pub(crate) async fn verify_password(app: &App, password: &str, hash: &str) -> Result<bool> {
    let (argon, password, hash) = (
        app.passwords().clone(),
        password.to_owned(),
        hash.to_owned(),
    );
    tokio::task::spawn_blocking(move || {
        argon
            .0
            .verify_password(password.as_bytes(), hash.as_str())
            .is_ok()
    })
    .await
    .map_err(|e| Error::Fault(e.to_string()))
}
