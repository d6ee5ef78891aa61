//! A trace as plain sentences, for the command line, letters and people without a browser.

use super::trace::{Part, Trace, TraceOutcome};
use crate::text::Language;
use std::fmt::Write as _;

/// Words of the explanation itself.
struct Words {
    why: &'static str,
    trigger: &'static str,
    conditions: &'static str,
    numbers: &'static str,
    dates: &'static str,
    days: &'static str,
    unknown: &'static str,
    provisional: &'static str,
    excluded: &'static str,
    cancelled: &'static str,
    not_candidate: &'static str,
}

const ZH: Words = Words {
    why: "依据",
    trigger: "触发",
    conditions: "条件",
    numbers: "用到的数",
    dates: "日期",
    days: "逐日推算",
    unknown: "待定（所需日期未知）",
    provisional: "注意：所涉年份的放假安排尚未公布，日期为暂定。",
    excluded: "未列入，原因",
    cancelled: "已取消，原因",
    not_candidate: "不适用",
};

const EN: Words = Words {
    why: "Rule",
    trigger: "Trigger",
    conditions: "Conditions",
    numbers: "Numbers used",
    dates: "Dates",
    days: "Day by day",
    unknown: "open (a date it needs is unknown)",
    provisional: "Note: the holidays of a year involved are not announced yet; dates are provisional.",
    excluded: "Excluded because",
    cancelled: "Cancelled because",
    not_candidate: "Does not apply",
};

/// Renders a trace as text, one thought a line.
pub fn explain(trace: &Trace, language: Language) -> String {
    let words = if language == Language::Zh { &ZH } else { &EN };
    let mut out = String::new();
    let cite = &trace.cite;
    let _ = writeln!(
        out,
        "{}: {} {} ({} v{}, {})",
        words.why,
        cite.title.get(language),
        cite.article,
        cite.pack,
        trace.pack_version,
        &trace.pack_hash[..12.min(trace.pack_hash.len())],
    );
    if let Some(article) = &trace.article {
        let _ = writeln!(out, "  {}", article.get(language));
    }
    let on = trace
        .trigger_on
        .map_or_else(|| words.unknown.to_owned(), |d| d.to_string());
    let _ = writeln!(
        out,
        "{}: {} {on}",
        words.trigger,
        trace.trigger.get(language)
    );
    conditions(&mut out, trace, words, language);
    if !trace.quantities.is_empty() {
        let _ = writeln!(out, "{}:", words.numbers);
    }
    for quantity in &trace.quantities {
        let _ = writeln!(
            out,
            "  {} = {}  {} {}",
            quantity.label.get(language),
            quantity.value.get(language),
            quantity.cite.title.get(language),
            quantity.cite.article,
        );
    }
    dates(&mut out, trace, words, language);
    match &trace.outcome {
        TraceOutcome::Excluded { reason, .. } => {
            let _ = writeln!(out, "{}: {}", words.excluded, reason.get(language));
        }
        TraceOutcome::Applies {
            cancelled: Some(reason),
            ..
        } => {
            let _ = writeln!(out, "{}: {}", words.cancelled, reason.get(language));
        }
        TraceOutcome::NotCandidate => {
            let _ = writeln!(out, "{}", words.not_candidate);
        }
        TraceOutcome::Applies { .. } => {}
    }
    if trace.provisional {
        let _ = writeln!(out, "{}", words.provisional);
    }
    out
}

fn conditions(out: &mut String, trace: &Trace, words: &Words, language: Language) {
    let _ = writeln!(out, "{}:", words.conditions);
    for condition in &trace.conditions {
        if condition.part == Part::Respondent
            || (condition.part == Part::Cancel && condition.met != Some(true))
        {
            continue;
        }
        let mark = match condition.met {
            Some(true) => "✓",
            Some(false) => "✗",
            None => "?",
        };
        let _ = writeln!(
            out,
            "  {mark} {} {}  {} = {}",
            condition.says.get(language),
            condition.cite.article,
            condition.fact.get(language),
            condition.actual.get(language),
        );
    }
}

fn dates(out: &mut String, trace: &Trace, words: &Words, language: Language) {
    if !trace.dates.is_empty() {
        let _ = writeln!(out, "{}:", words.dates);
    }
    for date in &trace.dates {
        let value = date
            .date
            .map_or_else(|| words.unknown.to_owned(), |d| d.to_string());
        let _ = writeln!(
            out,
            "  {} = {value}  {}",
            date.label.get(language),
            date.cite.article
        );
        for step in &date.steps {
            let _ = writeln!(out, "      {} → {}", step.says.get(language), step.to);
        }
        if date.days.is_empty() {
            continue;
        }
        let _ = writeln!(out, "      {}:", words.days);
        for day in &date.days {
            let number = day.number.map_or_else(|| "–".to_owned(), |n| n.to_string());
            let name = day.name.as_ref().map_or("", |n| n.get(language));
            let _ = writeln!(out, "        {} {number:>3}  {} {name}", day.date, day.kind);
        }
    }
}
