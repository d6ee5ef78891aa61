//! The risk that customers are: assessments by dimension, signals, credit files, checks against money
//! laundering; and the registers of market risks and operational errors.

mod assessment;
mod credit;
mod pattern;

pub use assessment::{Assessment, AssessmentCommand, AssessmentError};
pub use credit::{CreditError, needs_second_person, next_flag};
pub use pattern::{Found, History, Incident, IncidentKind, SignalLimits, find_signals};

use crate::tickets::ProblemType;

codes! {
    /// What is assessed (A 七(一)1); the last is not shown on ordinary pages.
    pub enum RiskDimension ("risk dimension") {
        /// Credit.
        Credit = "credit",
        /// Market.
        Market = "market",
        /// Operational.
        Operational = "operational",
        /// Other.
        Other = "other",
        /// Money laundering: the one grade of a customer (银发〔2013〕2号), confidential.
        Aml = "aml",
    }
}

codes! {
    /// How large a risk is, from the lowest to the highest.
    pub enum RiskLevel ("risk level") {
        /// Low.
        Low = "low",
        /// Medium.
        Medium = "medium",
        /// High.
        High = "high",
    }
}

codes! {
    /// Where an assessment stands.
    pub enum AssessmentState ("state of an assessment") {
        /// Being written, or sent back.
        Draft = "draft",
        /// Waits for another person.
        Submitted = "submitted",
        /// In force.
        Confirmed = "confirmed",
        /// A later one is in force.
        Superseded = "superseded",
    }
}

codes! {
    /// What a signal warns of.
    pub enum RiskSignalKind ("kind of risk signal") {
        /// Several policies lapsed.
        Lapses = "lapses",
        /// Several complaints.
        Complaints = "complaints",
        /// A large surrender.
        LargeSurrender = "large_surrender",
        /// Surrenders and complaints of many people behind one number or salesperson in a short time.
        AgencySurrender = "agency_surrender",
        /// Claims in quick succession.
        QuickClaims = "quick_claims",
        /// A refund or payout that went to somebody else than the policyholder.
        ThirdPartyPayout = "third_party_payout",
        /// Contact data changed shortly before a payout.
        ContactBeforePayout = "contact_before_payout",
        /// The risk class of the customer became high.
        ClassRaised = "class_raised",
        /// Adverse news, entered by a person.
        AdverseNews = "adverse_news",
        /// Suspicion of fraud, entered by a person.
        FraudSuspicion = "fraud_suspicion",
        /// A hint at money laundering, entered by a person; confidential (反洗钱法 35).
        AmlHint = "aml_hint",
    }
}

impl RiskSignalKind {
    /// Kinds that a person enters.
    pub const BY_HAND: [Self; 3] = [Self::AdverseNews, Self::FraudSuspicion, Self::AmlHint];
    /// Kinds that stand on the list against fraud (RSK-10).
    pub const FRAUD: [Self; 4] = [
        Self::AgencySurrender,
        Self::ThirdPartyPayout,
        Self::ContactBeforePayout,
        Self::FraudSuspicion,
    ];

    /// Whether it is kept from ordinary pages.
    pub fn is_confidential(self) -> bool {
        self == Self::AmlHint
    }
}

codes! {
    /// What was done about a signal before the risk grew (RSK-04).
    pub enum SignalResponse ("response to a risk signal") {
        /// The facts explain it.
        Explained = "explained",
        /// A measure was set.
        Measure = "measure",
        /// The customer is assessed anew.
        Assessment = "assessment",
        /// There is no risk.
        NoRisk = "no_risk",
    }
}

codes! {
    /// What an entry of a credit file is about.
    pub enum CreditEntryKind ("kind of credit entry") {
        /// How premiums were paid.
        PaymentRecord = "payment_record",
        /// Arrears.
        Arrears = "arrears",
        /// Lapsed policies.
        Lapse = "lapse",
        /// A court, enforcement.
        Court = "court",
        /// A rating.
        Rating = "rating",
        /// What a bank says.
        BankReference = "bank_reference",
        /// Something else.
        Other = "other",
    }
}

codes! {
    /// Standing of a customer's credit (§4.16).
    pub enum CreditFlag ("credit flag") {
        /// Nothing against it.
        Normal = "normal",
        /// Under watch.
        Watch = "watch",
        /// Poor: stronger review, cautious acceptance or a higher rate (A 七(二)1).
        Poor = "poor",
    }
}

codes! {
    /// What became of a change of the credit flag.
    pub enum FlagState ("state of a change of the credit flag") {
        /// Waits for a second person.
        Waiting = "waiting",
        /// In force, or was until the next.
        InForce = "in_force",
        /// Refused.
        Refused = "refused",
    }
}

codes! {
    /// Kind of an operational error.
    pub enum ErrorKind ("kind of operational error") {
        /// Wrong or missing data.
        Data = "data",
        /// Wrong payment.
        Payment = "payment",
        /// Identity not or wrongly verified.
        Identity = "identity",
        /// Documents missing or wrong.
        Document = "document",
        /// Personal data handled wrongly.
        Privacy = "privacy",
        /// Steps of a process left out or late.
        Process = "process",
        /// Something else.
        Other = "other",
    }
}

codes! {
    /// Who was verified before a payment.
    pub enum AmlSubject ("subject of a check") {
        /// The applicant, on surrender, reduction or loan (令〔2025〕第11号 13).
        Applicant = "applicant",
        /// The beneficiary, before payment (反洗钱法 29–31).
        Beneficiary = "beneficiary",
    }
}

codes! {
    /// What a check found.
    pub enum AmlResult ("result of a check") {
        /// Identity verified, nothing stands against the payment.
        Verified = "verified",
        /// Doubts remain.
        Doubt = "doubt",
    }
}

/// Types of problems that concern the quality of the contract (B03 §4.1).
pub const QUALITY_PROBLEMS: [ProblemType; 8] = [
    ProblemType::ContractQuality,
    ProblemType::ProxySignature,
    ProblemType::MisSellingPremiumTerm,
    ProblemType::MisSellingCoveragePeriod,
    ProblemType::MisSellingBenefits,
    ProblemType::MisSellingSurrender,
    ProblemType::FalseCustomerInformation,
    ProblemType::TermsNotSupplied,
];
