//! Texts with places `${name}`, as gateways are described in the configuration.

use anyhow::{Result, bail};

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    Place(String),
}

/// A text with places.
#[derive(Clone, Debug)]
pub(super) struct Fill(Vec<Part>);

/// Values for places, by name.
pub(super) type Values<'v> = [(&'static str, &'v str)];

impl Fill {
    /// Reads a text in which only known places may stand.
    pub(super) fn parse(what: &str, text: &str, known: &[&str]) -> Result<Self> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let Some((name, after)) = after.split_once('}') else {
                bail!("{what}: a place ${{…}} is not closed");
            };
            if !known.contains(&name) {
                bail!(
                    "{what}: there is no ${{{name}}}; known: {}",
                    known.join(", ")
                );
            }
            parts.push(Part::Text(before.to_owned()));
            parts.push(Part::Place(name.to_owned()));
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self(parts))
    }

    /// Whether a place stands in it.
    pub(super) fn names(&self, place: &str) -> bool {
        let is = |part: &Part| matches!(part, Part::Place(name) if name == place);
        self.0.iter().any(is)
    }

    /// Fills the places, each value written as the text needs it.
    pub(super) fn fill(&self, values: &Values<'_>, write: fn(&str) -> String) -> String {
        let mut filled = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Place(name) => {
                    let value = values.iter().find(|(n, _)| n == name);
                    filled.push_str(&write(value.map_or("", |(_, v)| v)));
                }
            }
        }
        filled
    }
}

/// As it is, on one line: headers and strings to sign.
pub(super) fn plain(value: &str) -> String {
    value.replace(['\r', '\n'], " ")
}

/// As it is, lines and all: what is signed as it is sent.
pub(super) fn exact(value: &str) -> String {
    value.to_owned()
}

/// Inside the quotes of a JSON string.
pub(super) fn json(value: &str) -> String {
    let quoted = serde_json::Value::from(value).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// In an address or a form.
pub(super) fn percent(value: &str) -> String {
    let mut written = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            written.push(char::from(byte));
        } else {
            written.push_str(&format!("%{byte:02X}"));
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_as_the_text_needs_it() {
        let fill = Fill::parse("body", r#"{"to":"${recipient}"}"#, &["recipient"]).unwrap();
        assert!(fill.names("recipient") && !fill.names("body"));
        let values = [("recipient", "a\"b\n汉")];
        assert_eq!(fill.fill(&values, json), r#"{"to":"a\"b\n汉"}"#);
        assert_eq!(fill.fill(&values, plain), "{\"to\":\"a\"b 汉\"}");
        assert_eq!(percent("a b&汉"), "a%20b%26%E6%B1%89");
    }

    #[test]
    fn a_place_that_is_none_is_named() {
        let unknown = Fill::parse("url", "https://x/${phone}", &["recipient"]);
        let text = unknown.unwrap_err().to_string();
        assert!(text.contains("url") && text.contains("${phone}") && text.contains("recipient"));
        assert!(Fill::parse("url", "${recipient", &["recipient"]).is_err());
    }
}
