//! Reading questionnaires as TOML: the files under `questionnaires/`, drafts, imported files.

use super::script::{AnswerLabels, Block, Script, ScriptItem, Term};
use domain::policies::{Channel, ProductClass};
use domain::questionnaires::{
    AfterAnswer, Answer, Condition, Fact, Item, ItemKind, Medium, Reach, Test, Topic, Words,
};
use domain::tickets::ProblemType;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// Largest text of a questionnaire, in bytes; the longest shipped one has 20 thousand.
pub(super) const TEXT_BYTES_MAX: usize = 256 * 1024;
/// Most items; nobody answers more.
pub(super) const ITEMS_MAX: usize = 120;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    code: String,
    version: i64,
    effective_from: toml::value::Datetime,
    effective_until: Option<toml::value::Datetime>,
    title: WordsFile,
    programmes: Vec<String>,
    applies: Option<AppliesFile>,
    source: String,
    greeting: WordsFile,
    closing: WordsFile,
    #[serde(default)]
    term: Vec<TermFile>,
    #[serde(default)]
    block: Vec<BlockFile>,
    #[serde(default)]
    item: Vec<ItemFile>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct AppliesFile {
    #[serde(default)]
    medium: Vec<String>,
    #[serde(default)]
    channel: Vec<String>,
    #[serde(default)]
    product_class: Vec<String>,
    #[serde(default)]
    region: Vec<String>,
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
struct BlockFile {
    code: String,
    title: WordsFile,
    when: Option<toml::Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemFile {
    code: String,
    kind: String,
    title: WordsFile,
    ask: WordsFile,
    written: Option<WordsFile>,
    guide: Option<WordsFile>,
    must_ask: bool,
    gated: bool,
    expected: Option<String>,
    ticket: Option<String>,
    #[serde(default)]
    cite: String,
    #[serde(default)]
    topics: Vec<String>,
    block: Option<String>,
    when: Option<toml::Table>,
    after: Option<AfterFile>,
    answers: Option<AnswersFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AfterFile {
    item: String,
    answers: Vec<String>,
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

/// SHA-256 of a text.
pub(super) fn hash_of(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// Reads a questionnaire that is used: what would break an interview is an error.
pub(super) fn parse(text: &str) -> Result<Script, String> {
    let script = read(text)?;
    let missing = |w: &Words| w.zh.trim().is_empty() || w.en.trim().is_empty();
    let mut known: Vec<&str> = Vec::new();
    for item in script.items.iter().map(|i| &i.item) {
        let code = item.code.as_str();
        if known.contains(&code) {
            return Err(format!("item {code} is there twice"));
        }
        if missing(&item.ask) {
            return Err(format!(
                "item {code}: the words are needed in both languages"
            ));
        }
        if let Some(after) = &item.after
            && !known.contains(&after.item.as_str())
        {
            return Err(format!("item {code}: no item {} before it", after.item));
        }
        known.push(code);
    }
    if !script.items.iter().any(|i| i.item.must_ask) {
        return Err("no item must be asked".into());
    }
    Ok(script)
}

/// Reads a questionnaire that may still be under work: words may be missing.
pub(super) fn read(text: &str) -> Result<Script, String> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(format!("longer than {TEXT_BYTES_MAX} bytes"));
    }
    let file: File = toml::from_str(text).map_err(|e| e.to_string())?;
    let day = |name: &str, day: &toml::value::Datetime| {
        rules::dates::civil_date(day).ok_or(format!("{name} must be a date"))
    };
    let until = file.effective_until.as_ref();
    if file.item.len() > ITEMS_MAX {
        return Err(format!("more than {ITEMS_MAX} items"));
    }
    let items = file.item.into_iter().map(|item| {
        let code = item.code.clone();
        read_item(item).map_err(|e| format!("item {code}: {e}"))
    });
    let blocks = file.block.into_iter().map(|b| {
        let when = conditions(b.when).map_err(|e| format!("block {}: {e}", b.code))?;
        Ok(Block {
            code: b.code,
            title: b.title.into(),
            when,
        })
    });
    let terms = file.term.into_iter().map(|t| Term {
        term: t.term.into(),
        plain: t.plain.into(),
    });
    Ok(Script {
        id: uuid::Uuid::nil().into(),
        code: file.code,
        version: file.version,
        hash: hash_of(text),
        effective_from: day("effective_from", &file.effective_from)?,
        effective_until: until.map(|u| day("effective_until", u)).transpose()?,
        title: file.title.into(),
        programmes: file.programmes,
        reach: reach(file.applies.unwrap_or_default()).map_err(|e| format!("applies: {e}"))?,
        source: file.source,
        greeting: file.greeting.into(),
        closing: file.closing.into(),
        terms: terms.collect(),
        blocks: blocks.collect::<Result<_, String>>()?,
        items: items.collect::<Result<_, _>>()?,
    })
}

fn list<T>(
    codes: &[String],
    parse: impl Fn(&str) -> Result<T, domain::UnknownCode>,
) -> Result<Vec<T>, String> {
    let all: Result<Vec<_>, _> = codes.iter().map(|c| parse(c)).collect();
    all.map_err(|e| e.to_string())
}

fn reach(file: AppliesFile) -> Result<Reach, String> {
    Ok(Reach {
        media: list(&file.medium, Medium::parse)?,
        channels: list(&file.channel, Channel::parse)?,
        product_classes: list(&file.product_class, ProductClass::parse)?,
        regions: file.region,
    })
}

/// Reads conditions: a fact, and what it must be: `true`, a code, or a list of codes.
pub(super) fn conditions(table: Option<toml::Table>) -> Result<Vec<Condition>, String> {
    let mut conditions = Vec::new();
    for (name, value) in table.unwrap_or_default() {
        let fact = Fact::parse(&name).map_err(|e| e.to_string())?;
        let test = match value {
            toml::Value::Boolean(wanted) => Test::Is(wanted),
            toml::Value::String(code) => Test::OneOf(vec![code]),
            toml::Value::Array(codes) => {
                let text = |c: &toml::Value| c.as_str().map(str::to_owned);
                let codes: Option<Vec<_>> = codes.iter().map(text).collect();
                Test::OneOf(codes.ok_or(format!("{name} takes a list of codes"))?)
            }
            _ => return Err(format!("{name} takes true, false, a code or a list")),
        };
        let condition = Condition { fact, test };
        if !condition.is_sound() {
            return Err(format!("{name} does not take that value"));
        }
        conditions.push(condition);
    }
    conditions.sort_by_key(|c| c.fact);
    Ok(conditions)
}

fn read_item(file: ItemFile) -> Result<ScriptItem, String> {
    let said = |e: domain::UnknownCode| e.to_string();
    let ticket = file.ticket.as_deref().map(ProblemType::parse);
    let expected = file.expected.as_deref().map(Answer::parse);
    let after = file.after.map(|a| {
        Ok::<_, String>(AfterAnswer {
            answers: list(&a.answers, Answer::parse)?,
            item: a.item,
        })
    });
    let answers = file.answers.map(|a| AnswerLabels {
        affirm: a.affirm.into(),
        unclear: a.unclear.into(),
        negative: a.negative.into(),
        question: a.question.into(),
    });
    let item = Item {
        code: file.code,
        kind: ItemKind::parse(&file.kind).map_err(said)?,
        title: file.title.into(),
        ask: file.ask.into(),
        must_ask: file.must_ask,
        gated: file.gated,
        ticket: ticket.transpose().map_err(said)?,
        cite: file.cite,
        expected: expected
            .transpose()
            .map_err(said)?
            .unwrap_or(Answer::Affirm),
        after: after.transpose()?,
    };
    Ok(ScriptItem {
        item,
        when: conditions(file.when)?,
        answers,
        written: file.written.map(Words::from),
        guide: file.guide.map(Words::from),
        topics: list(&file.topics, Topic::parse)?,
        block: file.block,
    })
}
