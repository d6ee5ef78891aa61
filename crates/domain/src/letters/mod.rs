//! Letters on paper: the combined letter and receipt that is bound with a policy, and the letter that a
//! branch sends when calls do not reach the customer (B03; requirements §4.6).

mod life;
mod review;

pub use life::{Command, Letter, LetterError};
pub use review::{Confirmed, Gap, Review, gaps};

codes! {
    /// What a letter is for.
    pub enum LetterKind ("kind of letter") {
        /// 《客户回访函暨保险单签收回执》: bound with the policy, signed in two copies.
        Combined = "combined",
        /// Sent when the rounds of calls did not reach the customer.
        Fallback = "fallback",
    }
}

codes! {
    /// Where a letter stands.
    pub enum LetterState ("state of a letter") {
        /// Printed with the policy.
        Printed = "printed",
        /// A fallback letter waits to be sent.
        Issued = "issued",
        /// On its way to the customer.
        Sent = "sent",
        /// With the customer.
        Delivered = "delivered",
        /// Signed by the policyholder.
        Signed = "signed",
        /// The company's copy is back.
        Returned = "returned",
        /// Looked through.
        Reviewed = "reviewed",
        /// Found good.
        Accepted = "accepted",
        /// The receipt is entered.
        Entered = "entered",
        /// Came back as undeliverable.
        Undeliverable = "undeliverable",
        /// Came back signed, everything affirmed.
        ReturnedAffirmed = "returned_affirmed",
        /// Came back with a negative answer.
        ReturnedNegative = "returned_negative",
        /// No answer until the deadline.
        NoReply = "no_reply",
        /// Spoilt or replaced, with a reason.
        Voided = "voided",
    }
}

impl LetterState {
    /// Whether something is still to be done.
    pub fn is_open(self) -> bool {
        !matches!(
            self,
            Self::Entered
                | Self::Undeliverable
                | Self::ReturnedAffirmed
                | Self::ReturnedNegative
                | Self::NoReply
                | Self::Voided
        )
    }

    /// Whether the company waits for the paper to come back.
    pub fn is_out(self) -> bool {
        matches!(
            self,
            Self::Printed | Self::Sent | Self::Delivered | Self::Signed
        )
    }
}

codes! {
    /// How far a version of a template is.
    pub enum TemplateState ("state of a template") {
        /// Being written.
        Draft = "draft",
        /// Approved by a second person; used from its first day on.
        Approved = "approved",
        /// Turned down.
        Rejected = "rejected",
    }
}
