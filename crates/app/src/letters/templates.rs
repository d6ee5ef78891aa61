//! Templates: what a letter says besides its questions. A version is written by one person and
//! approved by another; a printed letter keeps the version that it was printed with.

use crate::{App, Error, FieldProblem, Refusal, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::letters::{LetterKind, TemplateState};
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use store::letters::{self as rows, NewTemplate, TemplateRow};
use store::{Audit, AuditEntry, Reads, Store};
use uuid::Uuid;

/// Longest text of a part.
const TEXT_MAX: usize = 2_000;
/// What is shipped.
const SHIPPED: [&str; 2] = [
    include_str!("../../assets/letters/combined.toml"),
    include_str!("../../assets/letters/fallback.toml"),
];

/// The words of a template. Places such as `{company}` are filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateWords {
    /// Its title.
    pub title: String,
    /// What comes first.
    pub opening: String,
    /// Above the questions.
    pub rights: String,
    /// The receipt of the policy.
    pub receipt: String,
    /// Above contact data and account.
    pub contact: String,
    /// What comes last.
    pub closing: String,
}

#[derive(Deserialize)]
struct Shipped {
    kind: String,
    effective_from: toml::value::Datetime,
    #[serde(flatten)]
    words: TemplateWords,
}

/// Adds shipped templates that the store lacks.
pub(crate) async fn install(store: &Store, now: Instant) -> Result<()> {
    let known = rows::list_templates(store).await?;
    let actor = Actor::system();
    for text in SHIPPED {
        let fault = |e: String| Error::Fault(format!("a shipped letter template: {e}"));
        let shipped: Shipped = toml::from_str(text).map_err(|e| fault(e.to_string()))?;
        let kind = LetterKind::parse(&shipped.kind).map_err(|e| fault(e.to_string()))?;
        if known.iter().any(|t| t.kind == kind) {
            continue;
        }
        let from = shipped.effective_from.to_string();
        let effective_from = from.parse().map_err(|_| fault(from.clone()))?;
        let words = serde_json::to_string(&shipped.words).map_err(|e| fault(e.to_string()))?;
        let work = store.begin(now).await?;
        let new = NewTemplate {
            kind,
            version: 1,
            state: TemplateState::Approved,
            effective_from,
            words: &words,
            written_by: None,
            written_by_name: "system",
        };
        let id = rows::insert_template(&work, &new).await?;
        let entry = AuditEntry::new(&actor, "letter_template.added", "letter_template", id);
        let detail = serde_json::json!({ "kind": kind.as_str(), "version": 1 });
        work.commit(entry.detail(detail)).await?;
    }
    Ok(())
}

/// Every version, by kind, the newest first, with its words.
///
/// # Errors
/// When the actor may not.
pub async fn list_templates(app: &App, actor: &Actor) -> Result<Vec<(TemplateRow, TemplateWords)>> {
    actor.demand(Permission::LettersRead)?;
    let all = rows::list_templates(app.store()).await?;
    all.into_iter()
        .map(|row| words_of(&row).map(|words| (row, words)))
        .collect()
}

/// The words of a version.
pub(super) fn words_of(row: &TemplateRow) -> Result<TemplateWords> {
    serde_json::from_str(&row.words).map_err(|e| Error::Fault(format!("letter template: {e}")))
}

/// The version that is used on a day: the newest approved one in effect.
pub(super) async fn in_effect(
    db: &impl Reads,
    kind: LetterKind,
    on: NaiveDate,
) -> Result<TemplateRow> {
    let all = rows::list_templates(db).await?;
    all.into_iter()
        .filter(|t| t.kind == kind && t.state == TemplateState::Approved)
        .filter(|t| t.effective_from <= on)
        .max_by_key(|t| (t.effective_from, t.version))
        .ok_or_else(|| Refusal::with("letter-template-missing", kind.as_str()).into())
}

/// A draft, as a form sends it.
#[derive(Clone, Debug, Default)]
pub struct DraftForm {
    /// Code of the kind.
    pub kind: String,
    /// First day on which it is to be used.
    pub effective_from: String,
    /// Its words.
    pub words: TemplateWords,
}

/// Writes a new version down as a draft.
///
/// # Errors
/// When the actor may not, or fields are wrong.
pub async fn draft_template(
    app: &App,
    actor: &Actor,
    now: Instant,
    form: &DraftForm,
) -> Result<Uuid> {
    actor.demand(Permission::LettersTemplates)?;
    let Some(by) = actor.user() else {
        return Err(Refusal::new("person-needed").into());
    };
    let mut problems = Vec::new();
    let kind = LetterKind::parse(&form.kind)
        .map_err(|_| problems.push(FieldProblem::new("kind", "unknown-code")));
    let from: std::result::Result<NaiveDate, _> = form
        .effective_from
        .parse()
        .map_err(|_| problems.push(FieldProblem::new("effective_from", "date")));
    let w = &form.words;
    for (field, text, needed) in [
        ("title", &w.title, true),
        ("opening", &w.opening, true),
        ("rights", &w.rights, true),
        (
            "receipt",
            &w.receipt,
            form.kind == LetterKind::Combined.as_str(),
        ),
        ("contact", &w.contact, false),
        ("closing", &w.closing, true),
    ] {
        if needed && text.trim().is_empty() {
            problems.push(FieldProblem::new(field, "missing"));
        }
        if text.chars().count() > TEXT_MAX {
            problems.push(FieldProblem::new(field, "too-long"));
        }
    }
    let (Ok(kind), Ok(effective_from), true) = (kind, from, problems.is_empty()) else {
        return Err(Error::Invalid(problems));
    };
    let work = app.store().begin(now).await?;
    let known = rows::list_templates(&work).await?;
    let newest = known
        .iter()
        .filter(|t| t.kind == kind)
        .map(|t| t.version)
        .max();
    let version = newest.unwrap_or(0) + 1;
    let words = serde_json::to_string(w).map_err(|e| Error::Fault(e.to_string()))?;
    let new = NewTemplate {
        kind,
        version,
        state: TemplateState::Draft,
        effective_from,
        words: &words,
        written_by: Some(by),
        written_by_name: &actor.name,
    };
    let id = rows::insert_template(&work, &new).await?;
    let detail = serde_json::json!({ "kind": kind.as_str(), "version": version });
    let entry = AuditEntry::new(actor, "letter_template.drafted", "letter_template", id);
    work.commit(entry.detail(detail)).await?;
    Ok(id)
}

/// Approves a draft of somebody else, or turns it down.
///
/// # Errors
/// When the actor may not or wrote it; [`Error::Conflict`] when it is decided already.
pub async fn decide_template(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    approve: bool,
) -> Result<()> {
    actor.demand(Permission::LettersTemplates)?;
    let Some(by) = actor.user() else {
        return Err(Refusal::new("person-needed").into());
    };
    let work = app.store().begin(now).await?;
    let row = rows::find_template(&work, id)
        .await?
        .ok_or(Error::NotFound)?;
    if row.written_by == Some(by) {
        return Err(Refusal::new("duty-proposer").into());
    }
    let to = if approve {
        TemplateState::Approved
    } else {
        TemplateState::Rejected
    };
    rows::decide_template(&work, id, to, by, &actor.name).await?;
    let detail = serde_json::json!({ "version": row.version, "state": to.as_str() });
    let entry = AuditEntry::new(actor, "letter_template.decided", "letter_template", id);
    work.commit(Audit::from(entry.detail(detail))).await?;
    Ok(())
}
