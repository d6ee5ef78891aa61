//! What people type into the search field, and what it may mean.

use super::{IdNumber, IdType, Landline, Mobile, PersonName, Reveal};
use crate::numbers::Number;
use chrono::NaiveDate;

/// Longest term that is looked up, in characters: names of organisations are long.
const TERM_MAX: usize = 120;
/// Digits of a number that people remember.
const TAIL: usize = 4;

/// One meaning of a term. Personal values are only ever compared through blind indexes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SearchTerm {
    /// Number of an obligation, callback or ticket.
    Number(Number),
    /// A whole mobile number.
    Mobile(Mobile),
    /// A whole landline number.
    Phone(Landline),
    /// A whole number of an identity document.
    IdNumber(IdNumber),
    /// Last four characters of a mobile or identity number.
    LastFour(String),
    /// Number of a customer or of a policy.
    Code(String),
    /// A whole name.
    Name(PersonName),
}

impl SearchTerm {
    /// Code of the meaning, for pages and the audit log.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Number(_) => "number",
            Self::Mobile(_) => "mobile",
            Self::Phone(_) => "phone",
            Self::IdNumber(_) => "id_no",
            Self::LastFour(_) => "last_four",
            Self::Code(_) => "code",
            Self::Name(_) => "name",
        }
    }

    /// Everything that a term may mean, the most certain first; nothing when it is empty or too long.
    /// `today` bounds the birth date inside identity numbers.
    pub fn parse(text: &str, today: NaiveDate) -> Vec<Self> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > TERM_MAX {
            return Vec::new();
        }
        if let Some(number) = Number::parse(text) {
            return vec![Self::Number(number)];
        }
        if let Ok(mobile) = Mobile::parse(text) {
            return vec![Self::Mobile(mobile), Self::Code(text.to_owned())];
        }
        for kind in [IdType::ResidentId, IdType::UnifiedSocialCredit] {
            if let Ok(number) = IdNumber::parse(kind, text, today) {
                return vec![Self::IdNumber(number)];
            }
        }
        let mut terms = Vec::new();
        let is_code = text.is_ascii() && !text.contains(char::is_whitespace);
        if is_code && is_tail(text) {
            terms.push(Self::LastFour(text.to_ascii_uppercase()));
        }
        if let Ok(phone) = Landline::parse(text) {
            terms.push(Self::Phone(phone));
        }
        if is_code {
            terms.push(Self::Code(text.to_owned()));
            if let Ok(number) = IdNumber::parse(IdType::Other, text, today) {
                terms.push(Self::IdNumber(number));
            }
        }
        let has_digit = text.chars().any(|c| c.is_ascii_digit());
        if let Some(name) = PersonName::parse(text)
            .ok()
            .filter(|_| !has_digit || !is_code)
        {
            terms.push(Self::Name(name));
        }
        terms
    }

    /// The value whose blind index is looked up, for terms that have one.
    pub fn plain(&self, reveal: Reveal) -> Option<&str> {
        match self {
            Self::Mobile(mobile) => Some(mobile.reveal(reveal)),
            Self::Phone(phone) => Some(phone.reveal(reveal)),
            Self::IdNumber(number) => Some(number.reveal(reveal)),
            Self::Name(name) => Some(name.reveal(reveal)),
            Self::LastFour(tail) => Some(tail),
            Self::Number(_) | Self::Code(_) => None,
        }
    }
}

/// Four digits, or three and the check character X of an identity number.
fn is_tail(text: &str) -> bool {
    let (head, last) = text.split_at(text.len().saturating_sub(1));
    text.len() == TAIL
        && head.bytes().all(|b| b.is_ascii_digit())
        && last
            .bytes()
            .all(|b| b.is_ascii_digit() || b.eq_ignore_ascii_case(&b'X'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("CB-2026-0000123", &["number"])]
    #[case("ob-2026-0000001", &["number"])]
    #[case("138 0013 8000", &["mobile", "code"])]
    #[case("370102197804163707", &["id_no"])]
    #[case("3707", &["last_four", "code", "id_no"])]
    #[case("021x", &["last_four", "code", "id_no"])]
    #[case("0531-8888666", &["phone", "code", "id_no"])]
    #[case("CL000000", &["code", "id_no"])]
    #[case("贾颖", &["name"])]
    #[case("山东鲁能 2 号工程有限公司", &["name"])]
    #[case("John Smith", &["name"])]
    #[case("   ", &[])]
    fn a_term_is_read_as_what_it_may_be(#[case] text: &str, #[case] expected: &[&str]) {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let found: Vec<_> = SearchTerm::parse(text, today)
            .iter()
            .map(SearchTerm::as_str)
            .collect();
        assert_eq!(found, expected);
    }
}
