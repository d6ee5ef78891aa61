//! What the customer sees: one item a screen, all answers before submission, and both as the evidence
//! keeps them, word for word.

use super::case::{Case, Filled};
use crate::questionnaires::Term;
use domain::electronic::{ElectronicTerms, EvidenceStep};
use domain::questionnaires::{Answer, Gate, GivenAnswer, ItemKind, Words};
use domain::time::Instant;
use store::electronic::EvidenceRow;

/// The four answers where the questionnaire has no better words.
const LABELS: [(Answer, &str, &str); 4] = [
    (Answer::Affirm, "是，我清楚", "Yes, that is clear"),
    (Answer::Unclear, "不太清楚", "Not quite clear"),
    (Answer::Negative, "不是 / 不同意", "No / I do not agree"),
    (Answer::Question, "我有疑问", "I have a question"),
];

/// Ratings, from the worst.
const RATINGS: [(u8, &str, &str); 5] = [
    (1, "很不满意", "Very dissatisfied"),
    (2, "不满意", "Dissatisfied"),
    (3, "一般", "Fair"),
    (4, "满意", "Satisfied"),
    (5, "很满意", "Very satisfied"),
];

/// One answer that can be chosen.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Code of the answer, or the rating.
    pub code: String,
    /// Its words.
    pub label: String,
    /// Whether it was chosen before.
    pub chosen: bool,
}

/// A technical term with its plain words.
#[derive(Clone, Debug)]
pub struct GlossaryTerm {
    /// The term.
    pub term: String,
    /// What it means.
    pub plain: String,
}

/// An item on the screen.
#[derive(Clone, Debug)]
pub struct ItemScreen {
    /// Code of the item.
    pub code: String,
    /// Its kind.
    pub kind: ItemKind,
    /// Its place, from one.
    pub position: usize,
    /// How many there are.
    pub of: usize,
    /// Short heading.
    pub title: String,
    /// The words.
    pub ask: String,
    /// The answers.
    pub choices: Vec<Choice>,
    /// What the customer wrote before.
    pub words: String,
    /// Whether it may be passed over.
    pub may_skip: bool,
    /// Technical terms that the words hold.
    pub terms: Vec<GlossaryTerm>,
    /// Code of the item before it.
    pub before: Option<String>,
    /// Whether it was answered before.
    pub is_answered: bool,
    /// Seconds for which it must be read.
    pub dwell_seconds: i64,
    /// The row of evidence that it was shown with; the answer must name it.
    pub shown: i64,
}

/// One line before submission.
#[derive(Clone, Debug)]
pub struct ReviewLine {
    /// Code of the item.
    pub code: String,
    /// Short heading.
    pub title: String,
    /// The words.
    pub ask: String,
    /// What was answered.
    pub answer: String,
    /// The customer's own words.
    pub words: String,
    /// Whether it will be followed by a call.
    pub is_doubtful: bool,
}

/// All answers, before submission.
#[derive(Clone, Debug)]
pub struct ReviewScreen {
    /// The lines.
    pub lines: Vec<ReviewLine>,
    /// The row of evidence that it was shown with.
    pub shown: i64,
}

/// An answer that counts.
#[derive(Clone, Debug)]
pub(super) struct Given {
    /// What was answered.
    pub(super) given: GivenAnswer,
    /// The customer's own words.
    pub(super) words: Option<String>,
    /// When.
    pub(super) at: Instant,
}

/// The answers that count: the last of each item.
pub(super) fn given(rows: &[EvidenceRow]) -> Vec<Given> {
    let mut given: Vec<Given> = Vec::new();
    let answered = rows.iter().filter(|r| r.kind == EvidenceStep::Answered);
    for row in answered {
        let (Some(item), Some(answer)) = (&row.item, row.answer) else {
            continue;
        };
        given.retain(|g| g.given.item != *item);
        given.push(Given {
            given: GivenAnswer {
                item: item.clone(),
                answer,
                rating: row.rating,
            },
            words: row.words.clone(),
            at: row.at,
        });
    }
    given
}

/// The gate of the call page, over the items and the answers so far.
pub(super) fn gate<'g>(items: &'g [Filled], answers: &[Given]) -> Gate<'g> {
    let given = answers.iter().map(|g| g.given.clone()).collect();
    Gate::new(items.iter().map(|i| &i.item.item).collect(), given)
}

/// When an item came on the screen for the answer that is due: the first time since it was last
/// answered, on the screen that the answer names.
pub(super) fn shown_at(rows: &[EvidenceRow], item: &str, shown: i64) -> Option<Instant> {
    let of_item = |r: &&EvidenceRow| r.item.as_deref() == Some(item);
    let last = rows
        .iter()
        .filter(of_item)
        .filter(|r| r.kind == EvidenceStep::Answered)
        .map(|r| r.seq)
        .max()
        .unwrap_or(0);
    let mut since = rows
        .iter()
        .filter(of_item)
        .filter(|r| r.kind == EvidenceStep::Shown && r.seq > last);
    let first = since.next()?;
    let named = first.seq == shown || since.any(|r| r.seq == shown);
    named.then_some(first.at)
}

/// In which language the words are.
pub(super) fn pick(words: &Words, english: bool) -> &str {
    if english && !words.en.is_empty() {
        &words.en
    } else {
        &words.zh
    }
}

/// An item as the customer sees it.
pub(super) fn item_screen(
    case: &Case,
    items: &[Filled],
    at: usize,
    answers: &[Given],
    english: bool,
    terms: &ElectronicTerms,
) -> ItemScreen {
    let filled = &items[at];
    let item = &filled.item.item;
    let before = answers.iter().find(|g| g.given.item == item.code);
    let ask = pick(&filled.ask, english).to_owned();
    let dwell = terms.dwell_needed(ask.chars().count());
    ItemScreen {
        code: item.code.clone(),
        kind: item.kind,
        position: at + 1,
        of: items.len(),
        title: pick(&item.title, english).to_owned(),
        choices: choices(filled, before, english),
        words: before.and_then(|g| g.words.clone()).unwrap_or_default(),
        may_skip: !item.must_ask,
        terms: glossary(case.terms(), &filled.ask, english),
        before: at.checked_sub(1).map(|b| items[b].item.item.code.clone()),
        is_answered: before.is_some(),
        dwell_seconds: (dwell.num_milliseconds() + 999) / 1_000,
        shown: 0,
        ask,
    }
}

fn choices(filled: &Filled, before: Option<&Given>, english: bool) -> Vec<Choice> {
    let choice = |code: String, label: &str, chosen: bool| Choice {
        code,
        label: label.to_owned(),
        chosen,
    };
    match filled.item.item.kind {
        ItemKind::Open | ItemKind::Promotion => Vec::new(),
        ItemKind::Rate => RATINGS
            .iter()
            .rev()
            .map(|(n, zh, en)| {
                let chosen = before.is_some_and(|g| g.given.rating == Some(*n));
                choice(n.to_string(), if english { en } else { zh }, chosen)
            })
            .collect(),
        _ => LABELS
            .iter()
            .map(|(answer, _, _)| {
                let chosen = before.is_some_and(|g| g.given.answer == *answer);
                let label = label(filled, *answer, english);
                choice(answer.as_str().to_owned(), &label, chosen)
            })
            .collect(),
    }
}

/// The words of an answer: those of the questionnaire in Chinese; its English ones describe the
/// customer to a caller, so that the English page has its own.
fn label(filled: &Filled, answer: Answer, english: bool) -> String {
    let own = filled.item.answers.as_ref().and_then(|l| match answer {
        Answer::Affirm => Some(&l.affirm),
        Answer::Unclear => Some(&l.unclear),
        Answer::Negative => Some(&l.negative),
        Answer::Question => Some(&l.question),
        _ => None,
    });
    if let (Some(own), false) = (own, english) {
        return own.zh.clone();
    }
    let shared = LABELS.iter().find(|(a, _, _)| *a == answer);
    shared.map_or_else(String::new, |(_, zh, en)| {
        (if english { *en } else { *zh }).to_owned()
    })
}

fn glossary(terms: &[Term], ask: &Words, english: bool) -> Vec<GlossaryTerm> {
    let named = terms.iter().filter(|t| ask.zh.contains(&t.term.zh));
    named
        .map(|t| GlossaryTerm {
            term: pick(&t.term, english).to_owned(),
            plain: pick(&t.plain, english).to_owned(),
        })
        .collect()
}

/// What was on the screen, word for word, with the version of the questionnaire.
pub(super) fn screen_text(case: &Case, screen: &ItemScreen) -> String {
    let mut text = format!(
        "{}\n{}/{} {}\n{}\n",
        case.version(),
        screen.position,
        screen.of,
        screen.title,
        screen.ask
    );
    for choice in &screen.choices {
        text.push_str("○ ");
        text.push_str(&choice.label);
        text.push('\n');
    }
    for term in &screen.terms {
        text.push_str(&format!("※ {}：{}\n", term.term, term.plain));
    }
    text
}

/// The answers before submission.
pub(super) fn review_lines(items: &[Filled], answers: &[Given], english: bool) -> Vec<ReviewLine> {
    let mut lines = Vec::with_capacity(items.len());
    for filled in items {
        let item = &filled.item.item;
        let Some(given) = answers.iter().find(|g| g.given.item == item.code) else {
            continue;
        };
        lines.push(ReviewLine {
            code: item.code.clone(),
            title: pick(&item.title, english).to_owned(),
            ask: pick(&filled.ask, english).to_owned(),
            answer: said(filled, &given.given, english),
            words: given.words.clone().unwrap_or_default(),
            is_doubtful: !item.is_affirmed_by(given.given.answer, given.given.rating),
        });
    }
    lines
}

fn said(filled: &Filled, given: &GivenAnswer, english: bool) -> String {
    if let Some(rating) = given.rating {
        let named = RATINGS.iter().find(|(n, _, _)| *n == rating);
        return named.map_or_else(String::new, |(_, zh, en)| {
            (if english { *en } else { *zh }).to_owned()
        });
    }
    label(filled, given.answer, english)
}

/// What was on the screen before submission.
pub(super) fn review_text(case: &Case, lines: &[ReviewLine]) -> String {
    let mut text = format!("{}\n", case.version());
    for line in lines {
        text.push_str(&format!("{}\n→ {}", line.ask, line.answer));
        if !line.words.is_empty() {
            text.push_str(&format!("（{}）", line.words));
        }
        text.push('\n');
    }
    text
}
