//! Refusals of decisions about letters as codes that messages hang on.

use crate::{Error, Refusal};
use domain::letters::LetterError;

impl From<LetterError> for Error {
    fn from(error: LetterError) -> Self {
        let refusal = match error {
            LetterError::WrongState(state) => Refusal::with("letter-wrong-state", state.as_str()),
            LetterError::FutureDay => return Self::invalid("day", "in-the-future"),
            LetterError::DayBefore => return Self::invalid("day", "before-earlier-step"),
            LetterError::ScanMissing => Refusal::new("letter-scan-missing"),
            LetterError::Incomplete => Refusal::new("letter-incomplete"),
            LetterError::NotDue => Refusal::new("letter-not-due"),
            LetterError::ReasonMissing => return Self::invalid("text", "missing"),
        };
        refusal.into()
    }
}
