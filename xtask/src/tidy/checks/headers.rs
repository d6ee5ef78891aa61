//! Every Rust file says at its top what it is for.

use crate::tidy::finding::Findings;
use crate::tidy::tree::Tree;

/// Looks at first lines.
pub(crate) fn check(tree: &Tree, findings: &mut Findings) {
    for file in tree.rust() {
        let said = file.first_line.strip_prefix("//!").map(str::trim);
        if said.is_none_or(str::is_empty) {
            let hint = "begin with `//! What this file is for.`";
            findings.add(&file.path, 1, "no header", hint);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_begins_with_what_it_is_for() {
        for (text, found) in [("//! Things.\n", 0), ("//!\n", 1), ("use x;\n", 1), ("", 1)] {
            let mut findings = Findings::default();
            check(&Tree::of(&[("a.rs", text)]), &mut findings);
            assert_eq!(findings.len(), found, "{text}");
        }
    }
}
