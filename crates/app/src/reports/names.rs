//! Names of the values of dimensions, in both languages.

use crate::rules::Rules;
use crate::{App, Result};
use domain::policies::Channel;
use domain::reports::Dimension;
use std::collections::HashMap;
use store::reports::FigureRow;
use uuid::Uuid;

/// A name in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Name {
    /// The same name in both languages.
    pub fn same(name: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            zh: name.clone(),
            en: name,
        }
    }

    /// In a language.
    pub fn get(&self, language: rules::Language) -> &str {
        match language {
            rules::Language::Zh => &self.zh,
            rules::Language::En => &self.en,
        }
    }

    fn new(zh: &str, en: &str) -> Self {
        Self {
            zh: zh.to_owned(),
            en: en.to_owned(),
        }
    }
}

/// Keys and names of the values of a dimension.
pub(super) struct Names {
    by: Dimension,
    ids: HashMap<Uuid, (String, String)>,
    rules: std::sync::Arc<Rules>,
}

impl Names {
    pub(super) async fn load(app: &App, by: Dimension, ids: Vec<Uuid>) -> Result<Self> {
        let labels = store::reports::list_labels(app.store(), by, &ids).await?;
        Ok(Self {
            by,
            ids: labels
                .into_iter()
                .map(|l| (l.id, (l.code, l.name)))
                .collect(),
            rules: app.rules(),
        })
    }

    /// The key and name of a value; the key is empty where nothing is known.
    pub(super) fn of(&self, row: &FigureRow) -> (String, Name) {
        if let Some(id) = row.key_id {
            return match self.ids.get(&id) {
                Some((code, name)) => (code.clone(), Name::same(name)),
                None => (id.to_string(), Name::same(id.to_string())),
            };
        }
        let Some(code) = row.key_text.clone().filter(|c| !c.is_empty()) else {
            return (String::new(), self.unknown());
        };
        let name = match self.by {
            Dimension::Programme => programme(&self.rules, &code),
            Dimension::Channel => channel(&code),
            _ => Name::same(row.label.clone().unwrap_or_else(|| code.clone())),
        };
        (code, name)
    }

    fn unknown(&self) -> Name {
        match self.by {
            Dimension::Caller => Name::new("尚未拨打", "not called yet"),
            Dimension::Salesperson => Name::new("无销售人员", "no salesperson"),
            _ => Name::new("未知", "unknown"),
        }
    }
}

/// The name of a programme.
pub(super) fn programme(rules: &Rules, code: &str) -> Name {
    rules
        .programme(code)
        .map_or_else(|| Name::same(code), |p| Name::new(&p.title.zh, &p.title.en))
}

fn channel(code: &str) -> Name {
    let Ok(channel) = Channel::parse(code) else {
        return Name::same(code);
    };
    let (zh, en) = match channel {
        Channel::IndividualAgent => ("个人代理", "Individual agents"),
        Channel::Bancassurance => ("银保", "Bancassurance"),
        Channel::BancassuranceRealtime => ("银保通", "Bancassurance, real-time link"),
        Channel::Telesales => ("电话销售", "Telesales"),
        Channel::Online => ("互联网", "Online"),
        Channel::Direct => ("公司直销", "Direct"),
        Channel::Broker => ("保险经纪", "Brokers"),
    };
    Name::new(zh, en)
}
