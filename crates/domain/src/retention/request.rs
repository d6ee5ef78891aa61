//! Requests of people about their own data (PIPL articles 44–50).

codes! {
    /// What is asked for.
    pub enum RequestKind ("kind of request") {
        /// To see it.
        Access = "access",
        /// A copy.
        Copy = "copy",
        /// To correct or complete it.
        Correct = "correct",
        /// To delete it.
        Delete = "delete",
        /// Consent to marketing is withdrawn.
        WithdrawConsent = "withdraw_consent",
        /// To hand it to another company.
        Transfer = "transfer",
        /// To explain how it is handled.
        Explain = "explain",
        /// An objection to measures against money laundering (AML law, article 39).
        RiskObjection = "risk_objection",
    }
}

impl RequestKind {
    /// Whether a file with everything held is made for it.
    pub fn needs_copy(self) -> bool {
        matches!(self, Self::Access | Self::Copy | Self::Transfer)
    }
}

codes! {
    /// Where a request stands.
    pub enum RequestState ("state of a request") {
        /// Received; the time to answer runs.
        Received = "received",
        /// It is known that the right person asks.
        IdentityChecked = "identity_checked",
        /// Granted, granted in part or refused.
        Decided = "decided",
        /// What was granted was done.
        CarriedOut = "carried_out",
        /// The person was told.
        Answered = "answered",
        /// Closed.
        Closed = "closed",
    }
}

codes! {
    /// What was decided.
    pub enum Outcome ("outcome of a request") {
        /// All of it.
        Granted = "granted",
        /// A part.
        Partly = "partly",
        /// Nothing.
        Refused = "refused",
    }
}

codes! {
    /// Who asks.
    pub enum Requester ("requester") {
        /// The person themselves.
        Own = "self",
        /// A guardian.
        Guardian = "guardian",
        /// Someone with a written authority.
        Representative = "representative",
        /// A close relative of someone who died (article 49).
        CloseRelative = "close_relative",
    }
}

codes! {
    /// How the identity was verified.
    pub enum IdentityMethod ("method of verification") {
        /// By the identity document, in person.
        DocumentInPerson = "document_in_person",
        /// By the number of the document and the mobile number on file.
        NumberAndMobile = "number_and_mobile",
        /// By video.
        Video = "video",
        /// By the written authority and both documents.
        WrittenAuthority = "written_authority",
    }
}

codes! {
    /// How a request came in, and how the answer goes out.
    pub enum Way ("way") {
        /// At a counter.
        Counter = "counter",
        /// By telephone.
        Phone = "phone",
        /// By letter.
        Letter = "letter",
        /// By e-mail.
        Email = "email",
        /// Online.
        Online = "online",
    }
}

codes! {
    /// What someone does with a request.
    pub enum RequestStep ("step of a request") {
        /// Verifies who asks.
        CheckIdentity = "check_identity",
        /// Decides.
        Decide = "decide",
        /// Does what was granted.
        CarryOut = "carry_out",
        /// Tells the person.
        Answer = "answer",
        /// Closes it.
        Close = "close",
        /// The person took the request back.
        TakeBack = "take_back",
    }
}

/// A request as far as decisions need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// What is asked for.
    pub kind: RequestKind,
    /// Where it stands.
    pub state: RequestState,
    /// What was decided.
    pub outcome: Option<Outcome>,
}

/// Why a step is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The step does not fit the state.
    #[error("not possible while the request is {0}")]
    WrongState(RequestState),
    /// A refusal, in whole or in part, names its ground.
    #[error("a refusal names its ground")]
    GroundMissing,
    /// Deletion is not granted while a term of retention runs or a hold stands.
    #[error("deletion is not granted while the data has to be kept")]
    MustBeKept,
}

impl Request {
    /// Decides a step. `outcome` and `has_ground` are looked at when the step decides; `must_be_kept`
    /// says whether a term or hold keeps the data.
    ///
    /// # Errors
    /// [`RequestError`] says why not.
    pub fn decide(
        &self,
        step: RequestStep,
        outcome: Option<Outcome>,
        has_ground: bool,
        must_be_kept: bool,
    ) -> Result<RequestState, RequestError> {
        use RequestState as S;
        let refused = outcome == Some(Outcome::Refused);
        match (self.state, step) {
            (S::Received, RequestStep::CheckIdentity) => Ok(S::IdentityChecked),
            // Whose identity cannot be verified gets a refusal and nothing else.
            (S::Received, RequestStep::Decide) if refused => ground(has_ground),
            (S::IdentityChecked, RequestStep::Decide) => {
                let grants = outcome == Some(Outcome::Granted);
                if self.kind == RequestKind::Delete && !refused && must_be_kept {
                    return Err(RequestError::MustBeKept);
                }
                if grants {
                    Ok(S::Decided)
                } else {
                    ground(has_ground)
                }
            }
            (S::Decided, RequestStep::CarryOut) if self.outcome != Some(Outcome::Refused) => {
                Ok(S::CarriedOut)
            }
            (S::Decided, RequestStep::Answer) if self.outcome == Some(Outcome::Refused) => {
                Ok(S::Answered)
            }
            (S::CarriedOut, RequestStep::Answer) => Ok(S::Answered),
            (S::Answered, RequestStep::Close) => Ok(S::Closed),
            (S::Received | S::IdentityChecked | S::Decided, RequestStep::TakeBack) => Ok(S::Closed),
            (state, _) => Err(RequestError::WrongState(state)),
        }
    }
}

fn ground(has_ground: bool) -> Result<RequestState, RequestError> {
    if has_ground {
        Ok(RequestState::Decided)
    } else {
        Err(RequestError::GroundMissing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn request(state: RequestState, outcome: Option<Outcome>) -> Request {
        Request {
            kind: RequestKind::Delete,
            state,
            outcome,
        }
    }

    #[rstest]
    #[case(Outcome::Granted, false, false, Ok(RequestState::Decided))]
    #[case(Outcome::Granted, false, true, Err(RequestError::MustBeKept))]
    #[case(Outcome::Partly, true, true, Err(RequestError::MustBeKept))]
    #[case(Outcome::Refused, false, true, Err(RequestError::GroundMissing))]
    #[case(Outcome::Refused, true, true, Ok(RequestState::Decided))]
    fn deletion_waits_for_the_end_of_the_term(
        #[case] outcome: Outcome,
        #[case] has_ground: bool,
        #[case] must_be_kept: bool,
        #[case] expected: Result<RequestState, RequestError>,
    ) {
        let checked = request(RequestState::IdentityChecked, None);
        let decided = checked.decide(RequestStep::Decide, Some(outcome), has_ground, must_be_kept);
        assert_eq!(decided, expected);
    }

    #[test]
    fn nothing_is_granted_before_the_identity_is_verified() {
        let received = request(RequestState::Received, None);
        let decide = |outcome| received.decide(RequestStep::Decide, Some(outcome), true, false);
        assert_eq!(
            decide(Outcome::Granted),
            Err(RequestError::WrongState(RequestState::Received))
        );
        assert_eq!(decide(Outcome::Refused), Ok(RequestState::Decided));
    }

    #[test]
    fn a_refused_request_is_answered_and_never_carried_out() {
        let refused = request(RequestState::Decided, Some(Outcome::Refused));
        assert!(
            refused
                .decide(RequestStep::CarryOut, None, false, false)
                .is_err()
        );
        let answered = refused.decide(RequestStep::Answer, None, false, false);
        assert_eq!(answered, Ok(RequestState::Answered));
        let granted = request(RequestState::Decided, Some(Outcome::Granted));
        assert!(
            granted
                .decide(RequestStep::Answer, None, false, false)
                .is_err()
        );
    }
}
