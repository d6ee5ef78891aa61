//! Takes out of fetched files what would make a browser ask for more: source maps and remote styles.

/// The text as it is committed; ends with one newline.
pub(super) fn clean(file: &str, text: &str) -> Result<String, String> {
    let is_style = file.ends_with(".css");
    let mut text = text.to_owned();
    if is_style || file.ends_with(".js") {
        text = without(&text, "/*# sourceMappingURL=", |rest| {
            rest.find("*/").map(|end| end + 2)
        });
        text = without(&text, "//# sourceMappingURL=", |rest| rest.find('\n'));
    }
    if is_style {
        text = without(&text, "@import", end_of_statement);
        if let Some(target) = foreign_urls(&text).next() {
            return Err(format!("{file} asks for {target}, which is not vendored"));
        }
    }
    Ok(format!("{}\n", text.trim_end()))
}

/// The text without each piece from a mark to the end that `length` finds, or to that of the text.
fn without(text: &str, mark: &str, length: impl Fn(&str) -> Option<usize>) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(mark) {
        kept.push_str(&rest[..start]);
        let piece = &rest[start..];
        rest = &piece[length(piece).unwrap_or(piece.len())..];
    }
    kept + rest
}

/// The offset after the semicolon that ends a statement; addresses may contain semicolons.
fn end_of_statement(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut open = 0;
    for (offset, letter) in text.char_indices() {
        match (quote, letter) {
            (Some(opened), _) if opened == letter => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(letter),
            (None, '(') => open += 1,
            (None, ')') => open -= 1,
            (None, ';') if open == 0 => return Some(offset + 1),
            _ => {}
        }
    }
    None
}

/// What `url(…)` asks for, unless it carries its own data or names a part of the page.
fn foreign_urls(style: &str) -> impl Iterator<Item = &str> {
    style.match_indices("url(").filter_map(|(offset, mark)| {
        let target = style[offset + mark.len()..].trim_start_matches(['"', '\'', ' ']);
        let is_own = target.starts_with("data:") || target.starts_with('#');
        (!is_own).then(|| target.split([')', '"', '\'']).next().unwrap_or(target))
    })
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn maps_and_remote_styles_are_taken_out() {
        for (file, text, expected) in [
            ("a.js", "x();\n//# sourceMappingURL=a.js.map", "x();\n"),
            ("a.js", "x(\"@import\")", "x(\"@import\")\n"),
            ("a.css", "a{}\n/*# sourceMappingURL=a.css.map */\n", "a{}\n"),
            (
                "a.css",
                "@import url(\"https://example.com/f?w=4;5\");a{b:url(data:x)}",
                "a{b:url(data:x)}\n",
            ),
            ("licence.txt", "x\n\n", "x\n"),
        ] {
            assert_eq!(clean(file, text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_style_must_not_ask_for_files() {
        for text in [
            "a{b:url(https://example.com/f.woff2)}",
            "a{b:url('../f.woff')}",
        ] {
            assert!(clean("a.css", text).is_err(), "{text}");
        }
    }
}
