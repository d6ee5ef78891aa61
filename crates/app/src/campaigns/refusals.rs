//! Refusals of decisions as codes that messages hang on.

use crate::{Error, Refusal};
use domain::campaigns::CampaignError;

impl From<CampaignError> for Error {
    fn from(error: CampaignError) -> Self {
        let refusal = match error {
            CampaignError::WrongState(state) => {
                Refusal::with("campaign-wrong-state", state.as_str())
            }
            CampaignError::SamePerson => Refusal::new("campaign-same-person"),
            CampaignError::ListEmpty => Refusal::new("campaign-list-empty"),
            CampaignError::StepMissing(step) => {
                Refusal::with("campaign-step-missing", step.as_str())
            }
            CampaignError::StillOpen => Refusal::new("campaign-still-open"),
            CampaignError::MeasureMissing => Refusal::new("campaign-measure-missing"),
            CampaignError::RemovalBarred => Refusal::new("campaign-removal-barred"),
            CampaignError::UnderWay => Refusal::new("campaign-call-under-way"),
            CampaignError::Ended => Refusal::new("campaign-callback-ended"),
            CampaignError::ReasonMissing => return Self::invalid("reason", "missing"),
            CampaignError::TextMissing => return Self::invalid("text", "missing"),
        };
        refusal.into()
    }
}
