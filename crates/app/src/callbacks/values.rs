//! Values that are filled into the words of a script.

use chrono::{Datelike as _, NaiveDate};
use domain::money::Money;
use domain::questionnaires::Words;
use std::collections::BTreeMap;

/// Values by the name of their place, in Chinese and English.
#[derive(Clone, Debug, Default)]
pub struct ScriptValues(BTreeMap<&'static str, Words>);

impl ScriptValues {
    /// Sets a value that reads alike in both languages.
    pub fn set(&mut self, name: &'static str, value: impl Into<String>) {
        let value = value.into();
        self.0.insert(
            name,
            Words {
                zh: value.clone(),
                en: value,
            },
        );
    }

    /// Sets a value with its words in each language.
    pub fn set_words(&mut self, name: &'static str, zh: impl Into<String>, en: impl Into<String>) {
        self.0.insert(
            name,
            Words {
                zh: zh.into(),
                en: en.into(),
            },
        );
    }

    /// Sets a date as people say it: `11 月 8 日`, with the year when it is another one.
    pub fn set_date(&mut self, name: &'static str, date: Option<NaiveDate>, today: NaiveDate) {
        let Some(date) = date else { return };
        let (month, day) = (date.month(), date.day());
        let zh = if date == today {
            "今天".to_owned()
        } else if date.year() == today.year() {
            format!("{month} 月 {day} 日")
        } else {
            format!("{} 年 {month} 月 {day} 日", date.year())
        };
        self.set_words(name, zh, date.to_string());
    }

    /// Sets an amount: `12,000.00 元`.
    pub fn set_money(&mut self, name: &'static str, fen: Option<i64>) {
        let Some(fen) = fen else { return };
        let text = Money(fen).grouped();
        self.set_words(name, format!("{text} 元"), format!("CNY {text}"));
    }

    /// Fills values into a text. Places without a value stay visible as `〔…〕`, so that callers see
    /// that something is missing instead of reading nonsense aloud.
    pub fn fill(&self, words: &Words) -> Words {
        Words {
            zh: self.fill_text(&words.zh, |w| &w.zh),
            en: self.fill_text(&words.en, |w| &w.en),
        }
    }

    fn fill_text(&self, text: &str, pick: impl Fn(&Words) -> &String) -> String {
        let mut out = String::with_capacity(text.len() + 32);
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            match after.split_once('}') {
                Some((name, tail)) => {
                    match self.0.get(name) {
                        Some(words) => out.push_str(pick(words)),
                        None => out.push_str(&format!("〔{name}〕")),
                    }
                    rest = tail;
                }
                None => {
                    out.push('{');
                    rest = after;
                }
            }
        }
        out.push_str(rest);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_filled_in_and_missing_ones_stay_visible() {
        let mut values = ScriptValues::default();
        values.set("product", "安享终身寿险");
        values.set_money("premium", Some(1_200_000));
        let words = Words {
            zh: "{product}，保费 {premium}，{agent}。".into(),
            en: "{product}: {premium}".into(),
        };
        let filled = values.fill(&words);
        assert_eq!(filled.zh, "安享终身寿险，保费 12,000.00 元，〔agent〕。");
        assert_eq!(filled.en, "安享终身寿险: CNY 12,000.00");
    }

    #[test]
    fn dates_read_as_people_say_them() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let mut values = ScriptValues::default();
        values.set_date("a", NaiveDate::from_ymd_opt(2026, 11, 8), today);
        values.set_date("b", Some(today), today);
        values.set_date("c", NaiveDate::from_ymd_opt(2025, 12, 31), today);
        let words = Words {
            zh: "{a}|{b}|{c}".into(),
            en: String::new(),
        };
        assert_eq!(
            values.fill(&words).zh,
            "11 月 8 日|今天|2025 年 12 月 31 日"
        );
    }
}
