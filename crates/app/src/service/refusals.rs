//! Refusals of decisions as codes that messages hang on.

use crate::{Error, Refusal};
use domain::service::FlagError;

impl From<FlagError> for Error {
    fn from(error: FlagError) -> Self {
        match error {
            FlagError::WrongState(state) => Refusal::with("flag-wrong-state", state.as_str()),
            FlagError::ByClass => Refusal::new("flag-by-class"),
            FlagError::SamePerson => Refusal::new("flag-same-person"),
        }
        .into()
    }
}
