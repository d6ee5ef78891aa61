//! Features are folders with the same name in each crate, and use only features to their left.
//!
//! The table is `xtask/tidy/features.txt`; uses that break the order stand in `exceptions/uses.txt`.

use crate::tidy::finding::Findings;
use crate::tidy::ratchet::{Measure, Ratchet};
use crate::tidy::rust::{RustFile, closing, first_word};
use crate::tidy::tree::Tree;
use std::collections::{BTreeMap, BTreeSet};

const TABLE: &str = "xtask/tidy/features.txt";
const CRATES: [&str; 4] = ["domain", "store", "app", "web"];
/// The line of the table that names the features, in order.
const ORDER: &str = "features";

/// What `features.txt` says.
struct Table<'a> {
    features: Vec<&'a str>,
    /// (crate, module) with the line that allows it.
    infrastructure: BTreeMap<(&'a str, &'a str), usize>,
}

/// Names of folders, and the order of uses.
pub(crate) fn check(tree: &Tree, findings: &mut Findings) {
    let table = read(tree.text(TABLE).unwrap_or_default(), findings);
    let mut seen = BTreeSet::new();
    let mut uses = Ratchet::open(tree, "uses", Measure::Largest, 0);
    for file in tree.rust() {
        let Some((krate, module)) = place(file) else {
            continue;
        };
        seen.insert((krate, module));
        if let Some(feature) = table.position(module) {
            note_uses(&table, file, (krate, feature), &mut uses);
        } else if !table.infrastructure.contains_key(&(krate, module)) {
            let what = format!("`{module}` is no feature and no infrastructure of `{krate}`");
            findings.add(&file.path, 1, &what, "see xtask/tidy/features.txt");
        }
    }
    uses.close(findings);
    for ((krate, module), line) in &table.infrastructure {
        if !seen.contains(&(*krate, *module)) {
            let what = format!("`{krate}` has no module `{module}`");
            findings.add(TABLE, *line, &what, "take it off the list");
        }
    }
}

/// Crate and top module of a file below `src` of a crate with features.
fn place(file: &RustFile) -> Option<(&str, &str)> {
    let krate = file.crate_name().filter(|name| CRATES.contains(name))?;
    let inner = file
        .path
        .strip_prefix("crates/")?
        .strip_prefix(krate)?
        .strip_prefix("/src/")?;
    let module = inner.split('/').next()?;
    let module = module.strip_suffix(".rs").unwrap_or(module);
    (module != "lib").then_some((krate, module))
}

fn note_uses(
    table: &Table<'_>,
    file: &RustFile,
    (krate, feature): (&str, usize),
    uses: &mut Ratchet<'_>,
) {
    for (used, offset) in used_modules(file) {
        if table.position(used).is_some_and(|other| other > feature) {
            let user = table.features[feature];
            let what = format!("`{user}` uses `{used}`, which stands to its right");
            uses.see(
                format!("{krate}: {user} -> {used}"),
                1,
                (&file.path, file.line(offset)),
                what,
                "use features to the left only, see xtask/tidy/features.txt",
            );
        }
    }
}

/// The modules that paths beginning with `crate::` name, groups included.
fn used_modules(file: &RustFile) -> Vec<(&str, usize)> {
    let mut modules = Vec::new();
    for offset in file.find("crate::") {
        let rest = &file.code[offset + "crate::".len()..];
        if rest.starts_with('{') {
            let group = &rest[1..closing(rest).unwrap_or(rest.len()) - 1];
            modules.extend(group_heads(group).map(|head| (head, offset)));
        } else {
            modules.push((first_word(rest), offset));
        }
    }
    modules
}

/// The first words of the elements of a `use` group, nested groups left out.
fn group_heads(group: &str) -> impl Iterator<Item = &str> {
    let mut nested = 0;
    let elements = group.split(move |letter| {
        match letter {
            '{' => nested += 1,
            '}' => nested -= 1,
            _ => {}
        }
        letter == ',' && nested == 0
    });
    elements.map(|element| first_word(element.trim_start()))
}

impl Table<'_> {
    fn position(&self, module: &str) -> Option<usize> {
        self.features.iter().position(|feature| *feature == module)
    }
}

fn read<'a>(text: &'a str, findings: &mut Findings) -> Table<'a> {
    let mut table = Table {
        features: Vec::new(),
        infrastructure: BTreeMap::new(),
    };
    for (index, line) in text.lines().enumerate() {
        let entry = line.split('#').next().unwrap_or_default().trim();
        let Some((head, names)) = entry.split_once(':') else {
            if !entry.is_empty() {
                findings.add(TABLE, index + 1, "no colon", "write `CRATE: MODULE …`");
            }
            continue;
        };
        let names = names.split_whitespace();
        if head == ORDER {
            table.features.extend(names);
        } else if CRATES.contains(&head) {
            let allowed = names.map(|name| ((head, name), index + 1));
            table.infrastructure.extend(allowed);
        } else {
            findings.add(
                TABLE,
                index + 1,
                "no crate with features",
                "see CRATES in the check",
            );
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDERED: &str = "features: access customers policies\ndomain: money  # a type\n";

    fn check_files(files: &[(&str, &str)]) -> Vec<String> {
        let mut all = vec![(TABLE, ORDERED), ("crates/domain/src/money.rs", "")];
        all.extend(files);
        let mut findings = Findings::default();
        check(&Tree::of(&all), &mut findings);
        findings.lines()
    }

    #[test]
    fn only_features_and_listed_modules_may_exist() {
        assert_eq!(check_files(&[("crates/web/src/access.rs", "")]), [""; 0]);
        assert_eq!(
            check_files(&[("crates/rules/src/anything.rs", "")]),
            [""; 0]
        );
        let path = "crates/web/src/money/mod.rs";
        assert_eq!(
            check_files(&[(path, "")]),
            [format!(
                "{path}:1: `money` is no feature and no infrastructure of `web`; see {TABLE}"
            )]
        );
    }

    #[test]
    fn a_listed_module_must_exist() {
        let mut findings = Findings::default();
        check(&Tree::of(&[(TABLE, ORDERED)]), &mut findings);
        assert_eq!(
            findings.lines(),
            [format!(
                "{TABLE}:2: `domain` has no module `money`; take it off the list"
            )]
        );
    }

    #[test]
    fn uses_go_left() {
        let path = "crates/domain/src/customers/mod.rs";
        for (code, right) in [
            ("use crate::access::Actor;", false),
            ("use crate::policies::Policy;", true),
            ("fn f(p: crate::policies::Policy) {}", true),
            ("use crate::{money::Fen, policies::{Policy, access}};", true),
            ("use crate::{access::{policies, x}, customers};", false),
            ("use super::super::policies;", false),
            ("// crate::policies", false),
        ] {
            let lines = check_files(&[(path, code)]);
            assert_eq!(!lines.is_empty(), right, "{code}: {lines:?}");
        }
    }

    #[test]
    fn an_exception_lets_a_use_pass_while_it_is_needed() {
        let list = "xtask/tidy/exceptions/uses.txt";
        let files = [(list, "domain: customers -> policies  # today\n")];
        let path = "crates/domain/src/customers/mod.rs";
        let used = [
            files[0],
            (path, "use crate::policies;\nuse crate::policies;"),
        ];
        assert_eq!(check_files(&used), [""; 0]);
        let lines = check_files(&[files[0], (path, "")]);
        assert!(
            lines[0].contains("needs no exception any more"),
            "{lines:?}"
        );
    }
}
