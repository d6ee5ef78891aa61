//! Normal forms of names, numbers and addresses, in which two ways of writing the same thing are equal.

use pinyin::ToPinyin as _;

/// Surnames of two characters; every other one has one.
const LONG_SURNAMES: [&str; 16] = [
    "欧阳", "上官", "司马", "诸葛", "夏侯", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒", "令狐",
    "宇文", "长孙", "南宫", "端木",
];

/// The twenty most frequent surnames (Ministry of Public Security, national report on names, 2020): about
/// half of the population. That two people share one of them says less.
const FREQUENT_SURNAMES: [char; 20] = [
    '王', '李', '张', '刘', '陈', '杨', '黄', '赵', '吴', '周', '徐', '孙', '马', '朱', '胡', '郭',
    '何', '林', '罗', '高',
];

/// Characters of full width, of the block that mirrors ASCII, become plain ones; capitals small ones.
pub(super) fn plain(c: char) -> char {
    let c = match u32::from(c) {
        n @ 0xFF01..=0xFF5E => char::from_u32(n - 0xFEE0).unwrap_or(c),
        0x3000 => ' ',
        _ => c,
    };
    c.to_ascii_lowercase()
}

/// A name without blanks, dots and hyphens.
pub(super) fn name(text: &str) -> Vec<char> {
    let left_out = |c: &char| c.is_whitespace() || matches!(c, '·' | '•' | '.' | '-' | '\'');
    text.chars().map(plain).filter(|c| !left_out(c)).collect()
}

/// How a name sounds: a syllable for each character, without tones.
pub(super) fn sound(name: &[char]) -> Vec<String> {
    let syllable = |c: &char| {
        c.to_pinyin()
            .map_or_else(|| c.to_string(), |p| p.plain().replace('ü', "v"))
    };
    name.iter().map(syllable).collect()
}

/// The words of a name that is written in Latin letters; nothing of any other name.
pub(super) fn latin_words(text: &str) -> Option<Vec<String>> {
    let text: String = text.chars().map(plain).collect();
    let words: Vec<String> = text
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '·' | '.'))
        .map(|word| word.chars().filter(char::is_ascii_alphabetic).collect())
        .filter(|word: &String| !word.is_empty())
        .collect();
    let known = |c: char| c.is_ascii_alphabetic() || c.is_whitespace() || ",·.-'".contains(c);
    (!words.is_empty() && text.chars().all(known)).then_some(words)
}

/// How a sound is heard where dialects do not tell sounds apart: zh from z, ch from c, sh from s, n from l, ng
/// from n. Syllables may run together, as they do in Latin letters.
pub(super) fn heard(sound: &str) -> String {
    let mut sound = sound.to_owned();
    for (one, other) in [
        ("zh", "z"),
        ("ch", "c"),
        ("sh", "s"),
        ("ng", "n"),
        ("n", "l"),
    ] {
        sound = sound.replace(one, other);
    }
    sound
}

/// How many characters of a name are the surname.
pub(super) fn surname_length(name: &[char]) -> usize {
    let begin: String = name.iter().take(2).collect();
    if name.len() > 2 && LONG_SURNAMES.contains(&begin.as_str()) {
        2
    } else {
        name.len().min(1)
    }
}

/// Whether a surname is one of the most frequent.
pub(super) fn is_frequent(name: &[char]) -> bool {
    name.first().is_some_and(|c| FREQUENT_SURNAMES.contains(c))
}

/// The digits of a telephone number, without the code of the country and zeros before it.
pub(super) fn digits(text: &str) -> String {
    let digits: String = text
        .chars()
        .map(plain)
        .filter(char::is_ascii_digit)
        .collect();
    let digits = digits.trim_start_matches('0');
    match digits.strip_prefix("86") {
        Some(rest) if rest.len() > 9 => rest.trim_start_matches('0').to_owned(),
        _ => digits.to_owned(),
    }
}

/// A piece of an address: a character or a whole number.
pub(super) type Piece = String;

/// An address in pieces: without province and city, with one word for each kind of house.
pub(super) fn address(text: &str) -> Vec<Piece> {
    let mut text: String = text.chars().map(plain).collect();
    for end in ["自治区", "省", "市"] {
        // The city of a county-level city follows the one above it; only the first is left out.
        if let Some(at) = text.find(end)
            && text[..at].chars().count() <= 8
        {
            text = text[at + end.len()..].to_owned();
        }
    }
    for (word, one) in [
        ("号楼", "栋"),
        ("幢", "栋"),
        ("座", "栋"),
        ("弄", "号"),
        ("房", "室"),
    ] {
        text = text.replace(word, one);
    }
    let mut pieces: Vec<Piece> = Vec::new();
    let mut in_number = false;
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            match pieces.last_mut() {
                Some(last) if in_number => last.push(c),
                _ => pieces.push(c.to_string()),
            }
            in_number = true;
            continue;
        }
        in_number = false;
        // What people leave out as often as they write it.
        if c.is_alphanumeric() && !matches!(c, '室' | '第') {
            pieces.push(c.to_string());
        }
    }
    pieces
}

/// The street and the number of the house: what stands before the first number, with the number.
pub(super) fn house(address: &[Piece]) -> Option<String> {
    let at = address.iter().position(is_number)?;
    Some(address[at.checked_sub(2)?..=at].concat())
}

fn is_number(piece: &Piece) -> bool {
    piece.starts_with(|c: char| c.is_ascii_digit())
}

/// How many neighbouring pieces two addresses share, in percent of those that either has, and of those of the
/// shorter one, which has to name a house.
pub(super) fn likeness(a: &[Piece], b: &[Piece]) -> (i64, i64) {
    let pairs = |pieces: &[Piece]| {
        let mut pairs: Vec<String> = pieces
            .windows(2)
            .map(|w| format!("{} {}", w[0], w[1]))
            .collect();
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    };
    let names_house = [a, b].iter().all(|pieces| pieces.iter().any(is_number));
    let (a, b) = (pairs(a), pairs(b));
    let shared = a
        .iter()
        .filter(|pair| b.binary_search(pair).is_ok())
        .count();
    let either = a.len() + b.len() - shared;
    let of = |all: usize| i64::try_from(shared * 100 / all.max(1)).unwrap_or(0);
    let within = if names_house {
        of(a.len().min(b.len()))
    } else {
        0
    };
    (of(either), within)
}

/// Whether one text becomes the other by one change: a character more, less or another, or two neighbours
/// exchanged.
pub(super) fn is_one_off<T: PartialEq>(a: &[T], b: &[T]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    if short.len() < long.len() {
        return short[same..] == long[same + 1..];
    }
    if same == short.len() {
        return false;
    }
    let exchanged = same + 1 < short.len()
        && short[same] == long[same + 1]
        && short[same + 1] == long[same]
        && short[same + 2..] == long[same + 2..];
    exchanged || short[same + 1..] == long[same + 1..]
}

/// Whether one text becomes the other when two of its characters, wherever they stand, are exchanged.
pub(super) fn is_exchanged(a: &[char], b: &[char]) -> bool {
    let off: Vec<_> = a.iter().zip(b).filter(|(x, y)| x != y).collect();
    a.len() == b.len() && matches!(off[..], [(x, y), (v, w)] if x == w && y == v)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn one_change_leads_from_one_to_the_other() {
        for (a, b, expected) in [
            ("13405584912", "13405584912", false),
            ("13405584912", "13405584911", true),
            ("13405584912", "13405549812", false),
            ("13405584912", "13405584921", true),
            ("13405584912", "1340558491", true),
            ("13405584912", "3405584912", true),
            ("abc", "abcde", false),
            ("", "a", true),
        ] {
            assert_eq!(is_one_off(&chars(a), &chars(b)), expected, "{a} {b}");
            assert_eq!(is_one_off(&chars(b), &chars(a)), expected, "{b} {a}");
        }
    }

    #[test]
    fn two_ways_of_writing_are_one() {
        assert_eq!(name("阿·买 提"), name("阿买提"));
        assert_eq!(sound(&chars("贾颖")), sound(&chars("贾影")));
        assert_eq!(digits("+86 138-0050-0001"), digits("13800500001"));
        assert_eq!(digits("023-63000001"), digits("23 6300 0001"));
        let (long, short) = (
            "山东省济南市历下区平路57号24栋2140室",
            "济南市历下区平路57号24幢2140",
        );
        assert_eq!(address(long), address(short));
        assert_eq!(likeness(&address(long), &address(short)), (100, 100));
        let other = likeness(&address(long), &address("济南市历下区平路58号1栋2室"));
        assert!(other.0 < 50 && other.1 < 80, "{other:?}");
        let (_, within) = likeness(&address(long), &address("平路57号24栋"));
        assert_eq!(within, 100, "a part of it");
        assert_eq!(likeness(&address(long), &address("济南市历下区平路")).1, 0);
        assert_eq!(house(&address(long)).as_deref(), Some("平路57"));
        assert_eq!(
            latin_words("O'Brien, Mary-Ann").unwrap(),
            ["obrien", "maryann"]
        );
        assert_eq!(latin_words("王Mary"), None);
        for (one, other) in [
            ("zhang", "zan"),
            ("ling", "nin"),
            ("sheng", "sen"),
            ("nannan", "lanlang"),
        ] {
            assert_eq!(heard(one), heard(other));
        }
        assert_ne!(heard("guo"), heard("jun"));
        assert!(is_exchanged(&chars("1234567"), &chars("1634527")));
        assert!(!is_exchanged(&chars("1234567"), &chars("1634528")));
        assert_eq!(surname_length(&chars("欧阳修")), 2);
        assert_eq!(surname_length(&chars("王安石")), 1);
    }
}
