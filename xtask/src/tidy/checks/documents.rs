//! No dead documents: relative links lead somewhere, decisions are numbered without gaps.

use crate::tidy::finding::Findings;
use crate::tidy::tree::Tree;

const DECISIONS: &str = "docs/decisions/";

/// Looks at every Markdown file and at the names of decisions.
pub(crate) fn check(tree: &Tree, findings: &mut Findings) {
    for (path, text) in tree.below("", ".md") {
        for (line, target) in links(text) {
            if let Some(place) = resolve(path, &target)
                && !tree.exists(&place)
            {
                let what = format!("the link to {target} is dead");
                findings.add(path, line, &what, "correct or remove it");
            }
        }
    }
    check_decisions(tree, findings);
}

fn check_decisions(tree: &Tree, findings: &mut Findings) {
    let paths = tree.paths().filter(|path| path.starts_with(DECISIONS));
    for (index, path) in paths.enumerate() {
        let name = &path[DECISIONS.len()..];
        let number = name.split_once('-').and_then(|(number, title)| {
            let titled = title.strip_suffix(".md").is_some_and(is_title);
            (titled && number.len() == 4)
                .then(|| number.parse::<usize>().ok())
                .flatten()
        });
        match number {
            None => findings.add(path, 1, "not named NNNN-title.md", "rename it"),
            Some(number) if number != index + 1 => {
                let what = format!("number {number} where {} comes next", index + 1);
                findings.add(path, 1, &what, "number decisions without gaps");
            }
            Some(_) => {}
        }
    }
}

fn is_title(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !text.is_empty() && text.chars().all(allowed)
}

/// Targets of links and pictures with their lines; code is left out.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut links = Vec::new();
    let mut fenced = false;
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            continue;
        }
        if fenced {
            continue;
        }
        let prose = without_code(line);
        let marks = [
            ("](", [')', ' ']),
            ("src=\"", ['"', '"']),
            ("href=\"", ['"', '"']),
        ];
        for (mark, ends) in marks {
            for (offset, _) in prose.match_indices(mark) {
                let rest = prose[offset + mark.len()..].trim_start_matches('<');
                let target = rest.split(|c| ends.contains(&c) || c == '>').next();
                links.extend(target.map(|target| (index + 1, target.to_owned())));
            }
        }
        links.extend(definition(&prose).map(|target| (index + 1, target.to_owned())));
    }
    links
}

/// The target in `[name]: target`.
fn definition(line: &str) -> Option<&str> {
    let (name, target) = line.strip_prefix('[')?.split_once("]:")?;
    let target = target.split_whitespace().next()?;
    (!name.starts_with('^')).then(|| target.trim_matches(['<', '>']))
}

/// The parts of a line between pairs of backquotes are taken out.
fn without_code(line: &str) -> String {
    let parts: Vec<&str> = line.split('`').collect();
    let last = parts.len() - 1;
    let kept = parts.iter().enumerate();
    kept.filter(|(index, _)| index % 2 == 0 || *index == last)
        .map(|(_, part)| *part)
        .collect()
}

/// The path that a relative link leads to; nothing for addresses and anchors.
fn resolve(document: &str, target: &str) -> Option<String> {
    let path = target.split(['#', '?']).next().unwrap_or_default();
    let is_address = path.contains("://") || path.starts_with("mailto:");
    if path.is_empty() || is_address {
        return None;
    }
    let mut parts: Vec<&str> = match path.starts_with('/') {
        true => Vec::new(),
        false => document.split('/').collect(),
    };
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if !parts.is_empty() => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/").replace("%20", " ")).filter(|path| !path.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_files(files: &[(&str, &str)]) -> Vec<String> {
        let mut findings = Findings::default();
        check(&Tree::of(files), &mut findings);
        findings.lines()
    }

    #[test]
    fn relative_links_lead_somewhere() {
        for (text, dead) in [
            ("[a](b.md)", false),
            ("[a](b.md#part) and [c](../README.md \"title\")", false),
            ("[a](/docs/b.md), [f](../docs/), [root](..)", false),
            (
                "[a](https://example.com/x) [b](mailto:a@b) [c](#part)",
                false,
            ),
            ("`[a](x.md)` and\n```\n[a](x.md)\n```", false),
            ("[a](x.md)", true),
            ("![a](pictures/x.png)", true),
            ("<img src=\"x.png\">", true),
            ("[a]: x.md", true),
            ("[^1]: a note", false),
            ("a ` lone [a](x.md)", true),
        ] {
            let lines = check_files(&[("docs/a.md", text), ("docs/b.md", ""), ("README.md", "")]);
            assert_eq!(!lines.is_empty(), dead, "{text}: {lines:?}");
        }
    }

    #[test]
    fn decisions_are_numbered() {
        let good = [
            ("docs/decisions/0001-a-b.md", ""),
            ("docs/decisions/0002-c.md", ""),
        ];
        assert_eq!(check_files(&good), [""; 0]);
        for path in [
            "docs/decisions/0004-gap.md",
            "docs/decisions/0002-again.md",
            "docs/decisions/3-short.md",
            "docs/decisions/0003-Title.md",
            "docs/decisions/notes.txt",
        ] {
            assert_eq!(
                check_files(&[good[0], good[1], (path, "")]).len(),
                1,
                "{path}"
            );
        }
    }
}
