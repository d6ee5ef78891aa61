//! A version as it will be met: on the call page, on a page of the customer's, in a letter, on a visit.

use super::fields::kind_of;
use super::id_of;
use crate::forms::{Choice, Fields, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::questionnaires::preview::preview;
use app::questionnaires::{CaseFacts, Script, Sheet, SheetItem};
use axum::extract::{Path, RawQuery, State};
use domain::questionnaires::{Fact, ItemKind, Medium};

#[derive(askama::Template)]
#[template(path = "questionnaires/preview.html")]
struct PreviewPage {
    f: Frame,
    script: Script,
    sheet: Sheet,
    medium: Medium,
    query: Fields,
}

pub(super) async fn show(
    State(web): State<Web>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let query = Fields::parse(raw.unwrap_or_default().as_bytes());
    let mut case = CaseFacts::default();
    for fact in Fact::ALL {
        let value = query.get(fact.as_str());
        if !value.is_empty() {
            case = case.with(*fact, value);
        }
    }
    let (actor, now) = (&who.actor, who.now);
    let company = &web.settings.company;
    let (script, sheet) = preview(&web.app, actor, now, id_of(&id)?, &case, company).await?;
    html(&PreviewPage {
        f: who.frame("questionnaires"),
        medium: case.medium,
        script,
        sheet,
        query,
    })
}

/// A fact of the case that is looked at.
struct CaseField {
    fact: Fact,
    choices: Vec<Choice>,
}

impl PreviewPage {
    fn media(&self) -> Vec<Choice> {
        let codes = Medium::ALL.iter().map(|m| m.as_str());
        choices(&self.f, "medium", codes, self.medium.as_str())
    }

    /// The facts on which this questionnaire depends, to be chosen.
    fn facts(&self) -> Vec<CaseField> {
        let script = &self.script;
        let own = script.items.iter().flat_map(|i| &i.when);
        let parts = script.blocks.iter().flat_map(|b| &b.when);
        let mut facts: Vec<Fact> = own.chain(parts).map(|c| c.fact).collect();
        for fact in &mut facts {
            // Whether a product is of a new type follows from its class.
            if *fact == Fact::NewType {
                *fact = Fact::ProductClass;
            }
        }
        facts.sort();
        facts.dedup();
        facts.retain(|f| !matches!(f, Fact::Medium | Fact::Region));
        let field = |fact: Fact| {
            let chosen = self.query.get(fact.as_str());
            let choices = if fact.is_flag() {
                choices(&self.f, "script-flag", ["true", "false"], chosen)
            } else {
                choices(&self.f, kind_of(fact), fact.codes(), chosen)
            };
            CaseField { fact, choices }
        };
        facts.into_iter().map(field).collect()
    }

    fn medium_is(&self, code: &str) -> bool {
        self.medium.as_str() == code
    }

    /// Words in pieces, those between `**` stressed.
    fn spoken<'w>(&self, words: &'w domain::questionnaires::Words) -> Vec<(&'w str, bool)> {
        let text = self.f.words(words);
        let parts = text.split("**").enumerate();
        let spoken = parts.map(|(at, text)| (text, at % 2 == 1));
        spoken.filter(|(text, _)| !text.is_empty()).collect()
    }

    fn is_rating(&self, item: &SheetItem) -> bool {
        item.item.kind == ItemKind::Rate
    }

    fn is_open(&self, item: &SheetItem) -> bool {
        matches!(item.item.kind, ItemKind::Open | ItemKind::Promotion)
    }

    fn answers(&self, item: &SheetItem) -> Vec<String> {
        let own = item.labels.as_ref();
        let labels = [
            ("affirm", own.map(|l| &l.affirm)),
            ("unclear", own.map(|l| &l.unclear)),
            ("negative", own.map(|l| &l.negative)),
            ("question", own.map(|l| &l.question)),
        ];
        labels
            .map(|(code, label)| {
                label.map_or_else(
                    || self.f.code("answer", code),
                    |l| self.f.words(l).to_owned(),
                )
            })
            .to_vec()
    }

    fn earlier(&self, item: &SheetItem) -> String {
        let Some(after) = &item.item.after else {
            return String::new();
        };
        let at = self
            .sheet
            .items
            .iter()
            .position(|i| i.item.code == after.item);
        let number = at.map_or(0, |at| at + 1);
        let answers = after
            .answers
            .iter()
            .map(|a| self.f.code("answer", a.as_str()));
        let answers: Vec<_> = answers.collect();
        let answers = answers.join("、");
        self.f
            .say2("script-only-after", "n", number, "answers", answers)
    }
}
