//! Values that are filled into the words of a script.

use chrono::{Datelike as _, NaiveDate};
use domain::money::Money;
use domain::questionnaires::Words;
use std::collections::BTreeMap;

/// The values that words may name, with a sample of each for previews, in Chinese and English.
pub const SAMPLES: &[(&str, &str, &str)] = &[
    ("salutation", "王女士", "Ms Wang"),
    ("holder", "王晓梅", "Wang Xiaomei"),
    ("insured", "王晓梅", "Wang Xiaomei"),
    ("company", "本公司", "our company"),
    ("caller", "李娜", "Li Na"),
    ("agent", "赵刚", "Zhao Gang"),
    ("policy_no", "P202600012345", "P202600012345"),
    (
        "product",
        "安享终身寿险（分红型）",
        "Anxiang participating whole life",
    ),
    ("premium", "12,000.00 元", "CNY 12,000.00"),
    ("frequency", "每年", "a year"),
    ("payment_years", "10 年", "10 years"),
    ("coverage_term", "终身", "whole life"),
    ("ack_signed_on", "11 月 8 日", "2026-11-08"),
    ("cooling_off_days", "15", "15"),
    ("right_end_on", "11 月 22 日", "2026-11-22"),
    ("expiry_date", "2027 年 11 月 1 日", "2027-11-01"),
    ("claim_no", "C2026001234", "C2026001234"),
    ("claim_amount", "3,500.00 元", "CNY 3,500.00"),
    ("loss_date", "10 月 20 日", "2026-10-20"),
    ("paid_on", "11 月 5 日", "2026-11-05"),
    ("payee", "王晓梅", "Wang Xiaomei"),
    ("payout_amount", "8,000.00 元", "CNY 8,000.00"),
    ("payout_method", "银行转账", "bank transfer"),
    ("service_item", "生存金领取", "survival benefit"),
    ("grace_end_on", "12 月 31 日", "2026-12-31"),
];

/// The names of values that some words ask for, such as `holder` for `{holder}`, in order.
pub fn named(words: &str) -> Vec<&str> {
    let parts = words.split('{').skip(1);
    parts
        .filter_map(|p| p.split_once('}').map(|(name, _)| name))
        .collect()
}

/// Values by the name of their place, in Chinese and English.
#[derive(Clone, Debug, Default)]
pub struct ScriptValues(BTreeMap<&'static str, Words>);

impl ScriptValues {
    /// Samples of every value.
    pub fn samples() -> Self {
        let mut values = Self::default();
        for (name, zh, en) in SAMPLES {
            values.set_words(name, *zh, *en);
        }
        values
    }

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
