//! One rule pack: its articles, programmes, numbers, tests and source.

use super::list::{in_force, programmes_of, state, tone};
use crate::failure::Failure;
use crate::forms::{Choice, Fields, Sent, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::rules::evaluations::{self, EvaluationForm};
use axum::extract::{Path, RawQuery, State};
use domain::callbacks::Discharge;
use domain::rules::{EvaluationResult, VersionState};
use rules::pack::{
    Article, Citation, Condition, DateRule, DatedValue, Expression, Let, OnUnknown, Pack,
    ParameterGroup, Relation, Respondent, TestResult,
};
use rules::{Programme, Text};
use std::sync::Arc;
use store::rules::{EvaluationRow, StepRow};

/// Characters of a hash that people compare.
const HASH_SHOWN: usize = 12;

#[derive(askama::Template)]
#[template(path = "rules/pack.html")]
pub(super) struct PackPage {
    pub(super) f: Frame,
    pub(super) rules: Arc<app::rules::Rules>,
    pub(super) pack: Pack,
    /// The text of the file.
    body: String,
    tests: Vec<TestResult>,
    versions: Vec<u32>,
    /// What happened to this version.
    steps: Vec<StepRow>,
    evaluations: Vec<EvaluationRow>,
}

pub(crate) async fn show_pack(
    State(web): State<Web>,
    Path((jurisdiction, topic)): Path<(String, String)>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let rules = web.app.rules_for(&who.actor)?;
    let id = format!("{jurisdiction}/{topic}");
    let wanted = Fields::parse(raw.unwrap_or_default().as_bytes());
    let wanted: Option<u32> = wanted.get("version").parse().ok();
    let mut same: Vec<_> = rules.book().packs().iter().filter(|p| p.id == id).collect();
    same.sort_by_key(|p| std::cmp::Reverse(p.version));
    let versions = same.iter().map(|p| p.version).collect();
    let pack = same
        .iter()
        .find(|p| wanted.is_none_or(|v| v == p.version))
        .copied()
        .cloned()
        .ok_or_else(Failure::not_found)?;
    let stored = rules.packs().iter().find(|s| s.hash == pack.hash);
    let body = stored.map(|s| s.body.clone()).unwrap_or_default();
    let tests = app::rules::check_text(&rules, &pack.file, &body)
        .await?
        .tests;
    let steps = match stored {
        Some(stored) => app::rules::drafts::list_steps(&web.app, &who.actor, stored.id).await?,
        None => Vec::new(),
    };
    let evaluations = evaluations::list_evaluations(&web.app, &who.actor, &id).await?;
    html(&PackPage {
        f: who.frame("rules"),
        rules,
        body,
        tests,
        versions,
        steps,
        evaluations,
        pack,
    })
}

pub(super) async fn record_evaluation(
    State(web): State<Web>,
    Path((jurisdiction, topic)): Path<(String, String)>,
    Sent(who, fields): Sent,
) -> Answer {
    let form = EvaluationForm {
        pack: format!("{jurisdiction}/{topic}"),
        version: fields.get("version").parse().unwrap_or(0),
        evaluated_on: fields.own("evaluated_on"),
        result: fields.own("result"),
        note: fields.own("note"),
    };
    evaluations::record_evaluation(&web.app, &who.actor, who.now, &form).await?;
    Ok(who.go(&format!(
        "/rules/{}?version={}#evaluations",
        form.pack, form.version
    )))
}

impl PackPage {
    fn state(&self) -> VersionState {
        let version = i64::from(self.pack.version);
        state(&self.rules, &self.f, &self.pack.id, version)
    }

    fn tone(&self) -> &'static str {
        tone(self.state())
    }

    fn results(&self) -> Vec<Choice> {
        let codes = EvaluationResult::ALL.iter().map(|r| r.as_str());
        choices(&self.f, "rules-evaluation", codes, "")
    }

    fn in_force(&self) -> String {
        in_force(&self.f, &self.pack.in_force)
    }

    fn short_hash(&self) -> &str {
        self.pack.hash.get(..HASH_SHOWN).unwrap_or(&self.pack.hash)
    }

    fn programmes(&self) -> Vec<&Programme> {
        programmes_of(&self.rules, &self.pack)
    }

    fn article(&self, programme: &Programme) -> Option<&Article> {
        let book = self.rules.book();
        book.pack(programme.cite.pack)
            .article(&programme.cite.article)
    }

    /// A citation: the article, and the pack when it is another one.
    fn cite(&self, cite: &Citation) -> String {
        let pack = self.rules.book().pack(cite.pack);
        if pack.id == self.pack.id {
            return cite.article.clone();
        }
        format!("{} {}", self.f.text(&pack.title), cite.article)
    }

    fn event(&self, programme: &Programme) -> String {
        let schema = self.rules.book().schema();
        let label = programme.trigger.cause.label(schema);
        self.f.text(&label).to_owned()
    }

    /// What a case must be to be a candidate at all; the pack's own scope is part of it.
    fn scope<'p>(&self, programme: &'p Programme) -> &'p [Condition] {
        &programme.scope
    }

    fn fact(&self, condition: &Condition) -> String {
        let schema = self.rules.book().schema();
        let label = schema.fact(condition.fact).label();
        self.f.text(&label).to_owned()
    }

    fn unknown(&self, condition: &Condition) -> String {
        let code = match condition.on_unknown {
            OnUnknown::Skip => "skip",
            OnUnknown::Exclude => "exclude",
            OnUnknown::Pass => "pass",
        };
        self.f.code("rules-unknown", code)
    }

    /// A date rule in sentences.
    fn steps(&self, programme: &Programme, expression: &Expression) -> Vec<String> {
        let said = self.rules.book().say_expression(programme, expression);
        said.iter().map(|t| self.f.text(t).to_owned()).collect()
    }

    fn date_steps(&self, programme: &Programme, date: &DateRule) -> String {
        let between = self.f.say("list-comma");
        self.steps(programme, &date.expression).join(&between)
    }

    fn trigger_steps(&self, programme: &Programme) -> String {
        let between = self.f.say("list-comma");
        self.steps(programme, &programme.trigger.on).join(&between)
    }

    fn let_words(&self, programme: &Programme, rule: &Let) -> String {
        let said = self.rules.book().say_let(programme, rule);
        self.f.text(&said).to_owned()
    }

    fn respondent(&self, respondent: &Respondent) -> String {
        let who = self.f.code("respondent", &respondent.who);
        if respondent.when.is_empty() {
            return who;
        }
        let when = respondent.when.iter().map(|c| self.f.text(&c.says));
        let when: Vec<_> = when.collect();
        format!("{who}（{}）", when.join("；"))
    }

    fn discharge(&self, programme: &Programme) -> Option<&Discharge> {
        self.rules.discharge(&programme.code).ok()
    }

    fn channels(&self, discharge: &Discharge) -> String {
        let words = discharge.channels.iter();
        let words: Vec<_> = words
            .map(|c| self.f.code("contact-channel", c.as_str()))
            .collect();
        words.join(" → ")
    }

    /// Names of packs that take a programme's place where they apply.
    fn overridden_by(&self, programme: &Programme) -> Vec<(String, &Text)> {
        let book = self.rules.book();
        let packs = programme.overridden_by.iter().map(|id| book.pack(*id));
        packs.map(|p| (p.id.clone(), &p.title)).collect()
    }

    /// Parameters that this pack defines: the group, how it relates to wider ones, its values.
    fn parameters(&self) -> Vec<(&ParameterGroup, Relation, &[DatedValue])> {
        let book = self.rules.book();
        let mut found = Vec::new();
        for group in book.parameters() {
            for member in &group.members {
                let home = book.pack(member.pack);
                if home.id == self.pack.id && home.version == self.pack.version {
                    found.push((group, member.relation, member.values.as_slice()));
                }
            }
        }
        found
    }

    fn relation(&self, relation: &Relation) -> String {
        let code = match relation {
            Relation::Base => return String::new(),
            Relation::Overrides => "overrides",
            Relation::Tightens => "tightens",
            Relation::Fills => "fills",
        };
        self.f.code("rules-relation", code)
    }

    fn value(&self, group: &ParameterGroup, value: &DatedValue) -> String {
        let said = self
            .rules
            .book()
            .say_parameter_value(&group.id, &value.value);
        self.f.text(&said).to_owned()
    }

    fn value_when(&self, value: &DatedValue) -> String {
        let mut parts: Vec<String> = value
            .when
            .iter()
            .map(|c| self.f.text(&c.says).to_owned())
            .collect();
        match (value.from, value.until) {
            (Some(from), Some(until)) => {
                parts.push(
                    self.f
                        .say2("rules-from-until", "from", from, "until", until),
                );
            }
            (Some(from), None) => parts.push(self.f.say1("rules-from", "from", from)),
            (None, Some(until)) => parts.push(self.f.say1("rules-until", "until", until)),
            (None, None) => {}
        }
        parts.join("；")
    }

    fn failed(&self) -> usize {
        let failed = self.tests.iter().filter(|t| !t.failures.is_empty());
        failed.count()
    }
}
