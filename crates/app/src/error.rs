//! Three kinds of error.
//!
//! Decisions in `domain` have a small enum each, which callers branch on. Use cases return the one
//! closed [`Error`] below; pages and the API turn each of its variants into one kind of answer.
//! `server` and jobs use `anyhow`. What nobody expected is a `Fault`: it is logged once at the edge,
//! under an id that the user sees too.

use domain::access::{Denied, Permission};
use store::StoreError;

/// Why a use case did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A right is missing.
    #[error("the right {0} is missing")]
    Denied(Permission),
    /// There is no such record in sight.
    #[error("there is no such record")]
    NotFound,
    /// Someone else changed the record in the meantime.
    #[error("the record was changed by someone else in the meantime")]
    Conflict,
    /// Fields that cannot be taken, all of them at once.
    #[error("some fields cannot be taken")]
    Invalid(Vec<FieldProblem>),
    /// A rule says no.
    #[error("{0}")]
    Refused(Refusal),
    /// The database or a service is busy or gone; trying again may help.
    #[error("not available at the moment: {0}")]
    Unavailable(String),
    /// Nobody expected this.
    #[error("{0}")]
    Fault(String),
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// The field's name in the form or body.
    pub field: String,
    /// Code of the problem; the message in both languages hangs on it.
    pub code: String,
}

impl FieldProblem {
    /// A problem with a field.
    pub fn new(field: impl Into<String>, code: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            code: code.into(),
        }
    }
}

/// A refusal by a rule: a code that the message in both languages hangs on, and values for it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct Refusal {
    /// The code.
    pub code: &'static str,
    /// A value that the message names, such as an earliest moment.
    pub detail: String,
}

impl Refusal {
    /// A refusal without a value.
    pub fn new(code: &'static str) -> Self {
        Self {
            code,
            detail: String::new(),
        }
    }

    /// A refusal that names a value.
    pub fn with(code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied.0)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Missing => Self::NotFound,
            StoreError::Conflict => Self::Conflict,
            StoreError::Unavailable(what) => Self::Unavailable(what),
            StoreError::SchemaBehind => Self::Unavailable(error.to_string()),
            other => Self::Fault(other.to_string()),
        }
    }
}

impl Error {
    /// One field that cannot be taken.
    pub fn invalid(field: &str, code: &str) -> Self {
        Self::Invalid(vec![FieldProblem::new(field, code)])
    }
}
