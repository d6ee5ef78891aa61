//! Finding a name by how it sounds, by its initials, by a part of it or with one character wrong.
//!
//! Names are sealed, so they are found through keys made of them; the keys find candidates, and
//! [`NameQuery::likeness`] says of each whether and why it fits. Keys may find too much and never decide.

mod keys;
mod like;
mod sound;

pub use keys::{KeyKind, NameKey, key_of_address, keys_of_name};
pub use like::{Likeness, NameQuery, Tier};

/// A name in pinyin, and its initials, as somebody would type it; empty when it is not Chinese. For
/// measurements and tests.
pub fn latin(name: &str) -> (String, String) {
    let characters: Vec<char> = name.chars().collect();
    let Some(syllables) = sound::syllables(&characters).into_iter().next() else {
        return (String::new(), String::new());
    };
    let initials = syllables.iter().filter_map(|s| s.chars().next());
    (syllables.concat(), initials.collect())
}
