//! Writing questionnaires as TOML, as the shipped files look: what is read is written alike.

use super::script::{AnswerLabels, Block, Script, ScriptItem, Term};
use domain::questionnaires::{Answer, Condition, Reach, Test, Words};
use std::fmt::Write as _;

/// The text of a questionnaire.
pub(super) fn write(script: &Script) -> String {
    let mut out = head(script);
    for term in &script.terms {
        let Term { term, plain } = term;
        let _ = write!(
            out,
            "\n[[term]]\nterm = {}\nplain = {}\n",
            words(term),
            words(plain)
        );
    }
    for block in &script.blocks {
        out.push('\n');
        out.push_str(&write_block(block));
    }
    for item in &script.items {
        out.push('\n');
        out.push_str(&write_item(item));
    }
    out
}

/// What stands before terms, parts and items.
pub(super) fn head(script: &Script) -> String {
    let mut out = String::new();
    line(&mut out, "code", &text(&script.code));
    line(&mut out, "version", &script.version.to_string());
    line(
        &mut out,
        "effective_from",
        &script.effective_from.to_string(),
    );
    if let Some(until) = script.effective_until {
        line(&mut out, "effective_until", &until.to_string());
    }
    line(&mut out, "title", &words(&script.title));
    line(
        &mut out,
        "programmes",
        &list(script.programmes.iter().map(String::as_str)),
    );
    if script.reach != Reach::default() {
        line(&mut out, "applies", &applies(&script.reach));
    }
    line(&mut out, "source", &text(&script.source));
    line(&mut out, "greeting", &words(&script.greeting));
    line(&mut out, "closing", &words(&script.closing));
    out
}

pub(super) fn write_block(block: &Block) -> String {
    let mut out = "[[block]]\n".to_owned();
    line(&mut out, "code", &text(&block.code));
    line(&mut out, "title", &words(&block.title));
    if !block.when.is_empty() {
        line(&mut out, "when", &when(&block.when));
    }
    out
}

pub(super) fn write_item(of: &ScriptItem) -> String {
    let item = &of.item;
    let mut out = "[[item]]\n".to_owned();
    line(&mut out, "code", &text(&item.code));
    line(&mut out, "kind", &text(item.kind.as_str()));
    line(&mut out, "title", &words(&item.title));
    line(&mut out, "ask", &words(&item.ask));
    if let Some(written) = &of.written {
        line(&mut out, "written", &words(written));
    }
    if let Some(guide) = &of.guide {
        line(&mut out, "guide", &words(guide));
    }
    line(&mut out, "must_ask", &item.must_ask.to_string());
    line(&mut out, "gated", &item.gated.to_string());
    if item.expected != Answer::Affirm {
        line(&mut out, "expected", &text(item.expected.as_str()));
    }
    if let Some(ticket) = item.ticket {
        line(&mut out, "ticket", &text(ticket.as_str()));
    }
    if !item.cite.is_empty() {
        line(&mut out, "cite", &text(&item.cite));
    }
    if !of.topics.is_empty() {
        line(
            &mut out,
            "topics",
            &list(of.topics.iter().map(|t| t.as_str())),
        );
    }
    if let Some(block) = &of.block {
        line(&mut out, "block", &text(block));
    }
    if !of.when.is_empty() {
        line(&mut out, "when", &when(&of.when));
    }
    if let Some(after) = &item.after {
        let answers = list(after.answers.iter().map(|a| a.as_str()));
        let after = format!("{{ item = {}, answers = {answers} }}", text(&after.item));
        line(&mut out, "after", &after);
    }
    if let Some(labels) = &of.answers {
        line(&mut out, "answers", &answers(labels));
    }
    out
}

fn line(out: &mut String, key: &str, value: &str) {
    let _ = writeln!(out, "{key} = {value}");
}

fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn words(words: &Words) -> String {
    format!("{{ zh = {}, en = {} }}", text(&words.zh), text(&words.en))
}

fn list<'t>(items: impl Iterator<Item = &'t str>) -> String {
    let items: Vec<_> = items.map(text).collect();
    format!("[{}]", items.join(", "))
}

fn applies(reach: &Reach) -> String {
    let mut parts = Vec::new();
    if !reach.media.is_empty() {
        parts.push(format!(
            "medium = {}",
            list(reach.media.iter().map(|m| m.as_str()))
        ));
    }
    if !reach.channels.is_empty() {
        let codes = reach.channels.iter().map(|c| c.as_str());
        parts.push(format!("channel = {}", list(codes)));
    }
    if !reach.product_classes.is_empty() {
        let codes = reach.product_classes.iter().map(|c| c.as_str());
        parts.push(format!("product_class = {}", list(codes)));
    }
    if !reach.regions.is_empty() {
        parts.push(format!(
            "region = {}",
            list(reach.regions.iter().map(String::as_str))
        ));
    }
    format!("{{ {} }}", parts.join(", "))
}

fn when(conditions: &[Condition]) -> String {
    let part = |c: &Condition| match &c.test {
        Test::Is(wanted) => format!("{} = {wanted}", c.fact),
        Test::OneOf(codes) => format!("{} = {}", c.fact, list(codes.iter().map(String::as_str))),
    };
    let parts: Vec<_> = conditions.iter().map(part).collect();
    format!("{{ {} }}", parts.join(", "))
}

fn answers(labels: &AnswerLabels) -> String {
    format!(
        "{{ affirm = {}, unclear = {}, negative = {}, question = {} }}",
        words(&labels.affirm),
        words(&labels.unclear),
        words(&labels.negative),
        words(&labels.question)
    )
}
