//! Nothing in the repository names the place where it was made or a package registry: it has to build
//! anywhere, with whatever registry the builder's own client uses.

use crate::tidy::finding::Findings;
use crate::tidy::tree::Tree;

/// Written in halves, so that this file does not contain them.
const PLACES: [&str; 2] = [concat!("/wo", "rk/"), concat!("../sha", "red")];
const REGISTRIES: [&str; 9] = [
    concat!("crates", ".io"),
    concat!("rsproxy", ".cn"),
    concat!("npmjs", ".org"),
    concat!("npmjs", ".com"),
    concat!("npmmirror", ".com"),
    concat!("yarnpkg", ".com"),
    concat!("pypi", ".org"),
    concat!("pythonhosted", ".org"),
    concat!("proxy.golang", ".org"),
];
/// Cargo writes it and names its registry there.
const LOCK_FILE: &str = "Cargo.lock";

/// Looks at every text file.
pub(crate) fn check(tree: &Tree, findings: &mut Findings) {
    for (path, text) in tree.texts() {
        for place in PLACES {
            look(path, text, place, "describe it without the place", findings);
        }
        if path.rsplit('/').next() != Some(LOCK_FILE) {
            for registry in REGISTRIES {
                look(
                    path,
                    text,
                    registry,
                    "leave the registry to the client",
                    findings,
                );
            }
        }
    }
}

fn look(path: &str, text: &str, needle: &str, hint: &str, findings: &mut Findings) {
    for (offset, _) in text.match_indices(needle) {
        let line = text[..offset].matches('\n').count() + 1;
        findings.add(path, line, &format!("`{needle}`"), hint);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registries_and_places_are_found() {
        let registry = format!("a\nsee {}\n", REGISTRIES[2]);
        let place = format!("cd {}main\n", PLACES[0]);
        let mut findings = Findings::default();
        let tree = Tree::of(&[
            ("a.md", &registry),
            ("bench/Cargo.lock", &registry),
            ("b.sh", &place),
            ("c.html", "href=\"/worklist/\""),
        ]);
        check(&tree, &mut findings);
        assert_eq!(
            findings.lines(),
            [
                format!(
                    "a.md:2: `{}`; leave the registry to the client",
                    REGISTRIES[2]
                ),
                format!("b.sh:1: `{}`; describe it without the place", PLACES[0]),
            ]
        );
    }
}
