//! Writing versions of packs: a text is put down as a draft, changed while it is one, and shown with
//! what the check says. Nothing here changes which rules count.

use super::check::{Checked, check_text};
use super::steps::person;
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission};
use domain::rules::{Origin, ProposalState, RuleStep};
use domain::time::Instant;
use rules::pack::text_hash;
use store::rules::{self as rows, ProposalRow, StepRow};
use store::{AuditActor, AuditEntry, StoreError};
use uuid::Uuid;

/// Largest text of a pack, in bytes; the longest shipped one has 25 thousand.
pub const PACK_BYTES_MAX: usize = 256 * 1024;

/// What a text says it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// Identity of the pack over versions, such as `cn-50/new-contract`.
    pub pack: String,
    /// Version.
    pub version: i64,
}

/// Reads what a text says it is; nothing when that cannot be told.
pub fn heading(text: &str) -> Option<Heading> {
    let table: toml::Table = toml::from_str(text).ok()?;
    let head = table.get("pack")?;
    let pack = head.get("id")?.as_str()?.to_owned();
    let version = head.get("version")?.as_integer()?;
    let part = |p: &str| {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !p.is_empty() && p.chars().all(fits)
    };
    let (place, topic) = pack.split_once('/')?;
    // Places of this name are pages of their own.
    let reserved = ["drafts", "calendar", "diffs"].contains(&place);
    (part(place) && part(topic) && !reserved && version > 0).then_some(Heading { pack, version })
}

/// The text of a version as the beginning of the next one.
pub fn next_version(text: &str, version: i64) -> String {
    let mut lines = Vec::new();
    let (mut numbered, mut marked) = (false, false);
    for line in text.lines() {
        let key = line.split('=').next().unwrap_or_default().trim();
        if key == "version" && !numbered {
            numbered = true;
            lines.push(format!("version = {version}"));
        } else if key == "status" && !marked {
            marked = true;
            lines.push("status = \"draft\"".to_owned());
        } else {
            lines.push(line.to_owned());
        }
    }
    lines.join("\n") + "\n"
}

/// A proposed version with its history.
#[derive(Debug)]
pub struct ProposalView {
    /// The proposed version.
    pub row: ProposalRow,
    /// What happened to it, in order.
    pub steps: Vec<StepRow>,
    /// What the check says of its text now.
    pub checked: Checked,
}

/// A proposed version with its history, checked anew.
///
/// # Errors
/// When the actor may not read rules, or it does not exist.
pub async fn find_proposal(app: &App, actor: &Actor, id: Uuid) -> Result<ProposalView> {
    actor.demand(Permission::RulesRead)?;
    let row = rows::find_proposal(app.store(), id).await?;
    let row = row.ok_or(Error::NotFound)?;
    let steps = rows::list_steps(app.store(), id).await?;
    let checked = check_text(&app.rules(), &row.file, &row.body).await?;
    Ok(ProposalView {
        row,
        steps,
        checked,
    })
}

/// Proposed versions, the newest first.
///
/// # Errors
/// When the actor may not read rules.
pub async fn list_proposals(app: &App, actor: &Actor) -> Result<Vec<ProposalRow>> {
    actor.demand(Permission::RulesRead)?;
    Ok(rows::list_proposals(app.store()).await?)
}

/// What happened to a version, in order.
///
/// # Errors
/// When the actor may not read rules.
pub async fn list_steps(app: &App, actor: &Actor, version: Uuid) -> Result<Vec<StepRow>> {
    actor.demand(Permission::RulesRead)?;
    Ok(rows::list_steps(app.store(), version).await?)
}

/// How many proposed versions wait for a step that the actor has the right to take.
///
/// # Errors
/// What the store says.
pub async fn count_waiting(app: &App, actor: &Actor) -> Result<(usize, usize)> {
    let (review, approve) = (Permission::RulesReview, Permission::RulesApprove);
    if !actor.may(review) && !actor.may(approve) {
        return Ok((0, 0));
    }
    let all = rows::list_proposals(app.store()).await?;
    let of = |state, right| {
        let mine = |p: &&ProposalRow| p.state == state && p.author_name != actor.name;
        all.iter().filter(mine).filter(|_| actor.may(right)).count()
    };
    Ok((
        of(ProposalState::Draft, review),
        of(ProposalState::Reviewed, approve),
    ))
}

/// A text to put down as a draft.
#[derive(Clone, Debug)]
pub struct NewDraft {
    /// The text.
    pub body: String,
    /// Where it came from.
    pub origin: Origin,
    /// The evaluation that asked for it.
    pub evaluation: Option<Uuid>,
}

/// What a text must be to be kept as a draft. It may still be wrong: that is for the check to say.
async fn acceptable(app: &App, body: &str, known: Option<&ProposalRow>) -> Result<Heading> {
    if body.trim().is_empty() {
        return Err(Error::invalid("body", "missing"));
    }
    if body.len() > PACK_BYTES_MAX {
        return Err(Error::invalid("body", "too-long"));
    }
    let head = heading(body).ok_or_else(|| Error::invalid("body", "rules-heading"))?;
    if known.is_some_and(|k| k.pack != head.pack) {
        return Err(Error::invalid("body", "rules-other-pack"));
    }
    let rules = app.rules();
    let taken = rules
        .versions()
        .any(|v| v.pack.pack == head.pack && v.pack.version >= head.version);
    if taken {
        return Err(Error::invalid("body", "rules-version-taken"));
    }
    let others = rows::list_proposals(app.store()).await?;
    let other = others.iter().find(|p| {
        p.state != ProposalState::Withdrawn
            && known.is_none_or(|k| k.id != p.id)
            && p.pack == head.pack
            && p.version == head.version
    });
    match other {
        Some(other) => Err(Refusal::with("rules-proposed-already", &other.author_name).into()),
        None => Ok(head),
    }
}

/// A step that does not change which rules count.
pub(super) fn plain_step(id: Uuid, actor: &Actor, step: RuleStep, hash: &str) -> StepRow {
    StepRow {
        version_id: id,
        at: Instant::default(),
        by: person(actor),
        step,
        hash: hash.to_owned(),
        reason: None,
        effective_from: None,
        redate_open: None,
        generation: None,
    }
}

fn taken(error: StoreError) -> Error {
    match error {
        StoreError::Constraint(_) => Error::Conflict,
        other => other.into(),
    }
}

/// Puts a text down as a draft.
///
/// # Errors
/// When the actor may not, or the text does not say which version of which pack it is.
pub async fn create_draft(app: &App, actor: &Actor, now: Instant, new: NewDraft) -> Result<Uuid> {
    actor.demand(Permission::RulesDraft)?;
    let head = acceptable(app, &new.body, None).await?;
    let work = app.store().begin(now).await?;
    let row = ProposalRow {
        id: work.next_id(),
        hash: text_hash(&new.body),
        file: format!("{}.toml", head.pack),
        pack: head.pack,
        version: head.version,
        body: new.body,
        state: ProposalState::Draft,
        origin: new.origin,
        evaluation: new.evaluation,
        author_name: actor.name.clone(),
        revision: 1,
        created_at: now,
        updated_at: now,
    };
    rows::insert_proposal(&work, &row).await.map_err(taken)?;
    let step = plain_step(row.id, actor, RuleStep::Drafted, &row.hash);
    rows::insert_step(&work, &AuditActor::from(actor), &step).await?;
    let detail = serde_json::json!({
        "pack": row.pack, "version": row.version, "hash": row.hash, "origin": row.origin.as_str(),
    });
    let entry = AuditEntry::new(actor, "rules.drafted", "rule_proposal", row.id).detail(detail);
    work.commit(entry).await?;
    Ok(row.id)
}

/// Changes the text of a draft, which must still be at the revision that was shown.
///
/// # Errors
/// When the actor may not, it is no draft, or somebody else changed it.
pub async fn edit_draft(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    revision: i64,
    body: String,
) -> Result<()> {
    actor.demand(Permission::RulesDraft)?;
    let row = rows::find_proposal(app.store(), id).await?;
    let mut row = row.ok_or(Error::NotFound)?;
    if row.state != ProposalState::Draft {
        return Err(Refusal::new(domain::rules::Refused::WrongState.code()).into());
    }
    let head = acceptable(app, &body, Some(&row)).await?;
    let hash = text_hash(&body);
    if hash == row.hash {
        return Ok(());
    }
    row.version = head.version;
    row.hash = hash;
    row.body = body;
    row.revision = revision;
    let work = app.store().begin(now).await?;
    rows::update_proposal(&work, &row).await.map_err(taken)?;
    let step = plain_step(id, actor, RuleStep::Edited, &row.hash);
    rows::insert_step(&work, &AuditActor::from(actor), &step).await?;
    let detail = serde_json::json!({ "version": row.version, "hash": row.hash });
    let entry = AuditEntry::new(actor, "rules.edited", "rule_proposal", id).detail(detail);
    Ok(work.commit(entry).await?)
}
