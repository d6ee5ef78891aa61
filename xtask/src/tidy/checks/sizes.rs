//! Sizes of files and functions. What is larger today stands in `exceptions/file-lines.txt` and
//! `exceptions/function-lines.txt`.

use crate::tidy::finding::Findings;
use crate::tidy::ratchet::{Measure, Ratchet};
use crate::tidy::tree::Tree;

/// Nine files in ten of the web applications that read best are shorter.
const FILE_LINES_MAX: usize = 400;
/// A screenful.
const FUNCTION_LINES_MAX: usize = 70;

/// Counts lines.
pub(crate) fn check(tree: &Tree, findings: &mut Findings) {
    let mut files = Ratchet::open(tree, "file-lines", Measure::Largest, FILE_LINES_MAX);
    let mut functions = Ratchet::open(tree, "function-lines", Measure::Largest, FUNCTION_LINES_MAX);
    for file in tree.rust() {
        let what = format!("{} lines in a file", file.lines);
        let hint = "divide it by what its parts are for";
        files.see(file.path.clone(), file.lines, (&file.path, 1), what, hint);
        for function in file.functions() {
            let subject = format!("{}::{}", file.path, function.name);
            let what = format!("{} lines in `{}`", function.lines, function.name);
            let place = (file.path.as_str(), function.line);
            functions.see(subject, function.lines, place, what, "give its steps names");
        }
    }
    files.close(findings);
    functions.close(findings);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_files_and_functions_are_found() {
        let long = format!(
            "fn long() {{\n{}}}\n",
            "x();\n".repeat(FUNCTION_LINES_MAX - 1)
        );
        let fits = format!(
            "fn fits() {{\n{}}}\n",
            "x();\n".repeat(FUNCTION_LINES_MAX - 2)
        );
        let file = "\n".repeat(FILE_LINES_MAX + 1);
        let mut findings = Findings::default();
        let tree = Tree::of(&[("a.rs", &long), ("b.rs", &fits), ("c.rs", &file)]);
        check(&tree, &mut findings);
        assert_eq!(
            findings.lines(),
            [
                "a.rs:1: 71 lines in `long` (at most 70 here); give its steps names",
                "c.rs:1: 401 lines in a file (at most 400 here); divide it by what its parts are for",
            ]
        );
    }
}
