//! A report as a table of texts, for files.

use super::run::{Report, ReportRow};
use rules::Language;

impl Report {
    /// Column names for programs: `key`, `name`, the figures, `numerator`, `denominator`, `ratio`.
    pub(super) fn codes(&self) -> Vec<String> {
        let first = self.by.map_or("key", |by| by.as_str());
        let figures = self.columns.iter().map(|c| c.figure.as_str());
        [first, "name"]
            .into_iter()
            .chain(figures)
            .chain(["numerator", "denominator", "ratio"])
            .map(str::to_owned)
            .collect()
    }

    /// Column names for people, without numerator and denominator.
    pub(super) fn titles(&self, language: Language) -> Vec<String> {
        let pick = |text: domain::reports::Text| {
            match language {
                Language::Zh => text.zh,
                Language::En => text.en,
            }
            .to_owned()
        };
        let code = match language {
            Language::Zh => "代码",
            Language::En => "Code",
        };
        let first = match self.by {
            Some(by) => pick(by.title()),
            None => String::new(),
        };
        let mut titles = vec![code.to_owned(), first];
        titles.extend(self.columns.iter().map(|c| pick(c.figure.title())));
        titles.push(pick(self.metric.title));
        titles
    }

    /// The rows and the total.
    pub(super) fn all_rows(&self) -> impl Iterator<Item = (&ReportRow, bool)> {
        let rows = self.rows.iter().map(|row| (row, false));
        rows.chain(std::iter::once((&self.total, true)))
    }
}
