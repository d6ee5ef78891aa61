//! As much of Fluent as the checks need: messages, their variables, and what they refer to.

use std::collections::{BTreeMap, BTreeSet};

/// A message or, with a hyphen before its id, a term.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Message {
    /// Line of its id, from 1.
    pub(crate) line: usize,
    /// Names of the variables in it and in its attributes.
    pub(crate) variables: BTreeSet<String>,
    /// Names of its attributes.
    pub(crate) attributes: BTreeSet<String>,
    /// Messages and terms that it contains.
    pub(crate) references: BTreeSet<String>,
}

/// The messages of a file, and the lines of ids that it defines again.
pub(crate) fn messages(text: &str) -> (BTreeMap<String, Message>, Vec<(String, usize)>) {
    let mut messages = BTreeMap::new();
    let mut repeated = Vec::new();
    for (id, line, body) in entries(text) {
        let mut message = Message {
            line,
            ..Message::default()
        };
        message.read(&body);
        if messages.insert(id.clone(), message).is_some() {
            repeated.push((id, line));
        }
    }
    (messages, repeated)
}

/// Ids with their line and everything after the equals sign.
fn entries(text: &str) -> Vec<(String, usize, String)> {
    let mut entries: Vec<(String, usize, String)> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.starts_with('#') {
            continue;
        }
        if let Some((id, body)) = line.split_once('=')
            && is_id(id.trim_end())
        {
            entries.push((id.trim_end().to_owned(), index + 1, body.to_owned()));
        } else if let Some((_, _, body)) = entries.last_mut() {
            body.push('\n');
            body.push_str(line);
        }
    }
    entries
}

fn is_id(text: &str) -> bool {
    let name = text.strip_prefix('-').unwrap_or(text);
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(is_name)
}

fn is_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '-' || letter == '_'
}

impl Message {
    fn read(&mut self, body: &str) {
        for line in body.lines() {
            if let Some((name, _)) = line.trim_start().split_once('=')
                && let Some(attribute) = name.trim_end().strip_prefix('.')
                && is_id(attribute)
            {
                self.attributes.insert(attribute.to_owned());
            }
        }
        let mut open = 0;
        let mut in_text = false;
        for (offset, letter) in body.char_indices() {
            let rest = &body[offset + letter.len_utf8()..];
            match letter {
                '"' if open > 0 => in_text = !in_text,
                _ if in_text => {}
                '{' => {
                    open += 1;
                    self.references.extend(reference(rest));
                }
                '}' => open -= 1,
                '$' if open > 0 => {
                    self.variables.insert(leading_name(rest).to_owned());
                }
                _ => {}
            }
        }
    }
}

/// The id in `{ id }`, `{ id.attribute }` or `{ -term(…) }`.
fn reference(placeable: &str) -> Option<String> {
    let inner = placeable.trim_start();
    let bare = inner.strip_prefix('-').unwrap_or(inner);
    let length = inner.len() - bare.len() + leading_name(bare).len();
    let (id, after) = inner.split_at(length);
    let is_term = id.starts_with('-');
    let ends = after.trim_start().starts_with('}') || after.starts_with('.');
    (is_id(id) && (is_term || ends)).then(|| id.to_owned())
}

fn leading_name(text: &str) -> &str {
    text.split(|c| !is_name(c)).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_have_variables_attributes_and_references() {
        let text = "\
# comment = none
-brand = Huifang

hello = Hello { $name }, { -brand } and { other }
  .title = { $title } = { DATETIME($at, month: \"{ $not }\") }
due = { $days ->
    [one] one day
   *[other] { $days } days
}
other = $none
hello = again
";
        let (messages, repeated) = messages(text);
        let names = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(" ");
        assert_eq!(repeated, [("hello".to_owned(), 11)]);
        assert_eq!(
            messages.keys().cloned().collect::<Vec<_>>().join(" "),
            "-brand due hello other"
        );
        assert_eq!(names(&messages["due"].variables), "days");
        assert_eq!(names(&messages["other"].variables), "");

        let first = text.rsplit_once("hello").expect("two").0;
        let hello = &super::messages(first).0["hello"];
        assert_eq!(names(&hello.variables), "at name title");
        assert_eq!(names(&hello.attributes), "title");
        assert_eq!(names(&hello.references), "-brand other");
    }
}
