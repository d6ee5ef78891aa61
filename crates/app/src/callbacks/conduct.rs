//! How callbacks are made, as the written rules say it: manners, honesty, secrecy (CBK-30, CBK-32).
//! Data, not code.

use crate::{Error, Result};
use rules::Text;
use serde::Deserialize;
use std::sync::OnceLock;

static CONDUCT: &str = include_str!("../../../../organisation/conduct.toml");

/// A rule of conduct.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conduct {
    /// In a few words.
    pub title: Text,
    /// What to do and what to leave.
    pub text: Text,
    /// The written rule, with its article.
    pub source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    conduct: Vec<Conduct>,
}

/// The rules of conduct, in the order in which callers read them.
///
/// # Errors
/// [`Error::Fault`] when the shipped file is broken.
pub fn conduct() -> Result<&'static [Conduct]> {
    static READ: OnceLock<std::result::Result<Vec<Conduct>, String>> = OnceLock::new();
    let read = READ.get_or_init(|| {
        let file = toml::from_str::<File>(CONDUCT);
        file.map(|f| f.conduct)
            .map_err(|e| format!("organisation/conduct.toml: {e}"))
    });
    read.as_deref().map_err(|e| Error::Fault(e.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CBK-30, CBK-32: manners, honesty and secrecy are each said in both languages, with their source.
    #[test]
    fn every_rule_is_said_in_both_languages() {
        let all = conduct().unwrap();
        for rule in all {
            for text in [&rule.title, &rule.text] {
                assert!(!text.zh.is_empty() && !text.en.is_empty(), "{rule:?}");
            }
            assert!(!rule.source.is_empty(), "{rule:?}");
        }
        let said = |part: &str| all.iter().any(|r| r.text.zh.contains(part));
        for part in ["礼貌", "不打断", "尊重", "粗鲁", "不欺骗", "授权", "隐私"] {
            assert!(said(part), "{part}");
        }
    }
}
