//! The facts that are kept of a customer, one by one: what each is called, how it is read and masked.

use super::{
    Address, CustomerKind, Degree, Email, FieldError, IdNumber, IdType, Landline, Mobile,
    PersonName, PreferredChannel, RelationshipStage, Reveal, SensitiveText, Sex, SpokenLanguage,
};
use crate::money::Money;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Longest occupation or nationality, in characters.
const SHORT_MAX: usize = 60;
/// Longest insurance term that is accepted, in months: a long life.
const TERM_MAX: i64 = 1_440;

codes! {
    /// A fact about a customer; the code is the column.
    pub enum CustomerField ("customer field") {
        /// Name.
        Name = "name",
        /// Sex.
        Sex = "sex",
        /// Birth date.
        BirthDate = "birth_date",
        /// Kind of identity document.
        IdType = "id_type",
        /// Number of the identity document.
        IdNo = "id_no",
        /// When the document expires.
        IdExpiresOn = "id_expires_on",
        /// Nationality.
        Nationality = "nationality",
        /// Occupation.
        Occupation = "occupation",
        /// Language in which the customer is served.
        Language = "language",
        /// Mobile number.
        Mobile = "mobile",
        /// Landline number.
        Phone = "phone",
        /// E-mail address.
        Email = "email",
        /// Home address.
        Address = "address",
        /// Mailing address.
        MailingAddress = "mailing_address",
        /// Preferred channel.
        PreferredChannel = "preferred_channel",
        /// Product needs.
        Needs = "needs",
        /// Sum insured wanted, in fen.
        WantedSum = "wanted_sum_fen",
        /// Term wanted, in months.
        WantedTerm = "wanted_term_months",
        /// Risk appetite.
        RiskAppetite = "risk_appetite",
        /// Risk tolerance.
        RiskTolerance = "risk_tolerance",
        /// Annual income in fen.
        AnnualIncome = "annual_income_fen",
        /// Stage of the relationship.
        RelationshipStage = "relationship_stage",
        /// Special needs.
        SpecialNeeds = "special_needs",
        /// Special circumstances.
        SpecialCircumstances = "special_circumstances",
        /// Large customer; changed by flags.
        Large = "large",
        /// Key account; changed by flags.
        KeyAccount = "key_account",
        /// Related to a shareholder; changed by flags.
        ShareholderRelated = "shareholder_related",
        /// Consent to marketing; changed by consents.
        MarketingConsent = "marketing_consent",
    }
}

codes! {
    /// Under what a fact is shown (CUS-02 to CUS-05).
    pub enum FactGroup ("group of facts") {
        /// Who the customer is.
        Basic = "basic",
        /// How the customer is reached.
        Contact = "contact",
        /// What insurance the customer needs.
        Needs = "needs",
        /// Risk profile.
        Risk = "risk",
        /// Anything else.
        Other = "other",
    }
}

codes! {
    /// On what occasion a change was learned (CUS-12).
    pub enum Origin ("origin of a change") {
        /// Entered by a person on the page of the customer.
        Form = "form",
        /// Sent by another system.
        System = "system",
        /// Learned on a callback.
        Callback = "callback",
        /// Learned from a letter, or because one came back.
        Letter = "letter",
        /// Learned on a visit.
        Visit = "visit",
        /// Learned while a case was handled.
        Ticket = "ticket",
        /// Asked for by the person under the law on personal information.
        DataRequest = "data_request",
    }
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactShape {
    /// Words.
    Text,
    /// A page of words.
    Words,
    /// A civil date.
    Date,
    /// Yuan in forms, fen in storage.
    Money,
    /// A whole number of months.
    Months,
    /// One of a list of codes; messages begin with this.
    Code(&'static str),
    /// Yes or no.
    Flag,
}

impl CustomerField {
    /// Under what it is shown.
    pub fn group(self) -> FactGroup {
        match self {
            Self::Name
            | Self::Sex
            | Self::BirthDate
            | Self::IdType
            | Self::IdNo
            | Self::IdExpiresOn
            | Self::Nationality
            | Self::Occupation
            | Self::Language => FactGroup::Basic,
            Self::Mobile
            | Self::Phone
            | Self::Email
            | Self::Address
            | Self::MailingAddress
            | Self::PreferredChannel => FactGroup::Contact,
            Self::Needs | Self::WantedSum | Self::WantedTerm => FactGroup::Needs,
            Self::RiskAppetite | Self::RiskTolerance | Self::AnnualIncome => FactGroup::Risk,
            Self::RelationshipStage
            | Self::SpecialNeeds
            | Self::SpecialCircumstances
            | Self::Large
            | Self::KeyAccount
            | Self::ShareholderRelated
            | Self::MarketingConsent => FactGroup::Other,
        }
    }

    /// How its value is written.
    pub fn shape(self) -> FactShape {
        match self {
            Self::BirthDate | Self::IdExpiresOn => FactShape::Date,
            Self::WantedSum | Self::AnnualIncome => FactShape::Money,
            Self::WantedTerm => FactShape::Months,
            Self::Sex => FactShape::Code("sex"),
            Self::IdType => FactShape::Code("id-type"),
            Self::Language => FactShape::Code("language"),
            Self::PreferredChannel => FactShape::Code("contact-channel"),
            Self::RiskAppetite | Self::RiskTolerance => FactShape::Code("level"),
            Self::RelationshipStage => FactShape::Code("relationship-stage"),
            Self::Needs | Self::SpecialNeeds | Self::SpecialCircumstances => FactShape::Words,
            Self::Large | Self::KeyAccount | Self::ShareholderRelated | Self::MarketingConsent => {
                FactShape::Flag
            }
            _ => FactShape::Text,
        }
    }

    /// The codes that it takes; empty unless it is one of a list.
    pub fn codes(self) -> Vec<&'static str> {
        match self {
            Self::Sex => Sex::ALL.iter().map(|c| c.as_str()).collect(),
            Self::IdType => IdType::ALL.iter().map(|c| c.as_str()).collect(),
            Self::Language => SpokenLanguage::ALL.iter().map(|c| c.as_str()).collect(),
            Self::PreferredChannel => PreferredChannel::ALL.iter().map(|c| c.as_str()).collect(),
            Self::RiskAppetite | Self::RiskTolerance => {
                Degree::ALL.iter().map(|c| c.as_str()).collect()
            }
            Self::RelationshipStage => RelationshipStage::ALL.iter().map(|c| c.as_str()).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether its value is sealed in the database.
    pub fn is_sealed(self) -> bool {
        matches!(
            self,
            Self::Name
                | Self::IdNo
                | Self::Mobile
                | Self::Phone
                | Self::Email
                | Self::Address
                | Self::MailingAddress
                | Self::Needs
                | Self::SpecialNeeds
                | Self::SpecialCircumstances
        )
    }

    /// Whether people enter it with the other facts; flags and consents have commands of their own.
    pub fn is_entered(self) -> bool {
        self.shape() != FactShape::Flag
    }

    /// Reads what a person entered; nothing of an empty text.
    ///
    /// # Errors
    /// A code of what is wrong; messages hang on it.
    pub fn read(self, text: &str) -> Result<Option<FactValue>, &'static str> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        // A value that was shown masked and sent back is no new value.
        if self.is_sealed() && text.contains('*') {
            return Err("masked");
        }
        let value = match self {
            Self::Name => PersonName::parse(text).map(PersonName::into_inner),
            Self::Mobile => Mobile::parse(text).map(Mobile::into_inner),
            Self::Phone => Landline::parse(text).map(Landline::into_inner),
            Self::Email => Email::parse(text).map(Email::into_inner),
            Self::Address | Self::MailingAddress => Address::parse(text).map(Address::into_inner),
            Self::Needs | Self::SpecialNeeds | Self::SpecialCircumstances => {
                SensitiveText::parse(text).map(SensitiveText::into_inner)
            }
            _ => return self.read_plain(text).map(Some),
        };
        match value {
            Ok(value) => Ok(Some(FactValue(value))),
            Err(FieldError::TooLong) => Err("too-long"),
            Err(FieldError::Mobile) => Err("mobile"),
            Err(FieldError::Landline) => Err("phone"),
            Err(FieldError::Email) => Err("email"),
            Err(_) => Err("missing"),
        }
    }

    fn read_plain(self, text: &str) -> Result<FactValue, &'static str> {
        match self.shape() {
            FactShape::Date => {
                let date: NaiveDate = text.parse().map_err(|_| "date")?;
                Ok(FactValue(date.to_string()))
            }
            FactShape::Money => match Money::parse(text) {
                Ok(Money(fen)) if fen >= 0 => Ok(FactValue(fen.to_string())),
                _ => Err("money"),
            },
            FactShape::Months => match text.parse::<i64>() {
                Ok(n) if (1..=TERM_MAX).contains(&n) => Ok(FactValue(n.to_string())),
                _ => Err("number"),
            },
            FactShape::Code(_) if self.codes().contains(&text) => Ok(FactValue(text.to_owned())),
            FactShape::Code(_) => Err("unknown-code"),
            FactShape::Flag if matches!(text, "true" | "false") => Ok(FactValue(text.to_owned())),
            FactShape::Flag => Err("unknown-code"),
            FactShape::Text | FactShape::Words if text.chars().count() > SHORT_MAX => {
                Err("too-long")
            }
            FactShape::Text | FactShape::Words if self == Self::IdNo => {
                let digits = text.chars().filter(|c| !c.is_whitespace());
                Ok(FactValue(digits.map(|c| c.to_ascii_uppercase()).collect()))
            }
            FactShape::Text | FactShape::Words => Ok(FactValue(text.to_owned())),
        }
    }
}

/// A value of a fact as it is stored. It prints as nothing: what is shown goes through
/// [`FactValue::shown`], what is stored through [`FactValue::reveal`].
#[derive(Clone, PartialEq, Eq)]
pub struct FactValue(String);

impl FactValue {
    /// A value that was valid when it was stored.
    pub fn from_stored(value: String) -> Self {
        Self(value)
    }

    /// The value itself.
    pub fn reveal(&self, _reveal: Reveal) -> &str {
        &self.0
    }

    /// The value, for facts that are held against each other.
    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// The value as lists show it: personal data masked by its type, everything else as it is.
    pub fn shown(&self, field: CustomerField, kind: CustomerKind) -> String {
        let value = self.0.clone();
        match field {
            CustomerField::Name if kind == CustomerKind::Group => value,
            CustomerField::Name => PersonName::from_stored(value).to_string(),
            CustomerField::IdNo => IdNumber::from_stored(value).to_string(),
            CustomerField::Mobile => Mobile::from_stored(value).to_string(),
            CustomerField::Phone => Landline::from_stored(value).to_string(),
            CustomerField::Email => Email::from_stored(value).to_string(),
            CustomerField::Address | CustomerField::MailingAddress => {
                Address::from_stored(value).to_string()
            }
            CustomerField::Needs
            | CustomerField::SpecialNeeds
            | CustomerField::SpecialCircumstances => SensitiveText::from_stored(value).to_string(),
            _ => value,
        }
    }
}

impl From<Mobile> for FactValue {
    fn from(value: Mobile) -> Self {
        Self(value.into_inner())
    }
}

impl From<Address> for FactValue {
    fn from(value: Address) -> Self {
        Self(value.into_inner())
    }
}

impl std::fmt::Debug for FactValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FactValue(…)")
    }
}

/// What is known of a customer at a moment; what is not known is missing.
pub type FactSheet = BTreeMap<CustomerField, FactValue>;

/// One fact as it is to be: a value, or nothing when it is not known any more.
pub type NewFact = (CustomerField, Option<FactValue>);
