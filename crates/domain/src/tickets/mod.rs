//! Problem tickets: typed causes, a life of their own, evidence before closing.

mod items;
mod life;
mod step;

pub use items::{BancassuranceCase, CaseListKind, ListedItem, listed_items, reported_item};
pub use life::{Declaration, Evidence, Handler, Ticket, TicketError, Transition};
pub use step::Step;

codes! {
    /// Kind of case (glossary §1.4).
    pub enum CaseKind ("case kind") {
        /// Reached but not affirmed, or a defect found.
        Problem = "problem",
        /// Contact data to be verified by sales, then called again.
        Verification = "verification",
        /// Not reached by the central callback; the branch follows up.
        Failed = "failed",
        /// Contract quality, such as proxy signature or mis-selling.
        ContractQuality = "contract_quality",
        /// Rights unclear, or documents unsigned: explained by a dedicated person.
        Clarification = "clarification",
        /// The branch follows up in writing.
        Letter = "letter",
    }
}

codes! {
    /// Type of problem (TKT-02).
    pub enum ProblemType ("problem type") {
        /// Contract rights not understood.
        RightsUnclear = "rights_unclear",
        /// Coverage or other contract quality in doubt.
        ContractQuality = "contract_quality",
        /// Documents not signed.
        DocumentUnsigned = "document_unsigned",
        /// Signed by someone else.
        ProxySignature = "proxy_signature",
        /// Mis-selling: premium or payment term.
        MisSellingPremiumTerm = "mis_selling_premium_term",
        /// Mis-selling: coverage period.
        MisSellingCoveragePeriod = "mis_selling_coverage_period",
        /// Mis-selling: benefits.
        MisSellingBenefits = "mis_selling_benefits",
        /// Mis-selling: surrender.
        MisSellingSurrender = "mis_selling_surrender",
        /// Wrong telephone number.
        WrongPhone = "wrong_phone",
        /// Wrong address.
        WrongAddress = "wrong_address",
        /// False customer information given to evade the callback.
        FalseCustomerInformation = "false_customer_information",
        /// Policy or terms not supplied.
        TermsNotSupplied = "terms_not_supplied",
        /// A question that could not be answered on the line.
        UnanswerableQuestion = "unanswerable_question",
        /// Payout not confirmed.
        PayoutNotConfirmed = "payout_not_confirmed",
        /// Payout needs aftercare.
        PayoutFollowUp = "payout_follow_up",
        /// Dissatisfied with service.
        ServiceDissatisfaction = "service_dissatisfaction",
        /// A visit or data suspected of being false.
        SuspectedFalseVisit = "suspected_false_visit",
        /// A complaint.
        Complaint = "complaint",
        /// Not reached, dialect or hearing.
        NotReached = "not_reached",
        /// Anything else.
        Other = "other",
    }
}

impl CaseKind {
    /// Whether a case without a finding of its own goes along with its callback, and ends with it.
    pub fn goes_with_callback(self) -> bool {
        matches!(self, Self::Failed | Self::Verification | Self::Letter)
    }
}

impl ProblemType {
    /// The kind of case that a problem makes (TKT-05, TKT-07, TKT-09).
    pub fn case_kind(self) -> CaseKind {
        match self {
            Self::WrongPhone | Self::WrongAddress => CaseKind::Verification,
            Self::NotReached => CaseKind::Failed,
            Self::RightsUnclear | Self::DocumentUnsigned | Self::UnanswerableQuestion => {
                CaseKind::Clarification
            }
            Self::ProxySignature
            | Self::ContractQuality
            | Self::MisSellingPremiumTerm
            | Self::MisSellingCoveragePeriod
            | Self::MisSellingBenefits
            | Self::MisSellingSurrender
            | Self::FalseCustomerInformation
            | Self::TermsNotSupplied => CaseKind::ContractQuality,
            _ => CaseKind::Problem,
        }
    }

    /// The bancassurance problem item that it counts as (TKT-02, TKT-04), from 1 to 5.
    pub fn bancassurance_item(self) -> Option<u8> {
        match self {
            Self::WrongPhone | Self::WrongAddress => Some(1),
            Self::FalseCustomerInformation => Some(2),
            Self::MisSellingPremiumTerm
            | Self::MisSellingCoveragePeriod
            | Self::MisSellingBenefits
            | Self::MisSellingSurrender => Some(3),
            Self::ProxySignature => Some(4),
            Self::TermsNotSupplied => Some(5),
            _ => None,
        }
    }
}

codes! {
    /// Where a ticket stands (requirements §4.5). Overdue is computed.
    pub enum TicketState ("ticket state") {
        /// Found, not yet given to anyone.
        Open = "open",
        /// Given to a unit and person; the clock runs.
        Issued = "issued",
        /// Accepted.
        InProgress = "in_progress",
        /// Special circumstances declared; a new due date.
        Extended = "extended",
        /// Feedback given, to be judged.
        FeedbackGiven = "feedback_given",
        /// Feedback judged invalid; listed as a problem item of its own.
        InvalidFeedback = "invalid_feedback",
        /// Feedback judged valid; the second callback decides.
        Verified = "verified",
        /// Closed.
        Closed = "closed",
        /// Handed to another department.
        Transferred = "transferred",
        /// Verification case: sales checks the contact data.
        ContactBeingChecked = "contact_being_checked",
        /// Verification case: the contact data are corrected.
        Corrected = "corrected",
        /// Failed case: the branch has it.
        BranchAssigned = "branch_assigned",
        /// The branch is making the second callback.
        SecondCallback = "second_callback",
        /// The branch has written to the customer.
        LetterOut = "letter_out",
        /// The branch visits the customer.
        VisitPlanned = "visit_planned",
    }
}

impl TicketState {
    /// Whether nothing more is expected of anyone.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Closed)
    }

    /// Whether the handler has done what was asked, so that the time limit of the company no longer
    /// runs against the case.
    pub fn is_processed(self) -> bool {
        matches!(
            self,
            Self::FeedbackGiven
                | Self::Verified
                | Self::Closed
                | Self::Corrected
                | Self::SecondCallback
                | Self::LetterOut
                | Self::VisitPlanned
        )
    }

    /// Whether only the second callback is still to come.
    pub fn waits_for_recall(self) -> bool {
        matches!(
            self,
            Self::Verified | Self::Corrected | Self::SecondCallback
        )
    }
}

codes! {
    /// Kind of evidence attached to feedback (TKT-06).
    pub enum EvidenceKind ("evidence kind") {
        /// Recording of a clarification by telephone.
        Recording = "recording",
        /// Visit questionnaire signed by the policyholder in person.
        SignedVisitQuestionnaire = "signed_visit_questionnaire",
        /// Any other document.
        Document = "document",
    }
}
