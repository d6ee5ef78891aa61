//! Both languages say the same: the same messages with the same variables, each used, none missing.
//!
//! A use is `.say("id")`, `.say1("id", …)` and the like in a template or in Rust. Ids put together at
//! run time begin with a prefix listed in `xtask/tidy/dynamic-ids.txt`.

use crate::tidy::finding::Findings;
use crate::tidy::fluent::{self, Message};
use crate::tidy::rust::{RustFile, first_word};
use crate::tidy::tree::Tree;
use std::collections::{BTreeMap, BTreeSet};

const LANGUAGES: [&str; 2] = ["locales/zh-CN/", "locales/en/"];
const TEMPLATES: &str = "crates/web/templates/";
const DYNAMIC: &str = "xtask/tidy/dynamic-ids.txt";

/// Messages of a language by id, each with the file that defines it.
type Language<'a> = BTreeMap<String, (&'a str, Message)>;

/// A place that asks for a message.
struct Use<'a> {
    id: String,
    path: &'a str,
    line: usize,
}

/// Compares the languages with each other and with what asks for their messages.
pub(crate) fn check(tree: &Tree, findings: &mut Findings) {
    let [chinese, english] = LANGUAGES.map(|folder| read(tree, folder, findings));
    if chinese.is_empty() && english.is_empty() {
        return;
    }
    compare(&chinese, (&english, LANGUAGES[1]), findings);
    for (id, (path, message)) in &english {
        if !chinese.contains_key(id) {
            missing(id, (path, message.line), LANGUAGES[0], findings);
        }
    }
    let uses = uses(tree);
    for used in uses.iter().filter(|used| !chinese.contains_key(&used.id)) {
        let what = format!("no message `{}`", used.id);
        findings.add(used.path, used.line, &what, "write it in both languages");
    }
    find_unused(tree, &chinese, &uses, findings);
}

fn read<'a>(tree: &'a Tree, folder: &'a str, findings: &mut Findings) -> Language<'a> {
    let mut language = Language::new();
    for (path, text) in tree.below(folder, ".ftl") {
        let (messages, repeated) = fluent::messages(text);
        for (id, line) in repeated {
            findings.add(path, line, &format!("`{id}` is defined again"), "keep one");
        }
        for (id, message) in messages {
            let line = message.line;
            if let Some((other, _)) = language.insert(id.clone(), (path, message)) {
                let what = format!("`{id}` is also defined in {other}");
                findings.add(path, line, &what, "keep one");
            }
        }
    }
    language
}

fn missing(id: &str, (path, line): (&str, usize), folder: &str, findings: &mut Findings) {
    let what = format!("`{id}` is missing in {folder}");
    findings.add(path, line, &what, "every message stands in both languages");
}

fn compare(
    chinese: &Language<'_>,
    (english, folder): (&Language<'_>, &str),
    findings: &mut Findings,
) {
    for (id, (path, message)) in chinese {
        let Some((_, other)) = english.get(id) else {
            missing(id, (path, message.line), folder, findings);
            continue;
        };
        for (what, ours, theirs) in [
            ("variables", &message.variables, &other.variables),
            ("attributes", &message.attributes, &other.attributes),
        ] {
            let different: Vec<&str> = ours
                .symmetric_difference(theirs)
                .map(String::as_str)
                .collect();
            if !different.is_empty() {
                let what = format!(
                    "`{id}` has other {what} in {folder}: {}",
                    different.join(", ")
                );
                findings.add(path, message.line, &what, "give both the same");
            }
        }
        for reference in &message.references {
            if !chinese.contains_key(reference) {
                let what = format!("`{id}` refers to `{reference}`, which does not exist");
                findings.add(path, message.line, &what, "write it in both languages");
            }
        }
    }
}

fn uses(tree: &Tree) -> Vec<Use<'_>> {
    let mut uses = Vec::new();
    for (path, text) in tree.below(TEMPLATES, ".html") {
        for (offset, quoted) in calls(text) {
            if let Some(id) = text[quoted..]
                .strip_prefix('"')
                .and_then(|t| t.split('"').next())
            {
                let line = text[..offset].matches('\n').count() + 1;
                uses.push(Use {
                    id: id.to_owned(),
                    path,
                    line,
                });
            }
        }
    }
    let rust = tree
        .rust()
        .iter()
        .filter(|file| file.crate_name().is_some());
    for file in rust {
        uses.extend(uses_in_rust(file));
    }
    uses
}

fn uses_in_rust(file: &RustFile) -> impl Iterator<Item = Use<'_>> {
    let calls = calls(&file.code).into_iter();
    calls.filter_map(|(offset, quoted)| {
        file.string_at(quoted).map(|literal| Use {
            id: literal.text.clone(),
            path: &file.path,
            line: file.line(offset),
        })
    })
}

/// Calls of `.say…(`: their offset, and that of the first argument.
fn calls(text: &str) -> Vec<(usize, usize)> {
    let mut calls = Vec::new();
    for (offset, matched) in text.match_indices(".say") {
        let after = offset + matched.len();
        let name = first_word(&text[after..]);
        if let Some(arguments) = text[after + name.len()..].strip_prefix('(') {
            calls.push((offset, text.len() - arguments.trim_start().len()));
        }
    }
    calls
}

fn find_unused(tree: &Tree, messages: &Language<'_>, uses: &[Use<'_>], findings: &mut Findings) {
    let mut used: BTreeSet<&str> = uses.iter().map(|used| used.id.as_str()).collect();
    for (_, message) in messages.values() {
        used.extend(message.references.iter().map(String::as_str));
    }
    let prefixes = tree.text(DYNAMIC).unwrap_or_default().lines().enumerate();
    let prefixes: Vec<(usize, &str)> = prefixes
        .map(|(index, line)| (index + 1, line.split('#').next().unwrap_or_default().trim()))
        .filter(|(_, prefix)| !prefix.is_empty())
        .collect();
    for (id, (path, message)) in messages {
        let dynamic = prefixes.iter().any(|(_, prefix)| id.starts_with(prefix));
        if !dynamic && !used.contains(id.as_str()) {
            let hint =
                "delete it in both languages, or list its prefix in xtask/tidy/dynamic-ids.txt";
            findings.add(path, message.line, &format!("nothing says `{id}`"), hint);
        }
    }
    for (line, prefix) in prefixes {
        if !messages.keys().any(|id| id.starts_with(prefix)) {
            let what = format!("no message begins with `{prefix}`");
            findings.add(DYNAMIC, line, &what, "take it off the list");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZH: &str = "locales/zh-CN/a.ftl";
    const EN: &str = "locales/en/a.ftl";

    fn check_files(files: &[(&str, &str)]) -> Vec<String> {
        let mut findings = Findings::default();
        check(&Tree::of(files), &mut findings);
        findings.lines()
    }

    #[test]
    fn without_languages_nothing_is_asked() {
        let rust = ("crates/web/src/a.rs", "t.say(\"x\")");
        assert_eq!(check_files(&[rust]), [""; 0]);
    }

    #[test]
    fn both_languages_have_the_same_messages_and_variables() {
        let lines = check_files(&[
            (ZH, "a = { $x }\nb = 乙\n"),
            (EN, "a = { $y }\nc = C\n"),
            (
                "crates/web/templates/p.html",
                "{{ t.say(\"a\") }}{{ t.say(\"b\") }}",
            ),
        ]);
        assert_eq!(
            lines,
            [
                "locales/en/a.ftl:2: `c` is missing in locales/zh-CN/; every message stands in both languages",
                "locales/zh-CN/a.ftl:1: `a` has other variables in locales/en/: x, y; give both the same",
                "locales/zh-CN/a.ftl:2: `b` is missing in locales/en/; every message stands in both languages",
            ]
        );
    }

    #[test]
    fn every_id_is_defined_and_used() {
        let text = "a = { b }\nb = B\nc = C\nstate-open = O\nd = D\n";
        let lines = check_files(&[
            (ZH, text),
            (EN, text),
            (DYNAMIC, "state-  # by state\nkind-\n"),
            (
                "crates/web/templates/p/q.html",
                "\n{{ t.say( \"a\") }}{{ t.say1(\"x\", 1) }}",
            ),
            (
                "crates/web/src/a.rs",
                "// t.say(\"c\")\nt.say_many(\n  \"d\", 1); t.say(id); s(\"c\")",
            ),
        ]);
        assert_eq!(
            lines,
            [
                "crates/web/templates/p/q.html:2: no message `x`; write it in both languages",
                "locales/zh-CN/a.ftl:3: nothing says `c`; delete it in both languages, or list its prefix in xtask/tidy/dynamic-ids.txt",
                "xtask/tidy/dynamic-ids.txt:2: no message begins with `kind-`; take it off the list",
            ]
        );
    }
}
