//! Rule packs, questionnaires and calendars are kept clean: they are compared byte by byte.

use crate::tidy::finding::Findings;
use crate::tidy::tree::Tree;

const FOLDERS: [&str; 4] = ["calendars/", "messages/", "questionnaires/", "rulepacks/"];

/// Looks for tabs and the last newline.
pub(crate) fn check(tree: &Tree, findings: &mut Findings) {
    for (path, text) in FOLDERS.iter().flat_map(|folder| tree.below(folder, "")) {
        for (index, line) in text.lines().enumerate() {
            if line.contains('\t') {
                findings.add(path, index + 1, "a tab", "indent with spaces");
            }
        }
        if !text.ends_with('\n') {
            let last = text.lines().count().max(1);
            findings.add(path, last, "no newline at the end", "add one");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_and_open_ends_are_found() {
        let mut findings = Findings::default();
        let tree = Tree::of(&[
            ("calendars/a.toml", "a = 1\n"),
            ("questionnaires/b.toml", "a = 1\n\tb = 2"),
            ("docs/c.toml", "\t"),
        ]);
        check(&tree, &mut findings);
        assert_eq!(
            findings.lines(),
            [
                "questionnaires/b.toml:2: a tab; indent with spaces",
                "questionnaires/b.toml:2: no newline at the end; add one",
            ]
        );
    }
}
