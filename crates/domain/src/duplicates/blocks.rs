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
        /// Birth date and sound of the given name: the surname changed.
        BirthGiven = "birth_given",
        /// Sound of the name and year of birth: day or month are wrong.
        SoundYear = "sound_year",
        /// Sound of the name and the end of the mobile number.
        SoundTail = "sound_tail",
        /// Address and sound of the surname.
        AddressSurname = "address_surname",
        /// The name of an organisation without its legal form.
        OrgName = "org_name",
        /// The address of an organisation.
        OrgAddress = "org_address",
    }
}

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
            add(BlockKind::OrgAddress, address);
            return blocks;
        }
        if self.name.is_empty() {
            return blocks;
        }
        let (surname, given) = self.sound.split_at(normal::surname_length(&self.name));
        let (surname, given) = (surname.join(" "), given.join(" "));
        let name = format!("{surname} {given}");
        let born = self.birth_date;
        add(
            BlockKind::BirthSurname,
            born.map(|b| format!("{b} {surname}")),
        );
        let given = born
            .filter(|_| !given.is_empty())
            .map(|b| format!("{b} {given}"));
        add(BlockKind::BirthGiven, given);
        add(
            BlockKind::SoundYear,
            born.map(|b| format!("{} {name}", b.year())),
        );
        let tail = self.mobile.as_ref().and_then(|m| m.get(m.len() - 4..));
        add(
            BlockKind::SoundTail,
            tail.map(|tail| format!("{name} {tail}")),
        );
        add(
            BlockKind::AddressSurname,
            address.map(|a| format!("{a} {surname}")),
        );
        blocks
    }
}
