//! Policies: contract facts and the cooling-off clock.

mod cooling_off;

pub use cooling_off::{CoolingOff, CoolingOffState, Surrender, WorkingDays};

codes! {
    /// Line of business (GEN-05; personal lines and the individual-agent channel never share a code).
    pub enum Line ("line") {
        /// Life.
        Life = "life",
        /// Health.
        Health = "health",
        /// Accident.
        Accident = "accident",
        /// Motor.
        Motor = "motor",
        /// Commercial lines.
        Commercial = "commercial",
        /// Personal lines.
        Personal = "personal",
    }
}

codes! {
    /// Class of product.
    pub enum ProductClass ("product class") {
        /// Ordinary life.
        Ordinary = "ordinary",
        /// Participating.
        Participating = "participating",
        /// Universal.
        Universal = "universal",
        /// Unit-linked.
        UnitLinked = "unit_linked",
        /// Long-term health.
        LongTermHealth = "long_term_health",
        /// Short-term health.
        ShortTermHealth = "short_term_health",
        /// Accident.
        Accident = "accident",
        /// Annuity.
        Annuity = "annuity",
        /// Motor.
        Motor = "motor",
        /// Property.
        Property = "property",
        /// Cargo.
        Cargo = "cargo",
        /// Liability.
        Liability = "liability",
    }
}

impl ProductClass {
    /// New-type products: their benefits are uncertain (participating, universal, unit-linked).
    pub fn is_new_type(self) -> bool {
        matches!(
            self,
            Self::Participating | Self::Universal | Self::UnitLinked
        )
    }
}

codes! {
    /// Sales channel.
    pub enum Channel ("channel") {
        /// Individual agents.
        IndividualAgent = "individual_agent",
        /// Banks.
        Bancassurance = "bancassurance",
        /// Banks over the real-time link.
        BancassuranceRealtime = "bancassurance_realtime",
        /// Telephone.
        Telesales = "telesales",
        /// Internet.
        Online = "online",
        /// The company's own counters and staff.
        Direct = "direct",
        /// Brokers.
        Broker = "broker",
    }
}

codes! {
    /// How often the premium is paid.
    pub enum PremiumFrequency ("premium frequency") {
        /// Once.
        Single = "single",
        /// Yearly.
        Annual = "annual",
        /// Half-yearly.
        HalfYearly = "half_yearly",
        /// Quarterly.
        Quarterly = "quarterly",
        /// Monthly.
        Monthly = "monthly",
    }
}

impl PremiumFrequency {
    /// Months from one instalment to the next; nothing when there is only one.
    pub fn months(self) -> Option<i64> {
        match self {
            Self::Single => None,
            Self::Annual => Some(12),
            Self::HalfYearly => Some(6),
            Self::Quarterly => Some(3),
            Self::Monthly => Some(1),
        }
    }
}

codes! {
    /// Where the contract stands.
    pub enum PolicyStatus ("policy status") {
        /// In force.
        InForce = "in_force",
        /// In the grace period.
        Grace = "grace",
        /// Lapsed.
        Lapsed = "lapsed",
        /// Surrendered.
        Surrendered = "surrendered",
        /// Cancelled in the cooling-off period.
        CoolingOffCancelled = "cooling_off_cancelled",
        /// Expired.
        Expired = "expired",
        /// Terminated otherwise.
        Terminated = "terminated",
    }
}

impl PolicyStatus {
    /// The event that a change to this status stands for when no event row says so.
    pub fn implied_event(self) -> Option<EventType> {
        match self {
            Self::Grace => Some(EventType::GraceEntered),
            Self::Lapsed => Some(EventType::Lapsed),
            Self::Surrendered => Some(EventType::Surrendered),
            Self::CoolingOffCancelled => Some(EventType::CoolingOffCancelled),
            Self::Expired => Some(EventType::PolicyExpired),
            Self::InForce | Self::Terminated => None,
        }
    }
}

codes! {
    /// What happened (import files, API; the last one is written by the system itself).
    pub enum EventType ("event type") {
        /// Policy issued.
        PolicyIssued = "policy_issued",
        /// Receipt signed.
        AcknowledgementSigned = "acknowledgement_signed",
        /// Underwriting completed.
        UnderwritingCompleted = "underwriting_completed",
        /// Renewal premium due.
        PremiumDue = "premium_due",
        /// Grace period entered.
        GraceEntered = "grace_entered",
        /// Policy lapsed.
        Lapsed = "lapsed",
        /// Policy reinstated.
        Reinstated = "reinstated",
        /// Policy surrendered.
        Surrendered = "surrendered",
        /// Cancelled in the cooling-off period.
        CoolingOffCancelled = "cooling_off_cancelled",
        /// Policy-servicing payout.
        ServicePayout = "service_payout",
        /// Policy changed.
        PolicyChanged = "policy_changed",
        /// Loss reported.
        LossReported = "loss_reported",
        /// Claim registered.
        ClaimRegistered = "claim_registered",
        /// Claim settled.
        ClaimSettled = "claim_settled",
        /// Claim paid.
        ClaimPaid = "claim_paid",
        /// Policy expired.
        PolicyExpired = "policy_expired",
        /// A sales visit ended.
        SalesVisitEnded = "sales_visit_ended",
        /// A service was completed.
        ServiceCompleted = "service_completed",
        /// A salesperson left.
        AgentLeft = "agent_left",
        /// An enquiry was closed.
        EnquiryClosed = "enquiry_closed",
        /// A complaint was solved and its result reported to the customer.
        ComplaintResolved = "complaint_resolved",
        /// A plan or a list enters a customer for a contact with a stated purpose.
        PlannedContact = "planned_contact",
        /// A callback was completed (written by the system).
        CallbackCompleted = "callback_completed",
    }
}

codes! {
    /// How a payout is collected.
    pub enum PayoutMethod ("payout method") {
        /// In cash.
        Cash = "cash",
        /// By bank transfer.
        BankTransfer = "bank_transfer",
    }
}

codes! {
    /// Who receives a payout.
    pub enum PayeeRole ("payee role") {
        /// The policyholder.
        Policyholder = "policyholder",
        /// The beneficiary.
        Beneficiary = "beneficiary",
        /// The insured.
        Insured = "insured",
    }
}

codes! {
    /// How a claim ended.
    pub enum ClaimOutcome ("claim outcome") {
        /// Paid.
        Paid = "paid",
        /// Refused.
        Refused = "refused",
        /// Closed with zero payment.
        ZeroClosed = "zero_closed",
    }
}

codes! {
    /// Kind of intermediary or partner.
    pub enum AgentKind ("agent kind") {
        /// Salesperson.
        Salesperson = "salesperson",
        /// Bank outlet.
        BankOutlet = "bank_outlet",
        /// Damage assessor.
        Adjuster = "adjuster",
        /// Repair shop.
        RepairShop = "repair_shop",
        /// Agency.
        Agency = "agency",
    }
}

codes! {
    /// Whether an intermediary works for us.
    pub enum AgentStatus ("agent status") {
        /// Active.
        Active = "active",
        /// Has left.
        Left = "left",
    }
}
