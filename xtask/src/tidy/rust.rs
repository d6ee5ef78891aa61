//! As much of Rust as the checks need: code without comments and literals, string literals with their
//! place, functions with their length, and which parts are tests.

use std::ops::Range;

/// A Rust file, taken apart.
pub(crate) struct RustFile {
    /// Path from the root of the repository.
    pub(crate) path: String,
    /// Number of lines.
    pub(crate) lines: usize,
    /// The first line.
    pub(crate) first_line: String,
    /// The text with comments and the contents of literals blanked; offsets are those of the file.
    pub(crate) code: String,
    /// String literals in order.
    pub(crate) strings: Vec<Literal>,
    line_starts: Vec<usize>,
    tests: Vec<Range<usize>>,
}

/// A string literal.
pub(crate) struct Literal {
    /// Offset of its first byte, prefix included.
    pub(crate) start: usize,
    /// What stands between the quotes, escapes as written.
    pub(crate) text: String,
}

/// A function with a body.
pub(crate) struct Function {
    /// Its name.
    pub(crate) name: String,
    /// Line of its `fn`, from 1.
    pub(crate) line: usize,
    /// Lines from its `fn` to its closing brace.
    pub(crate) lines: usize,
}

impl RustFile {
    /// Takes a file apart.
    pub(crate) fn parse(path: &str, text: &str) -> Self {
        let mut lexer = Lexer {
            text,
            at: 0,
            code: text
                .bytes()
                .map(|b| if b == b'\n' { b'\n' } else { b' ' })
                .collect(),
            strings: Vec::new(),
        };
        lexer.run();
        let code = String::from_utf8_lossy(&lexer.code).into_owned();
        let breaks = text.match_indices('\n').map(|(offset, _)| offset + 1);
        let line_starts = std::iter::once(0).chain(breaks).collect();
        Self {
            path: path.to_owned(),
            lines: text.lines().count(),
            first_line: text.lines().next().unwrap_or_default().to_owned(),
            tests: test_parts(path, &code),
            code,
            strings: lexer.strings,
            line_starts,
        }
    }

    /// The line of an offset, from 1.
    pub(crate) fn line(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset)
    }

    /// Whether an offset lies in a test.
    pub(crate) fn is_test(&self, offset: usize) -> bool {
        self.tests.iter().any(|part| part.contains(&offset))
    }

    /// The crate under `crates/` to which the file belongs.
    pub(crate) fn crate_name(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }

    /// Where a piece of code occurs, not as a part of a longer word.
    pub(crate) fn find(&self, needle: &str) -> Vec<usize> {
        let whole_start = needle.starts_with(is_word);
        let whole_end = needle.ends_with(is_word);
        let hits = self.code.match_indices(needle);
        hits.map(|(offset, _)| offset)
            .filter(|offset| {
                let before = self.code[..*offset].chars().next_back();
                let after = self.code[offset + needle.len()..].chars().next();
                !(whole_start && before.is_some_and(is_word)
                    || whole_end && after.is_some_and(is_word))
            })
            .collect()
    }

    /// The string literal that begins at an offset.
    pub(crate) fn string_at(&self, offset: usize) -> Option<&Literal> {
        let index = self
            .strings
            .binary_search_by_key(&offset, |literal| literal.start);
        index.ok().map(|index| &self.strings[index])
    }

    /// The functions that have a body, in order.
    pub(crate) fn functions(&self) -> Vec<Function> {
        let mut functions = Vec::new();
        for start in self.find("fn") {
            let rest = &self.code[start + 2..];
            let name = first_word(rest.trim_start());
            if name.is_empty() {
                continue;
            }
            if let Some(body) = body_of(rest) {
                let (first, last) = (self.line(start), self.line(start + 2 + body.end - 1));
                functions.push(Function {
                    name: name.to_owned(),
                    line: first,
                    lines: last - first + 1,
                });
            }
        }
        functions
    }
}

/// The word that a text begins with; may be empty.
pub(crate) fn first_word(text: &str) -> &str {
    text.split(|c| !is_word(c)).next().unwrap_or_default()
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The braces that follow, unless a semicolon comes first.
fn body_of(code: &str) -> Option<Range<usize>> {
    let mut nested = 0;
    for (offset, letter) in code.char_indices() {
        match letter {
            '(' | '[' => nested += 1,
            ')' | ']' => nested -= 1,
            ';' if nested == 0 => return None,
            '{' if nested == 0 => {
                let end = offset + closing(&code[offset..])?;
                return Some(offset..end);
            }
            _ => {}
        }
    }
    None
}

/// The offset after the bracket that closes the first one, brackets of its kind counted.
pub(crate) fn closing(code: &str) -> Option<usize> {
    let mut open = 0;
    for (offset, letter) in code.char_indices() {
        match letter {
            '{' => open += 1,
            '}' => open -= 1,
            _ => continue,
        }
        if open == 0 {
            return Some(offset + 1);
        }
    }
    None
}

/// Whole files by their place, otherwise what stands below `#[cfg(test)]`.
fn test_parts(path: &str, code: &str) -> Vec<Range<usize>> {
    let by_place = path.split('/').any(|part| part == "tests")
        || path.ends_with("/tests.rs")
        || path.starts_with("crates/testkit/");
    if by_place {
        return std::iter::once(0..code.len()).collect();
    }
    let attribute = "#[cfg(test)]";
    let mut parts = Vec::new();
    for (start, _) in code.match_indices(attribute) {
        let after = start + attribute.len();
        if let Some(body) = body_of(&code[after..]) {
            parts.push(start..after + body.end);
        }
    }
    parts
}

/// Copies code into `code` and leaves everything else blank.
struct Lexer<'a> {
    text: &'a str,
    at: usize,
    code: Vec<u8>,
    strings: Vec<Literal>,
}

impl Lexer<'_> {
    fn run(&mut self) {
        while let Some(letter) = self.rest().chars().next() {
            let rest = self.rest();
            if rest.starts_with("//") {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                self.at += block_comment(rest);
            } else if letter == '"' {
                self.string(0);
            } else if letter == '\'' {
                self.quote();
            } else if is_word(letter) {
                self.word();
            } else {
                self.copy(letter.len_utf8());
            }
        }
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn copy(&mut self, bytes: usize) {
        let range = self.at..self.at + bytes;
        self.code[range.clone()].copy_from_slice(&self.text.as_bytes()[range]);
        self.at += bytes;
    }

    /// A word, or the prefix of a literal.
    fn word(&mut self) {
        let rest = self.rest();
        let word = first_word(rest).to_owned();
        let after = &rest[word.len()..];
        let hashes = after.len() - after.trim_start_matches('#').len();
        let quoted = after[hashes..].starts_with('"');
        match word.as_str() {
            "r" | "br" | "cr" if quoted => self.raw_string(word.len(), hashes),
            "b" | "c" if hashes == 0 && quoted => self.string(word.len()),
            _ => self.copy(word.len()),
        }
    }

    fn string(&mut self, prefix: usize) {
        let content = &self.rest()[prefix + 1..];
        let mut escaped = false;
        let end = content.find(|letter| {
            let ends = letter == '"' && !escaped;
            escaped = letter == '\\' && !escaped;
            ends
        });
        let length = end.unwrap_or(content.len());
        self.literal(prefix + 1, length, 1);
    }

    fn raw_string(&mut self, prefix: usize, hashes: usize) {
        let content = &self.rest()[prefix + hashes + 1..];
        let terminator = format!("\"{}", "#".repeat(hashes));
        let length = content.find(&terminator).unwrap_or(content.len());
        self.literal(prefix + hashes + 1, length, terminator.len());
    }

    /// Blanks a string literal but for a quote at each end.
    fn literal(&mut self, opening: usize, length: usize, terminator: usize) {
        let start = self.at;
        let text = self.rest()[opening..opening + length].to_owned();
        let end = (start + opening + length + terminator).min(self.text.len());
        self.code[start] = b'"';
        self.code[end - 1] = b'"';
        self.strings.push(Literal { start, text });
        self.at = end;
    }

    /// A character literal is blanked, a lifetime copied.
    fn quote(&mut self) {
        let mut letters = self.rest()[1..].chars();
        match (letters.next(), letters.next()) {
            (Some('\\'), Some(escaped)) => {
                let skipped = 2 + escaped.len_utf8();
                let tail = &self.rest()[skipped..];
                self.at += skipped + tail.find('\'').map_or(tail.len(), |end| end + 1);
            }
            (Some(letter), Some('\'')) => self.at += letter.len_utf8() + 2,
            _ => self.copy(1),
        }
    }
}

/// The length of a block comment; they nest.
fn block_comment(text: &str) -> usize {
    let mut open = 0;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            open += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            open -= 1;
            at += 2;
            if open == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::RustFile;

    fn code(text: &str) -> String {
        let file = RustFile::parse("crates/x/src/a.rs", text);
        assert_eq!(file.code.len(), text.len());
        file.code.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn comments_and_literals_are_blanked() {
        for (text, expected) in [
            ("a // b\nc", "a c"),
            ("a /* b /* c */ d */ e", "a e"),
            (r#"f("a\"b", 'c', '\'', '"', '\u{1}')"#, r#"f(" ", , , , )"#),
            (r##"g(r#"a"b"#, br"c", b"d")"##, r#"g(" ", " ", " ")"#),
            (
                "fn h<'a>(x: &'a str, 中: char) {}",
                "fn h<'a>(x: &'a str, 中: char) {}",
            ),
            ("r#type + bar\"x\"", "r#type + bar\" \""),
            ("let a = '好'; b", "let a = ; b"),
        ] {
            assert_eq!(code(text), expected, "{text}");
        }
    }

    #[test]
    fn strings_keep_their_text_and_line() {
        let file = RustFile::parse("a.rs", "x(\n  \"one\",\n  r#\"two\"#)");
        let seen: Vec<_> = file
            .strings
            .iter()
            .map(|s| (s.text.as_str(), file.line(s.start)))
            .collect();
        assert_eq!(seen, [("one", 2), ("two", 3)]);
    }

    #[test]
    fn functions_have_a_length() {
        let text = "trait T { fn a(x: [u8; 2]); }\nfn b() -> [u8; 2] {\n  if x { \"}\" }\n}\nlet f: fn(u8);\nfn c() {}\n";
        let file = RustFile::parse("a.rs", text);
        let seen: Vec<_> = file
            .functions()
            .into_iter()
            .map(|f| (f.name, f.line, f.lines))
            .collect();
        assert_eq!(seen, [("b".to_owned(), 2, 3), ("c".to_owned(), 6, 1)]);
    }

    #[test]
    fn tests_are_known_by_attribute_and_place() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n  fn b() {}\n}\nfn c() {}\n";
        let file = RustFile::parse("crates/x/src/a.rs", text);
        let seen: Vec<_> = ["fn a", "fn b", "fn c"]
            .iter()
            .map(|f| file.is_test(file.find(f)[0]))
            .collect();
        assert_eq!(seen, [false, true, false]);
        for path in ["crates/x/tests/it/a.rs", "crates/x/src/a/tests.rs"] {
            assert!(RustFile::parse(path, "fn a() {}").is_test(0), "{path}");
        }
    }

    #[test]
    fn only_whole_words_are_found() {
        let file = RustFile::parse("a.rs", "asleep(1); sleep(2); unsafe_code; unsafe {}");
        assert_eq!(file.find("sleep("), [11]);
        assert_eq!(file.find("unsafe").len(), 1);
    }
}
