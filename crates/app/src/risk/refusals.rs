//! Refusals of decisions as codes that messages hang on.

use crate::{Error, Refusal};
use domain::risk::{AssessmentError, CreditError};

impl From<AssessmentError> for Error {
    fn from(error: AssessmentError) -> Self {
        let refusal = match error {
            AssessmentError::WrongState(state) => Refusal::with("risk-wrong-state", state.as_str()),
            AssessmentError::SamePerson => Refusal::new("risk-same-person"),
        };
        refusal.into()
    }
}

impl From<CreditError> for Error {
    fn from(error: CreditError) -> Self {
        let CreditError::NoWay(from, to) = error;
        Refusal::with("risk-no-way", format!("{from} → {to}")).into()
    }
}
