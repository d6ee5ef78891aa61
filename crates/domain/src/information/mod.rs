//! Collecting and changing what is known of customers: corrections that wait for a second person, flags,
//! states of earlier days, and what the core system still has to hear.

mod completion;
mod history;
mod marks;

pub use completion::{Completion, Occasion, completion};
pub use history::{Change, state_before};
pub use marks::{DerivedFlag, Happened, MarkCause, MarkLimits, derived_flags};

use crate::customers::CustomerField;

codes! {
    /// Where a correction stands that waits for a second person.
    pub enum ChangeState ("state of a correction") {
        /// Nobody has decided.
        Pending = "pending",
        /// Somebody else agreed, and the facts were changed.
        Approved = "approved",
        /// Somebody else refused.
        Refused = "refused",
        /// Whoever asked took it back.
        Withdrawn = "withdrawn",
    }
}

codes! {
    /// Where a change stands that the core system has to hear (CUS-12).
    pub enum CoreState ("state at the core system") {
        /// Not taken over yet.
        Waiting = "waiting",
        /// The core system took it over.
        Accepted = "accepted",
        /// The core system refused it; a person looks.
        Refused = "refused",
        /// A person settled the refusal.
        Settled = "settled",
    }
}

codes! {
    /// A flag that people set on a customer (CUS-07).
    pub enum CustomerMark ("flag of a customer") {
        /// Large customer.
        Large = "large",
        /// Key account.
        KeyAccount = "key_account",
        /// Related to a shareholder.
        ShareholderRelated = "shareholder_related",
        /// Cooperating customer.
        Cooperating = "cooperating",
    }
}

impl CustomerMark {
    /// The column that the rules look at; cooperating customers have none.
    pub fn field(self) -> Option<CustomerField> {
        match self {
            Self::Large => Some(CustomerField::Large),
            Self::KeyAccount => Some(CustomerField::KeyAccount),
            Self::ShareholderRelated => Some(CustomerField::ShareholderRelated),
            Self::Cooperating => None,
        }
    }
}

codes! {
    /// A flag that follows from what happened (CUS-07).
    pub enum DerivedMark ("derived flag of a customer") {
        /// Complained lately.
        Complainant = "complainant",
        /// Bought the first policy lately.
        New = "new",
        /// Has had no policy in force for long.
        Lost = "lost",
    }
}

codes! {
    /// How much a fact is demanded (CUS-09).
    pub enum Demand ("demand for a fact") {
        /// Not asked of such customers.
        NotAsked = "not_asked",
        /// To be collected when there is an occasion.
        Wanted = "wanted",
        /// A record without it is incomplete.
        Mandatory = "mandatory",
    }
}

impl Demand {
    /// As packs write it: 0, 1, 2.
    pub fn from_level(level: i64) -> Self {
        match level {
            i64::MIN..=0 => Self::NotAsked,
            1 => Self::Wanted,
            _ => Self::Mandatory,
        }
    }
}
