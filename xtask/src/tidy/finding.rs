//! What checks write down.

use super::tree::Tree;
use std::collections::BTreeMap;

/// Something to put right.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    path: String,
    line: usize,
    text: String,
}

/// A line of a list that can be shortened; `None` removes it.
struct Tightening {
    path: String,
    line: usize,
    replacement: Option<String>,
}

/// Everything found so far.
#[derive(Default)]
pub(crate) struct Findings {
    found: Vec<Finding>,
    tightenings: Vec<Tightening>,
}

impl Findings {
    /// Adds a finding: what is wrong, and what to do about it.
    pub(crate) fn add(&mut self, path: &str, line: usize, what: &str, hint: &str) {
        self.found.push(Finding {
            path: path.to_owned(),
            line,
            text: format!("{what}; {hint}"),
        });
    }

    /// Adds a finding about a list entry that `tidy --tighten` can replace or, with `None`, remove.
    pub(crate) fn add_slack(
        &mut self,
        path: &str,
        line: usize,
        what: &str,
        replacement: Option<String>,
    ) {
        self.add(path, line, what, "`cargo xtask tidy --tighten` does it");
        self.tightenings.push(Tightening {
            path: path.to_owned(),
            line,
            replacement,
        });
    }

    pub(crate) fn len(&self) -> usize {
        self.found.len()
    }

    /// One line of text for each finding, in order of path and line.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut sorted: Vec<&Finding> = self.found.iter().collect();
        sorted.sort();
        sorted
            .iter()
            .map(|f| format!("{}:{}: {}", f.path, f.line, f.text))
            .collect()
    }

    /// The lists that can be shortened, with their new text.
    pub(crate) fn tightened(&self, tree: &Tree) -> BTreeMap<String, String> {
        let mut lists: BTreeMap<String, Vec<Option<String>>> = BTreeMap::new();
        for tightening in &self.tightenings {
            let Some(text) = tree.text(&tightening.path) else {
                continue;
            };
            let lines = lists
                .entry(tightening.path.clone())
                .or_insert_with(|| text.lines().map(|line| Some(line.to_owned())).collect());
            lines[tightening.line - 1].clone_from(&tightening.replacement);
        }
        lists
            .into_iter()
            .map(|(path, lines)| {
                let kept = lines.into_iter().flatten();
                (path, kept.map(|line| line + "\n").collect())
            })
            .collect()
    }
}
