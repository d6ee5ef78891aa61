//! Where lines end: between Chinese characters, at spaces, never before a closing mark or after an
//! opening one (GB/T 15834, the signs 避头尾).

/// May not begin a line.
const CLOSING: &str = "、。，．：；！？）】》」』〕〉”’％‰℃·…—～,.:;!?)]}%";
/// May not end a line.
const OPENING: &str = "（【《「『〔〈“‘￥$([{";

/// Divides a text into lines no wider than `width`; `measure` gives the width of a character. A word
/// that is wider than a line is divided where it must be.
pub(super) fn wrap(text: &str, width: f32, mut measure: impl FnMut(char) -> f32) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let letters: Vec<char> = paragraph.chars().map(plain).collect();
        fill(&letters, width, &mut measure, &mut lines);
    }
    lines
}

/// Signs that only steer are spaces on paper.
fn plain(letter: char) -> char {
    if letter.is_control() { ' ' } else { letter }
}

fn fill(
    letters: &[char],
    width: f32,
    measure: &mut impl FnMut(char) -> f32,
    lines: &mut Vec<String>,
) {
    let mut start = 0;
    let mut used = 0.0;
    let mut last_break = 0;
    let mut at = 0;
    while at < letters.len() {
        if at > start && may_break(letters[at - 1], letters[at]) {
            last_break = at;
        }
        let advance = measure(letters[at]);
        // A space may stand out at the end of a line.
        if used + advance > width && letters[at] != ' ' && at > start {
            let end = if last_break > start { last_break } else { at };
            push(&letters[start..end], lines);
            start = end;
            while start < letters.len() && letters[start] == ' ' {
                start += 1;
            }
            last_break = start;
            at = start;
            used = 0.0;
            continue;
        }
        used += advance;
        at += 1;
    }
    push(&letters[start.min(letters.len())..], lines);
}

fn push(letters: &[char], lines: &mut Vec<String>) {
    let line: String = letters.iter().collect();
    lines.push(line.trim_end_matches(' ').to_owned());
}

fn may_break(before: char, after: char) -> bool {
    if after == ' ' || CLOSING.contains(after) || OPENING.contains(before) {
        return false;
    }
    before == ' ' || is_wide(before) || is_wide(after)
}

/// Whether lines may end on either side: Chinese characters, their marks, boxes.
fn is_wide(letter: char) -> bool {
    letter > '\u{2e7f}' || matches!(letter, '\u{2010}'..='\u{2027}' | '\u{2190}'..='\u{27bf}')
}

#[cfg(test)]
mod tests {
    use super::wrap;

    /// Chinese characters are two wide, others one.
    fn check(text: &str, width: f32, lines: &[&str]) {
        let measure = |c: char| if c > '\u{2000}' { 2.0 } else { 1.0 };
        assert_eq!(wrap(text, width, measure), lines, "{text}");
    }

    #[test]
    fn lines_end_where_readers_expect_it() {
        check("", 10.0, &[""]);
        check("一二三四五", 6.0, &["一二三", "四五"]);
        check("一二三，四", 6.0, &["一二", "三，四"]);
        check("一二（三）", 6.0, &["一二", "（三）"]);
        check(
            "您的保单 ABC12345 已生效",
            12.0,
            &["您的保单", "ABC12345 已", "生效"],
        );
        check(
            "a very longwordindeed",
            8.0,
            &["a very", "longword", "indeed"],
        );
        check("一\n\n二\t三", 8.0, &["一", "", "二 三"]);
        check("，，，，", 4.0, &["，，", "，，"]);
    }
}
