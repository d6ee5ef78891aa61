//! Which customers are compared at all: those who share a key. Comparing everybody with everybody would be
//! half a million million pairs for a million customers; every key below is one that duplicates keep in
//! common after one of the usual errors.

use super::normal;
use super::profile::Profile;
use crate::customers::CustomerKind;
use chrono::Datelike as _;

codes! {
    /// What a block has in common.
    pub enum BlockKind ("kind of a block") {
        /// The number of the identity document, of fifteen or eighteen digits.
        IdNo = "id_no",
        /// The mobile number.
        Mobile = "mobile",
        /// The landline number.
        Phone = "phone",
        /// The e-mail address.
        Email = "email",
        /// Birth date and sound of the surname: the given name is written otherwise.
        BirthSurname = "birth_surname",
        /// Birth date and sound of the given name, of which the last syllable is enough: the surname changed.
        BirthGiven = "birth_given",
        /// Sound of the name and year of birth: day or month are wrong.
        SoundYear = "sound_year",
        /// Sound of the name and the end of the mobile number.
        SoundTail = "sound_tail",
        /// Address and sound of the surname; house and sound of the name.
        AddressSurname = "address_surname",
        /// The name of an organisation without its legal form, and the beginning of what it is called for short.
        OrgName = "org_name",
        /// The address of an organisation.
        OrgAddress = "org_address",
    }
}

/// Characters of what an organisation is called for short that a key takes: most trade names have two or
/// three, and what follows them is left out or written otherwise.
const BRAND: usize = 3;

/// A key of a customer. It holds personal data, and is kept as a keyed hash only.
#[derive(Clone, PartialEq, Eq)]
pub struct Block {
    /// What it has in common.
    pub kind: BlockKind,
    text: String,
}

impl std::fmt::Debug for Block {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Block({})", self.kind)
    }
}

impl Block {
    /// The text to be hashed.
    pub fn text(&self, _reveal: crate::customers::Reveal) -> &str {
        &self.text
    }

    /// A number that equal texts have in common, for comparisons within one run; it cannot be turned back.
    pub fn fingerprint(&self) -> u64 {
        use std::hash::{DefaultHasher, Hash as _, Hasher as _};
        let mut hasher = DefaultHasher::new();
        self.text.hash(&mut hasher);
        hasher.finish()
    }
}

impl Profile {
    /// The keys of a customer.
    pub fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut add = |kind: BlockKind, text: Option<String>| {
            blocks.extend(text.map(|text| Block { kind, text }));
        };
        let whole = |chars: &[char]| chars.iter().collect::<String>();
        let id_no = self.identity.as_ref().map(|id| match id.core.as_slice() {
            [] => whole(&id.text),
            core => whole(core),
        });
        add(BlockKind::IdNo, id_no);
        add(BlockKind::Mobile, self.mobile.clone());
        add(BlockKind::Phone, self.phone.clone());
        add(BlockKind::Email, self.email.clone());
        let address = self.address.as_ref().map(|a| a.concat());
        if self.kind == CustomerKind::Group {
            let name = Some(whole(&self.name)).filter(|n| !n.is_empty());
            add(BlockKind::OrgName, name);
            let short = self.brand.get(..BRAND);
            add(BlockKind::OrgName, short.map(|b| format!("~{}", whole(b))));
            add(BlockKind::OrgAddress, address);
            return blocks;
        }
        if self.name.is_empty() {
            return blocks;
        }
        self.add_names(&mut add);
        blocks
    }

    /// The keys that hold the sound of a name.
    fn add_names(&self, add: &mut impl FnMut(BlockKind, Option<String>)) {
        let born = self.birth_date;
        let address = self.address.as_ref().map(|a| a.concat());
        let house = self.address.as_ref().and_then(|a| normal::house(a));
        let tail = self.mobile.as_ref().and_then(|m| m.get(m.len() - 4..));
        for (surname, given) in self.surnames() {
            add(
                BlockKind::BirthSurname,
                born.map(|b| format!("{b} {surname}")),
            );
            let last = self.sound.last().filter(|_| !self.is_latin);
            let last = last.map_or_else(|| given.clone(), |s| normal::heard(s));
            let rest = born.filter(|_| !given.is_empty());
            add(BlockKind::BirthGiven, rest.map(|b| format!("{b} {last}")));
            let address = address.as_ref();
            add(
                BlockKind::AddressSurname,
                address.map(|a| format!("{a} {surname}")),
            );
            let name = format!("{surname}{given}");
            add(
                BlockKind::SoundYear,
                born.map(|b| format!("{} {name}", b.year())),
            );
            add(
                BlockKind::SoundTail,
                tail.map(|tail| format!("{name} {tail}")),
            );
            add(
                BlockKind::AddressSurname,
                house.as_ref().map(|h| format!("~{h} {name}")),
            );
        }
    }

    /// Surname and given name as they are heard. In Latin letters either stands first; a wife may bear the
    /// husband's surname before her own.
    fn surnames(&self) -> Vec<(String, String)> {
        let heard = |syllables: &[String]| normal::heard(&syllables.concat());
        let sound = self.sound.as_slice();
        if self.is_latin {
            let (first, last) = (&sound[..1], &sound[sound.len() - 1..]);
            return vec![
                (heard(first), heard(&sound[1..])),
                (heard(last), heard(&sound[..sound.len() - 1])),
            ];
        }
        let length = normal::surname_length(&self.name);
        let mut names = vec![(heard(&sound[..length]), heard(&sound[length..]))];
        if sound.len() == length + 3 {
            let own = &sound[length..=length];
            names.push((heard(own), heard(&sound[length + 1..])));
        }
        names
    }
}
