//! `docs/conflicts.csv` lists every conflict between the source documents once, each with its resolution and a
//! test that shows it.

use super::requirements::{cells, list, test_problem};
use crate::tidy::finding::Findings;
use crate::tidy::tree::Tree;
use std::collections::BTreeMap;

const CSV: &str = "docs/conflicts.csv";
const HEADER: &str = "id,conflict,resolution,test";
const HINT: &str =
    "columns are id,conflict,resolution,test; several tests are divided by semicolons";
/// Number of the last conflict of the specification.
const LAST: usize = 32;

/// Reads the list.
pub(crate) fn check(tree: &Tree, findings: &mut Findings) {
    let Some(text) = tree.text(CSV) else {
        findings.add(CSV, 1, "is missing", "it lists every conflict");
        return;
    };
    let mut lines = text.lines();
    if lines.next() != Some(HEADER) {
        findings.add(CSV, 1, "other columns", HINT);
    }
    let mut listed = BTreeMap::new();
    for (index, line) in lines.enumerate() {
        let number = index + 2;
        let cells = cells(line);
        let [id, conflict, resolution, tests] = cells.as_slice() else {
            findings.add(CSV, number, "not four cells", HINT);
            continue;
        };
        if listed.insert(id.clone(), number).is_some() {
            findings.add(CSV, number, &format!("{id} is listed twice"), "keep one");
        }
        if conflict.is_empty() || resolution.is_empty() || tests.is_empty() {
            findings.add(CSV, number, &format!("{id}: an empty cell"), HINT);
        }
        for problem in list(tests).filter_map(|test| test_problem(tree, test)) {
            findings.add(CSV, number, &format!("{id}: {problem}"), HINT);
        }
    }
    for id in (1..=LAST).map(|number| format!("C-{number:02}")) {
        if listed.remove(&id).is_none() {
            findings.add(CSV, 1, &format!("{id} is missing"), "add its row");
        }
    }
    for (id, line) in listed {
        let what = format!("{id} is no conflict");
        findings.add(CSV, line, &what, "see the specification");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The findings of a list in which the first conflict has this row.
    fn check_row(row: &str) -> Vec<String> {
        let rows = (2..=LAST).map(|n| format!("C-{n:02},a,b,crates/a/src/b.rs::tested\n"));
        let csv = format!("{HEADER}\n{row}\n{}", rows.collect::<String>());
        let mut findings = Findings::default();
        let tree = Tree::of(&[(CSV, &csv), ("crates/a/src/b.rs", "//! x\nfn tested() {}")]);
        check(&tree, &mut findings);
        findings.lines()
    }

    #[test]
    fn every_conflict_names_its_test() {
        let good = "C-01,\"words, two\",both,crates/a/src/b.rs::tested";
        assert_eq!(check_row(good), [""; 0]);
        for (row, problem) in [
            ("C-01,words,both,", "C-01: an empty cell"),
            ("C-01,words,both", "not four cells"),
            (
                "C-33,words,both,crates/a/src/b.rs::tested",
                "C-33 is no conflict",
            ),
            (
                "C-33,words,both,crates/a/src/b.rs::tested",
                "C-01 is missing",
            ),
            (
                "C-02,words,both,crates/a/src/b.rs::tested",
                "C-02 is listed twice",
            ),
            (
                "C-01,words,both,crates/a/src/b.rs::gone",
                "crates/a/src/b.rs has no test `gone`",
            ),
        ] {
            let lines = check_row(row);
            assert!(
                lines.iter().any(|l| l.contains(problem)),
                "{row}: {lines:?}"
            );
        }
    }
}
