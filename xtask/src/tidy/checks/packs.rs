//! A rule pack that was shipped is never edited in place: installations hold its text, and take a changed one under a
//! new version alone.

use crate::sha256;
use crate::tidy::finding::Findings;
use crate::tidy::tree::Tree;
use crate::toml;
use std::collections::BTreeMap;

const CSV: &str = "xtask/tidy/packs.csv";
const HEADER: &str = "file,version,sha256";

/// Compares every pack with what was written down of its version.
pub(crate) fn check(tree: &Tree, findings: &mut Findings) {
    let listed = tree.text(CSV).unwrap_or_default();
    let mut known = BTreeMap::new();
    for (index, line) in listed.lines().enumerate() {
        let cells: Vec<_> = line.split(',').collect();
        match cells.as_slice() {
            _ if index == 0 && line == HEADER => {}
            [file, version, hash] if known.insert((*file, *version), *hash).is_none() => {}
            _ => findings.add(CSV, index + 1, "no new version of a pack", HEADER),
        }
    }
    for (path, text) in tree.below("rulepacks/", ".toml") {
        let entries = toml::entries(text);
        let version = entries
            .iter()
            .find(|e| e.table == "pack" && e.key == "version");
        let Some(version) = version else { continue };
        let hash = sha256::hex(text.as_bytes());
        match known.get(&(path, version.value)) {
            Some(was) if *was == hash => {}
            Some(_) => {
                let what = format!("version {} was shipped with another text", version.value);
                findings.add(path, version.line, &what, "give it the next version");
            }
            None => {
                let hint = format!("when it is complete: {path},{},{hash}", version.value);
                findings.add(CSV, 1, &format!("{path} is missing"), &hint);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(listed: &str, text: &str) -> Vec<String> {
        let tree = Tree::of(&[(CSV, listed), ("rulepacks/company/a.toml", text)]);
        let mut findings = Findings::default();
        check(&tree, &mut findings);
        findings.lines()
    }

    #[test]
    fn a_changed_text_needs_a_new_version() {
        let (one, other) = ("[pack]\nversion = 1\n", "[pack]\nversion = 1\n\n");
        let hash = sha256::hex(one.as_bytes());
        let listed = format!("{HEADER}\nrulepacks/company/a.toml,1,{hash}\n");
        assert_eq!(found(&listed, one), [""; 0]);
        assert!(found(&listed, other)[0].contains("rulepacks/company/a.toml:2: version 1 was"));
        let next = "[pack]\nversion = 2\n";
        assert!(found(&listed, next)[0].contains("rulepacks/company/a.toml,2,"));
        let twice = format!("{listed}rulepacks/company/a.toml,1,{hash}\n");
        assert!(found(&twice, one)[0].contains("packs.csv:3: no new version"));
    }
}
