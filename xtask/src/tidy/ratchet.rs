//! Lists of exceptions that only shrink.
//!
//! A list is a file `xtask/tidy/exceptions/NAME.txt`. Each line is `SUBJECT = N  # why`; `N` is the
//! present number and may be left out where it is 1. A subject above its number is a finding, and so
//! is a number above its subject, or a subject that needs no exception any more.

use super::finding::Findings;
use super::tree::Tree;
use std::collections::BTreeMap;

/// How several sightings of one subject make its number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    /// They add up, as occurrences do.
    Sum,
    /// The largest counts, as of lengths.
    Largest,
}

/// A list of exceptions and what was seen so far.
pub(crate) struct Ratchet<'a> {
    tree: &'a Tree,
    list: String,
    measure: Measure,
    limit: usize,
    seen: BTreeMap<String, Vec<Sighting>>,
}

struct Sighting {
    amount: usize,
    path: String,
    line: usize,
    what: String,
    hint: String,
}

struct Exception<'a> {
    line: usize,
    subject: &'a str,
    ceiling: usize,
    comment: &'a str,
}

impl<'a> Ratchet<'a> {
    /// Opens a list. Up to `limit` no exception is needed.
    pub(crate) fn open(tree: &'a Tree, name: &str, measure: Measure, limit: usize) -> Self {
        Self {
            tree,
            list: format!("xtask/tidy/exceptions/{name}.txt"),
            measure,
            limit,
            seen: BTreeMap::new(),
        }
    }

    /// Writes down something seen.
    pub(crate) fn see(
        &mut self,
        subject: String,
        amount: usize,
        (path, line): (&str, usize),
        what: String,
        hint: &str,
    ) {
        self.seen.entry(subject).or_default().push(Sighting {
            amount,
            path: path.to_owned(),
            line,
            what,
            hint: hint.to_owned(),
        });
    }

    /// Compares what was seen with the list.
    pub(crate) fn close(self, findings: &mut Findings) {
        let text = self.tree.text(&self.list).unwrap_or_default();
        let mut exceptions: BTreeMap<&str, Exception<'_>> = BTreeMap::new();
        for exception in read(&self.list, text, findings) {
            let (line, subject) = (exception.line, exception.subject);
            if exceptions.insert(subject, exception).is_some() {
                findings.add(&self.list, line, "listed twice", "keep one");
            }
        }
        for (subject, sightings) in &self.seen {
            let number = self.number(sightings);
            match exceptions.remove(subject.as_str()) {
                Some(exception) if number > self.limit => {
                    self.compare(&exception, number, sightings, findings);
                }
                Some(exception) => self.not_needed(&exception, findings),
                None if number > self.limit => self.report(self.limit, sightings, findings),
                None => {}
            }
        }
        for exception in exceptions.values() {
            self.not_needed(exception, findings);
        }
    }

    fn number(&self, sightings: &[Sighting]) -> usize {
        let amounts = sightings.iter().map(|s| s.amount);
        match self.measure {
            Measure::Sum => amounts.sum(),
            Measure::Largest => amounts.max().unwrap_or(0),
        }
    }

    fn compare(
        &self,
        exception: &Exception<'_>,
        number: usize,
        sightings: &[Sighting],
        findings: &mut Findings,
    ) {
        if number > exception.ceiling {
            self.report(exception.ceiling, sightings, findings);
        } else if number < exception.ceiling {
            let what = format!("{} is down to {number}", exception.subject);
            let mut line = format!("{} = {number}", exception.subject);
            if !exception.comment.is_empty() {
                line = format!("{line}  # {}", exception.comment);
            }
            findings.add_slack(&self.list, exception.line, &what, Some(line));
        }
    }

    fn not_needed(&self, exception: &Exception<'_>, findings: &mut Findings) {
        let what = format!("{} needs no exception any more", exception.subject);
        findings.add_slack(&self.list, exception.line, &what, None);
    }

    /// Reports the sightings that are, alone or together, above the ceiling.
    fn report(&self, ceiling: usize, sightings: &[Sighting], findings: &mut Findings) {
        for sighting in sightings {
            if self.measure == Measure::Sum || sighting.amount > ceiling {
                let what = if ceiling > 0 {
                    format!("{} (at most {ceiling} here)", sighting.what)
                } else {
                    sighting.what.clone()
                };
                findings.add(&sighting.path, sighting.line, &what, &sighting.hint);
            }
        }
    }
}

fn read<'a>(list: &str, text: &'a str, findings: &mut Findings) -> Vec<Exception<'a>> {
    let mut exceptions = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let (entry, comment) = line.split_once(" # ").unwrap_or((line, ""));
        let (entry, comment) = (entry.trim(), comment.trim());
        if entry.is_empty() || entry.starts_with('#') {
            continue;
        }
        let (subject, number) = entry.rsplit_once('=').unwrap_or((entry, "1"));
        match number.trim().parse() {
            Ok(ceiling) => exceptions.push(Exception {
                line: index + 1,
                subject: subject.trim(),
                ceiling,
                comment,
            }),
            Err(_) => findings.add(
                list,
                index + 1,
                "not a number",
                "write `SUBJECT = N  # why`",
            ),
        }
    }
    exceptions
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "xtask/tidy/exceptions/things.txt";

    /// Sees each (subject, amount), above the limit 10, and returns the findings and the tightened list.
    fn check(list: &str, seen: &[(&str, usize)], measure: Measure) -> (Vec<String>, String) {
        let tree = Tree::of(&[(LIST, list)]);
        let mut ratchet = Ratchet::open(&tree, "things", measure, 10);
        for (subject, amount) in seen {
            let what = format!("{amount} things");
            ratchet.see((*subject).to_owned(), *amount, (subject, 1), what, "fewer");
        }
        let mut findings = Findings::default();
        ratchet.close(&mut findings);
        let tightened = findings.tightened(&tree).remove(LIST);
        (findings.lines(), tightened.unwrap_or_default())
    }

    #[test]
    fn a_subject_at_its_ceiling_passes() {
        let (lines, _) = check("a = 12  # old\n", &[("a", 12), ("b", 10)], Measure::Largest);
        assert_eq!(lines, [""; 0]);
    }

    #[test]
    fn a_subject_above_its_ceiling_is_found() {
        let (lines, _) = check("a = 12\n", &[("a", 13), ("b", 11)], Measure::Largest);
        assert_eq!(
            lines,
            [
                "a:1: 13 things (at most 12 here); fewer",
                "b:1: 11 things (at most 10 here); fewer"
            ]
        );
    }

    #[test]
    fn slack_is_found_and_can_be_taken_in() {
        let list = "# why\na = 12  # old\nb = 20\nc = 30\n";
        let (lines, tightened) = check(list, &[("a", 11), ("b", 9)], Measure::Largest);
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert_eq!(tightened, "# why\na = 11  # old\n");
    }

    #[test]
    fn occurrences_add_up() {
        let (lines, _) = check("a = 12\n", &[("a", 7), ("a", 6)], Measure::Sum);
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert_eq!(
            check("a = 13\n", &[("a", 7), ("a", 6)], Measure::Sum).0,
            [""; 0]
        );
    }

    #[test]
    fn entries_are_unique_and_numbered() {
        let (lines, _) = check("a = 12\na = 12\nb = x\n", &[("a", 12)], Measure::Sum);
        assert_eq!(
            lines,
            [
                format!("{LIST}:2: listed twice; keep one"),
                format!("{LIST}:3: not a number; write `SUBJECT = N  # why`"),
            ]
        );
    }
}
