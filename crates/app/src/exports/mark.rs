//! The mark of a file that left the system: who took it, when, what for.

use domain::access::Actor;
use domain::time::{self, Instant};
use uuid::Uuid;

/// Digits of an id that its mark keeps; they are chance, not time.
const DIGITS: usize = 12;

/// The mark of an export.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    /// The code, as it stands in the name of the file.
    pub(super) code: String,
    /// Who took it.
    pub(super) by: String,
    /// When, in China.
    pub(super) at: String,
    /// What for.
    pub(super) purpose: String,
}

impl Mark {
    pub(super) fn new(id: Uuid, actor: &Actor, now: Instant, purpose: Option<String>) -> Self {
        let local = now.with_timezone(&time::china());
        Self {
            code: mark_of(id),
            by: actor.name.clone(),
            at: local.format("%Y-%m-%d %H:%M:%S").to_string(),
            purpose: purpose.unwrap_or_default(),
        }
    }

    /// On one line, for headers of pages.
    pub(super) fn line(&self) -> String {
        format!(
            "{} · {} · {} · {}",
            self.code, self.by, self.at, self.purpose
        )
    }
}

/// The mark of an export by its id, such as `EX0123456789AB`.
pub fn mark_of(id: Uuid) -> String {
    let digits = id.simple().to_string().to_uppercase();
    format!("EX{}", &digits[digits.len() - DIGITS..])
}
