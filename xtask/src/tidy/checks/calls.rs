//! Calls and attributes that clippy cannot ban everywhere. Exceptions: `exceptions/calls.txt`.

use crate::tidy::finding::Findings;
use crate::tidy::ratchet::{Measure, Ratchet};
use crate::tidy::tree::Tree;

struct Banned {
    code: &'static str,
    allowed_in_tests: bool,
    hint: &'static str,
}

const fn banned(code: &'static str, hint: &'static str) -> Banned {
    Banned {
        code,
        allowed_in_tests: false,
        hint,
    }
}

const BANNED: [Banned; 8] = [
    banned("todo!", "write it, or leave it out"),
    banned("unimplemented!", "write it, or leave it out"),
    banned("dbg!", "use tracing, or take it out"),
    banned("#[allow(", "write `#[expect(…, reason = \"…\")]`"),
    banned("#![allow(", "write `#![expect(…, reason = \"…\")]`"),
    banned("#[ignore", "make the test run, or delete it"),
    banned("unsafe", "find a safe way"),
    Banned {
        code: "sleep(",
        allowed_in_tests: true,
        hint: "wait for the event itself",
    },
];

/// Looks at every Rust file, tests included.
pub(crate) fn check(tree: &Tree, findings: &mut Findings) {
    let mut ratchet = Ratchet::open(tree, "calls", Measure::Sum, 0);
    for file in tree.rust() {
        for banned in &BANNED {
            for offset in file.find(banned.code) {
                if banned.allowed_in_tests && file.is_test(offset) {
                    continue;
                }
                let subject = format!("{} {}", file.path, banned.code);
                let what = format!("`{}` is banned", banned.code);
                let place = (file.path.as_str(), file.line(offset));
                ratchet.see(subject, 1, place, what, banned.hint);
            }
        }
    }
    ratchet.close(findings);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn banned_code_is_found_outside_comments_and_literals() {
        for (code, found) in [
            ("todo!()", 1),
            ("#[allow(dead_code)]", 1),
            ("#![allow(dead_code)]", 1),
            ("#[expect(dead_code, reason = \"#[allow( is worse\")]", 0),
            ("#[ignore = \"slow\"]", 1),
            ("// todo! dbg!", 0),
            ("thread::sleep(x)", 1),
            ("#[cfg(test)]\nmod tests { fn f() { sleep(x) } }", 0),
            ("#[cfg(test)]\nmod tests { fn f() { dbg!(x) } }", 1),
            ("unsafe { x() }", 1),
            ("let unsafe_code = 1;", 0),
        ] {
            let mut findings = Findings::default();
            check(&Tree::of(&[("crates/x/src/a.rs", code)]), &mut findings);
            assert_eq!(findings.len(), found, "{code}");
        }
    }

    #[test]
    fn an_exception_counts() {
        let list = (
            "xtask/tidy/exceptions/calls.txt",
            "crates/x/src/a.rs sleep( = 1\n",
        );
        for (code, found) in [("sleep(1)", 0), ("sleep(1); sleep(2)", 2), ("", 1)] {
            let mut findings = Findings::default();
            check(
                &Tree::of(&[list, ("crates/x/src/a.rs", code)]),
                &mut findings,
            );
            assert_eq!(findings.len(), found, "{code}");
        }
    }
}
