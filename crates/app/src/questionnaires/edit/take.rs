//! From what the editor sends to the definition: every field that cannot be taken is named at once.

use super::{BlockForm, HeadForm, ItemForm, WhenForm, is_code, place_of};
use crate::FieldProblem;
use crate::questionnaires::script::{AnswerLabels, Block, Script, ScriptItem};
use chrono::NaiveDate;
use domain::policies::{Channel, ProductClass};
use domain::questionnaires::{
    AfterAnswer, Answer, Condition, Fact, Item, ItemKind, Medium, Reach, Test, Topic, Words,
};
use domain::tickets::ProblemType;

/// Longest text of a field.
const FIELD_CHARACTERS_MAX: usize = 2_000;
/// Most parts.
const BLOCKS_MAX: usize = 20;

/// Reads fields and collects what is wrong with them.
#[derive(Default)]
struct Reading(Vec<FieldProblem>);

impl Reading {
    fn wrong(&mut self, field: &str, code: &str) {
        self.0.push(FieldProblem::new(field, code));
    }

    fn text(&mut self, field: &str, text: &str) -> String {
        if text.chars().count() > FIELD_CHARACTERS_MAX {
            self.wrong(field, "too-long");
        }
        text.trim().replace("\r\n", "\n")
    }

    fn words(&mut self, field: &str, words: &Words) -> Words {
        Words {
            zh: self.text(&format!("{field}_zh"), &words.zh),
            en: self.text(&format!("{field}_en"), &words.en),
        }
    }

    fn optional(&mut self, field: &str, words: &Words) -> Option<Words> {
        let words = self.words(field, words);
        Some(words).filter(|w| !w.zh.is_empty() || !w.en.is_empty())
    }

    fn code<T>(
        &mut self,
        field: &str,
        text: &str,
        parse: impl Fn(&str) -> Result<T, domain::UnknownCode>,
    ) -> Option<T> {
        if text.is_empty() {
            return None;
        }
        let parsed = parse(text).ok();
        if parsed.is_none() {
            self.wrong(field, "unknown-code");
        }
        parsed
    }

    fn codes<T>(
        &mut self,
        field: &str,
        texts: &[String],
        parse: impl Fn(&str) -> Result<T, domain::UnknownCode>,
    ) -> Vec<T> {
        texts
            .iter()
            .filter_map(|t| self.code(field, t, &parse))
            .collect()
    }

    fn day(&mut self, field: &str, text: &str) -> Option<NaiveDate> {
        match crate::listing::date(field, text) {
            Ok(day) => day,
            Err(_) => {
                self.wrong(field, "date");
                None
            }
        }
    }

    fn when(&mut self, form: &WhenForm) -> Vec<Condition> {
        let mut conditions = Vec::new();
        for (name, values) in form {
            let field = format!("when_{name}");
            let Some(fact) = self.code(&field, name, Fact::parse) else {
                continue;
            };
            let values: Vec<_> = values.iter().flat_map(|v| regions(v)).collect();
            let test = match &values[..] {
                [] => continue,
                [one] if fact.is_flag() => Test::Is(one == "true"),
                _ => Test::OneOf(values),
            };
            let condition = Condition { fact, test };
            if !condition.is_sound() {
                self.wrong(&field, "unknown-code");
            }
            conditions.push(condition);
        }
        conditions.sort_by_key(|c| c.fact);
        conditions
    }

    fn end<T>(self, value: T) -> Result<T, Vec<FieldProblem>> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(self.0)
        }
    }
}

/// Numbers of regions or codes that are separated by anything.
fn regions(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    parts.filter(|p| !p.is_empty()).map(str::to_owned).collect()
}

pub(super) fn set_head(script: &mut Script, form: &HeadForm) -> Result<(), Vec<FieldProblem>> {
    let mut read = Reading::default();
    let from = read.day("effective_from", &form.effective_from);
    if form.effective_from.trim().is_empty() {
        read.wrong("effective_from", "missing");
    }
    let until = read.day("effective_until", &form.effective_until);
    let reach = Reach {
        media: read.codes("media", &form.media, Medium::parse),
        channels: read.codes("channels", &form.channels, Channel::parse),
        product_classes: read.codes(
            "product_classes",
            &form.product_classes,
            ProductClass::parse,
        ),
        regions: regions(&form.regions),
    };
    let changed = Script {
        title: read.words("title", &form.title),
        programmes: form.programmes.clone(),
        reach,
        effective_from: from.unwrap_or(script.effective_from),
        effective_until: until,
        source: read.text("source", &form.source),
        greeting: read.words("greeting", &form.greeting),
        closing: read.words("closing", &form.closing),
        ..script.clone()
    };
    *script = read.end(changed)?;
    Ok(())
}

pub(super) fn set_item(
    script: &mut Script,
    code: &str,
    form: &ItemForm,
) -> Result<String, Vec<FieldProblem>> {
    let at = place_of(script, code)?;
    let mut read = Reading::default();
    let new_code = form.code.trim().to_owned();
    if !is_code(&new_code) {
        read.wrong("code", "questionnaire-code");
    }
    if new_code != code && script.items.iter().any(|i| i.item.code == new_code) {
        read.wrong("code", "questionnaire-code-taken");
    }
    let labels = ["affirm", "unclear", "negative", "question"];
    let [affirm, unclear, negative, question] =
        [0, 1, 2, 3].map(|n| read.words(&format!("label_{}", labels[n]), &form.labels[n]));
    let own_labels = form.labels.iter().any(|l| !l.zh.trim().is_empty());
    let after = form.after_item.trim();
    let after_answers = read.codes("after_answers", &form.after_answers, Answer::parse);
    let before = script.items[at].item.clone();
    let item = Item {
        kind: read
            .code("kind", &form.kind, ItemKind::parse)
            .unwrap_or(before.kind),
        title: read.words("title", &form.title),
        ask: read.words("ask", &form.ask),
        must_ask: form.must_ask,
        gated: form.gated,
        ticket: read.code("ticket", &form.ticket, ProblemType::parse),
        cite: read.text("cite", &form.cite),
        expected: read
            .code("expected", &form.expected, Answer::parse)
            .unwrap_or(Answer::Affirm),
        after: (!after.is_empty()).then(|| AfterAnswer {
            item: after.to_owned(),
            answers: after_answers,
        }),
        code: new_code.clone(),
    };
    let changed = ScriptItem {
        item,
        when: read.when(&form.when),
        answers: own_labels.then_some(AnswerLabels {
            affirm,
            unclear,
            negative,
            question,
        }),
        written: read.optional("written", &form.written),
        guide: read.optional("guide", &form.guide),
        topics: read.codes("topics", &form.topics, Topic::parse),
        block: Some(form.block.clone()).filter(|b| !b.is_empty()),
    };
    script.items[at] = read.end(changed)?;
    // What hangs on it keeps hanging on it.
    for other in &mut script.items {
        if let Some(after) = other.item.after.as_mut().filter(|a| a.item == code) {
            after.item.clone_from(&new_code);
        }
    }
    Ok(new_code)
}

pub(super) fn set_block(
    script: &mut Script,
    code: &str,
    form: &BlockForm,
) -> Result<(), Vec<FieldProblem>> {
    let mut read = Reading::default();
    let new_code = form.code.trim().to_owned();
    if !is_code(&new_code) {
        read.wrong("code", "questionnaire-code");
    }
    let taken = script.blocks.iter().any(|b| b.code == new_code);
    if new_code != code && taken {
        read.wrong("code", "questionnaire-code-taken");
    }
    if code.is_empty() && script.blocks.len() >= BLOCKS_MAX {
        read.wrong("code", "questionnaire-too-many");
    }
    let block = Block {
        title: read.words("title", &form.title),
        when: read.when(&form.when),
        code: new_code.clone(),
    };
    let block = read.end(block)?;
    match script.blocks.iter_mut().find(|b| b.code == code) {
        Some(known) => *known = block,
        None => script.blocks.push(block),
    }
    for item in &mut script.items {
        if item.block.as_deref() == Some(code) && !code.is_empty() {
            item.block = Some(new_code.clone());
        }
    }
    Ok(())
}
