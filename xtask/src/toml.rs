//! As much TOML as our own manifests use: tables, and keys with one value on their line.

/// One `key = value` line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry<'a> {
    /// Name of the table it stands in, without brackets.
    pub(crate) table: &'a str,
    /// Counts table headers, to tell the elements of an array of tables apart.
    pub(crate) table_number: usize,
    /// The key, dots included, quotes removed.
    pub(crate) key: &'a str,
    /// What follows the first equals sign.
    pub(crate) value: &'a str,
    /// Line number, from 1.
    pub(crate) line: usize,
}

impl<'a> Entry<'a> {
    /// The value without its quotes.
    pub(crate) fn text(&self) -> &'a str {
        self.value
            .strip_prefix('"')
            .and_then(|value| value.split('"').next())
            .unwrap_or(self.value)
    }
}

/// The entries of a file, in order. Values that go on over several lines keep their first line only.
pub(crate) fn entries(text: &str) -> Vec<Entry<'_>> {
    let mut found = Vec::new();
    let (mut table, mut table_number, mut open_brackets) = ("", 0, 0i32);
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('#') {
            continue;
        }
        if open_brackets == 0 && line.starts_with('[') {
            table = line
                .split('#')
                .next()
                .unwrap_or(line)
                .trim()
                .trim_matches(['[', ']']);
            table_number += 1;
            continue;
        }
        if open_brackets == 0
            && let Some((key, value)) = line.split_once('=')
        {
            found.push(Entry {
                table,
                table_number,
                key: key.trim().trim_matches('"'),
                value: value.trim(),
                line: index + 1,
            });
        }
        open_brackets += bracket_balance(line);
    }
    found
}

fn bracket_balance(line: &str) -> i32 {
    let mut in_text = false;
    let mut balance = 0;
    for letter in line.chars() {
        match letter {
            '"' => in_text = !in_text,
            '[' if !in_text => balance += 1,
            ']' if !in_text => balance -= 1,
            '#' if !in_text => break,
            _ => {}
        }
    }
    balance
}

#[cfg(test)]
mod tests {
    use super::entries;

    #[test]
    fn keys_know_their_table_and_line() {
        let text = "a = 1\n[x]\n# b = 2\nc.d = \"e=f\"\nlist = [\n  \"g = 1\",\n]\n\n[[y]]\nh = [1]\n[[y]]\ni = 2\n";
        let seen: Vec<_> = entries(text)
            .iter()
            .map(|e| (e.table, e.table_number, e.key, e.text(), e.line))
            .collect();
        assert_eq!(
            seen,
            [
                ("", 0, "a", "1", 1),
                ("x", 1, "c.d", "e=f", 4),
                ("x", 1, "list", "[", 5),
                ("y", 2, "h", "[1]", 10),
                ("y", 3, "i", "2", 12),
            ]
        );
    }
}
