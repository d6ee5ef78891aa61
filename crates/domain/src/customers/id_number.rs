//! Identity numbers: check digits, and what they say of a person.

use super::personal::Reveal;
use super::{IdType, Sex};
use chrono::NaiveDate;
use std::fmt;

/// A number of an identity document. Shown as `500***********021X`.
#[derive(Clone, PartialEq, Eq)]
pub struct IdNumber(String);

/// What a resident identity number says of its holder (GB 11643).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdentityFacts {
    /// Birth date.
    pub birth_date: NaiveDate,
    /// Sex.
    pub sex: Sex,
    /// Division code of the first registration, six digits.
    pub region: u32,
}

/// What is wrong with an identity number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdNumberError {
    /// The number of characters or their kind is wrong for the document.
    #[error("length or characters do not fit the kind of document")]
    Shape,
    /// The check digit is wrong.
    #[error("the check digit is wrong")]
    CheckDigit,
    /// The birth date inside it is no date, or lies in the future.
    #[error("the birth date inside it is no possible date")]
    BirthDate,
    /// The division code inside it belongs to no province.
    #[error("the region inside it does not exist")]
    Region,
}

/// Weights of the first 17 digits of a resident identity number (GB 11643, ISO 7064 MOD 11-2).
const RESIDENT_WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// Check characters by remainder.
const RESIDENT_CHECKS: &[u8; 11] = b"10X98765432";
/// The alphabet of unified social credit codes (GB 32100), without I, O, S, V and Z.
const CREDIT_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Weights of the first 17 characters of a unified social credit code.
const CREDIT_WEIGHTS: [usize; 17] = [
    1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28,
];
/// Province codes, the first two digits of a division code (GB/T 2260), with 83 for Taiwan
/// residents and 91 for foreigners with permanent residence.
const PROVINCES: [u32; 36] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
    53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83, 91,
];

impl IdNumber {
    /// Reads the number of a document of a kind. `today` bounds the birth date.
    ///
    /// # Errors
    /// Says which rule of the document's kind is broken.
    pub fn parse(kind: IdType, text: &str, today: NaiveDate) -> Result<Self, IdNumberError> {
        let number: String = text
            .chars()
            .filter(|c| !c.is_whitespace())
            .map(|c| c.to_ascii_uppercase())
            .collect();
        match kind {
            IdType::ResidentId => {
                resident_facts(&number, today)?;
            }
            IdType::UnifiedSocialCredit => check_credit_code(&number)?,
            _ => {
                let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '(' | ')' | '/');
                if !(4..=30).contains(&number.chars().count()) || !number.chars().all(plain) {
                    return Err(IdNumberError::Shape);
                }
            }
        }
        Ok(Self(number))
    }

    /// A number that was valid when it was stored.
    pub fn from_stored(number: String) -> Self {
        Self(number)
    }

    /// The number itself.
    pub fn reveal(&self, _reveal: Reveal) -> &str {
        &self.0
    }

    /// What a resident identity number says of its holder; `None` for other documents.
    pub fn facts(&self, kind: IdType, today: NaiveDate) -> Option<IdentityFacts> {
        (kind == IdType::ResidentId)
            .then(|| resident_facts(&self.0, today).ok())
            .flatten()
    }
}

impl fmt::Display for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let chars: Vec<char> = self.0.chars().collect();
        if chars.len() < 8 {
            return f.write_str("****");
        }
        let head: String = chars[..3].iter().collect();
        let tail: String = chars[chars.len() - 4..].iter().collect();
        write!(f, "{head}{}{tail}", "*".repeat(chars.len() - 7))
    }
}

impl fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdNumber({self})")
    }
}

fn resident_facts(number: &str, today: NaiveDate) -> Result<IdentityFacts, IdNumberError> {
    let bytes = number.as_bytes();
    let shaped = bytes.len() == 18
        && bytes[..17].iter().all(u8::is_ascii_digit)
        && (bytes[17].is_ascii_digit() || bytes[17] == b'X');
    if !shaped {
        return Err(IdNumberError::Shape);
    }
    let digit = |i: usize| u32::from(bytes[i] - b'0');
    let sum: u32 = RESIDENT_WEIGHTS
        .iter()
        .enumerate()
        .map(|(i, w)| w * digit(i))
        .sum();
    if RESIDENT_CHECKS[(sum % 11) as usize] != bytes[17] {
        return Err(IdNumberError::CheckDigit);
    }
    let number_at = |range: std::ops::Range<usize>| range.fold(0, |n, i| n * 10 + digit(i));
    if !PROVINCES.contains(&number_at(0..2)) {
        return Err(IdNumberError::Region);
    }
    let year = i32::try_from(number_at(6..10)).unwrap_or(0);
    let birth_date = NaiveDate::from_ymd_opt(year, number_at(10..12), number_at(12..14))
        .filter(|d| year >= 1850 && *d <= today)
        .ok_or(IdNumberError::BirthDate)?;
    let sex = if digit(16) % 2 == 1 {
        Sex::Male
    } else {
        Sex::Female
    };
    Ok(IdentityFacts {
        birth_date,
        sex,
        region: number_at(0..6),
    })
}

fn check_credit_code(number: &str) -> Result<(), IdNumberError> {
    let values: Option<Vec<usize>> = number
        .bytes()
        .map(|b| CREDIT_ALPHABET.iter().position(|a| *a == b))
        .collect();
    let values = values
        .filter(|v| v.len() == 18)
        .ok_or(IdNumberError::Shape)?;
    let sum: usize = CREDIT_WEIGHTS.iter().zip(&values).map(|(w, v)| w * v).sum();
    let check = (31 - sum % 31) % 31;
    if values[17] == check {
        Ok(())
    } else {
        Err(IdNumberError::CheckDigit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
    }

    #[rstest]
    #[case(IdType::ResidentId, "370102197804163707", None)]
    #[case(IdType::ResidentId, "50010319691002335x", None)]
    #[case(
        IdType::ResidentId,
        "370102197804163708",
        Some(IdNumberError::CheckDigit)
    )]
    #[case(IdType::ResidentId, "37010219780416370", Some(IdNumberError::Shape))]
    #[case(IdType::UnifiedSocialCredit, "91350100M000100Y43", None)]
    #[case(
        IdType::UnifiedSocialCredit,
        "91350100M000100Y44",
        Some(IdNumberError::CheckDigit)
    )]
    #[case(IdType::Passport, "E12345678", None)]
    #[case(IdType::Passport, "E1", Some(IdNumberError::Shape))]
    fn numbers_are_checked_by_kind(
        #[case] kind: IdType,
        #[case] text: &str,
        #[case] error: Option<IdNumberError>,
    ) {
        assert_eq!(IdNumber::parse(kind, text, today()).err(), error);
    }

    #[test]
    fn a_resident_number_says_birth_date_and_sex() {
        let number = IdNumber::parse(IdType::ResidentId, "370102197804163707", today()).unwrap();
        let facts = number.facts(IdType::ResidentId, today()).unwrap();
        assert_eq!(
            facts.birth_date,
            NaiveDate::from_ymd_opt(1978, 4, 16).unwrap()
        );
        assert_eq!((facts.sex, facts.region), (Sex::Female, 370_102));
    }

    #[test]
    fn numbers_are_masked() {
        let number = IdNumber::from_stored("370102197804163707".into());
        assert_eq!(number.to_string(), "370***********3707");
        assert_eq!(format!("{number:?}"), "IdNumber(370***********3707)");
    }
}
