//! Showing personal data in full: which field, and for what.

codes! {
    /// What personal data is needed for.
    pub enum Purpose ("purpose") {
        /// To call the customer back.
        Callback = "callback",
        /// To correct contact data.
        ContactFix = "contact_fix",
        /// To confirm who someone is.
        IdentityCheck = "identity_check",
        /// To work on a ticket or complaint.
        ProblemHandling = "problem_handling",
        /// To serve a policy or claim.
        PolicyService = "policy_service",
        /// The customer asked for it.
        CustomerRequest = "customer_request",
        /// A supervisor, court or auditor asked for it.
        RegulatorRequest = "regulator_request",
        /// To hand data to another system of the company.
        DataTransfer = "data_transfer",
        /// Anything else; has to be said in words.
        Other = "other",
    }
}

impl Purpose {
    /// Whether data whose processing is restricted may be used for it: what law and the contract
    /// demand, and no more (PIPL article 47).
    pub fn reaches_restricted(self) -> bool {
        !matches!(self, Self::DataTransfer | Self::Other)
    }
}

/// Longest note beside a purpose, in characters.
const NOTE_MAX: usize = 200;

/// A purpose with what was noted beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatedPurpose {
    purpose: Purpose,
    note: String,
}

/// What is wrong with a stated purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PurposeError {
    /// No purpose is given, or one that does not exist.
    #[error("say what the data is needed for")]
    Missing,
    /// The purpose needs words beside it.
    #[error("say in words what the data is needed for")]
    NoteMissing,
    /// The note is too long.
    #[error("the note is too long")]
    NoteTooLong,
}

impl StatedPurpose {
    /// Reads a purpose and a note.
    ///
    /// # Errors
    /// When the purpose is missing or unknown, or its note is missing or too long.
    pub fn parse(purpose: &str, note: &str) -> Result<Self, PurposeError> {
        let purpose = Purpose::parse(purpose.trim()).map_err(|_| PurposeError::Missing)?;
        let note = note.trim();
        match note.chars().count() {
            0 if purpose == Purpose::Other => Err(PurposeError::NoteMissing),
            n if n > NOTE_MAX => Err(PurposeError::NoteTooLong),
            _ => Ok(Self {
                purpose,
                note: note.to_owned(),
            }),
        }
    }

    /// The purpose.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }
}

impl std::fmt::Display for StatedPurpose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.note.is_empty() {
            self.purpose.fmt(f)
        } else {
            write!(f, "{}: {}", self.purpose, self.note)
        }
    }
}
