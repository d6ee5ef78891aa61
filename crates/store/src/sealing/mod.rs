//! Sealing of personal data: AES-256-GCM or SM4-GCM with the row's table, column and id bound in, and
//! keyed blind indexes for exact search.
//!
//! Data keys are kept in the database, wrapped by a master key that never is. A sealed value is
//! `format (1) ‖ key version (2) ‖ nonce (12) ‖ ciphertext and tag`. Which columns are sealed stands
//! in [`registry`]; [`renew`] brings their values to the newest key.

mod file;
mod keyring;
mod master;
pub mod proof;
pub mod registry;
pub mod renew;
pub(crate) mod stored;
mod suite;

pub use file::{FILE_CHUNK, FILE_TAG, FileCipher};
pub use keyring::{Keyring, MasterSource};
pub use master::MasterKey;
pub use stored::{KeyInfo, StoredKey, add_keys, destroy_key, list_keys, refresh_keys, rewrap_keys};
pub use suite::Suite;

/// The hash of a row whose content was destroyed after its term. No keyed hash is expected to be this,
/// so that imports recognise such rows and do not fill them again.
pub(crate) const DESTROYED_HASH: i64 = i64::MIN;
