//! `docs/requirements.csv` lists every requirement once, and what is called done has a place and a test.

use crate::tidy::finding::Findings;
use crate::tidy::tree::Tree;
use std::collections::BTreeMap;

const CSV: &str = "docs/requirements.csv";
const HEADER: &str = "id,status,where,test";
const HINT: &str = "columns are id,status,where,test; several places are divided by semicolons";

/// Chapters of the specification, in order, with the number of the last requirement of each.
const CHAPTERS: [(&str, usize); 23] = [
    ("GEN", 11),
    ("CUS", 17),
    ("SEG", 13),
    ("SVC", 12),
    ("CPL", 15),
    ("REL", 7),
    ("FBK", 7),
    ("RSK", 11),
    ("CBK", 63),
    ("PSV", 15),
    ("TKT", 16),
    ("QST", 16),
    ("VIS", 11),
    ("LTR", 8),
    ("SRV", 11),
    ("QLT", 20),
    ("RPT", 12),
    ("TRN", 8),
    ("SEC", 10),
    ("ORG", 12),
    ("INT", 10),
    ("RET", 5),
    ("GOV", 7),
];

/// Reads the list.
pub(crate) fn check(tree: &Tree, findings: &mut Findings) {
    let Some(text) = tree.text(CSV) else {
        findings.add(CSV, 1, "is missing", "it lists every requirement");
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
        let [id, status, places, tests] = cells.as_slice() else {
            findings.add(CSV, number, "not four cells", HINT);
            continue;
        };
        if listed.insert(id.clone(), number).is_some() {
            findings.add(CSV, number, &format!("{id} is listed twice"), "keep one");
        }
        for problem in problems(tree, status, places, tests) {
            findings.add(CSV, number, &format!("{id}: {problem}"), HINT);
        }
    }
    for id in ids() {
        if listed.remove(&id).is_none() {
            findings.add(CSV, 1, &format!("{id} is missing"), "add its row");
        }
    }
    for (id, line) in listed {
        let what = format!("{id} is no requirement");
        findings.add(CSV, line, &what, "see the specification");
    }
}

fn ids() -> impl Iterator<Item = String> {
    CHAPTERS
        .iter()
        .flat_map(|(chapter, last)| (1..=*last).map(move |number| format!("{chapter}-{number:02}")))
}

fn problems(tree: &Tree, status: &str, places: &str, tests: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let (needs_place, needs_test) = match status {
        "open" => (false, false),
        "partial" => (true, false),
        "done" => (true, true),
        _ => {
            problems.push(format!("`{status}` is not open, partial or done"));
            (false, false)
        }
    };
    if needs_place && places.is_empty() {
        problems.push(format!("{status}, but no place"));
    }
    if needs_test && tests.is_empty() {
        problems.push(format!("{status}, but no test"));
    }
    for place in list(places).filter(|place| !tree.exists(place)) {
        problems.push(format!("{place} does not exist"));
    }
    problems.extend(list(tests).filter_map(|test| test_problem(tree, test)));
    problems
}

/// A test is `path::name`; in Rust the name is that of a function, elsewhere words in the file.
pub(super) fn test_problem(tree: &Tree, test: &str) -> Option<String> {
    let Some((path, name)) = test.split_once("::") else {
        return Some(format!("`{test}` is not of the form path::name"));
    };
    let Some(text) = tree.text(path) else {
        return Some(format!("{path} does not exist"));
    };
    let name = name.rsplit("::").next().unwrap_or(name);
    let found = match tree.rust().iter().find(|file| file.path == path) {
        Some(file) => !file.find(&format!("fn {name}")).is_empty(),
        None => text.contains(name),
    };
    (!found).then(|| format!("{path} has no test `{name}`"))
}

pub(super) fn list(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(';')
        .map(str::trim)
        .filter(|item| !item.is_empty())
}

/// The cells of a line; quotes may surround one.
pub(super) fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            _ => {
                if let Some(cell) = cells.last_mut() {
                    cell.push(letter);
                }
            }
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The findings of a list in which the first requirement has this row.
    fn check_row(row: &str) -> Vec<String> {
        let others = ids().skip(1).map(|id| format!("{id},open,,\n"));
        let csv = format!("{HEADER}\n{row}\n{}", others.collect::<String>());
        let mut findings = Findings::default();
        let tree = Tree::of(&[
            (CSV, &csv),
            ("crates/a/src/b.rs", "//! fn commented\nfn tested() {}"),
            ("rulepacks/a.toml", "name = \"the day after\""),
        ]);
        check(&tree, &mut findings);
        findings.lines()
    }

    #[test]
    fn there_are_317_requirements() {
        assert_eq!(ids().count(), 317);
    }

    #[test]
    fn a_status_needs_its_proof() {
        for (row, problem) in [
            ("GEN-01,open,,", ""),
            ("GEN-01,partial,crates/a/src,", ""),
            ("GEN-01,done,crates/a,crates/a/src/b.rs::tested", ""),
            (
                "GEN-01,done,crates/a; rulepacks,crates/a/src/b.rs::tests::tested",
                "",
            ),
            (
                "GEN-01,done,rulepacks,\"rulepacks/a.toml::the day after\"",
                "",
            ),
            (
                "GEN-01,ready,,",
                "GEN-01: `ready` is not open, partial or done",
            ),
            ("GEN-01,partial,,", "GEN-01: partial, but no place"),
            (
                "GEN-01,partial,crates/c,",
                "GEN-01: crates/c does not exist",
            ),
            ("GEN-01,done,crates/a,", "GEN-01: done, but no test"),
            (
                "GEN-01,done,crates/a,tested",
                "GEN-01: `tested` is not of the form path::name",
            ),
            (
                "GEN-01,done,crates/a,crates/c.rs::tested",
                "GEN-01: crates/c.rs does not exist",
            ),
            (
                "GEN-01,done,crates/a,crates/a/src/b.rs::commented",
                "GEN-01: crates/a/src/b.rs has no test `commented`",
            ),
            ("GEN-01,done", "not four cells"),
        ] {
            let lines = check_row(row);
            match problem {
                "" => assert_eq!(lines, [""; 0], "{row}"),
                _ => assert!(
                    lines.iter().any(|l| l.contains(problem)),
                    "{row}: {lines:?}"
                ),
            }
        }
    }

    #[test]
    fn every_requirement_is_listed_once() {
        let lines = check_row("GEN-02,open,,");
        assert_eq!(
            lines,
            [
                format!("{CSV}:1: GEN-01 is missing; add its row"),
                format!("{CSV}:3: GEN-02 is listed twice; keep one"),
            ]
        );
        let lines = check_row("GEN-12,open,,");
        assert_eq!(lines.len(), 2, "{lines:?}");
    }
}
