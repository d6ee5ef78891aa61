//! The quality of what is known of customers: whether it is complete, whether it can be true, whether it
//! was looked at lately.
//!
//! [`examine()`] is a pure function over what is known of one customer and what was counted around it; what it
//! demands and where its limits lie is data ([`Demands`], [`Limits`]).

mod address;
mod contact;
mod examine;
mod identity;
mod limits;
mod plausible;
mod sample;
mod subject;

pub use address::{is_detailed, normal_address};
pub use contact::{ContactStanding, LastCheck, Means, contact_standing};
pub use examine::{Examined, Found, check_entry, examine};
pub use limits::{Demand, Demands, DemandsOf, Graded, Grades, Limits};
pub use plausible::{Placeholders, bears, is_placeholder, surname};
pub use sample::{SampleError, SampleResult, SampleState, judge_sample, rectify_sample};
pub use subject::{Around, Subject};

codes! {
    /// What can be wrong with what is known of a customer.
    pub enum Check ("check of information") {
        /// Something demanded is not known.
        Missing = "missing",
        /// The number of the document breaks the rules of its kind.
        IdNumber = "id_number",
        /// The number says another birth date.
        IdBirthDate = "id_birth_date",
        /// The number says another sex.
        IdSex = "id_sex",
        /// The kind of document does not fit the kind of customer.
        IdKind = "id_kind",
        /// Nobody of that age holds such a document.
        IdAge = "id_age",
        /// The document has expired.
        IdExpired = "id_expired",
        /// The document expires soon.
        IdExpiring = "id_expiring",
        /// Not a mobile number.
        Mobile = "mobile",
        /// Not a landline number.
        Landline = "landline",
        /// An address at which nobody can be found.
        AddressDetail = "address_detail",
        /// A value that stands for none.
        Placeholder = "placeholder",
        /// No name that a person or an organisation bears.
        Name = "name",
        /// An age at which nobody is insured, or takes out insurance.
        Age = "age",
        /// One mobile number with several unrelated policyholders.
        MobileShared = "mobile_shared",
        /// A number of staff, of an agency or an outlet.
        OwnNumber = "own_number",
        /// The number of the salesperson of an own policy.
        SellerNumber = "seller_number",
        /// Policyholder and salesperson have the same name and number.
        SelfPolicy = "self_policy",
        /// Policyholder and an unrelated insured have the same mobile number.
        InsuredNumber = "insured_number",
        /// One address with many unrelated customers.
        AddressShared = "address_shared",
        /// One e-mail address with several unrelated customers.
        EmailShared = "email_shared",
    }
}

codes! {
    /// What a finding speaks against.
    pub enum Aspect ("aspect of information") {
        /// That everything demanded is known.
        Completeness = "completeness",
        /// That it is true.
        Truth = "truth",
        /// That it still holds.
        Currency = "currency",
    }
}

codes! {
    /// How much a finding weighs, from the least.
    pub enum Severity ("severity of a finding") {
        /// Worth knowing.
        Hint = "hint",
        /// To be cleared up.
        Alert = "alert",
        /// Nothing goes on until it is cleared up.
        Block = "block",
    }
}

codes! {
    /// Where a finding stands.
    pub enum FindingState ("state of a finding") {
        /// To be cleared up.
        Open = "open",
        /// Somebody said why it is in order.
        Explained = "explained",
        /// The information was put right.
        Cleaned = "cleaned",
    }
}

codes! {
    /// Something that is known of a customer, as findings name it.
    pub enum Field ("field of a customer") {
        /// Name.
        Name = "name",
        /// Sex.
        Sex = "sex",
        /// Birth date.
        BirthDate = "birth_date",
        /// Kind of document.
        IdType = "id_type",
        /// Number of the document.
        IdNo = "id_no",
        /// When the document expires.
        IdExpiresOn = "id_expires_on",
        /// Nationality.
        Nationality = "nationality",
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
        /// Occupation.
        Occupation = "occupation",
        /// A contact person.
        Contact = "contact",
    }
}

codes! {
    /// Whose number an own number is.
    pub enum NumberOwner ("owner of a number") {
        /// Staff.
        Staff = "staff",
        /// A salesperson.
        Salesperson = "salesperson",
        /// An agency.
        Agency = "agency",
        /// A unit or an outlet.
        Outlet = "outlet",
    }
}

codes! {
    /// How somebody made sure that the information of a customer holds.
    pub enum VerifiedBy ("way of verification") {
        /// On a callback, with identity and contact confirmed.
        Callback = "callback",
        /// On a visit.
        Visit = "visit",
        /// By telephone, apart from callbacks.
        Telephone = "telephone",
        /// The customer came.
        Counter = "counter",
        /// By documents that the customer sent.
        Documents = "documents",
    }
}

impl Check {
    /// What it speaks against.
    pub fn aspect(self) -> Aspect {
        match self {
            Self::Missing => Aspect::Completeness,
            Self::IdExpired | Self::IdExpiring => Aspect::Currency,
            _ => Aspect::Truth,
        }
    }

    /// Whether it compares a customer with others, so that changes elsewhere may change it.
    pub fn is_across(self) -> bool {
        matches!(
            self,
            Self::MobileShared
                | Self::OwnNumber
                | Self::SellerNumber
                | Self::SelfPolicy
                | Self::InsuredNumber
                | Self::AddressShared
                | Self::EmailShared
        )
    }

    /// Whether it can be seen in a form before anything is stored.
    pub fn is_seen_at_entry(self) -> bool {
        !self.is_across() && !matches!(self, Self::IdExpiring)
    }
}
