//! What may stand only in certain places: SQL, database drivers, personal data in the clear.
//!
//! Exceptions: `exceptions/places.txt`.

use crate::tidy::finding::Findings;
use crate::tidy::ratchet::{Measure, Ratchet};
use crate::tidy::rust::RustFile;
use crate::tidy::tree::Tree;

/// A word of code that belongs to some folders only.
struct Kept {
    word: &'static str,
    places: &'static [&'static str],
    hint: &'static str,
}

const KEPT: [Kept; 4] = [
    Kept {
        word: "sqlx",
        places: &["crates/store/src/dialect/", "crates/testkit/"],
        hint: "what differs between databases lives in store/src/dialect",
    },
    Kept {
        word: "rusqlite",
        places: &["crates/store/src/dialect/"],
        hint: "what differs between databases lives in store/src/dialect",
    },
    Kept {
        word: "sea_orm",
        places: &["crates/store/", "crates/migration/", "crates/testkit/"],
        hint: "ask the store",
    },
    Kept {
        word: "Reveal::for_storage",
        places: &["crates/store/", "crates/app/src/imports/"],
        hint: "only what writes sealed columns sees personal data without a trace",
    },
];

const SQL_PLACES: [&str; 3] = ["crates/store/", "crates/migration/", "crates/testkit/"];
const SQL_STARTS: [&str; 6] = [
    "SELECT ",
    "INSERT ",
    "UPDATE ",
    "DELETE FROM ",
    "CREATE ",
    "WITH ",
];

/// Looks at the crates; `xtask` and `bench` are not bound by this.
pub(crate) fn check(tree: &Tree, findings: &mut Findings) {
    let mut ratchet = Ratchet::open(tree, "places", Measure::Sum, 0);
    for file in tree
        .rust()
        .iter()
        .filter(|file| file.crate_name().is_some())
    {
        for kept in &KEPT {
            if !is_below(file, kept.places) {
                let what = format!("`{}` outside its place", kept.word);
                for offset in file.find(kept.word) {
                    see(&mut ratchet, file, kept.word, offset, &what, kept.hint);
                }
            }
        }
        if !is_below(file, &SQL_PLACES) {
            // Tests look behind the program's back.
            let literals = file.strings.iter().filter(|l| !file.is_test(l.start));
            for literal in literals.filter(|literal| is_sql(&literal.text)) {
                let what = "SQL outside store and migration";
                let hint = "make it a query of the store";
                see(&mut ratchet, file, "SQL", literal.start, what, hint);
            }
        }
    }
    ratchet.close(findings);
}

fn see(
    ratchet: &mut Ratchet<'_>,
    file: &RustFile,
    word: &str,
    offset: usize,
    what: &str,
    hint: &str,
) {
    let subject = format!("{} {word}", file.path);
    let place = (file.path.as_str(), file.line(offset));
    ratchet.see(subject, 1, place, what.to_owned(), hint);
}

fn is_below(file: &RustFile, places: &[&str]) -> bool {
    places.iter().any(|place| file.path.starts_with(place))
}

/// Upper-case keywords only, so that sentences are not taken for queries.
fn is_sql(literal: &str) -> bool {
    let text = literal.trim_start_matches(|c: char| c.is_whitespace() || c == '\\');
    let text = text.replace(['\n', '\t'], " ");
    SQL_STARTS.iter().any(|start| text.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(path: &str, code: &str) -> usize {
        let mut findings = Findings::default();
        check(&Tree::of(&[(path, code)]), &mut findings);
        findings.len()
    }

    #[test]
    fn sql_stands_in_the_store() {
        for (path, code, found) in [
            ("crates/store/src/a.rs", "q(\"SELECT 1\")", 0),
            ("crates/app/src/a.rs", "q(\"SELECT 1\")", 1),
            ("crates/app/src/a.rs", "q(\"\n  INSERT INTO a\")", 1),
            ("crates/app/src/a.rs", "q(r#\"UPDATE a SET b = 1\"#)", 1),
            ("crates/app/src/a.rs", "// \"SELECT 1\"", 0),
            ("crates/app/tests/it/a.rs", "q(\"SELECT 1\")", 0),
            (
                "crates/app/src/a.rs",
                "#[cfg(test)]\nmod tests { fn f() { q(\"SELECT 1\") } }",
                0,
            ),
            ("crates/testkit/src/a.rs", "q(\"SELECT 1\")", 0),
            (
                "crates/web/src/a.rs",
                "t(\"Select one\", \"DELETE /a/{id}\", \"SELECTED\")",
                0,
            ),
            ("xtask/src/a.rs", "q(\"SELECT 1\")", 0),
        ] {
            assert_eq!(count(path, code), found, "{path} {code}");
        }
    }

    #[test]
    fn drivers_and_clear_data_keep_their_place() {
        for (path, code, found) in [
            ("crates/store/src/dialect/a.rs", "use sqlx::Row;", 0),
            ("crates/store/src/a.rs", "use sqlx::Row; rusqlite::x()", 2),
            (
                "crates/server/src/a.rs",
                "level(\"sqlx=warn,sea_orm=warn\")",
                0,
            ),
            ("crates/testkit/src/a.rs", "use sqlx::Row; rusqlite::x()", 1),
            ("crates/web/src/a.rs", "use sea_orm::X;", 1),
            ("crates/web/src/a.rs", "n.reveal(Reveal::for_storage())", 1),
            (
                "crates/app/src/imports/a.rs",
                "n.reveal(Reveal::for_storage())",
                0,
            ),
        ] {
            assert_eq!(count(path, code), found, "{path} {code}");
        }
    }
}
