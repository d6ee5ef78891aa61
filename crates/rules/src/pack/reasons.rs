//! Reasons in words, found by their codes.

use super::RuleBook;
use crate::Text;

/// Why a candidate was excluded or an obligation cancelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Code in snake_case.
    pub code: String,
    /// The reason in words.
    pub text: Text,
}

/// The code of candidates that wait to be drawn where a programme samples.
pub const NOT_DRAWN: &str = "not_drawn";

impl RuleBook {
    /// The reason of a code that a programme may give for excluding a candidate or cancelling an
    /// obligation; nothing when the packs do not know it any more.
    pub fn find_reason<'b>(&'b self, programme: &'b str, code: &str) -> Option<&'b Reason> {
        let own = self
            .programmes
            .iter()
            .filter(|p| p.code == programme)
            .flat_map(|p| p.require.iter().chain(&p.cancel))
            .filter_map(|condition| condition.reason.as_ref());
        own.chain(&self.unknown_reasons)
            .chain([&self.conflict, &self.not_drawn])
            .find(|reason| reason.code == code)
    }
}
