//! How long records are kept, what stops their destruction, and what people may ask about their own
//! data.
//!
//! No term stands here: terms, their conditions and their clocks come from rule packs. What is decided
//! here is how they combine and who may take which step.

mod batch;
mod hold;
mod request;
mod term;

pub use batch::{Batch, BatchError, BatchState, BatchStep};
pub use hold::{Held, Hold, HoldError, HoldKind, HoldSubject};
pub use request::{
    IdentityMethod, Outcome, Request, RequestError, RequestKind, RequestState, RequestStep,
    Requester, Way,
};
pub use term::{Basis, Clock, Clocks, Kept, Start, Term};

codes! {
    /// What is kept.
    pub enum RecordKind ("kind of record") {
        /// Policy, service and claims records.
        PolicyRecord = "policy_record",
        /// Callbacks with what was answered and noted.
        CallbackRecord = "callback_record",
        /// Recordings of callbacks.
        CallbackRecording = "callback_recording",
        /// Recordings of what was explained on a ticket.
        ClarificationRecording = "clarification_recording",
        /// Visit questionnaires that the customer signed.
        VisitQuestionnaire = "visit_questionnaire",
        /// Scans of letters, receipts and other documents.
        Document = "document",
        /// Tickets and complaints.
        Ticket = "ticket",
        /// Who the customer is.
        Identity = "identity",
        /// Sales recorded in sound and picture; held by another system.
        DoubleRecording = "double_recording",
        /// Recordings of telephone sales; held by another system.
        SaleRecording = "sale_recording",
        /// Traces of internet sales; held by another system.
        InternetTrace = "internet_trace",
        /// Suitability records; held by another system.
        Suitability = "suitability",
        /// Impact assessments; held outside.
        ImpactAssessment = "impact_assessment",
        /// Records of data sharing.
        SharingRecord = "sharing_record",
        /// Network and audit logs.
        NetworkLog = "network_log",
        /// Slips of sales visits with the record of the callback after them, of prospects too.
        SalesVisit = "sales_visit",
        /// Minutes and findings of gatherings, and what participants said.
        Gathering = "gathering",
        /// Questionnaires, answers in words and reports of online surveys.
        Survey = "survey",
        /// Lists and analyses of callback campaigns.
        Campaign = "campaign",
    }
}

impl RecordKind {
    /// Kinds with a term of their own, counted from the day on which a record was made.
    pub const BY_RECORD: [Self; 4] = [
        Self::SalesVisit,
        Self::Gathering,
        Self::Survey,
        Self::Campaign,
    ];

    /// Kinds that this program holds for a policy, in the order in which they are destroyed: the
    /// policy itself goes last.
    pub const OF_A_POLICY: [Self; 7] = [
        Self::CallbackRecording,
        Self::ClarificationRecording,
        Self::VisitQuestionnaire,
        Self::Document,
        Self::Ticket,
        Self::CallbackRecord,
        Self::PolicyRecord,
    ];
}
