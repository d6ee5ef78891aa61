//! How names sound: Mandarin without tones, with what people of the south mix up made alike, and the
//! readings that surnames have.

use pinyin::ToPinyin as _;

/// Readings of a name that are kept; each further polyphonic character would double them.
const READINGS_MAX: usize = 4;

/// Surnames that are read otherwise than the character is in most words.
const SURNAMES: &[(char, &[&str])] = &[
    ('曾', &["zeng"]),
    ('单', &["shan"]),
    ('解', &["xie"]),
    ('仇', &["qiu"]),
    ('朴', &["piao"]),
    ('区', &["ou"]),
    ('查', &["zha"]),
    ('任', &["ren"]),
    ('盖', &["ge"]),
    ('华', &["hua"]),
    ('翟', &["zhai", "di"]),
    ('覃', &["qin", "tan"]),
    ('乐', &["yue", "le"]),
    ('缪', &["miao"]),
    ('员', &["yun"]),
    ('黑', &["he"]),
    ('洗', &["xian"]),
    ('冼', &["xian"]),
    ('折', &["she"]),
    ('秘', &["bi"]),
    ('牟', &["mou", "mu"]),
    ('逄', &["pang"]),
    ('种', &["chong"]),
    ('句', &["gou"]),
    ('繁', &["po"]),
    ('宓', &["mi", "fu"]),
    ('那', &["na"]),
    ('葛', &["ge"]),
    ('隗', &["wei", "kui"]),
    ('召', &["shao"]),
    ('应', &["ying"]),
    ('褚', &["chu"]),
    ('尹', &["yin"]),
    ('幺', &["yao"]),
    ('晁', &["chao"]),
    ('郇', &["xun", "huan"]),
    ('郗', &["xi", "chi"]),
    ('祭', &["zhai"]),
    ('哈', &["ha"]),
    ('车', &["che"]),
    ('柏', &["bai", "bo"]),
    ('卜', &["bu"]),
    ('臧', &["zang"]),
    ('尉', &["wei", "yu"]),
    ('万', &["wan", "mo"]),
    ('俟', &["qi"]),
    ('长', &["zhang"]),
    ('纪', &["ji"]),
    ('过', &["guo"]),
    ('薄', &["bo"]),
    ('费', &["fei", "bi"]),
    ('角', &["jue"]),
    ('阚', &["kan"]),
    ('呙', &["guo"]),
    ('谌', &["chen", "shen"]),
];

/// Characters of given names and of organisations that are read in two ways.
const TWOFOLD: &[(char, &[&str])] = &[
    ('乐', &["le", "yue"]),
    ('长', &["chang", "zhang"]),
    ('行', &["xing", "hang"]),
    ('朝', &["chao", "zhao"]),
    ('茜', &["qian", "xi"]),
    ('重', &["zhong", "chong"]),
    ('藏', &["cang", "zang"]),
    ('晟', &["sheng", "cheng"]),
    ('曾', &["zeng", "ceng"]),
    ('单', &["dan", "shan"]),
    ('少', &["shao"]),
    ('都', &["du", "dou"]),
    ('尉', &["wei", "yu"]),
    ('大', &["da"]),
    ('奇', &["qi", "ji"]),
    ('铅', &["qian"]),
    ('莘', &["xin", "shen"]),
    ('贾', &["jia", "gu"]),
    ('盛', &["sheng", "cheng"]),
    ('宿', &["su", "xiu"]),
    ('亭', &["ting"]),
    ('柏', &["bai", "bo"]),
    ('石', &["shi"]),
    ('阿', &["a"]),
    ('和', &["he"]),
];

/// Readings of a character; nothing for one that is not Chinese.
fn readings(character: char, is_first: bool) -> Vec<&'static str> {
    let of = |table: &[(char, &'static [&'static str])]| {
        let entry = table.iter().find(|(c, _)| *c == character);
        entry.map(|(_, readings)| readings.to_vec())
    };
    let usual = character.to_pinyin().map(pinyin::Pinyin::plain);
    let mut found = if is_first { of(SURNAMES) } else { None }.unwrap_or_default();
    if found.is_empty() || is_first {
        found.extend(of(TWOFOLD).unwrap_or_else(|| usual.into_iter().collect()));
    }
    let mut seen = Vec::new();
    found.retain(|r| {
        !seen.contains(r) && {
            seen.push(*r);
            true
        }
    });
    found
}

/// Syllables of a name, one list for each way in which it may be read; empty when a character of it
/// has no reading.
pub(super) fn syllables(name: &[char]) -> Vec<Vec<&'static str>> {
    let mut all: Vec<Vec<&'static str>> = vec![Vec::new()];
    for (at, character) in name.iter().enumerate() {
        let readings = readings(*character, at == 0);
        if readings.is_empty() {
            return Vec::new();
        }
        all = all
            .iter()
            .flat_map(|before| {
                readings.iter().map(|reading| {
                    let mut longer = before.clone();
                    longer.push(*reading);
                    longer
                })
            })
            .take(READINGS_MAX)
            .collect();
    }
    all
}

/// Makes alike what is easily mixed up: zh and z, ch and c, sh and s, n and l, -ng and -n. Works on
/// syllables that were written together as well: nothing depends on where one ends.
pub(super) fn blur(latin: &str) -> String {
    let mut letters = latin
        .chars()
        .filter(|c| c.is_alphabetic())
        .flat_map(char::to_lowercase)
        .map(|c| if matches!(c, 'ü' | 'v') { 'u' } else { c })
        .peekable();
    let mut blurred = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            'z' | 'c' | 's' => {
                blurred.push(letter);
                letters.next_if_eq(&'h');
            }
            'n' => {
                blurred.push('l');
                while letters.next_if_eq(&'g').is_some() {}
            }
            other => blurred.push(other),
        }
    }
    blurred
}

/// The first letters of syllables, n and l alike.
pub(super) fn initials(syllables: &[&str]) -> String {
    let firsts = syllables.iter().filter_map(|s| s.chars().next());
    firsts.map(|c| if c == 'n' { 'l' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("zhangweiming", "zangweimin")]
    #[case("zhang wei ming", "zanweimin")]
    #[case("chenshi", "censi")]
    #[case("liulan", "niunan")]
    #[case("wangguo", "wanguo")]
    #[case("lüfeng", "lvfen")]
    fn what_is_mixed_up_is_alike(#[case] one: &str, #[case] other: &str) {
        assert_eq!(blur(one), blur(other));
    }

    #[rstest]
    #[case("曾乐", &["zengle", "zengyue"])]
    #[case("单晟", &["shansheng", "shancheng", "dansheng", "dancheng"])]
    #[case("解小明", &["xiexiaoming", "jiexiaoming"])]
    fn surnames_have_their_readings(#[case] name: &str, #[case] expected: &[&str]) {
        let name: Vec<char> = name.chars().collect();
        let found: Vec<String> = syllables(&name).iter().map(|s| s.concat()).collect();
        for reading in expected {
            assert!(found.iter().any(|f| f == reading), "{reading} in {found:?}");
        }
    }
}
