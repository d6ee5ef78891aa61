//! Merging two records of one customer, and taking that back.

use super::life::is_comparable;
use crate::customers::CustomerKind;

codes! {
    /// Facts of which the value of either record can be kept. Facts that belong together (a number and its
    /// kind) go together.
    pub enum MergedField ("merged field") {
        /// Name.
        Name = "name",
        /// Sex.
        Sex = "sex",
        /// Birth date.
        BirthDate = "birth_date",
        /// Identity document: kind, number and end.
        IdNo = "id_no",
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
        /// Language.
        Language = "language",
        /// Preferred channel.
        PreferredChannel = "preferred_channel",
        /// Annual income.
        AnnualIncome = "annual_income",
        /// Needs.
        Needs = "needs",
        /// Special needs.
        SpecialNeeds = "special_needs",
    }
}

impl MergedField {
    /// The columns of the table of customers that it consists of, with their blind indexes.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Name => &["name", "name_index"],
            Self::Sex => &["sex"],
            Self::BirthDate => &["birth_date"],
            Self::IdNo => &[
                "id_type",
                "id_no",
                "id_no_index",
                "id_no_tail_index",
                "id_expires_on",
            ],
            Self::Nationality => &["nationality"],
            Self::Mobile => &["mobile", "mobile_index", "mobile_tail_index"],
            Self::Phone => &["phone", "phone_index"],
            Self::Email => &["email"],
            Self::Address => &["address"],
            Self::MailingAddress => &["mailing_address"],
            Self::Occupation => &["occupation"],
            Self::Language => &["language"],
            Self::PreferredChannel => &["preferred_channel"],
            Self::AnnualIncome => &["annual_income_fen"],
            Self::Needs => &["needs"],
            Self::SpecialNeeds => &["special_needs"],
        }
    }
}

codes! {
    /// Where a merge stands.
    pub enum MergeState ("state of a merge") {
        /// It stands.
        Standing = "standing",
        /// It was taken back.
        Undone = "undone",
    }
}

/// Why two records are not merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// It is one record.
    #[error("it is one record")]
    OneRecord,
    /// An organisation and a person.
    #[error("an organisation and a person")]
    Kinds,
    /// One of them is merged already.
    #[error("one of the records is merged already")]
    Merged,
    /// The data of one of them was destroyed.
    #[error("the data of one of the records was destroyed")]
    Destroyed,
}

/// What matters of a record before it is merged.
pub(crate) type Side = (uuid::Uuid, CustomerKind, bool, bool);

/// Whether two records can be merged: id, kind, merged already, destroyed.
///
/// # Errors
/// [`MergeError`] says why not.
pub fn check_merge(survivor: Side, absorbed: Side) -> Result<(), MergeError> {
    if survivor.0 == absorbed.0 {
        Err(MergeError::OneRecord)
    } else if !is_comparable(survivor.1, absorbed.1) {
        Err(MergeError::Kinds)
    } else if survivor.2 || absorbed.2 {
        Err(MergeError::Merged)
    } else if survivor.3 || absorbed.3 {
        Err(MergeError::Destroyed)
    } else {
        Ok(())
    }
}

/// Why a merge is not taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnmergeError {
    /// It was taken back before.
    #[error("the merge was taken back before")]
    Undone,
    /// A later merge builds on it and has to be taken back first.
    #[error("a later merge builds on it")]
    BuiltOn,
    /// The data was destroyed since.
    #[error("the data was destroyed since")]
    Destroyed,
}

/// Whether a merge can be taken back.
///
/// # Errors
/// [`UnmergeError`] says why not.
pub fn check_unmerge(
    state: MergeState,
    is_built_on: bool,
    is_destroyed: bool,
) -> Result<(), UnmergeError> {
    if state == MergeState::Undone {
        Err(UnmergeError::Undone)
    } else if is_destroyed {
        Err(UnmergeError::Destroyed)
    } else if is_built_on {
        Err(UnmergeError::BuiltOn)
    } else {
        Ok(())
    }
}
