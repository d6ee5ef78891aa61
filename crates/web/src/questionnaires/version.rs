//! A version: its items, what the check says, its life.

use super::{Said, id_of, said, tone, url};
use crate::forms::Sent;
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::questionnaires::ScriptItem;
use app::questionnaires::check::is_sound;
use app::questionnaires::drafts::{VersionView, export_text, find_version, list_versions};
use app::questionnaires::steps::{StepForm, authors, reviewer, take_step};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;
use domain::questionnaires::{Condition, Test};
use domain::rules::VersionState;
use uuid::Uuid;

#[derive(askama::Template)]
#[template(path = "questionnaires/version.html")]
struct VersionPage {
    f: Frame,
    view: VersionView,
    findings: Vec<Said>,
    /// Other versions of the same questionnaire.
    others: Vec<(Uuid, i64)>,
    /// The reader wrote it, or reviewed it.
    wrote: bool,
    reviewed: bool,
}

pub(super) async fn show(State(web): State<Web>, Path(id): Path<String>, who: Who) -> Answer {
    let id = id_of(&id)?;
    let view = find_version(&web.app, &who.actor, who.now, id).await?;
    let all = list_versions(&web.app, &who.actor, who.now).await?;
    let other = all.iter().map(|v| &v.script);
    let other = other.filter(|s| s.code == view.script.code && s.id != view.script.id);
    let user = who.actor.user();
    let f = who.frame("questionnaires");
    let findings = view
        .findings
        .iter()
        .map(|x| said(&f, &view.script, x))
        .collect();
    html(&VersionPage {
        others: other.map(|s| (s.id.0, s.version)).collect(),
        wrote: authors(&view.steps).iter().any(|a| a.user == user),
        reviewed: reviewer(&view.steps).is_some_and(|r| r.user == user),
        findings,
        f,
        view,
    })
}

/// Conditions as people read them.
pub(super) fn conditions(f: &Frame, when: &[Condition]) -> String {
    let part = |c: &Condition| {
        let fact = f.code("script-fact", c.fact.as_str());
        match &c.test {
            Test::Is(true) => fact,
            Test::Is(false) => f.say1("script-not", "fact", fact),
            Test::OneOf(codes) => {
                let kind = super::fields::kind_of(c.fact);
                let words: Vec<_> = codes.iter().map(|code| f.code(kind, code)).collect();
                format!("{fact}：{}", words.join("、"))
            }
        }
    };
    let parts: Vec<_> = when.iter().map(part).collect();
    parts.join("；")
}

impl VersionPage {
    fn id(&self) -> Uuid {
        self.view.script.id.0
    }

    fn tone(&self) -> &'static str {
        tone(self.view.state)
    }

    fn hash(&self) -> &str {
        let draft = self.view.draft.as_ref();
        draft.map_or(self.view.script.hash.as_str(), |d| d.hash.as_str())
    }

    fn is_draft(&self) -> bool {
        self.view.state == VersionState::Draft
    }

    fn is_reviewed(&self) -> bool {
        self.view.state == VersionState::Reviewed
    }

    fn is_open(&self) -> bool {
        self.is_draft() || self.is_reviewed()
    }

    fn counts(&self) -> bool {
        matches!(
            self.view.state,
            VersionState::Effective | VersionState::Approved
        )
    }

    fn is_sound(&self) -> bool {
        is_sound(&self.view.findings)
    }

    fn when(&self, item: &ScriptItem) -> String {
        let script = &self.view.script;
        let mut when = script
            .block_of(item)
            .map(|b| b.when.clone())
            .unwrap_or_default();
        when.extend(item.when.iter().cloned());
        let mut said = conditions(&self.f, &when);
        if let Some(after) = &item.item.after {
            let earlier = script.items.iter().find(|i| i.item.code == after.item);
            let title = earlier.map_or(after.item.as_str(), |i| self.f.words(&i.item.title));
            let answers: Vec<_> = after
                .answers
                .iter()
                .map(|a| self.f.code("answer", a.as_str()))
                .collect();
            if !said.is_empty() {
                said.push('；');
            }
            let (title, answers) = (title.to_owned(), answers.join("、"));
            said.push_str(
                &self
                    .f
                    .say2("script-after", "item", title, "answers", answers),
            );
        }
        said
    }
}

pub(super) async fn step(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let id = id_of(&id)?;
    let form = StepForm {
        step: fields.own("step"),
        hash: fields.own("hash"),
        reason: fields.own("reason"),
        day: fields.own("day"),
    };
    take_step(&web.app, &who.actor, who.now, id, &form).await?;
    Ok(who.go(&url(id)))
}

/// The questionnaire as a file, as the shipped ones look.
pub(super) async fn download(State(web): State<Web>, Path(id): Path<String>, who: Who) -> Answer {
    let (name, text) = export_text(&web.app, &who.actor, who.now, id_of(&id)?).await?;
    let headers = [
        (
            header::CONTENT_TYPE,
            "application/toml; charset=utf-8".to_owned(),
        ),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, text).into_response())
}
