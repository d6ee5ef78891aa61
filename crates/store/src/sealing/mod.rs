//! Sealing of personal data: AES-256-GCM with the row's table, column and id bound in, and keyed
//! blind indexes for exact search.
//!
//! Data keys are kept in the database, wrapped by a master key that never is. A sealed value is
//! `format (1) ‖ key version (2) ‖ nonce (12) ‖ ciphertext and tag`.

mod keyring;
mod master;

pub use keyring::{Keyring, StoredKey};
pub use master::MasterKey;

/// The algorithms written beside each key.
pub(crate) fn algorithm() -> &'static str {
    keyring::ALGORITHM
}

/// The hash of a row whose content was destroyed after its term. No keyed hash is expected to be this,
/// so that imports recognise such rows and do not fill them again.
pub(crate) const DESTROYED_HASH: i64 = i64::MIN;
