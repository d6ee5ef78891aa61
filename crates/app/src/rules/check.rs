//! Checking the text of a version before anybody relies on it: does it load beside the other packs,
//! do its tests pass, and do tests of other packs fail because of it?

use super::discharge::discharges;
use super::drafts::{Heading, heading};
use super::set::Rules;
use crate::{Error, Result};
use rules::pack::{Pack, TestResult};
use rules::{Finding, RuleBook, Source};
use std::sync::Arc;

/// What came of checking a text.
#[derive(Debug)]
pub struct Checked {
    /// What the text says it is; nothing when that cannot be read.
    pub heading: Option<Heading>,
    /// What keeps it from loading.
    pub findings: Vec<Finding>,
    /// Its own tests.
    pub tests: Vec<TestResult>,
    /// Tests of other packs that pass without it and fail with it.
    pub affected: Vec<TestResult>,
    /// The packs with this one, when they fit.
    pub book: Option<RuleBook>,
}

impl Checked {
    /// Whether it loads and all its tests pass.
    pub fn is_sound(&self) -> bool {
        self.book.is_some() && self.failed() == 0
    }

    /// How many of its tests fail.
    pub fn failed(&self) -> usize {
        let failed = self.tests.iter().filter(|t| !t.failures.is_empty());
        failed.count()
    }

    /// The pack as it was read.
    pub fn pack(&self) -> Option<&Pack> {
        let head = self.heading.as_ref()?;
        let mut packs = self.book.as_ref()?.packs().iter();
        packs.find(|p| p.id == head.pack && i64::from(p.version) == head.version)
    }
}

/// Checks a text beside the rules in force.
///
/// # Errors
/// [`Error::Fault`] when the check itself broke off.
pub async fn check_text(rules: &Arc<Rules>, file: &str, text: &str) -> Result<Checked> {
    let (rules, file, text) = (Arc::clone(rules), file.to_owned(), text.to_owned());
    let checking = tokio::task::spawn_blocking(move || check(&rules, &file, text));
    checking.await.map_err(|e| Error::Fault(e.to_string()))
}

fn check(rules: &Rules, file: &str, text: String) -> Checked {
    let heading = heading(&text);
    let pack = heading.as_ref().map_or("", |h| h.pack.as_str()).to_owned();
    let source = Source {
        name: file.to_owned(),
        text,
    };
    let mut checked = Checked {
        heading,
        findings: Vec::new(),
        tests: Vec::new(),
        affected: Vec::new(),
        book: None,
    };
    let book = match rules.book_with_text(&pack, source) {
        Ok(book) => book,
        Err(findings) => {
            checked.findings = findings;
            return checked;
        }
    };
    if let Err(findings) = discharges(&book, rules.read_on()) {
        checked.findings = findings;
        return checked;
    }
    let report = book.run_tests().results;
    let failing = |t: &&TestResult| !t.failures.is_empty();
    let before = rules.book().run_tests().results;
    let before: Vec<_> = before.iter().filter(failing).collect();
    let (own, others): (Vec<_>, Vec<_>) = report.into_iter().partition(|t| t.file == file);
    let known = |t: &TestResult| {
        let same = |b: &&TestResult| (&b.file, &b.name) == (&t.file, &t.name);
        before.iter().any(same)
    };
    checked.affected = others
        .into_iter()
        .filter(|t| !t.failures.is_empty() && !known(t))
        .collect();
    checked.tests = own;
    checked.book = Some(book);
    checked
}
