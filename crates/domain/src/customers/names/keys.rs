//! The keys under which a name is found.

use super::sound::{blur, initials, syllables};
use crate::customers::{Address, CustomerKind, PersonName, Reveal};
use std::collections::BTreeSet;
use std::fmt;

/// A name longer than this, in characters, is found by its words only.
const PERSON_MAX: usize = 6;
/// Characters of the longest piece of an organisation's name that is a key.
pub(super) const PIECE_MAX: usize = 4;
/// Characters of the shortest piece of a name that is looked for.
pub(super) const PIECE_MIN: usize = 2;
/// Characters from which on an address says where it is.
const ADDRESS_MIN: usize = 8;
/// Keys of one name; what goes beyond belongs to names longer than those of organisations are.
const KEYS_MAX: usize = 120;
/// What stands at the end of most names of organisations and finds too many.
const LEGAL_FORMS: &[&str] = &[
    "股份有限公司",
    "有限责任公司",
    "有限公司",
    "总公司",
    "分公司",
    "公司",
];

/// What a key is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyKind {
    /// First letters of the syllables.
    Initials,
    /// The whole name, or the given name alone, as it sounds.
    Sound,
    /// The name of a person without one of its characters.
    Part,
    /// A piece of the name of an organisation.
    Piece,
    /// A home address.
    Address,
}

impl KeyKind {
    /// The kind of value, as blind indexes tell values apart.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Initials => "name.initials",
            Self::Sound => "name.sound",
            Self::Part => "name.part",
            Self::Piece => "name.piece",
            Self::Address => "address",
        }
    }
}

/// A key of a name in the clear; only its keyed index is ever stored.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NameKey {
    /// What it is made of.
    pub kind: KeyKind,
    text: String,
}

impl NameKey {
    pub(super) fn new(kind: KeyKind, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
        }
    }

    /// The key itself.
    pub fn plain(&self, _: Reveal) -> &str {
        &self.text
    }
}

impl fmt::Debug for NameKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NameKey({})", self.kind.as_str())
    }
}

/// The key under which people at one address are found; nothing for an address too short to say where it is.
pub fn key_of_address(address: &Address, reveal: Reveal) -> Option<NameKey> {
    let text = squeeze(address.reveal(reveal));
    (text.chars().count() >= ADDRESS_MIN).then(|| NameKey::new(KeyKind::Address, text))
}

/// The keys under which a customer of a name is found, each once.
pub fn keys_of_name(kind: CustomerKind, name: &PersonName, reveal: Reveal) -> Vec<NameKey> {
    let name = name.reveal(reveal);
    let mut keys = BTreeSet::new();
    match kind {
        CustomerKind::Individual => person(name, &mut keys),
        CustomerKind::Group => organisation(name, &mut keys),
    }
    keys.into_iter().take(KEYS_MAX).collect()
}

fn person(name: &str, keys: &mut BTreeSet<NameKey>) {
    let words: Vec<&str> = name.split(is_divider).filter(|w| !w.is_empty()).collect();
    let whole: Vec<char> = words.concat().chars().collect();
    sounds(&whole, keys);
    if words.len() > 1 {
        for word in &words {
            let word: Vec<char> = word.chars().collect();
            if word.len() >= PIECE_MIN {
                sounds(&word, keys);
                keys.insert(NameKey::new(KeyKind::Part, text(&word)));
            }
        }
    }
    if whole.len() <= PERSON_MAX {
        for part in without_one(&whole) {
            if part.chars().count() >= PIECE_MIN {
                keys.insert(NameKey::new(KeyKind::Part, part));
            }
        }
    }
    // The given name of people with two characters of surname, and of others.
    for given in (1..=2).filter_map(|n| whole.get(n..)) {
        if given.len() >= PIECE_MIN && whole.len() <= PERSON_MAX {
            keys.insert(NameKey::new(KeyKind::Part, text(given)));
            for reading in syllables(given) {
                keys.insert(NameKey::new(KeyKind::Sound, blur(&reading.concat())));
            }
        }
    }
}

/// Keys by sound; a name in other letters sounds as it is written.
fn sounds(name: &[char], keys: &mut BTreeSet<NameKey>) {
    let readings = syllables(name);
    for reading in &readings {
        keys.insert(NameKey::new(KeyKind::Sound, blur(&reading.concat())));
        if reading.len() >= PIECE_MIN {
            keys.insert(NameKey::new(KeyKind::Initials, initials(reading)));
        }
    }
    if readings.is_empty() {
        let written = blur(&text(name));
        if written.chars().count() >= PIECE_MIN {
            keys.insert(NameKey::new(KeyKind::Sound, written));
        }
    }
}

/// Pieces of two to four characters, from every place of the name.
pub(super) fn organisation(name: &str, keys: &mut BTreeSet<NameKey>) {
    let name = squeeze(name);
    let core: Vec<char> = without_form(&name).chars().collect();
    for length in PIECE_MIN..=PIECE_MAX {
        for piece in core.windows(length) {
            keys.insert(NameKey::new(KeyKind::Piece, text(piece)));
        }
    }
    for reading in syllables(&core) {
        keys.insert(NameKey::new(KeyKind::Initials, initials(&reading)));
    }
}

/// The name of an organisation without its legal form.
pub(super) fn without_form(name: &str) -> &str {
    let core = LEGAL_FORMS.iter().find_map(|form| name.strip_suffix(form));
    core.filter(|core| !core.is_empty()).unwrap_or(name)
}

/// A name without blanks, brackets of both kinds alike, letters small.
pub(super) fn squeeze(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '（' => '(',
            '）' => ')',
            other => other,
        })
        .flat_map(char::to_lowercase)
        .collect()
}

/// Marks between the parts of names.
pub(super) fn is_divider(c: char) -> bool {
    c.is_whitespace() || matches!(c, '·' | '•' | '・' | '.' | '-')
}

/// The name with each of its characters left out in turn.
pub(super) fn without_one(name: &[char]) -> Vec<String> {
    let without = |at: usize| {
        let kept = name.iter().enumerate().filter(|(n, _)| *n != at);
        kept.map(|(_, c)| *c).collect()
    };
    (0..name.len()).map(without).collect()
}

pub(super) fn text(characters: &[char]) -> String {
    characters.iter().collect()
}
