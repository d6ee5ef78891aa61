//! Refusals of decisions as codes that messages hang on.

use crate::{Error, Refusal};
use domain::access::duties::Duty;
use domain::visits::{ChainError, GatheringError, SignatureError, SlipError, VisitError};

impl From<VisitError> for Error {
    fn from(error: VisitError) -> Self {
        let refusal = match error {
            VisitError::WrongState(state) => Refusal::with("visit-wrong-state", state.as_str()),
            VisitError::OwnRequest => Refusal::new(Duty::Proposer.refusal()),
            VisitError::NotVisitor => Refusal::new("visit-not-visitor"),
            VisitError::NotAgreed => Refusal::new("visit-not-agreed"),
            VisitError::InThePast => return Self::invalid("appointment_at", "in-the-past"),
            VisitError::InTheFuture => return Self::invalid("visited_at", "in-the-future"),
            VisitError::SignatureMissing => Refusal::new("visit-signature-missing"),
            VisitError::ReasonMissing => return Self::invalid("reason", "missing"),
        };
        refusal.into()
    }
}

impl From<SignatureError> for Error {
    fn from(error: SignatureError) -> Self {
        let code = match error {
            SignatureError::Empty => "missing",
            SignatureError::Unreadable => "unreadable",
        };
        Self::invalid("strokes", code)
    }
}

impl From<SlipError> for Error {
    fn from(error: SlipError) -> Self {
        let refusal = match error {
            SlipError::WrongState(state) => Refusal::with("slip-wrong-state", state.as_str()),
            SlipError::NotSalesperson => Refusal::new("visit-not-visitor"),
            SlipError::OwnVisit => Refusal::new("slip-own-visit"),
            SlipError::WrongTimes => return Self::invalid("ended_at", "slip-times"),
            SlipError::NoSuspicion => Refusal::new("slip-no-suspicion"),
            SlipError::ReasonMissing => return Self::invalid("reason", "missing"),
        };
        refusal.into()
    }
}

impl From<ChainError> for Error {
    fn from(error: ChainError) -> Self {
        let refusal = match error {
            ChainError::WrongState(state) => Refusal::with("formatted-wrong-state", state.as_str()),
            ChainError::NotAuthor => Refusal::new("approval-not-own"),
            ChainError::SamePerson => Refusal::new("formatted-same-person"),
            ChainError::NotCarriedOut => Refusal::new("formatted-not-carried-out"),
            ChainError::ReasonMissing => return Self::invalid("reason", "missing"),
        };
        refusal.into()
    }
}

impl From<GatheringError> for Error {
    fn from(error: GatheringError) -> Self {
        let refusal = match error {
            GatheringError::WrongState(state) => {
                Refusal::with("gathering-wrong-state", state.as_str())
            }
            GatheringError::NobodyThere => Refusal::new("gathering-nobody-there"),
            GatheringError::NotBegun => Refusal::new("gathering-not-begun"),
            GatheringError::RecordMissing => {
                return Self::Invalid(
                    ["minutes", "findings"]
                        .map(|field| crate::FieldProblem::new(field, "missing"))
                        .to_vec(),
                );
            }
            GatheringError::ReasonMissing => return Self::invalid("reason", "missing"),
        };
        refusal.into()
    }
}
