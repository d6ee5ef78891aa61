//! Approval by a second person: what waits for me, what I asked for, and deciding.

use crate::failure::Failure;
use crate::forms::{Fields, Sent};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::Error;
use app::approvals::{ApprovalView, Approvals, Asked};
use app::duplicates::MergeProposal;
use app::exports::ListFilter;
use app::segments::ClassProposal;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::routing::{get, post};
use domain::access::{ApprovalKind, ApprovalState, ApprovalStep, Limit, RowScope};
use uuid::Uuid;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/approvals", get(list_approvals))
        .route("/approvals/{id}", get(show_approval))
        .route("/approvals/{id}/decision", post(decide_approval))
}

/// Address of a request.
pub(crate) fn url(id: Uuid) -> String {
    format!("/approvals/{id}")
}

fn id_of(text: &str) -> Result<Uuid, Failure> {
    Uuid::try_parse(text).map_err(|_| Failure::not_found())
}

/// One line of what is asked for: what, as it is, as it is to be.
#[derive(Clone, Debug)]
pub(crate) struct DiffLine {
    /// What changes.
    pub(crate) what: String,
    /// How it is.
    pub(crate) before: String,
    /// How it is to be.
    pub(crate) after: String,
    /// Whether it concerns a sensitive right.
    pub(crate) sensitive: bool,
}

/// Name of a limit.
pub(crate) fn limit_name(f: &Frame, limit: Limit) -> String {
    match limit {
        Limit::RevealsPerDay(role) => f.say1(
            "limit-reveals-per-day",
            "role",
            f.code("role", role.as_str()),
        ),
        Limit::FieldInFull(role, field) => {
            let (role, field) = (
                f.code("role", role.as_str()),
                f.code("personal-field", field.as_str()),
            );
            format!("{role} · {field}")
        }
        other => f.code("limit", other.key()),
    }
}

fn limit_value(f: &Frame, limit: Limit, value: i64) -> String {
    match limit {
        Limit::FieldInFull(..) if value > 0 => f.code("export-shown", "in_full"),
        Limit::FieldInFull(..) => f.code("export-shown", "masked"),
        _ => value.to_string(),
    }
}

/// How far a right reaches, in words.
pub(crate) fn scope_name(f: &Frame, scope: Option<RowScope>) -> String {
    f.code("row-scope", scope.map_or("none", RowScope::as_str))
}

/// What a request asks for, line by line.
pub(crate) fn lines(f: &Frame, view: &ApprovalView) -> Vec<DiffLine> {
    match &view.asked {
        Asked::Rights(proposal) => {
            let mut lines: Vec<_> = proposal
                .rights()
                .iter()
                .map(|c| DiffLine {
                    what: format!(
                        "{} · {}",
                        f.code("role", c.role.as_str()),
                        f.code("permission", c.permission.as_str())
                    ),
                    before: scope_name(f, c.before),
                    after: scope_name(f, c.after),
                    sensitive: c.permission.is_sensitive(),
                })
                .collect();
            lines.extend(proposal.limits().iter().map(|c| DiffLine {
                what: limit_name(f, c.limit),
                before: limit_value(f, c.limit, c.before),
                after: limit_value(f, c.limit, c.after),
                sensitive: true,
            }));
            lines
        }
        Asked::Roles(proposal) => {
            let roles = proposal.roles();
            let line = |role: &domain::access::Role| DiffLine {
                what: proposal.username.clone(),
                before: f.code("row-scope", "none"),
                after: f.code("role", role.as_str()),
                sensitive: true,
            };
            roles.iter().map(line).collect()
        }
        Asked::Export(query) => vec![DiffLine {
            what: f.code("export-table", query.kind.as_str()),
            before: filter_words(query.list.as_ref()),
            after: f.code(
                "export-shown",
                if query.in_full { "in_full" } else { "masked" },
            ),
            sensitive: query.in_full,
        }],
        Asked::Template(proposal) => vec![DiffLine {
            what: proposal.name.clone(),
            before: proposal.before.clone().unwrap_or_default(),
            after: proposal.after.clone(),
            sensitive: false,
        }],
        Asked::Class(proposal) => vec![class_line(f, proposal)],
        Asked::Merge(proposal) => merge_lines(f, proposal),
    }
}

fn class_line(f: &Frame, proposal: &ClassProposal) -> DiffLine {
    let name = |code: &str| f.code(&format!("class-{}", proposal.model), code);
    let before = proposal.before.as_deref().map(name);
    DiffLine {
        what: format!(
            "{} · {}",
            f.code("class-model", &proposal.model),
            proposal.customer_no
        ),
        before: before.unwrap_or_else(|| f.say("class-none")),
        after: format!(
            "{} {}",
            name(&proposal.class),
            f.say1("class-until", "day", proposal.until_on.to_string())
        ),
        sensitive: false,
    }
}

fn merge_lines(f: &Frame, proposal: &MergeProposal) -> Vec<DiffLine> {
    let (survivor, absorbed) = &proposal.numbers;
    let mut lines = vec![DiffLine {
        what: f.say("merge-records"),
        before: format!("{survivor} · {absorbed}"),
        after: survivor.clone(),
        sensitive: true,
    }];
    lines.extend(proposal.fields.iter().map(|field| DiffLine {
        what: f.code("merged-field", field),
        before: survivor.clone(),
        after: absorbed.clone(),
        sensitive: false,
    }));
    lines
}

/// The filters of a list, as they stand in its address.
fn filter_words(filter: Option<&ListFilter>) -> String {
    let value = filter.and_then(|f| serde_json::to_value(f).ok());
    let fields = value.and_then(|v| v.as_object()?.values().next()?.as_object().cloned());
    let set = fields.into_iter().flatten().filter_map(|(name, value)| {
        let text = value.as_str().filter(|t| !t.is_empty())?;
        Some(format!("{name}={text}"))
    });
    set.collect::<Vec<_>>().join(" ")
}

/// Tone of a state.
pub(crate) fn tone(state: ApprovalState) -> &'static str {
    match state {
        ApprovalState::Pending => "orange",
        ApprovalState::Approved => "green",
        ApprovalState::Refused => "red",
        ApprovalState::Withdrawn | ApprovalState::Expired => "secondary",
    }
}

#[derive(askama::Template)]
#[template(path = "approvals/list.html")]
struct ListPage {
    f: Frame,
    all: Approvals,
    after: String,
}

async fn list_approvals(State(web): State<Web>, RawQuery(raw): RawQuery, who: Who) -> Answer {
    let fields = Fields::parse(raw.unwrap_or_default().as_bytes());
    let after = fields.own("after");
    let all = app::approvals::list_approvals(&web.app, &who.actor, who.now, &after).await?;
    html(&ListPage {
        f: who.frame("approvals"),
        all,
        after,
    })
}

#[derive(askama::Template)]
#[template(path = "approvals/approval.html")]
struct ApprovalPage {
    f: Frame,
    view: ApprovalView,
}

async fn show_approval(State(web): State<Web>, Path(id): Path<String>, who: Who) -> Answer {
    let view = app::approvals::find_approval(&web.app, &who.actor, who.now, id_of(&id)?).await?;
    html(&ApprovalPage {
        f: who.frame("approvals"),
        view,
    })
}

async fn decide_approval(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let id = id_of(&id)?;
    let step = match form.get("step") {
        "approve" => ApprovalStep::Approve,
        "refuse" => ApprovalStep::Refuse,
        "withdraw" => ApprovalStep::Withdraw,
        _ => return Err(Error::invalid("step", "unknown-code").into()),
    };
    let note = form.own("note");
    app::approvals::decide(&web.app, &who.actor, who.now, id, step, &note).await?;
    Ok(who.go(&url(id)))
}

impl ListPage {
    fn tone(state: &ApprovalState) -> &'static str {
        tone(*state)
    }

    fn about(&self, view: &ApprovalView) -> String {
        about(&self.f, view)
    }
}

/// What a request is about, on one line.
pub(crate) fn about(f: &Frame, view: &ApprovalView) -> String {
    let lines = lines(f, view);
    let first = lines.first().map_or("", |l| l.what.as_str());
    match lines.len() {
        0 | 1 => first.to_owned(),
        n => f.say2("approval-and-more", "first", first, "n", n - 1),
    }
}

impl ApprovalPage {
    fn tone(&self) -> &'static str {
        tone(self.view.state)
    }

    fn lines(&self) -> Vec<DiffLine> {
        lines(&self.f, &self.view)
    }

    fn is_pending(&self) -> bool {
        self.view.state == ApprovalState::Pending
    }

    fn leads_to_file(&self) -> bool {
        let done = self.view.state == ApprovalState::Approved;
        done && self.view.is_own && self.view.row.kind == ApprovalKind::Export
    }
}
