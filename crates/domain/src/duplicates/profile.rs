//! What is compared of a customer, in normal forms. It is personal data: nothing of it prints.

use super::normal::{self, Piece};
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
    /// the check digit (GB 11643-1989) name the same person as those of eighteen.
    pub core: Vec<char>,
    /// A resident's number of eighteen digits with the right check digit.
    pub is_valid: bool,
}

/// A customer as it is compared.
#[derive(Clone)]
pub struct Profile {
    pub(super) kind: CustomerKind,
    pub(super) name: Vec<char>,
    pub(super) sound: Vec<String>,
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
        let name = known.name.reveal(reveal);
        let name = match known.kind {
            CustomerKind::Individual => normal::name(name),
            CustomerKind::Group => normal::organisation(name),
        };
        let text = |value: &str, least: usize| {
            Some(normal::digits(value)).filter(|digits| digits.len() >= least)
        };
        Self {
            kind: known.kind,
            sound: match known.kind {
                CustomerKind::Individual => normal::sound(&name),
                CustomerKind::Group => Vec::new(),
            },
            name,
            identity: known.id_no.and_then(|n| Identity::read(n.reveal(reveal))),
            birth_date: known.birth_date,
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
    fn read(text: &str) -> Option<Self> {
        let text: Vec<char> = text
            .chars()
            .filter(|c| c.is_alphanumeric())
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let is_digits = |part: &[char]| part.iter().all(char::is_ascii_digit);
        let core = match text.len() {
            0 => return None,
            15 if is_digits(&text) => {
                let (region, rest) = text.split_at(6);
                let century = ['1', '9'];
                region.iter().chain(&century).chain(rest).copied().collect()
            }
            18 if is_digits(&text[..17]) => text[..17].to_vec(),
            _ => Vec::new(),
        };
        let plain: String = text.iter().collect();
        let is_valid =
            text.len() == 18 && IdNumber::parse(IdType::ResidentId, &plain, NaiveDate::MAX).is_ok();
        Some(Self {
            text,
            core,
            is_valid,
        })
    }
}
