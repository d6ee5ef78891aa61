//! Proposed versions: writing and checking a text, reviewing, approving, and its history.

use super::list::in_force;
use crate::failure::Failure;
use crate::forms::{Fields, Sent, SentFile};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::rules::diff::{Diff, DiffTask, latest_diff, start_diff};
use app::rules::drafts::{
    NewDraft, PACK_BYTES_MAX, ProposalView, create_draft, edit_draft, find_proposal, next_version,
};
use app::rules::package::{is_package, load_package};
use app::rules::steps::{StepForm, authors, reviewer, take_step};
use app::rules::{Checked, LineChange, PartChange, check_text, compare_lines, compare_parts};
use app::{Error, Refusal};
use axum::extract::{Path, RawQuery, State};
use domain::access::Permission;
use domain::rules::{Origin, ProposalState};
use rules::pack::Pack;
use store::rules::{DiffRow, StepRow};
use uuid::Uuid;

/// Lines of the text field beyond the text.
const SPARE_LINES: usize = 10;
/// Changed lines that are shown.
pub(super) const CHANGES_SHOWN: usize = 400;

/// Address of a proposed version.
pub(super) fn url(id: Uuid) -> String {
    format!("/rules/drafts/{id}")
}

fn id_of(text: &str) -> Result<Uuid, Failure> {
    Uuid::try_parse(text).map_err(|_| Failure::not_found())
}

#[derive(askama::Template)]
#[template(path = "rules/write.html")]
struct WritePage {
    f: Frame,
    /// The draft that is changed; a new one when missing.
    draft: Option<(Uuid, i64)>,
    body: String,
    evaluation: String,
    checked: Option<Checked>,
    /// What keeps the text from being saved.
    problem: Option<String>,
}

impl WritePage {
    fn action(&self) -> String {
        let draft = self.draft.map(|(id, _)| format!("{}/text", url(id)));
        draft.unwrap_or_else(|| "/rules/drafts".to_owned())
    }

    fn rows(&self) -> usize {
        self.body.lines().count() + SPARE_LINES
    }

    fn numbers(&self) -> String {
        let numbers: Vec<_> = (1..=self.rows()).map(|n| n.to_string()).collect();
        numbers.join("\n")
    }

    fn revision(&self) -> i64 {
        self.draft.map_or(0, |(_, revision)| revision)
    }
}

/// The page to write a version: the next one of a pack, or an empty one.
pub(super) async fn new_draft(State(web): State<Web>, RawQuery(raw): RawQuery, who: Who) -> Answer {
    who.actor
        .demand(Permission::RulesDraft)
        .map_err(Error::from)?;
    let query = Fields::parse(raw.unwrap_or_default().as_bytes());
    let rules = web.app.rules();
    let same = rules
        .versions()
        .filter(|v| v.pack.pack == query.get("from"));
    let last = same.max_by_key(|v| v.pack.version);
    let body = last.map(|v| next_version(&v.pack.body, v.pack.version + 1));
    html(&WritePage {
        f: who.frame("rules"),
        draft: None,
        body: body.unwrap_or_default(),
        evaluation: query.own("evaluation"),
        checked: None,
        problem: None,
    })
}

fn text_of(fields: &Fields) -> String {
    fields.get("body").replace("\r\n", "\n")
}

/// The page once more, with what the check says or why the text cannot be kept.
async fn again(
    web: &Web,
    who: &Who,
    fields: &Fields,
    draft: Option<(Uuid, i64)>,
    error: Option<Error>,
) -> Answer {
    let problem = match error {
        None => None,
        Some(Error::Invalid(problems)) => problems.first().map(|p| p.code.clone()),
        Some(other) => return Err(other.into()),
    };
    let body = text_of(fields);
    let checked = check_text(&web.app.rules(), "draft.toml", &body).await?;
    html(&WritePage {
        f: who.frame("rules"),
        draft,
        evaluation: fields.own("evaluation"),
        checked: Some(checked),
        problem,
        body,
    })
}

pub(super) async fn create(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let body = text_of(&fields);
    who.actor
        .demand(Permission::RulesDraft)
        .map_err(Error::from)?;
    if fields.has("check") {
        return again(&web, &who, &fields, None, None).await;
    }
    let new = NewDraft {
        body,
        origin: Origin::Written,
        evaluation: Uuid::try_parse(fields.get("evaluation")).ok(),
    };
    match create_draft(&web.app, &who.actor, who.now, new).await {
        Ok(id) => Ok(who.go(&url(id))),
        Err(error) => again(&web, &who, &fields, None, Some(error)).await,
    }
}

pub(super) async fn upload(State(web): State<Web>, mut sent: SentFile) -> Answer {
    let file = sent.demand_file()?;
    if let Some(text) = std::str::from_utf8(&file.bytes)
        .ok()
        .filter(|t| is_package(t))
    {
        let who = &sent.who;
        let ids = load_package(&web.app, &who.actor, who.now, text).await?;
        return match ids.as_slice() {
            [] => Err(Error::from(Refusal::new("package-known")).into()),
            [id] => Ok(who.go(&url(*id))),
            _ => Ok(who.go("/rules")),
        };
    }
    if file.bytes.len() > PACK_BYTES_MAX {
        return Err(Error::invalid("file", "too-long").into());
    }
    let body = String::from_utf8(file.bytes.to_vec());
    let body = body.map_err(|_| Error::invalid("file", "file-type"))?;
    let new = NewDraft {
        body: body.trim_start_matches('\u{feff}').replace("\r\n", "\n"),
        origin: Origin::Uploaded,
        evaluation: None,
    };
    let who = &sent.who;
    let id = create_draft(&web.app, &who.actor, who.now, new).await?;
    Ok(who.go(&url(id)))
}

pub(super) async fn edit(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let id = id_of(&id)?;
    who.actor
        .demand(Permission::RulesDraft)
        .map_err(Error::from)?;
    let revision = fields.get("revision").parse().unwrap_or(0);
    let draft = Some((id, revision));
    if fields.has("check") {
        return again(&web, &who, &fields, draft, None).await;
    }
    let body = text_of(&fields);
    match edit_draft(&web.app, &who.actor, who.now, id, revision, body).await {
        Ok(()) => Ok(who.go(&url(id))),
        Err(error) => again(&web, &who, &fields, draft, Some(error)).await,
    }
}

/// The text of a draft, to be changed.
pub(super) async fn show_text(State(web): State<Web>, Path(id): Path<String>, who: Who) -> Answer {
    who.actor
        .demand(Permission::RulesDraft)
        .map_err(Error::from)?;
    let view = find_proposal(&web.app, &who.actor, id_of(&id)?).await?;
    if view.row.state != ProposalState::Draft {
        return Ok(who.go(&url(view.row.id)));
    }
    html(&WritePage {
        f: who.frame("rules"),
        draft: Some((view.row.id, view.row.revision)),
        body: view.row.body,
        evaluation: String::new(),
        checked: Some(view.checked),
        problem: None,
    })
}

#[derive(askama::Template)]
#[template(path = "rules/draft.html")]
struct DraftPage {
    f: Frame,
    view: ProposalView,
    /// The version that it would follow.
    earlier: Option<i64>,
    parts: Vec<PartChange>,
    lines: Vec<LineChange>,
    /// The reader wrote it, or reviewed it.
    wrote: bool,
    reviewed: bool,
    /// The latest comparison of this text that says something of classes of customers.
    latest: Option<(DiffRow, Diff)>,
}

pub(super) async fn show(State(web): State<Web>, Path(id): Path<String>, who: Who) -> Answer {
    let view = find_proposal(&web.app, &who.actor, id_of(&id)?).await?;
    let rules = web.app.rules();
    let same = rules
        .versions()
        .filter(|v| v.pack.pack == view.row.pack && v.pack.version < view.row.version);
    let earlier = same.max_by_key(|v| v.pack.version);
    let (parts, lines) = earlier.map_or_else(Default::default, |e| {
        (
            compare_parts(&e.pack.body, &view.row.body),
            compare_lines(&e.pack.body, &view.row.body),
        )
    });
    let user = who.actor.user();
    let wrote = authors(&view.steps).iter().any(|a| a.user == user);
    let reviewed = reviewer(&view.steps).is_some_and(|r| r.user == user);
    let (id, hash) = (view.row.id, view.row.hash.as_str());
    let latest = latest_diff(&web.app, &who.actor, id, hash).await?;
    html(&DraftPage {
        f: who.frame("rules"),
        latest: latest.filter(|(_, diff)| !diff.classes.is_empty()),
        earlier: earlier.map(|e| e.pack.version),
        parts,
        lines,
        wrote,
        reviewed,
        view,
    })
}

impl DraftPage {
    fn pack(&self) -> Option<&Pack> {
        self.view.checked.pack()
    }

    /// The text holds a model that classes customers.
    fn scores_customers(&self) -> bool {
        let book = self.view.checked.book.as_ref();
        let own = |s: &rules::pack::Score| {
            let is_model = domain::segments::ClassModel::of_score(&s.code).is_some();
            is_model && book.is_some_and(|b| b.pack(s.pack).id == self.view.row.pack)
        };
        book.is_some_and(|b| b.scores().iter().any(own))
    }

    fn state(&self) -> &'static str {
        self.view.row.state.as_str()
    }

    fn tone(&self) -> &'static str {
        super::list::proposal_tone(self.view.row.state)
    }

    fn in_force(&self, pack: &Pack) -> String {
        in_force(&self.f, &pack.in_force)
    }

    fn is_draft(&self) -> bool {
        self.view.row.state == ProposalState::Draft
    }

    fn is_reviewed(&self) -> bool {
        self.view.row.state == ProposalState::Reviewed
    }

    fn is_open(&self) -> bool {
        self.is_draft() || self.is_reviewed()
    }

    fn may_compare(&self) -> bool {
        let rights = ["rules.draft", "rules.review", "rules.approve"];
        self.is_open() && rights.iter().any(|r| self.f.may(r))
    }

    fn changes(&self) -> &[LineChange] {
        &self.lines[..self.lines.len().min(CHANGES_SHOWN)]
    }

    fn step(&self, step: &StepRow) -> String {
        self.f.code("rules-step", step.step.as_str())
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
        effective_from: fields.own("effective_from"),
        redate_open: fields.get("redate_open") == "yes",
    };
    take_step(&web.app, &who.actor, who.now, id, &form).await?;
    Ok(who.go(&url(id)))
}

pub(super) async fn compare(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let day = fields.get("effective_from").trim();
    let effective_from = if day.is_empty() {
        None
    } else {
        let day = day.parse();
        Some(day.map_err(|_| Error::invalid("effective_from", "date"))?)
    };
    let task = DiffTask {
        proposal: id_of(&id)?,
        effective_from,
        redate_open: fields.get("redate_open") == "yes",
    };
    let job = start_diff(&web.app, &who.actor, who.now, task).await?;
    Ok(who.go(&crate::jobs::url(job)))
}
