//! Addresses as they are compared, and whether somebody can be found at one.

use crate::customers::{Address, Reveal};

/// Parts of an address that name a district.
const DISTRICTS: &[char] = &['省', '市', '区', '县', '旗', '州', '盟'];
/// Parts that lead to a door, a village or a building.
const PLACES: &[&str] = &[
    "路", "街", "巷", "弄", "道", "村", "镇", "乡", "屯", "组", "队", "社", "号", "栋", "幢", "楼",
    "座", "单元", "室", "房", "苑", "园", "小区", "花园", "大厦", "广场", "胡同", "里", "寨", "庄",
    "营", "团", "连", "场", "矿", "厂", "院", "学校", "医院", "信箱",
];

/// The address as equal addresses are equal: without blanks and punctuation, full-width characters made
/// narrow, letters in lower case. Nothing when no door or village is named: whole towns share those.
pub fn normal_address(address: &Address) -> Option<String> {
    let text = address.reveal(Reveal::for_checks());
    let normal: String = text.chars().filter_map(normal).collect();
    (normal.chars().any(|c| c.is_ascii_digit()) || normal.contains('村')).then_some(normal)
}

fn normal(c: char) -> Option<char> {
    let c = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0)?,
        c => c,
    };
    c.is_alphanumeric().then(|| c.to_ascii_lowercase())
}

/// Whether an address has at least so many characters, a district and something that leads to a door.
pub fn is_detailed(address: &Address, characters_min: i64) -> bool {
    let text = address.reveal(Reveal::for_checks());
    let count = text.chars().filter(|c| c.is_alphanumeric()).count();
    let has_district = text.contains(DISTRICTS);
    let has_place = PLACES.iter().any(|p| text.contains(p));
    // Addresses abroad and of foreigners are written in other letters.
    let is_foreign = text.chars().filter(char::is_ascii_alphabetic).count() * 2 > count;
    let long = i64::try_from(count).unwrap_or(i64::MAX) >= characters_min;
    long && (is_foreign || (has_district && has_place))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::from_stored(text.into())
    }

    #[test]
    fn equal_addresses_are_equal_however_they_are_written() {
        let one = normal_address(&address("济南市历下区和平路57号24栋2140室"));
        let other = normal_address(&address("济南市 历下区，和平路５７号 24栋2140室 "));
        assert!(one.is_some());
        assert_eq!(one, other);
        assert_eq!(normal_address(&address("重庆市渝中区")), None);
    }

    #[test]
    fn an_address_leads_to_a_door() {
        for (text, expected) in [
            ("济南市历下区和平路57号24栋2140室", true),
            ("重庆市巫山县官渡镇水库村3组", true),
            ("重庆市渝中区", false),
            ("家里", false),
            ("济南市某个说不清楚的地方", false),
            ("221B Baker Street, London NW1", true),
        ] {
            assert_eq!(is_detailed(&address(text), 9), expected, "{text}");
        }
    }
}
