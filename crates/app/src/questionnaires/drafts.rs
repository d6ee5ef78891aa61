//! Writing questionnaires: a draft is begun empty, from a version or from a file, changed item by item,
//! and shown with what the check says. Nothing here changes what is asked.

use super::check::{Finding, check};
use super::edit::{Edit, apply, digest};
use super::file::{TEXT_BYTES_MAX, hash_of, read};
use super::needs::Needs;
use super::script::{Script, Scripts};
use super::write::write;
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission};
use domain::questionnaires::{Reach, ScriptStep, Words};
use domain::rules::{Origin, Person, ProposalState, Refused, VersionState};
use domain::time::{self, Instant};
use store::questionnaires::{self as rows, DraftRow, ScriptStepRow};
use store::{AuditActor, AuditEntry, StoreError};
use uuid::Uuid;

/// A version of a questionnaire, approved or not, with its history.
#[derive(Debug)]
pub struct VersionView {
    /// The definition.
    pub script: Script,
    /// The draft that it is, or was.
    pub draft: Option<DraftRow>,
    /// Where it stands today.
    pub state: VersionState,
    /// What happened to it, in order.
    pub steps: Vec<ScriptStepRow>,
    /// What the check says of it now.
    pub findings: Vec<Finding>,
    /// How many attempts were made with it.
    pub attempts: i64,
}

/// A version in a list.
#[derive(Clone, Debug)]
pub struct VersionRow {
    /// The definition.
    pub script: Script,
    /// Where it stands today.
    pub state: VersionState,
    /// Who put it down; nobody for what the program brought.
    pub author: Option<String>,
}

fn broken(row: &DraftRow, e: &str) -> Error {
    Error::Fault(format!("draft {} of {}: {e}", row.id, row.code))
}

/// The definition of a draft.
pub(super) fn script_of(row: &DraftRow) -> Result<Script> {
    let mut script = read(&row.body).map_err(|e| broken(row, &e))?;
    script.id = row.id.into();
    Ok(script)
}

/// What the rules of today demand.
pub(super) fn needs(app: &App, now: Instant) -> Needs {
    Needs::of(app.rules().book(), time::date_in_china(now))
}

/// Where an approved version stands on a day.
fn state_of(scripts: &Scripts, script: &Script, now: Instant) -> VersionState {
    let span = scripts.span(script);
    VersionState::on(ProposalState::Approved, span, time::date_in_china(now))
}

/// Every version and draft: drafts first, then by code, the newest version of each first.
///
/// # Errors
/// When the actor may not read questionnaires.
pub async fn list_versions(app: &App, actor: &Actor, now: Instant) -> Result<Vec<VersionRow>> {
    actor.demand(Permission::QuestionnairesRead)?;
    let scripts = app.scripts_in_force().await?;
    let mut found = Vec::new();
    let drafts = rows::list_drafts(app.store()).await?;
    for draft in &drafts {
        if matches!(draft.state, ProposalState::Draft | ProposalState::Reviewed) {
            found.push(VersionRow {
                script: script_of(draft)?,
                state: VersionState::on(
                    draft.state,
                    domain::rules::Span::default(),
                    time::date_in_china(now),
                ),
                author: Some(draft.author_name.clone()),
            });
        }
    }
    let mut approved: Vec<_> = scripts.all().iter().collect();
    approved.sort_by(|a, b| (&a.code, b.version).cmp(&(&b.code, a.version)));
    found.extend(approved.into_iter().map(|script| {
        VersionRow {
            state: state_of(&scripts, script, now),
            author: drafts
                .iter()
                .find(|d| d.id == script.id.0)
                .map(|d| d.author_name.clone()),
            script: script.clone(),
        }
    }));
    Ok(found)
}

/// How many drafts wait for a step that the actor has the right to take: to review, to approve.
///
/// # Errors
/// What the store says.
pub async fn count_waiting(app: &App, actor: &Actor) -> Result<(usize, usize)> {
    let all = rows::list_drafts(app.store()).await?;
    let of = |state, right| {
        let mine = |d: &&DraftRow| d.state == state && d.author_name != actor.name;
        all.iter().filter(mine).filter(|_| actor.may(right)).count()
    };
    Ok((
        of(ProposalState::Draft, Permission::QuestionnairesReview),
        of(ProposalState::Reviewed, Permission::QuestionnairesApprove),
    ))
}

/// A version or draft with its history, checked anew.
///
/// # Errors
/// When the actor may not read questionnaires, or it does not exist.
pub async fn find_version(app: &App, actor: &Actor, now: Instant, id: Uuid) -> Result<VersionView> {
    actor.demand(Permission::QuestionnairesRead)?;
    let scripts = app.scripts_in_force().await?;
    let draft = rows::find_draft(app.store(), id).await?;
    let (script, state) = match (scripts.find(id.into()), &draft) {
        (Some(script), _) => (script.clone(), state_of(&scripts, script, now)),
        (None, Some(row)) => (
            script_of(row)?,
            VersionState::on(
                row.state,
                domain::rules::Span::default(),
                time::date_in_china(now),
            ),
        ),
        (None, None) => return Err(Error::NotFound),
    };
    Ok(VersionView {
        findings: check(&script, &needs(app, now), &scripts),
        steps: rows::list_steps(app.store(), id).await?,
        attempts: rows::count_attempts(app.store(), id).await?,
        script,
        draft,
        state,
    })
}

/// What the check says of a text that nobody has saved.
///
/// # Errors
/// When the actor may not read questionnaires, or the text cannot be read.
pub async fn check_text(
    app: &App,
    actor: &Actor,
    now: Instant,
    text: &str,
) -> Result<(Script, Vec<Finding>)> {
    actor.demand(Permission::QuestionnairesRead)?;
    let script = read(text).map_err(|e| unreadable(&e))?;
    let scripts = app.scripts_in_force().await?;
    let findings = check(&script, &needs(app, now), &scripts);
    Ok((script, findings))
}

/// The text of a version or draft, as a file.
///
/// # Errors
/// When the actor may not read questionnaires, or it does not exist.
pub async fn export_text(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
) -> Result<(String, String)> {
    let view = find_version(app, actor, now, id).await?;
    let name = format!("{}.toml", view.script.code);
    Ok((name, write(&view.script)))
}

/// How a draft begins.
#[derive(Clone, Debug)]
pub enum Beginning {
    /// Empty, with a code.
    Empty(String),
    /// As the next version of an approved one, or under another code as a questionnaire of its own.
    From(Uuid, Option<String>),
    /// From a file.
    File(String),
}

fn unreadable(e: &str) -> Error {
    Refusal::with(
        "questionnaire-unreadable",
        e.lines().next().unwrap_or_default(),
    )
    .into()
}

fn empty(code: &str, now: Instant) -> Script {
    Script {
        id: Uuid::nil().into(),
        code: code.to_owned(),
        version: 1,
        hash: String::new(),
        effective_from: time::date_in_china(now),
        effective_until: None,
        title: Words::default(),
        programmes: Vec::new(),
        reach: Reach::default(),
        source: String::new(),
        greeting: Words::default(),
        closing: Words::default(),
        terms: Vec::new(),
        blocks: Vec::new(),
        items: Vec::new(),
    }
}

/// The version that a new draft of a questionnaire bears.
pub(super) fn next_version(scripts: &Scripts, drafts: &[DraftRow], code: &str) -> i64 {
    let approved = scripts
        .all()
        .iter()
        .filter(|s| s.code == code)
        .map(|s| s.version);
    let drafted = drafts.iter().filter(|d| d.code == code).map(|d| d.version);
    approved.chain(drafted).max().unwrap_or(0) + 1
}

/// Puts a draft down.
///
/// # Errors
/// When the actor may not, or there is nothing to begin with.
pub async fn create_draft(
    app: &App,
    actor: &Actor,
    now: Instant,
    beginning: Beginning,
) -> Result<Uuid> {
    actor.demand(Permission::QuestionnairesWrite)?;
    let scripts = app.scripts_in_force().await?;
    let (mut script, origin) = match &beginning {
        Beginning::Empty(code) => (empty(code, now), Origin::Written),
        Beginning::From(id, code) => {
            let source = scripts.find((*id).into()).ok_or(Error::NotFound)?.clone();
            let code = code.clone().unwrap_or_else(|| source.code.clone());
            (Script { code, ..source }, Origin::Written)
        }
        Beginning::File(text) if text.len() > TEXT_BYTES_MAX => {
            return Err(Error::invalid("file", "too-long"));
        }
        Beginning::File(text) => (read(text).map_err(|e| unreadable(&e))?, Origin::Uploaded),
    };
    if !super::edit::is_code(&script.code) {
        return Err(Error::invalid("code", "questionnaire-code"));
    }
    let drafts = rows::list_drafts(app.store()).await?;
    let code_known = scripts.all().iter().any(|s| s.code == script.code);
    if matches!(beginning, Beginning::Empty(_) | Beginning::From(_, Some(_))) && code_known {
        return Err(Error::invalid("code", "questionnaire-code-taken"));
    }
    script.version = next_version(&scripts, &drafts, &script.code);
    let today = time::date_in_china(now);
    if origin == Origin::Written {
        script.effective_from = today;
        script.effective_until = None;
    }
    insert(app, actor, now, &script, origin).await
}

async fn insert(
    app: &App,
    actor: &Actor,
    now: Instant,
    script: &Script,
    origin: Origin,
) -> Result<Uuid> {
    let work = app.store().begin(now).await?;
    let body = write(script);
    let row = DraftRow {
        id: work.next_id(),
        code: script.code.clone(),
        version: script.version,
        hash: hash_of(&body),
        body,
        state: ProposalState::Draft,
        origin,
        author_name: actor.name.clone(),
        revision: 1,
        created_at: now,
        updated_at: now,
    };
    rows::insert_draft(&work, &row).await.map_err(taken)?;
    let step = step(row.id, actor, ScriptStep::Drafted, &row.hash);
    rows::insert_step(&work, &AuditActor::from(actor), &step).await?;
    let detail = serde_json::json!({
        "code": row.code, "version": row.version, "hash": row.hash, "origin": origin.as_str(),
    });
    let entry = AuditEntry::new(actor, "questionnaire.drafted", "questionnaire", row.id);
    work.commit(entry.detail(detail)).await?;
    Ok(row.id)
}

/// A step without a reason or a day.
pub(super) fn step(id: Uuid, actor: &Actor, step: ScriptStep, hash: &str) -> ScriptStepRow {
    ScriptStepRow {
        version_id: id,
        at: Instant::default(),
        by: Person {
            user: actor.user(),
            name: actor.name.clone(),
        },
        step,
        hash: hash.to_owned(),
        reason: None,
        day: None,
    }
}

fn taken(error: StoreError) -> Error {
    match error {
        StoreError::Constraint(_) => Error::Conflict,
        other => other.into(),
    }
}

/// What became of an edit.
#[derive(Debug)]
pub enum Edited {
    /// It is saved: the definition now, and the item to look at next.
    Saved(Box<Script>, Option<String>),
    /// Somebody else changed the same piece since the form was shown: the definition as it is.
    /// Nothing was written; the person decides whose words count.
    Conflict(Box<Script>),
}

/// Changes a draft. `seen` is the [`digest`] of the piece as the form showed it: other pieces may have
/// been changed by others meanwhile, the same piece may not.
///
/// # Errors
/// When the actor may not, it is no draft, or a field cannot be taken.
pub async fn edit_draft(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    seen: &str,
    edit: &Edit,
) -> Result<Edited> {
    actor.demand(Permission::QuestionnairesWrite)?;
    let work = app.store().begin(now).await?;
    let mut row = rows::find_draft(&work, id).await?.ok_or(Error::NotFound)?;
    if row.state != ProposalState::Draft {
        return Err(Refusal::new(Refused::WrongState.code()).into());
    }
    let mut script = script_of(&row)?;
    let part = edit.part();
    let stands = digest(&script, &part);
    if !seen.is_empty() && stands.as_deref() != Some(seen) {
        return Ok(Edited::Conflict(Box::new(script)));
    }
    let next = apply(&mut script, edit).map_err(Error::Invalid)?;
    let body = write(&script);
    if body.len() > TEXT_BYTES_MAX {
        return Err(Error::invalid("ask", "too-long"));
    }
    let hash = hash_of(&body);
    if hash == row.hash {
        return Ok(Edited::Saved(Box::new(script), next));
    }
    script.hash.clone_from(&hash);
    row.hash = hash;
    row.body = body;
    rows::update_draft(&work, &row).await?;
    let steps = rows::list_steps(&work, id).await?;
    let wrote = [ScriptStep::Drafted, ScriptStep::Edited];
    let same = |s: &ScriptStepRow| wrote.contains(&s.step) && s.by.user == actor.user();
    if !steps.last().is_some_and(same) {
        let step = step(id, actor, ScriptStep::Edited, &row.hash);
        rows::insert_step(&work, &AuditActor::from(actor), &step).await?;
    }
    let detail = serde_json::json!({ "piece": format!("{part:?}"), "hash": row.hash });
    let entry = AuditEntry::new(actor, "questionnaire.edited", "questionnaire", id).detail(detail);
    work.commit(entry).await?;
    Ok(Edited::Saved(Box::new(script), next))
}
