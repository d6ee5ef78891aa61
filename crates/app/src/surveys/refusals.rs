//! Refusals of decisions as codes that messages hang on.

use crate::{Error, Refusal};
use domain::surveys::{FormError, SurveyError};

impl From<SurveyError> for Error {
    fn from(error: SurveyError) -> Self {
        let refusal = match error {
            SurveyError::WrongState(state) => Refusal::with("survey-wrong-state", state.as_str()),
            SurveyError::NotRequester => Refusal::new("survey-not-requester"),
            SurveyError::Requester(duty) => Refusal::new(duty.refusal()),
            SurveyError::SamePerson => Refusal::new("survey-same-person"),
            SurveyError::OverLimit(counted) => {
                Refusal::with("survey-over-limit", counted.limit.to_string())
            }
            SurveyError::WithinLimit => Refusal::new("survey-within-limit"),
            SurveyError::Over => Refusal::new("survey-over"),
            SurveyError::Early | SurveyError::ReasonMissing => {
                return Self::invalid("reason", "missing");
            }
            SurveyError::NoMeasures => Refusal::new("survey-no-measures"),
        };
        refusal.into()
    }
}

impl From<FormError> for Error {
    fn from(error: FormError) -> Self {
        let refusal = match error {
            FormError::Empty => return Self::invalid("questionnaire", "missing"),
            FormError::OptionFirst(line) => {
                Refusal::with("survey-form-option-first", line.to_string())
            }
            FormError::TooFewOptions(n) => Refusal::with("survey-form-few-options", n.to_string()),
            FormError::NoOptions(n) => Refusal::with("survey-form-no-options", n.to_string()),
            FormError::TooLong(line) => Refusal::with("survey-form-too-long", line.to_string()),
            FormError::TooMany => Refusal::new("survey-form-too-many"),
            FormError::NothingMandatory => Refusal::new("survey-form-nothing-mandatory"),
        };
        refusal.into()
    }
}
