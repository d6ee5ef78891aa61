//! Vendored assets are what the manifest says, byte by byte, at the versions that xtask pins.

use crate::sha256;
use crate::tidy::finding::Findings;
use crate::tidy::tree::Tree;
use crate::vendor::manifest::{self, Asset};
use crate::vendor::packages::{FOLDERS, PACKAGES, PAGES};
use crate::vendor::{ICON_NAMES, sprite};
use std::collections::BTreeSet;

const HINT: &str = "run `cargo xtask vendor`; vendored files are never edited";

/// Compares the manifest with the files and with the pinned versions, and the icons with their list.
pub(crate) fn check(tree: &Tree, findings: &mut Findings) {
    for folder in FOLDERS {
        check_folder(tree, folder, findings);
    }
    check_icons(tree, findings);
}

fn check_folder(tree: &Tree, folder: &str, findings: &mut Findings) {
    let manifest_path = format!("{folder}{}", manifest::NAME);
    let mut listed = BTreeSet::from([manifest_path.clone()]);
    for (line, asset) in manifest::read(tree.text(&manifest_path).unwrap_or_default()) {
        for what in problems(tree, folder, &asset) {
            findings.add(&manifest_path, line, &what, HINT);
        }
        listed.insert(format!("{folder}{}", asset.file));
    }
    for path in tree.paths().filter(|path| path.starts_with(folder)) {
        if !listed.contains(path) {
            findings.add(path, 1, "not in the manifest", HINT);
        }
    }
}

fn problems(tree: &Tree, folder: &str, asset: &Asset) -> Vec<String> {
    let mut problems = Vec::new();
    match tree.bytes(&format!("{folder}{}", asset.file)) {
        None => problems.push(format!("{} does not exist", asset.file)),
        Some(bytes) if sha256::hex(bytes) != asset.sha256 => {
            problems.push(format!("{} is not what was fetched", asset.file));
        }
        Some(_) => {}
    }
    let pinned = PACKAGES
        .iter()
        .find(|p| p.name == asset.package && p.folder == folder);
    if pinned.is_none_or(|pinned| pinned.version != asset.version) {
        let (package, version) = (&asset.package, &asset.version);
        problems.push(format!("{package} is not pinned at {version}"));
    }
    problems
}

fn check_icons(tree: &Tree, findings: &mut Findings) {
    let list = tree.text(ICON_NAMES).unwrap_or_default();
    let sprite = tree.text(&format!("{PAGES}icons.svg")).unwrap_or_default();
    let listed: BTreeSet<&str> = sprite::names(list).collect();
    let drawn: BTreeSet<&str> = sprite::symbols(sprite).collect();
    for name in listed.symmetric_difference(&drawn) {
        let what = format!("the icon `{name}` is not both listed and drawn");
        findings.add(ICON_NAMES, 1, &what, HINT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST_OF_A: &str = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";

    fn check_files(digest: &str, files: &[(&str, &str)]) -> Vec<String> {
        let (package, version) = (PACKAGES[0].name, PACKAGES[0].version);
        let manifest = format!(
            "[[asset]]\npackage = \"{package}\"\nversion = \"{version}\"\nfile = \"a.js\"\nsha256 = \"{digest}\"\n"
        );
        let path = format!("{PAGES}manifest.toml");
        let mut all = vec![(path.as_str(), manifest.as_str())];
        all.extend(files);
        let mut findings = Findings::default();
        check(&Tree::of(&all), &mut findings);
        findings.lines()
    }

    #[test]
    fn the_manifest_and_the_files_agree() {
        let a = ("crates/web/assets/vendor/a.js", "a");
        let b = ("crates/web/assets/vendor/licences/b.txt", "b");
        assert_eq!(check_files(DIGEST_OF_A, &[a]), [""; 0]);
        for (digest, files, what) in [
            ("00", vec![a], "a.js is not what was fetched"),
            (DIGEST_OF_A, vec![], "a.js does not exist"),
            (DIGEST_OF_A, vec![a, b], "b.txt:1: not in the manifest"),
            (
                DIGEST_OF_A,
                vec![a, (ICON_NAMES, "home\n")],
                "the icon `home` is not both listed and drawn",
            ),
        ] {
            let lines = check_files(digest, &files);
            assert_eq!(lines.len(), 1, "{lines:?}");
            assert!(lines[0].contains(what), "{lines:?}");
        }
    }
}
