//! The mark of a file that left the system: who took it, when, what for.

use domain::access::Actor;
use domain::time::{self, Instant};
use uuid::Uuid;

/// Digits of an id that its mark keeps; they are chance, not time.
const DIGITS: usize = 12;

/// Characters of a header or footer of a sheet, its commands left out: Excel refuses more than 255.
const HEADER_MAX: usize = 240;

/// The mark of an export.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    /// The code, as it stands in the name of the file.
    pub(crate) code: String,
    /// Who took it.
    pub(crate) by: String,
    /// When, in China.
    pub(crate) at: String,
    /// What for.
    pub(crate) purpose: String,
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
    pub(crate) fn line(&self) -> String {
        let parts = [&self.code, &self.by, &self.at, &self.purpose];
        let known: Vec<_> = parts
            .into_iter()
            .map(String::as_str)
            .filter(|p| !p.is_empty())
            .collect();
        known.join(" · ")
    }

    /// Header and footer of every printed page of a workbook.
    pub(crate) fn of_pages(&self) -> (String, String) {
        // An ampersand begins a command in headers of sheets.
        let line = self.line().replace('&', "&&");
        let line: String = line.chars().take(HEADER_MAX).collect();
        (format!("&L{line}"), format!("&L{line}&R&P/&N"))
    }
}

/// The mark of an export by its id, such as `EX0123456789AB`.
pub fn mark_of(id: Uuid) -> String {
    let digits = id.simple().to_string().to_uppercase();
    format!("EX{}", &digits[digits.len() - DIGITS..])
}
