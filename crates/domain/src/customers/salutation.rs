//! How people are addressed.

use super::CustomerKind;

/// How to address a person, in Chinese and English: family name and title; organisations by their name.
pub fn salutation(kind: CustomerKind, sex: Option<&str>, full_name: &str) -> (String, String) {
    if kind == CustomerKind::Group {
        return (full_name.to_owned(), full_name.to_owned());
    }
    let compound = COMPOUND_SURNAMES
        .iter()
        .find(|s| full_name.starts_with(**s) && full_name.chars().count() > 2);
    let surname = compound.map_or_else(|| full_name.chars().take(1).collect(), |s| (*s).to_owned());
    match sex {
        Some("female") => (format!("{surname}女士"), format!("Ms {surname}")),
        Some("male") => (format!("{surname}先生"), format!("Mr {surname}")),
        _ => (full_name.to_owned(), full_name.to_owned()),
    }
}

/// Family names of two characters that are in common use.
const COMPOUND_SURNAMES: [&str; 10] = [
    "欧阳", "司马", "上官", "诸葛", "司徒", "东方", "皇甫", "尉迟", "夏侯", "慕容",
];
