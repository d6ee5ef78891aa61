//! Checking a questionnaire before people rely on it: each finding has a place, and a code on which
//! its words and its remedy hang.

use super::needs::{Needs, RequiredTopic};
use super::script::{Script, ScriptItem, Scripts};
use super::values::{SAMPLES, named};
use domain::questionnaires::{
    Answer, CaseFacts, Condition, Fact, FindingCode as Code, Item, ItemKind, Reach, Test, Words,
    all_hold, cases_of,
};
use std::collections::BTreeSet;

/// Longest wording of an item, in characters: two minutes of reading aloud.
const WORDS_MAX: usize = 600;

/// Where something was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The questionnaire as a whole.
    Head,
    /// A part, by its code.
    Block(String),
    /// An item, by its code.
    Item(String),
}

/// Something that a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// What.
    pub code: Code,
    /// The value, programme or subject that is meant; may be empty.
    pub detail: String,
}

struct Check<'c> {
    script: &'c Script,
    needs: &'c Needs,
    findings: Vec<Finding>,
}

/// Checks a questionnaire by the rules of a day. `others` are those that are in force or will be.
pub fn check(script: &Script, needs: &Needs, others: &Scripts) -> Vec<Finding> {
    let mut check = Check {
        script,
        needs,
        findings: Vec::new(),
    };
    check.head();
    check.clashes(others);
    check.blocks();
    let mut before: Vec<&Item> = Vec::new();
    for item in &script.items {
        check.item(item, &before);
        before.push(&item.item);
    }
    check.programmes();
    check.findings
}

/// Whether nothing was found that keeps a questionnaire from being used.
pub fn is_sound(findings: &[Finding]) -> bool {
    !findings.iter().any(|f| f.code.is_error())
}

/// What a questionnaire is for, as conditions.
fn as_conditions(reach: &Reach) -> Vec<Condition> {
    let codes = |list: Vec<&str>| list.into_iter().map(str::to_owned).collect::<Vec<_>>();
    let lists = [
        (
            Fact::Medium,
            codes(reach.media.iter().map(|m| m.as_str()).collect()),
        ),
        (
            Fact::Channel,
            codes(reach.channels.iter().map(|c| c.as_str()).collect()),
        ),
        (
            Fact::ProductClass,
            codes(reach.product_classes.iter().map(|c| c.as_str()).collect()),
        ),
        (Fact::Region, reach.regions.clone()),
    ];
    let given = lists.into_iter().filter(|(_, codes)| !codes.is_empty());
    given
        .map(|(fact, codes)| Condition {
            fact,
            test: Test::OneOf(codes),
        })
        .collect()
}

impl Check<'_> {
    fn find(&mut self, place: &Place, code: Code, detail: impl Into<String>) {
        self.findings.push(Finding {
            place: place.clone(),
            code,
            detail: detail.into(),
        });
    }

    fn head(&mut self) {
        let (script, head) = (self.script, Place::Head);
        if !super::edit::is_code(&script.code) {
            self.find(&head, Code::BadCode, &script.code);
        }
        if script.programmes.is_empty() {
            self.find(&head, Code::NoProgramme, "");
        }
        for programme in script.programmes.iter().filter(|p| !self.needs.knows(p)) {
            self.find(&head, Code::UnknownProgramme, programme);
        }
        if script.days().is_empty() {
            self.find(&head, Code::NoDays, "");
        }
        for condition in as_conditions(&script.reach) {
            if !condition.is_sound() {
                self.find(&head, Code::UnknownReach, condition.fact.as_str());
            }
        }
        for words in [&script.title, &script.greeting, &script.closing] {
            self.words(&head, words);
        }
        if script.items.is_empty() {
            self.find(&head, Code::NoItems, "");
        } else if !script.items.iter().any(|i| i.item.must_ask) {
            self.find(&head, Code::NothingMust, "");
        }
        let mut terms = BTreeSet::new();
        for term in &script.terms {
            if !terms.insert(&term.term.zh) {
                self.find(&head, Code::TermTwice, &term.term.zh);
            }
        }
    }

    /// Both languages are there, and name the same values, each of which exists.
    fn words(&mut self, place: &Place, words: &Words) {
        if words.zh.trim().is_empty() || words.en.trim().is_empty() {
            self.find(place, Code::WordsMissing, "");
            return;
        }
        if words.zh.chars().count() > WORDS_MAX {
            self.find(place, Code::TooLong, WORDS_MAX.to_string());
        }
        let values = |text| named(text).into_iter().collect::<BTreeSet<_>>();
        let (zh, en) = (values(&words.zh), values(&words.en));
        for name in zh.union(&en) {
            if !SAMPLES.iter().any(|(known, ..)| known == name) {
                self.find(place, Code::UnknownValue, format!("{{{name}}}"));
            }
        }
        let differing: Vec<_> = zh.symmetric_difference(&en).copied().collect();
        if !differing.is_empty() {
            self.find(place, Code::ValuesDiffer, differing.join(", "));
        }
    }

    /// No other questionnaire is used for the same cases (QST-01).
    fn clashes(&mut self, others: &Scripts) {
        let script = self.script;
        for other in others.all().iter().filter(|o| o.code != script.code) {
            let shared = script
                .programmes
                .iter()
                .find(|p| other.programmes.contains(p));
            let days = others.span(other);
            let clash = script.reach.clashes_with(script.days(), &other.reach, days);
            if let (Some(programme), true) = (shared, clash) {
                let detail = format!("{programme}: {} v{}", other.code, other.version);
                self.find(&Place::Head, Code::Clash, detail);
            }
        }
    }

    fn blocks(&mut self) {
        let mut known = BTreeSet::new();
        for block in &self.script.blocks {
            let place = Place::Block(block.code.clone());
            if !known.insert(&block.code) {
                self.find(&place, Code::CodeTwice, &block.code);
            }
            if block.title.zh.trim().is_empty() || block.title.en.trim().is_empty() {
                self.find(&place, Code::WordsMissing, "");
            }
            self.conditions(&place, &block.when, &[]);
        }
    }

    /// Conditions name values that exist, and hold together in some case.
    fn conditions(&mut self, place: &Place, own: &[Condition], part: &[Condition]) {
        let wrong: Vec<_> = own.iter().filter(|c| !c.is_sound()).collect();
        for condition in &wrong {
            self.find(place, Code::UnknownCondition, condition.fact.as_str());
        }
        if !wrong.is_empty() {
            return;
        }
        let mut all = as_conditions(&self.script.reach);
        all.extend(own.iter().chain(part).cloned());
        match cases_of(&all, &CaseFacts::default()) {
            None => self.find(place, Code::Undecidable, ""),
            Some(cases) if !cases.iter().any(|c| all_hold(&all, c)) => {
                self.find(place, Code::NeverAsked, "");
            }
            Some(_) => {}
        }
    }

    fn item(&mut self, of: &ScriptItem, before: &[&Item]) {
        let item = &of.item;
        let place = Place::Item(item.code.clone());
        if !super::edit::is_code(&item.code) {
            self.find(&place, Code::BadCode, &item.code);
        }
        if before.iter().any(|b| b.code == item.code) {
            self.find(&place, Code::CodeTwice, &item.code);
        }
        if item.title.zh.trim().is_empty() || item.title.en.trim().is_empty() {
            self.find(&place, Code::WordsMissing, "");
        }
        self.words(&place, &item.ask);
        for words in of.written.iter().chain(&of.guide) {
            self.words(&place, words);
        }
        if item.gated && matches!(item.kind, ItemKind::Open | ItemKind::Promotion) {
            self.find(&place, Code::GatedOpen, "");
        }
        let fits = matches!(item.expected, Answer::Affirm)
            || (item.is_closed() && item.expected == Answer::Negative);
        if !fits {
            self.find(&place, Code::ExpectedUnfit, item.expected.as_str());
        }
        if item.is_closed() && item.must_ask && item.cite.trim().is_empty() {
            self.find(&place, Code::CiteMissing, "");
        }
        let part = self.script.block_of(of);
        if of.block.is_some() && part.is_none() {
            let name = of.block.clone().unwrap_or_default();
            self.find(&place, Code::BlockMissing, name);
        }
        let part = part.map(|b| b.when.clone()).unwrap_or_default();
        self.conditions(&place, &of.when, &part);
        self.after(&place, item, before);
    }

    fn after(&mut self, place: &Place, item: &Item, before: &[&Item]) {
        let Some(after) = &item.after else { return };
        let Some(earlier) = before.iter().find(|b| b.code == after.item) else {
            self.find(place, Code::AfterMissing, &after.item);
            return;
        };
        let can = |answer: &Answer| match earlier.kind {
            ItemKind::Rate => matches!(answer, Answer::Affirm | Answer::Negative),
            _ => earlier.accepts(*answer, None),
        };
        let wrong = after.answers.iter().find(|a| !can(a));
        if let Some(answer) = wrong {
            self.find(place, Code::AfterAnswer, answer.as_str());
        } else if after.answers.is_empty() {
            self.find(place, Code::AfterAnswer, "");
        }
    }

    /// What the rules of each programme demand.
    fn programmes(&mut self) {
        let script = self.script;
        let needs = self.needs;
        for (programme, need) in needs.for_all(&script.programmes) {
            for item in script.items.iter().map(|i| &i.item) {
                let place = Place::Item(item.code.clone());
                if item.kind == ItemKind::Promotion && !need.promotion_allowed {
                    self.find(&place, Code::Promotion, programme);
                }
                if need.is_life && item.is_closed() && item.ticket.is_none() {
                    self.find(&place, Code::TicketMissing, programme);
                }
            }
            let first = script.items.first().map(|i| i.item.kind);
            if need.is_life && first.is_some_and(|k| k != ItemKind::Identity) {
                self.find(&Place::Head, Code::IdentityFirst, programme);
            }
            for required in &need.topics {
                self.topic(programme, required);
            }
        }
    }

    /// A subject is asked, and must be, in every case in which the rule demands it.
    fn topic(&mut self, programme: &str, required: &RequiredTopic) {
        let script = self.script;
        let about = |i: &&ScriptItem| {
            i.item.must_ask && i.item.after.is_none() && i.topics.contains(&required.topic)
        };
        let items: Vec<_> = script.items.iter().filter(about).collect();
        let mut demanded = as_conditions(&script.reach);
        demanded.extend(required.when.iter().cloned());
        let mut all = demanded.clone();
        for item in &items {
            let part = script.block_of(item).into_iter().flat_map(|b| &b.when);
            all.extend(item.when.iter().chain(part).cloned());
        }
        let detail = format!("{} {programme} {}", required.topic, required.cite);
        let Some(cases) = cases_of(&all, &CaseFacts::default()) else {
            self.find(&Place::Head, Code::Undecidable, detail);
            return;
        };
        let mut wanted = cases.iter().filter(|c| all_hold(&demanded, c));
        let is_asked = |case: &CaseFacts| items.iter().any(|i| script.applies(i, case));
        if !wanted.all(is_asked) {
            self.find(&Place::Head, Code::TopicMissing, detail);
        }
    }
}
