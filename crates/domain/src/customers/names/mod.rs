//! Finding a name by how it sounds, by its initials, by a part of it or with one character wrong.
//!
//! Names are sealed, so they are found through keys made of them; the keys find candidates, and
//! [`NameQuery::likeness`] says of each whether and why it fits. Keys may find too much and never decide.

mod keys;
mod like;
mod sound;

pub use keys::{KeyKind, NameKey, keys_of_name};
pub use like::{Likeness, NameQuery, Tier};
