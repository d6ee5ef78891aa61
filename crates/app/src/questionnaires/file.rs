//! Reading `questionnaires/*.toml`.

use super::script::{AnswerLabels, Script, ScriptItem, Term, When};
use domain::questionnaires::{Item, ItemKind, Words};
use domain::tickets::ProblemType;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    code: String,
    version: i64,
    effective_from: toml::value::Datetime,
    title: WordsFile,
    programmes: Vec<String>,
    source: String,
    greeting: WordsFile,
    closing: WordsFile,
    #[serde(default)]
    term: Vec<TermFile>,
    item: Vec<ItemFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WordsFile {
    zh: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TermFile {
    term: WordsFile,
    plain: WordsFile,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemFile {
    code: String,
    kind: String,
    title: WordsFile,
    ask: WordsFile,
    must_ask: bool,
    gated: bool,
    ticket: Option<String>,
    #[serde(default)]
    cite: String,
    when: Option<When>,
    answers: Option<AnswersFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswersFile {
    affirm: WordsFile,
    unclear: WordsFile,
    negative: WordsFile,
    question: WordsFile,
}

impl From<WordsFile> for Words {
    fn from(file: WordsFile) -> Self {
        Self {
            zh: file.zh,
            en: file.en,
        }
    }
}

/// Reads and checks a questionnaire.
pub(super) fn parse(text: &str) -> Result<Script, String> {
    let file: File = toml::from_str(text).map_err(|e| e.to_string())?;
    let effective_from =
        rules::dates::civil_date(&file.effective_from).ok_or("effective_from must be a date")?;
    let mut items: Vec<ScriptItem> = Vec::new();
    for item in file.item {
        let code = item.code.clone();
        if items.iter().any(|i| i.item.code == code) {
            return Err(format!("item {code} is there twice"));
        }
        items.push(read_item(item).map_err(|e| format!("item {code}: {e}"))?);
    }
    if !items.iter().any(|i| i.item.must_ask) {
        return Err("no item must be asked".into());
    }
    let terms = file.term.into_iter().map(|t| Term {
        term: t.term.into(),
        plain: t.plain.into(),
    });
    Ok(Script {
        id: uuid::Uuid::nil().into(),
        code: file.code,
        version: file.version,
        hash: hex::encode(Sha256::digest(text.as_bytes())),
        effective_from,
        title: file.title.into(),
        programmes: file.programmes,
        source: file.source,
        greeting: file.greeting.into(),
        closing: file.closing.into(),
        terms: terms.collect(),
        items,
    })
}

fn read_item(file: ItemFile) -> Result<ScriptItem, String> {
    let kind = ItemKind::parse(&file.kind).map_err(|e| e.to_string())?;
    let ticket = file
        .ticket
        .as_deref()
        .map(ProblemType::parse)
        .transpose()
        .map_err(|e| e.to_string())?;
    let ask: Words = file.ask.into();
    if ask.zh.trim().is_empty() || ask.en.trim().is_empty() {
        return Err("the words are needed in both languages".into());
    }
    let answers = file.answers.map(|a| AnswerLabels {
        affirm: a.affirm.into(),
        unclear: a.unclear.into(),
        negative: a.negative.into(),
        question: a.question.into(),
    });
    let item = Item {
        code: file.code,
        kind,
        title: file.title.into(),
        ask,
        must_ask: file.must_ask,
        gated: file.gated,
        ticket,
        cite: file.cite,
    };
    Ok(ScriptItem {
        item,
        when: file.when.unwrap_or_default(),
        answers,
    })
}
