//! A test of the repository itself. Each check is a pure function from the files to findings.
//!
//! Findings read `path:line: what; hint`. What cannot be put right today stands in a list under
//! `xtask/tidy/exceptions`, each entry with its present number as a ceiling (see [`ratchet`]).

mod checks;
mod finding;
mod fluent;
mod ratchet;
mod rust;
mod tree;

use checks::{
    assets, borders, calls, conflicts, data_files, documents, features, headers, leaks, locales,
    packs, places, requirements, sizes,
};
use finding::Findings;
use std::path::Path;
use std::process::ExitCode;
use tree::Tree;

/// Looks at the files and writes down what is wrong.
type Check = fn(&Tree, &mut Findings);

const CHECKS: [Check; 14] = [
    features::check,
    borders::check,
    places::check,
    calls::check,
    headers::check,
    sizes::check,
    locales::check,
    requirements::check,
    conflicts::check,
    documents::check,
    assets::check,
    data_files::check,
    packs::check,
    leaks::check,
];

/// Runs every check and prints what was found.
pub(crate) fn run(root: &Path) -> Result<ExitCode, String> {
    let tree = Tree::read(root)?;
    let findings = look(&tree);
    for line in findings.lines() {
        crate::say(&format!("{line}\n"));
    }
    let (files, count) = (tree.len(), findings.len());
    if count == 0 {
        crate::complain(&format!("tidy: {files} files, nothing found\n"));
        return Ok(ExitCode::SUCCESS);
    }
    crate::complain(&format!("tidy: {files} files, {count} findings\n"));
    Ok(ExitCode::FAILURE)
}

/// Lowers ceilings and removes entries that are not needed any more. Never adds or raises one.
pub(crate) fn tighten(root: &Path) -> Result<(), String> {
    let tree = Tree::read(root)?;
    for (path, text) in look(&tree).tightened(&tree) {
        std::fs::write(root.join(&path), text).map_err(|error| format!("{path}: {error}"))?;
        crate::complain(&format!("tightened {path}\n"));
    }
    Ok(())
}

fn look(tree: &Tree) -> Findings {
    let mut findings = Findings::default();
    for check in CHECKS {
        check(tree, &mut findings);
    }
    findings
}
