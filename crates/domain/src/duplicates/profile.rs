//! What is compared of a customer, in normal forms. It is personal data: nothing of it prints.

use super::normal::{self, Piece};
use super::organisations;
use crate::customers::{
    Address, CustomerKind, Email, IdNumber, IdType, Landline, Mobile, PersonName, Reveal, Sex,
};
use crate::ids::OrgId;
use chrono::NaiveDate;
use std::fmt;

/// What is known of a customer.
#[derive(Clone, Copy, Debug)]
pub struct Known<'k> {
    /// Individual or group.
    pub kind: CustomerKind,
    /// Name.
    pub name: &'k PersonName,
    /// Kind of identity document.
    pub id_type: Option<IdType>,
    /// Number of the identity document.
    pub id_no: Option<&'k IdNumber>,
    /// Birth date.
    pub birth_date: Option<NaiveDate>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Mobile number.
    pub mobile: Option<&'k Mobile>,
    /// Landline number.
    pub phone: Option<&'k Landline>,
    /// E-mail address.
    pub email: Option<&'k Email>,
    /// Home address.
    pub address: Option<&'k Address>,
    /// Unit.
    pub unit: OrgId,
}

/// A number of an identity document.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Identity {
    /// As it is written, capitals, without blanks.
    pub text: Vec<char>,
    /// The first seventeen digits of a resident's number: those of fifteen digits without the century and
    /// the check digit (GB 11643-1989) name the same person as those of eighteen. Of an organisation its code
    /// of nine characters (GB 11714), which the unified social credit code holds (GB 32100).
    pub core: Vec<char>,
    /// A number of eighteen characters with the right check digit.
    pub is_valid: bool,
}

/// A customer as it is compared.
#[derive(Clone)]
pub struct Profile {
    pub(super) kind: CustomerKind,
    pub(super) name: Vec<char>,
    /// Syllables; words of a name in Latin letters; nothing of an organisation.
    pub(super) sound: Vec<String>,
    pub(super) is_latin: bool,
    /// What an organisation is called for short.
    pub(super) brand: Vec<char>,
    /// Which part of an organisation it is.
    pub(super) branch: Vec<char>,
    pub(super) identity: Option<Identity>,
    pub(super) birth_date: Option<NaiveDate>,
    pub(super) sex: Option<Sex>,
    pub(super) mobile: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) email: Option<String>,
    pub(super) address: Option<Vec<Piece>>,
    pub(super) unit: OrgId,
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Profile({})", self.kind)
    }
}

impl Profile {
    /// Brings what is known into its normal forms.
    pub fn of(known: &Known<'_>) -> Self {
        let reveal = Reveal::for_checks();
        let written = known.name.reveal(reveal);
        let (whole, branch) = match known.kind {
            CustomerKind::Individual => (String::new(), Vec::new()),
            CustomerKind::Group => organisations::branch(written),
        };
        let name = match known.kind {
            CustomerKind::Individual => normal::name(written),
            CustomerKind::Group => organisations::organisation(&whole),
        };
        let latin = normal::latin_words(written).filter(|_| known.kind == CustomerKind::Individual);
        let id_no = known.id_no.map(|n| n.reveal(reveal));
        let identity = id_no.and_then(|n| Identity::read(known.kind, n));
        let text = |value: &str, least: usize| {
            Some(normal::digits(value)).filter(|digits| digits.len() >= least)
        };
        Self {
            kind: known.kind,
            is_latin: latin.is_some(),
            sound: match known.kind {
                CustomerKind::Individual => latin.unwrap_or_else(|| normal::sound(&name)),
                CustomerKind::Group => Vec::new(),
            },
            brand: organisations::brand(&whole, &name),
            branch,
            name,
            birth_date: known
                .birth_date
                .or_else(|| identity.as_ref().and_then(|id| id.born(known.kind))),
            identity,
            sex: known.sex,
            mobile: known.mobile.and_then(|m| text(m.reveal(reveal), 11)),
            phone: known.phone.and_then(|p| text(p.reveal(reveal), 7)),
            email: known.email.map(|e| e.reveal(reveal).trim().to_lowercase()),
            address: known
                .address
                .map(|a| normal::address(a.reveal(reveal)))
                .filter(|pieces| pieces.len() > 3),
            unit: known.unit,
        }
    }

    /// Individual or group.
    pub fn kind(&self) -> CustomerKind {
        self.kind
    }
}

impl Identity {
    fn read(kind: CustomerKind, text: &str) -> Option<Self> {
        let text: Vec<char> = text
            .chars()
            .filter(|c| c.is_alphanumeric())
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let is_digits = |part: &[char]| part.iter().all(char::is_ascii_digit);
        let of_group = kind == CustomerKind::Group;
        let core = match text.len() {
            0 => return None,
            18 if of_group => text[8..17].to_vec(),
            9 if of_group => text.clone(),
            15 if is_digits(&text) => {
                let (region, rest) = text.split_at(6);
                let century = ['1', '9'];
                region.iter().chain(&century).chain(rest).copied().collect()
            }
            18 if is_digits(&text[..17]) => text[..17].to_vec(),
            _ => Vec::new(),
        };
        let plain: String = text.iter().collect();
        let document = match kind {
            CustomerKind::Individual => IdType::ResidentId,
            CustomerKind::Group => IdType::UnifiedSocialCredit,
        };
        let is_valid =
            text.len() == 18 && IdNumber::parse(document, &plain, NaiveDate::MAX).is_ok();
        Some(Self {
            text,
            core,
            is_valid,
        })
    }

    /// The birth date that the number of a resident holds.
    fn born(&self, kind: CustomerKind) -> Option<NaiveDate> {
        let is_resident = kind == CustomerKind::Individual && self.core.len() == 17;
        let digits: String = self.core.get(6..14)?.iter().collect();
        let day = NaiveDate::parse_from_str(&digits, "%Y%m%d").ok();
        day.filter(|_| is_resident)
    }
}
