//! Findings: what is wrong with a pack, where, and what to do about it.

use std::fmt;
use std::ops::Range;

/// One thing that keeps packs from loading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file.
    pub file: String,
    /// The line, counted from one, where it can be told.
    pub line: Option<usize>,
    /// The column in characters, counted from one, where it can be told.
    pub column: Option<usize>,
    /// Which part of the pack, such as `programme NB-CQ, date due`.
    pub place: String,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub hint: Option<String>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
            if let Some(column) = self.column {
                write!(f, ":{column}")?;
            }
        }
        write!(f, ": ")?;
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        write!(f, "{}", self.what)?;
        match &self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

/// Collects findings while one file is compiled.
pub(crate) struct Linter<'t> {
    file: String,
    text: &'t str,
    place: String,
    findings: Vec<Finding>,
}

impl<'t> Linter<'t> {
    pub(crate) fn new(file: &str, text: &'t str) -> Self {
        Self {
            file: file.to_owned(),
            text,
            place: String::new(),
            findings: Vec::new(),
        }
    }

    /// Names the part of the pack that the next findings belong to.
    pub(crate) fn at(&mut self, place: impl Into<String>) {
        self.place = place.into();
    }

    pub(crate) fn report(
        &mut self,
        span: Option<Range<usize>>,
        what: impl Into<String>,
        hint: Option<String>,
    ) {
        let line = span.as_ref().map(|s| line_of(self.text, s.start));
        let column = span.map(|s| column_of(self.text, s.start));
        self.findings.push(Finding {
            file: self.file.clone(),
            line,
            column,
            place: self.place.clone(),
            what: what.into(),
            hint,
        });
    }

    pub(crate) fn finish(self) -> Vec<Finding> {
        self.findings
    }
}

/// The line, counted from one, of a byte offset.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    1 + text.as_bytes()[..offset.min(text.len())]
        .iter()
        .filter(|b| **b == b'\n')
        .count()
}

/// The column in characters, counted from one, of a byte offset.
pub(crate) fn column_of(text: &str, offset: usize) -> usize {
    let before = text.get(..offset.min(text.len())).unwrap_or_default();
    1 + before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
}
