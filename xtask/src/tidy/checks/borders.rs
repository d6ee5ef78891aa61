//! Borders between crates, as their manifests draw them (ARCHITECTURE.md, code map).

use crate::tidy::finding::Findings;
use crate::tidy::tree::Tree;
use crate::toml::{self, Entry};

/// Our own crates, by the names they have in manifests.
const OURS: [&str; 8] = [
    "app",
    "domain",
    "migration",
    "rules",
    "server",
    "store",
    "testkit",
    "web",
];

/// What a crate may depend on, tests apart.
enum Border {
    /// Nothing but these.
    Only(&'static [&'static str]),
    /// Anything but these.
    Never(&'static [&'static str]),
}

const BORDERS: [(&str, Border, &str); 7] = [
    (
        "crates/domain",
        Border::Only(&["chrono", "pinyin", "thiserror", "uuid"]),
        "decisions are pure: no I/O, no serde, no chance",
    ),
    (
        "crates/rules",
        Border::Never(&[
            "app",
            "axum",
            "domain",
            "migration",
            "rusqlite",
            "sea-orm",
            "server",
            "sqlx",
            "store",
            "tokio",
            "web",
        ]),
        "rules know no I/O and no insurance word",
    ),
    (
        "crates/migration",
        Border::Never(&OURS),
        "the schema's history must not change with our code",
    ),
    (
        "crates/store",
        Border::Never(&["app", "askama", "axum", "server", "web"]),
        "the store does not know who asks",
    ),
    (
        "crates/app",
        Border::Never(&[
            "askama", "axum", "rusqlite", "sea-orm", "server", "sqlx", "web",
        ]),
        "use cases hold no SQL, HTTP or HTML",
    ),
    (
        "crates/web",
        Border::Never(&["rusqlite", "sea-orm", "server", "sqlx"]),
        "pages ask use cases, never the database",
    ),
    ("xtask", Border::Only(&[]), "xtask is standard library only"),
];

/// A test helper that no shipped code may contain.
const TEST_ONLY: &str = "testkit";

/// Reads every manifest.
pub(crate) fn check(tree: &Tree, findings: &mut Findings) {
    for (path, text) in tree.below("", "Cargo.toml") {
        let folder = path.strip_suffix("/Cargo.toml").unwrap_or_default();
        for entry in toml::entries(text) {
            let Some((kind, name)) = dependency(&entry) else {
                continue;
            };
            let shipped = kind != "dev-dependencies";
            if name == TEST_ONLY && shipped && folder.starts_with("crates/") {
                let hint = "make it a dev-dependency";
                findings.add(path, entry.line, "testkit is for tests", hint);
            }
            for (guarded, border, reason) in &BORDERS {
                if *guarded == folder && !border.admits(guarded, name, shipped) {
                    let what = format!("{guarded} must not depend on `{name}`");
                    findings.add(path, entry.line, &what, reason);
                }
            }
        }
    }
}

impl Border {
    fn admits(&self, folder: &str, name: &str, shipped: bool) -> bool {
        match self {
            // Tests of most crates may use more; those of xtask and migration may not.
            Self::Only(names) => names.contains(&name) || (!shipped && folder != "xtask"),
            Self::Never(names) => {
                !names.contains(&name) || (!shipped && folder != "crates/migration")
            }
        }
    }
}

/// Kind and name of the dependency that an entry states.
fn dependency<'a>(entry: &Entry<'a>) -> Option<(&'a str, &'a str)> {
    if entry.table.starts_with("workspace") {
        return None;
    }
    let kinds = ["dependencies", "dev-dependencies", "build-dependencies"];
    let table = entry.table;
    // `[target.….dependencies]`, `[dependencies]`, `[dependencies.name]`
    let (head, last) = table.rsplit_once('.').unwrap_or(("", table));
    if kinds.contains(&last) {
        let name =
            renamed(entry.value).unwrap_or_else(|| entry.key.split('.').next().unwrap_or_default());
        return Some((last, unprefixed(name)));
    }
    let kind = head.rsplit('.').next().unwrap_or_default();
    let names_it = ["version", "workspace", "path", "git", "package"].contains(&entry.key);
    (kinds.contains(&kind) && names_it).then(|| {
        let name = if entry.key == "package" {
            entry.text()
        } else {
            last
        };
        (kind, unprefixed(name))
    })
}

/// The name in `{ package = "name", … }`.
fn renamed(value: &str) -> Option<&str> {
    let (_, after) = value.split_once("package")?;
    after.split('"').nth(1)
}

fn unprefixed(name: &str) -> &str {
    name.strip_prefix("huifang-").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_manifest(path: &str, text: &str) -> usize {
        let mut findings = Findings::default();
        check(&Tree::of(&[(path, text)]), &mut findings);
        findings.len()
    }

    #[test]
    fn borders_hold_however_a_dependency_is_written() {
        for (path, text, found) in [
            (
                "crates/domain",
                "[dependencies]\nchrono.workspace = true",
                0,
            ),
            ("crates/domain", "[dependencies]\nserde.workspace = true", 1),
            ("crates/domain", "[dev-dependencies]\nproptest = \"1\"", 0),
            ("crates/domain", "[package]\nserde = 1", 0),
            (
                "crates/app",
                "[dependencies]\norm = { package = \"sea-orm\", version = \"2\" }",
                1,
            ),
            ("crates/app", "[dependencies.sqlx]\nversion = \"1\"", 1),
            (
                "crates/app",
                "[target.'cfg(unix)'.dependencies]\naxum = \"1\"",
                1,
            ),
            (
                "crates/app",
                "[dependencies]\nhuifang-web = { path = \"../web\" }",
                1,
            ),
            ("crates/app", "[dev-dependencies]\nsqlx = \"1\"", 0),
            (
                "crates/migration",
                "[dev-dependencies]\nstore.workspace = true",
                1,
            ),
            (
                "crates/server",
                "[dependencies]\ntestkit.workspace = true",
                1,
            ),
            (
                "crates/server",
                "[dev-dependencies]\ntestkit.workspace = true",
                0,
            ),
            ("xtask", "[dev-dependencies]\ntempfile = \"3\"", 1),
        ] {
            let path = format!("{path}/Cargo.toml");
            assert_eq!(check_manifest(&path, text), found, "{path} {text}");
        }
    }

    #[test]
    fn the_workspace_may_name_everything() {
        let text = "[workspace.dependencies]\ntestkit = { path = \"crates/testkit\" }";
        assert_eq!(check_manifest("Cargo.toml", text), 0);
    }
}
