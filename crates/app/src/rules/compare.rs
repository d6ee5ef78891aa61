//! Two versions of a pack side by side: which articles, numbers and programmes differ, and which lines.

use std::collections::BTreeMap;

/// Longest text, in lines, that is compared line by line.
const LINES_MAX: usize = 3_000;

/// What differs in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartChange {
    /// `article`, `parameter`, `programme` or `score`.
    pub kind: &'static str,
    /// Reference, id or code.
    pub name: String,
    /// What stood there; nothing when it is new.
    pub before: Option<String>,
    /// What stands there; nothing when it is gone.
    pub after: Option<String>,
}

/// A line that only one of the two texts has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineChange {
    /// It was added; else it is gone.
    pub added: bool,
    /// Its number in the text that has it.
    pub number: usize,
    /// Its words.
    pub text: String,
}

fn parts(text: &str) -> BTreeMap<(&'static str, String), toml::Value> {
    let table: toml::Table = toml::from_str(text).unwrap_or_default();
    let mut parts = BTreeMap::new();
    let kinds = [
        ("article", "ref"),
        ("parameter", "id"),
        ("programme", "code"),
    ];
    for (kind, key) in kinds {
        let all = table.get(kind).and_then(toml::Value::as_array);
        for part in all.into_iter().flatten() {
            if let Some(name) = part.get(key).and_then(toml::Value::as_str) {
                parts.insert((kind, name.to_owned()), part.clone());
            }
        }
    }
    let scores = table.get("score").and_then(toml::Value::as_array);
    for score in scores.into_iter().flatten() {
        let code = score.get("code").map(plain).unwrap_or_default();
        for (list, key) in [("term", "id"), ("class", "code")] {
            let all = score.get(list).and_then(toml::Value::as_array);
            for part in all.into_iter().flatten() {
                let name = part.get(key).map(plain).unwrap_or_default();
                parts.insert(("score", format!("{code} {name}")), part.clone());
            }
        }
    }
    parts
}

/// A part in a line: the values of a parameter each with its article, the words of an article, the
/// article of a programme.
fn shown(kind: &str, part: &toml::Value) -> String {
    let text = |v: &toml::Value, key: &str| v.get(key).map(plain).unwrap_or_default();
    match kind {
        "article" => part.get("text").map(|t| text(t, "zh")).unwrap_or_default(),
        "parameter" => {
            let values = part.get("value").and_then(toml::Value::as_array);
            let value = |v: &toml::Value| {
                let days = [text(v, "from"), text(v, "until")].join("–");
                let days = if days == "–" {
                    String::new()
                } else {
                    format!(" {days}")
                };
                format!("{}（{}{days}）", text(v, "value"), text(v, "cite"))
            };
            let values: Vec<_> = values.into_iter().flatten().map(value).collect();
            values.join("；")
        }
        "score" => {
            let bands = part.get("bands").and_then(toml::Value::as_array);
            let band = |b: &toml::Value| {
                let low = [text(b, "below"), text(b, "is")].concat();
                let low = if low.is_empty() { "…" } else { &low };
                format!("{low}: {}", text(b, "points"))
            };
            let bands: Vec<_> = bands.into_iter().flatten().map(band).collect();
            let weight = text(part, "weight");
            let from = text(part, "from");
            let words = [weight, from, bands.join("；")];
            let words: Vec<_> = words.into_iter().filter(|w| !w.is_empty()).collect();
            format!("{}（{}）", words.join(" · "), text(part, "cite"))
        }
        _ => {
            let title = part.get("title").map(|t| text(t, "zh")).unwrap_or_default();
            format!("{title}（{}）", text(part, "cite"))
        }
    }
}

fn plain(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Articles, parameters and programmes that differ.
pub fn compare_parts(before: &str, after: &str) -> Vec<PartChange> {
    let (mut old, new) = (parts(before), parts(after));
    let mut changes = Vec::new();
    for ((kind, name), part) in new {
        let was = old.remove(&(kind, name.clone()));
        if was.as_ref() != Some(&part) {
            changes.push(PartChange {
                kind,
                before: was.map(|w| shown(kind, &w)),
                after: Some(shown(kind, &part)),
                name,
            });
        }
    }
    changes.extend(old.into_iter().map(|((kind, name), part)| PartChange {
        kind,
        name,
        before: Some(shown(kind, &part)),
        after: None,
    }));
    changes.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
    changes
}

/// Lines that differ, by the longest common subsequence; nothing for texts that are too long.
pub fn compare_lines(before: &str, after: &str) -> Vec<LineChange> {
    let (old, new): (Vec<_>, Vec<_>) = (before.lines().collect(), after.lines().collect());
    if old.len() > LINES_MAX || new.len() > LINES_MAX {
        return Vec::new();
    }
    let width = new.len() + 1;
    let mut common = vec![0_u16; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i * width + j] = if old[i] == new[j] {
                common[(i + 1) * width + j + 1] + 1
            } else {
                common[(i + 1) * width + j].max(common[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut changes) = (0, 0, Vec::new());
    let line = |added, at: usize, text: &str| LineChange {
        added,
        number: at + 1,
        text: text.to_owned(),
    };
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            (i, j) = (i + 1, j + 1);
        } else if j == new.len()
            || (i < old.len() && common[(i + 1) * width + j] >= common[i * width + j + 1])
        {
            changes.push(line(false, i, old[i]));
            i += 1;
        } else {
            changes.push(line(true, j, new[j]));
            j += 1;
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_weight_is_named_with_its_bands() {
        let old = "[[score]]\ncode = \"VALUE\"\n[[score.term]]\nid = \"premium\"\nweight = 40\n\
                   bands = [ { below = 100, points = 0 }, { points = 9 } ]\ncite = \"三\"\n";
        let parts = compare_parts(old, &old.replace("40", "60"));
        assert_eq!(parts[0].name, "VALUE premium");
        assert_eq!(parts[0].before.as_deref(), Some("40 · 100: 0；…: 9（三）"));
        assert_eq!(parts[0].after.as_deref(), Some("60 · 100: 0；…: 9（三）"));
    }

    #[test]
    fn a_changed_number_is_named_with_its_article() {
        let old = "[[parameter]]\nid = \"days\"\nvalue = [ { value = 10, cite = \"第四条\" } ]\n";
        let new = old.replace("10", "20");
        let parts = compare_parts(old, &new);
        assert_eq!(parts.len(), 1);
        assert_eq!(parts[0].before.as_deref(), Some("10（第四条）"));
        assert_eq!(parts[0].after.as_deref(), Some("20（第四条）"));
        let lines = compare_lines(old, &new);
        let told: Vec<_> = lines.iter().map(|l| (l.added, l.number)).collect();
        assert_eq!(told, [(false, 3), (true, 3)]);
        assert!(compare_parts(old, old).is_empty() && compare_lines(old, old).is_empty());
    }
}
