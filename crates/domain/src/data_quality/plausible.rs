//! Values that stand for none, and names that nobody bears.

use super::Limits;
use crate::customers::{CustomerKind, PersonName, Reveal};

/// Words that people type where they know nothing.
const NOTHING: &[&str] = &[
    "不详",
    "未知",
    "不明",
    "不清楚",
    "不知道",
    "无",
    "没有",
    "暂无",
    "暂缺",
    "待补",
    "待定",
    "测试",
    "同上",
    "同身份证",
    "未提供",
    "未填",
    "未填写",
    "不便提供",
    "保密",
    "略",
    "无名氏",
    "某某",
    "先生",
    "女士",
    "客户",
    "投保人",
    "姓名",
    "地址",
    "身份证",
    "test",
    "none",
    "null",
    "nil",
    "n/a",
    "na",
    "xx",
    "xxx",
    "xxxx",
    "aaa",
    "abc",
];
/// Parts that make a text a test or a blank wherever they stand.
const NOTHING_WITHIN: &[&str] = &["测试", "不详", "未知", "待补"];
/// A number of an operator that people write down for want of one.
const OPERATORS_NUMBER: &str = "13800138000";
/// How people are addressed whose name nobody asked for.
const TITLES: &[&str] = &[
    "先生", "女士", "小姐", "太太", "夫人", "师傅", "老师", "阿姨", "医生", "经理", "老板", "公司",
];
/// Surnames of two characters that are borne by many.
const DOUBLE_SURNAMES: &[&str] = &[
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "令狐", "慕容", "宇文", "司徒",
    "夏侯", "长孙", "端木", "南宫",
];

/// What counts as a placeholder among digits.
#[derive(Clone, Copy, Debug)]
pub struct Placeholders {
    equal_min: usize,
    counting_min: usize,
}

impl From<&Limits> for Placeholders {
    fn from(limits: &Limits) -> Self {
        let size = |n: i64| usize::try_from(n).unwrap_or(usize::MAX).max(2);
        Self {
            equal_min: size(limits.equal_digits_min),
            counting_min: size(limits.counting_digits_min),
        }
    }
}

impl Placeholders {
    /// Whether the digits of a text are those of no real number.
    pub fn are_digits_made_up(self, text: &str) -> bool {
        let digits: Vec<i8> = text
            .bytes()
            .filter(u8::is_ascii_digit)
            .filter_map(|b| i8::try_from(b - b'0').ok())
            .collect();
        text.ends_with(OPERATORS_NUMBER)
            || longest(&digits, &[0]) >= self.equal_min
            || longest(&digits, &[1, -1]) >= self.counting_min
    }
}

/// The longest run whose steps are all the same one of `steps`.
fn longest(digits: &[i8], steps: &[i8]) -> usize {
    let mut best = usize::from(!digits.is_empty());
    for step in steps {
        let mut run = 1;
        for pair in digits.windows(2) {
            run = if pair[1] - pair[0] == *step {
                run + 1
            } else {
                1
            };
            best = best.max(run);
        }
    }
    best
}

/// Whether a text stands for nothing: a word for it, or one character again and again.
pub fn is_placeholder(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    let mut chars = text.chars().filter(|c| c.is_alphanumeric());
    let first = chars.next();
    let count = text.chars().filter(|c| c.is_alphanumeric()).count();
    let all_same = first.is_none_or(|first| chars.all(|c| c == first)) && count != 1;
    NOTHING.contains(&text.as_str())
        || NOTHING_WITHIN.iter().any(|w| text.contains(w))
        || (all_same && (count == 0 || count > 2))
}

/// Whether somebody may bear a name. A name that is a placeholder is not judged here.
pub(super) fn is_name(kind: CustomerKind, name: &PersonName) -> bool {
    let name = name.reveal(Reveal::for_checks()).trim();
    let count = name.chars().count();
    match kind {
        CustomerKind::Group => count >= 4,
        CustomerKind::Individual => {
            let fits =
                |c: char| c.is_alphabetic() || matches!(c, '·' | '•' | '.' | ' ' | '-' | '\'');
            count >= 2 && name.chars().all(fits) && !TITLES.iter().any(|t| name.ends_with(t))
        }
    }
}

/// Whether somebody bears a name, such as that of a salesperson.
pub fn bears(name: &PersonName, other: &str) -> bool {
    name.reveal(Reveal::for_checks()).trim() == other.trim()
}

/// The surname of a name, as families are told apart: the first character, or two of a double surname; of names
/// in other letters the last word.
pub fn surname(name: &PersonName) -> String {
    let name = name.reveal(Reveal::for_checks()).trim();
    if let Some(double) = DOUBLE_SURNAMES.iter().find(|d| name.starts_with(**d)) {
        return (*double).to_owned();
    }
    if name.chars().next().is_some_and(|c| c.is_ascii_alphabetic()) {
        return name.rsplit(' ').next().unwrap_or(name).to_lowercase();
    }
    name.chars().take(1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_no_number_are_told() {
        let rule = Placeholders {
            equal_min: 7,
            counting_min: 8,
        };
        for (digits, expected) in [
            ("13800000000", true),
            ("13111111111", true),
            ("13512345678", true),
            ("13987654321", true),
            ("13405584912", false),
            ("13800138000", true),
            ("023-88888888", true),
            ("13812345567", false),
        ] {
            assert_eq!(rule.are_digits_made_up(digits), expected, "{digits}");
        }
    }

    #[test]
    fn words_for_nothing_are_told() {
        for (text, expected) in [
            ("不详", true),
            ("测试客户一", true),
            ("XXX", true),
            ("", true),
            ("---", true),
            ("一一一一", true),
            ("未提供", true),
            ("王王", false),
            ("贾颖", false),
            ("教师", false),
        ] {
            assert_eq!(is_placeholder(text), expected, "{text}");
        }
    }

    #[test]
    fn names_and_surnames() {
        let name = |text: &str| PersonName::from_stored(text.into());
        for (text, expected) in [
            ("陈桂兰", true),
            ("阿依古丽·买买提", true),
            ("John Smith", true),
            ("陈", false),
            ("陈2", false),
            ("王先生", false),
            ("李太太", false),
            ("陈师傅", false),
            ("陈桂兰？", false),
        ] {
            assert_eq!(
                is_name(CustomerKind::Individual, &name(text)),
                expected,
                "{text}"
            );
        }
        assert_eq!(surname(&name("欧阳明")), "欧阳");
        assert_eq!(surname(&name("陈桂兰")), "陈");
        assert_eq!(surname(&name("John Smith")), "smith");
    }
}
