//! Service by class: who is in charge of a customer, what the class owes, what was done, whom to cultivate,
//! and what underwriting and claims are told (A 三（二）).

mod charge;
mod flag;
mod owed;
mod potential;
mod suitable;

pub use charge::{Candidate, Charged, choose};
pub use flag::{Flag, FlagCommand, FlagError};
pub use owed::{next_contact, owed_by};
pub use potential::{Potential, Thresholds, signs};
pub use suitable::{Findings, Offer, check_offer};

codes! {
    /// How a person came to be in charge of a customer.
    pub enum ChargeWay ("way of taking charge") {
        /// Chosen for this customer.
        Single = "single",
        /// With others of a list.
        Bulk = "bulk",
        /// By class, unit, language and load.
        Automatic = "automatic",
        /// Taken over from somebody.
        Handover = "handover",
    }
}

codes! {
    /// Why somebody is no longer in charge.
    pub enum ChargeEnd ("end of a charge") {
        /// Somebody else was put in charge.
        Replaced = "replaced",
        /// Handed over, with other customers.
        HandedOver = "handed_over",
        /// The person no longer works here or in the team.
        Left = "left",
        /// The class asks for nobody.
        Class = "class",
    }
}

codes! {
    /// What is kept in the register of service for a customer.
    pub enum ItemKind ("kind of service") {
        /// Something that the customer needs.
        Need = "need",
        /// What the plan is to reach.
        Goal = "goal",
        /// A proposal of cover in the individual plan.
        Proposal = "proposal",
        /// A next step with a day.
        Step = "step",
        /// A conversation of the person in charge with the customer.
        Contact = "contact",
        /// A care activity.
        Care = "care",
        /// A product that was recommended.
        Recommendation = "recommendation",
        /// A privilege that was used.
        Privilege = "privilege",
        /// A step of cultivation of a watched customer.
        Cultivation = "cultivation",
    }
}

impl ItemKind {
    /// Whether it is written down when it is over: nothing is left to be done then.
    pub fn is_done_at_once(self) -> bool {
        matches!(self, Self::Contact | Self::Care | Self::Privilege)
    }

    /// Whether it is of no use without a day.
    pub fn needs_day(self) -> bool {
        matches!(self, Self::Step | Self::Cultivation)
    }

    /// Whether it offers something that the customer takes or does not take.
    pub fn is_offer(self) -> bool {
        matches!(self, Self::Proposal | Self::Recommendation)
    }
}

codes! {
    /// What became of something in the register.
    pub enum ItemOutcome ("outcome of service") {
        /// It was done, met or reached.
        Done = "done",
        /// The customer took it.
        Accepted = "accepted",
        /// The customer did not want it.
        Declined = "declined",
        /// Given up, or entered by mistake.
        Dropped = "dropped",
    }
}

codes! {
    /// What a recommendation rests on, or what stands against it.
    pub enum Finding ("finding on a recommendation") {
        /// The customer has not agreed to advertising.
        NoConsent = "no_consent",
        /// The data may only be stored.
        Restricted = "restricted",
        /// The product carries more risk than the customer bears.
        TooRisky = "too_risky",
        /// No need of the customer is on record.
        NeedsUnknown = "needs_unknown",
        /// What risk the customer bears is not known.
        ToleranceUnknown = "tolerance_unknown",
        /// The income is not known.
        IncomeUnknown = "income_unknown",
    }
}

impl Finding {
    /// Whether nothing may be recommended then.
    pub fn bars(self) -> bool {
        matches!(self, Self::NoConsent | Self::Restricted | Self::TooRisky)
    }
}

codes! {
    /// How a customer came to the watch list.
    pub enum WatchSource ("source of a watched customer") {
        /// By the rule on potential.
        Rule = "rule",
        /// Somebody put the customer there.
        Hand = "hand",
    }
}

codes! {
    /// A sign that a customer of low value may become worth more (SEG-09).
    pub enum WatchSign ("sign of potential") {
        /// The income.
        Income = "income",
        /// The age.
        Age = "age",
        /// Kinds of insurance held.
        Lines = "lines",
        /// New policies within a year.
        Growth = "growth",
    }
}

codes! {
    /// How watching ended.
    pub enum WatchEnd ("end of watching") {
        /// The customer became one of medium or high value.
        Promoted = "promoted",
        /// Given up with a reason.
        Dropped = "dropped",
    }
}

codes! {
    /// What another department is told of a customer (A 三（二）4).
    pub enum FlagKind ("flag") {
        /// Underwriting: accept with prudence, at a reasonable rate.
        PrudentUnderwriting = "prudent_underwriting",
        /// Claims: review more strictly.
        StrengthenedClaimReview = "strengthened_claim_review",
    }
}

codes! {
    /// Where a flag comes from.
    pub enum FlagSource ("source of a flag") {
        /// The class of the customer.
        Class = "class",
        /// A person, with a reason and the agreement of another.
        Hand = "hand",
    }
}

codes! {
    /// Where a flag stands.
    pub enum FlagState ("state of a flag") {
        /// Somebody asked for it.
        Asked = "asked",
        /// It holds.
        Raised = "raised",
        /// It holds, and somebody asked to withdraw it.
        WithdrawalAsked = "withdrawal_asked",
        /// It held.
        Withdrawn = "withdrawn",
        /// It was not agreed to.
        Refused = "refused",
    }
}

impl FlagState {
    /// Whether the departments heed it.
    pub fn holds(self) -> bool {
        matches!(self, Self::Raised | Self::WithdrawalAsked)
    }
}

codes! {
    /// Which customers with a class that asks for somebody in charge.
    pub enum ChargeView ("view of charges") {
        /// Nobody is in charge.
        Nobody = "nobody",
        /// Somebody is in charge.
        Somebody = "somebody",
        /// All of them.
        All = "all",
    }
}
