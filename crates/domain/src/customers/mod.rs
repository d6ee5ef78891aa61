//! Customers: who they are, and the personal data that must not be shown by accident.

mod disclosure;
mod facts;
mod free_text;
mod id_number;
mod misfits;
mod names;
mod personal;
mod relations;
mod salutation;
mod stages;
mod term;

pub use crate::access::PersonalField;
pub use disclosure::{Purpose, PurposeError, StatedPurpose};
pub use facts::{CustomerField, FactGroup, FactShape, FactSheet, FactValue, NewFact, Origin};
pub use free_text::mask_numbers;
pub use id_number::{IdNumber, IdNumberError, IdentityFacts};
pub use misfits::cross_check;
pub use names::{KeyKind, Likeness, NameKey, NameQuery, Tier, key_of_address, keys_of_name, latin};
pub use personal::{
    Address, BankAccount, Email, FieldError, Landline, Mobile, PersonName, Reveal, SensitiveText,
};
pub use relations::{
    Holding, KeptRelation, Relation, RelationRefusal, RelationSource, Side, check_relation,
};
pub use salutation::salutation;
pub use stages::{Holdings, StageSource, may_be_moved, stage_of_policies};
pub use term::SearchTerm;

use chrono::NaiveDate;

codes! {
    /// Individual or group.
    pub enum CustomerKind ("customer kind") {
        /// A person.
        Individual = "individual",
        /// An organisation.
        Group = "group",
    }
}

codes! {
    /// Sex as in identity documents.
    pub enum Sex ("sex") {
        /// Male.
        Male = "male",
        /// Female.
        Female = "female",
    }
}

codes! {
    /// Kind of identity document.
    pub enum IdType ("id type") {
        /// Resident identity card.
        ResidentId = "resident_id",
        /// Passport.
        Passport = "passport",
        /// Military identity card.
        MilitaryId = "military_id",
        /// Travel permit of Hong Kong and Macao residents.
        HkMacauPermit = "hk_macau_permit",
        /// Travel permit of Taiwan residents.
        TaiwanPermit = "taiwan_permit",
        /// Unified social credit code of an organisation.
        UnifiedSocialCredit = "unified_social_credit",
        /// Anything else.
        Other = "other",
    }
}

codes! {
    /// Language in which a customer can be served.
    pub enum SpokenLanguage ("language") {
        /// Mandarin.
        Mandarin = "mandarin",
        /// Cantonese.
        Cantonese = "cantonese",
        /// Wu (Shanghai and around).
        Wu = "wu",
        /// Southern Min.
        Minnan = "minnan",
        /// Hakka.
        Hakka = "hakka",
        /// Sichuan and Chongqing dialect.
        Sichuan = "sichuan",
        /// Xiang (Hunan).
        Xiang = "xiang",
        /// Gan (Jiangxi).
        Gan = "gan",
        /// Jin (Shanxi).
        Jin = "jin",
        /// Tibetan.
        Tibetan = "tibetan",
        /// Uyghur.
        Uyghur = "uyghur",
        /// Mongolian.
        Mongolian = "mongolian",
        /// English.
        English = "english",
        /// Another one.
        Other = "other",
    }
}

codes! {
    /// Stage of the relationship (GEN-02).
    pub enum RelationshipStage ("relationship stage") {
        /// Has shown interest.
        Prospect = "prospect",
        /// In negotiation.
        InNegotiation = "in_negotiation",
        /// Has a contract in force.
        UnderContract = "under_contract",
        /// Has bought.
        Closed = "closed",
        /// Was a customer, has not bought or used anything recently.
        Lost = "lost",
    }
}

codes! {
    /// A degree.
    pub enum Degree ("degree") {
        /// Low.
        Low = "low",
        /// Medium.
        Medium = "medium",
        /// High.
        High = "high",
    }
}

codes! {
    /// What a customer is worth to the company (SEG-01).
    pub enum ValueClass ("value class") {
        /// High value.
        High = "high",
        /// Medium value.
        Medium = "medium",
        /// Low value.
        Low = "low",
    }
}

codes! {
    /// Where a fact was collected (CUS-01).
    pub enum SourceChannel ("source channel") {
        /// Sales staff, while talking business.
        Sales = "sales",
        /// Service staff, on enquiries, claims and callbacks.
        Service = "service",
        /// Market research.
        MarketResearch = "market_research",
        /// Referral by a partner.
        Partner = "partner",
    }
}

codes! {
    /// Channel that a customer prefers.
    pub enum PreferredChannel ("preferred channel") {
        /// Telephone.
        Phone = "phone",
        /// Text message.
        Sms = "sms",
        /// E-mail.
        Email = "email",
        /// WeChat.
        Wechat = "wechat",
        /// Letter.
        Letter = "letter",
        /// Visit.
        Visit = "visit",
    }
}

codes! {
    /// Role of a contact person of a group customer (CUS-06).
    pub enum ContactRole ("contact role") {
        /// In charge of insurance matters.
        InsuranceContact = "insurance_contact",
        /// Legal representative.
        LegalRepresentative = "legal_representative",
        /// Actual controller.
        ActualController = "actual_controller",
        /// Anyone else.
        Other = "other",
    }
}

/// Something that does not fit between an identity number and what else is said of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityMismatch {
    /// The birth date differs from the one in the number.
    BirthDate,
    /// The sex differs from the one in the number.
    Sex,
}

/// Compares what an identity number says with what else is known.
pub fn check_identity(
    facts: IdentityFacts,
    birth_date: Option<NaiveDate>,
    sex: Option<Sex>,
) -> Vec<IdentityMismatch> {
    let mut mismatches = Vec::new();
    if birth_date.is_some_and(|d| d != facts.birth_date) {
        mismatches.push(IdentityMismatch::BirthDate);
    }
    if sex.is_some_and(|s| s != facts.sex) {
        mismatches.push(IdentityMismatch::Sex);
    }
    mismatches
}
