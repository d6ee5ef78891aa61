//! Names of organisations: without their legal form, for short, and the part that a branch is.

use super::normal::plain;

/// What stands at the end of the names of organisations and tells them apart from nobody, the longest first.
const LEGAL_FORMS: [&str; 12] = [
    "股份有限责任公司",
    "集团股份有限公司",
    "有限责任公司",
    "股份有限公司",
    "集团有限公司",
    "个体工商户",
    "合伙企业",
    "有限公司",
    "分公司",
    "集团",
    "公司",
    "厂",
];

/// What the name of a part of an organisation ends with.
const BRANCHES: [&str; 9] = [
    "分公司",
    "支公司",
    "分行",
    "支行",
    "分店",
    "分厂",
    "营业部",
    "办事处",
    "事业部",
];

/// Provinces and their capitals as they stand at the beginning of names of organisations (GB/T 2260).
const REGIONS: [&str; 58] = [
    "中国", "北京", "天津", "上海", "重庆", "河北", "山西", "辽宁", "吉林", "江苏", "浙江", "安徽",
    "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "海南", "四川", "贵州", "云南", "陕西",
    "甘肃", "青海", "台湾", "广西", "西藏", "宁夏", "新疆", "香港", "澳门", "沈阳", "长春", "南京",
    "杭州", "合肥", "福州", "南昌", "济南", "郑州", "武汉", "长沙", "广州", "海口", "成都", "贵阳",
    "昆明", "西安", "兰州", "西宁", "南宁", "拉萨", "银川", "太原", "深圳", "青岛",
];

/// The name of an organisation without its legal form, brackets and the words for province and city.
pub(super) fn organisation(text: &str) -> Vec<char> {
    let mut text: String = text
        .chars()
        .map(plain)
        .filter(|c| !c.is_whitespace())
        .collect();
    for form in LEGAL_FORMS {
        if let Some(short) = text.strip_suffix(form)
            && short.chars().count() > 1
        {
            text = short.to_owned();
        }
    }
    let left_out = |c: &char| matches!(c, '(' | ')' | '（' | '）' | '省' | '市' | '·' | '-');
    text.chars().filter(|c| !left_out(c)).collect()
}

/// The name of an organisation without that of its part, and the name of the part.
pub(super) fn branch(text: &str) -> (String, Vec<char>) {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let is_part = BRANCHES.iter().any(|end| text.ends_with(end));
    let whole = ["公司", "集团", "银行"].iter().filter_map(|end| {
        let at = text.find(end)? + end.len();
        // What follows is the part; “分公司” itself is not the whole.
        (at < text.len() && !text[..at].ends_with("分公司")).then_some(at)
    });
    match whole.min().filter(|_| is_part) {
        Some(at) => (text[..at].to_owned(), organisation(&text[at..])),
        None => (text, Vec::new()),
    }
}

/// What an organisation is called for short: its name in normal form without the region that it begins with.
pub(super) fn brand(text: &str, name: &[char]) -> Vec<char> {
    let begin: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .take(7)
        .collect();
    let town = begin.rfind(['省', '市', '区', '县']);
    let town = town.map_or(0, |at| {
        begin[..at].chars().filter(|c| !"省市".contains(*c)).count()
    });
    let whole: String = name.iter().collect();
    let region = REGIONS.iter().filter(|r| whole.starts_with(**r));
    let left_out = region
        .map(|r| r.chars().count())
        .max()
        .unwrap_or(0)
        .max(town);
    if name.len() < left_out + 2 {
        return name.to_vec();
    }
    name[left_out..].to_vec()
}

/// Whether a text is what is left of another when characters are taken out, its beginning kept.
pub(super) fn is_shortened(short: &[char], long: &[char]) -> bool {
    let mut rest = long.iter();
    short.len() > 2 && short.first() == long.first() && short.iter().all(|c| rest.any(|x| x == c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn an_organisation_has_parts_and_a_short_name() {
        assert_eq!(
            organisation("重庆市联合实业有限公司"),
            organisation("重庆联合实业有限责任公司")
        );
        assert_ne!(
            organisation("重庆联合实业有限公司"),
            organisation("重庆联合食品有限公司")
        );
        for (text, whole, part) in [
            ("重庆联合实业有限公司", "重庆联合实业", ""),
            ("重庆联合实业有限公司涪陵分公司", "重庆联合实业", "涪陵"),
            ("中国工商银行济南市支行", "中国工商银行", "济南支行"),
            ("联合实业涪陵分公司", "联合实业涪陵", ""),
        ] {
            let (head, found) = branch(text);
            assert_eq!(organisation(&head), letters(whole), "{text}");
            assert_eq!(found, letters(part), "{text}");
        }
        for (text, short) in [
            ("重庆市联合实业有限公司", "联合实业"),
            ("绵阳市联合实业有限公司", "联合实业"),
            ("山东联合实业有限公司", "联合实业"),
            ("联合实业", "联合实业"),
            ("重庆公司", "重庆"),
        ] {
            assert_eq!(brand(text, &organisation(text)), letters(short), "{text}");
        }
        assert!(is_shortened(&letters("联合餐饮"), &letters("联合餐饮管理")));
        assert!(!is_shortened(&letters("合餐饮"), &letters("联合餐饮管理")));
    }
}
