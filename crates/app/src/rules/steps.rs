//! Reviewing, sending back, approving and withdrawing versions of packs.

use super::check::check_text;
use super::drafts::plain_step;
use super::set::Version;
use crate::jobs::{Task, enqueue};
use crate::listing;
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission};
use domain::rules::{
    Command, Person, Proposal, ProposalState, Refused, RuleStep, Span, choose_first_day, decide,
};
use domain::time::{self, Instant};
use rules::{Layer, NaiveDate};
use std::sync::Arc;
use store::customers::{Derived, enqueue_derived_for_all};
use store::rules::{self as rows, ProposalRow, StepRow, StoredPack};
use store::{AuditActor, AuditEntry, StoreError};
use uuid::Uuid;

/// Longest reason.
const REASON_CHARACTERS_MAX: usize = 2_000;

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        Refusal::new(refused.code()).into()
    }
}

/// Who an actor is, as steps keep it.
pub(super) fn person(actor: &Actor) -> Person {
    Person {
        user: actor.user(),
        name: actor.name.clone(),
    }
}

/// A step to take, as text.
#[derive(Clone, Debug, Default)]
pub struct StepForm {
    /// `review`, `send_back`, `approve` or `withdraw`.
    pub step: String,
    /// SHA-256 of the text that was read.
    pub hash: String,
    /// Why.
    pub reason: String,
    /// First day of the version; for approvals.
    pub effective_from: String,
    /// Open obligations that nobody has begun move to it; for approvals.
    pub redate_open: bool,
}

/// Everyone who wrote at a version.
pub fn authors(steps: &[StepRow]) -> Vec<Person> {
    let wrote = |s: &&StepRow| matches!(s.step, RuleStep::Drafted | RuleStep::Edited);
    steps.iter().filter(wrote).map(|s| s.by.clone()).collect()
}

/// Who reviewed the text as it is: the last review, unless the text went back since.
pub fn reviewer(steps: &[StepRow]) -> Option<&Person> {
    let decisive = |s: &&StepRow| {
        use RuleStep as R;
        matches!(s.step, R::Reviewed | R::SentBack | R::Edited | R::Drafted)
    };
    let last = steps.iter().rfind(decisive)?;
    (last.step == RuleStep::Reviewed).then_some(&last.by)
}

fn right(step: &str, actor: &Actor) -> Result<()> {
    let permission = match step {
        "review" => Permission::RulesReview,
        "approve" => Permission::RulesApprove,
        "withdraw" => Permission::RulesDraft,
        "send_back" if actor.may(Permission::RulesApprove) => Permission::RulesApprove,
        "send_back" => Permission::RulesReview,
        _ => return Err(Error::invalid("step", "unknown-code")),
    };
    Ok(actor.demand(permission)?)
}

/// Takes a step with a proposed version. Says where it stands then.
///
/// # Errors
/// When the actor may not, a field cannot be taken, or a rule says no.
pub async fn take_step(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    form: &StepForm,
) -> Result<ProposalState> {
    right(&form.step, actor)?;
    if form.reason.chars().count() > REASON_CHARACTERS_MAX {
        return Err(Error::invalid("reason", "too-long"));
    }
    app.refresh_rules(now).await?;
    let row = rows::find_proposal(app.store(), id).await?;
    let row = row.ok_or(Error::NotFound)?;
    let steps = rows::list_steps(app.store(), id).await?;
    let checked = check_text(&app.rules(), &row.file, &row.body).await?;
    let authors = authors(&steps);
    let proposal = Proposal {
        state: row.state,
        hash: &row.hash,
        authors: &authors,
        reviewer: reviewer(&steps),
        confidence: checked.pack().map_or("", |p| p.confidence.as_str()),
        is_company_rule: checked.pack().is_some_and(|p| p.layer == Layer::Company),
        is_sound: checked.is_sound(),
    };
    let command = match form.step.as_str() {
        "review" => Command::Review { hash: &form.hash },
        "approve" => Command::Approve { hash: &form.hash },
        "withdraw" => Command::Withdraw {
            reason: &form.reason,
        },
        _ => Command::SendBack {
            reason: &form.reason,
        },
    };
    let state = decide(&proposal, command, &person(actor))?;
    if state == ProposalState::Approved {
        let text = checked.pack().map(|p| Span {
            from: p.in_force.from,
            until: p.in_force.until,
        });
        let from = first_day(
            app,
            now,
            &row,
            text.unwrap_or_default(),
            &form.effective_from,
        )?;
        approve(app, actor, now, row, from, form).await?;
        return Ok(state);
    }
    let (step, action) = match command {
        Command::Review { .. } => (RuleStep::Reviewed, "rules.reviewed"),
        Command::Withdraw { .. } => (RuleStep::Withdrawn, "rules.withdrawn"),
        _ => (RuleStep::SentBack, "rules.sent_back"),
    };
    let work = app.store().begin(now).await?;
    let row = ProposalRow { state, ..row };
    rows::update_proposal(&work, &row).await?;
    let step = StepRow {
        reason: listing::some(&form.reason),
        ..plain_step(id, actor, step, &row.hash)
    };
    rows::insert_step(&work, &AuditActor::from(actor), &step).await?;
    let detail = serde_json::json!({ "pack": row.pack, "version": row.version, "hash": row.hash });
    let entry = AuditEntry::new(actor, action, "rule_proposal", id).detail(detail);
    work.commit(entry).await?;
    Ok(state)
}

/// The first day of a version that would be approved now.
pub(super) fn first_day(
    app: &App,
    now: Instant,
    row: &ProposalRow,
    text: Span,
    chosen: &str,
) -> Result<NaiveDate> {
    let chosen = listing::date("effective_from", chosen)?;
    let rules = app.rules();
    let same = rules.versions().filter(|v| v.pack.pack == row.pack);
    let earlier = same.max_by_key(|v| v.generation);
    let earlier = earlier.map(|v| rules.span(&v.pack.pack, v.pack.version));
    let today = time::date_in_china(now);
    Ok(choose_first_day(chosen, text, earlier, today)?)
}

/// A proposed version as it would count from a day on.
pub(super) fn as_version(row: &ProposalRow, generation: i64, from: NaiveDate) -> Version {
    Version {
        pack: StoredPack {
            id: row.id,
            pack: row.pack.clone(),
            version: row.version,
            hash: row.hash.clone(),
            status: ProposalState::Approved.as_str().to_owned(),
            file: row.file.clone(),
            body: row.body.clone(),
        },
        generation,
        from: Some(from),
    }
}

async fn approve(
    app: &App,
    actor: &Actor,
    now: Instant,
    row: ProposalRow,
    from: NaiveDate,
    form: &StepForm,
) -> Result<()> {
    let rules = app.rules();
    let generation = rules.generation() + 1;
    let version = as_version(&row, generation, from);
    let other = rules.with(version.clone()).map_err(|findings| {
        let first = findings.first().map(ToString::to_string);
        Refusal::with("rules-do-not-fit", first.unwrap_or_default())
    })?;
    let today = time::date_in_china(now);
    let classes = crate::segments::differ(&rules, &Arc::new(other), today)?;
    let work = app.store().begin(now).await?;
    let row = ProposalRow {
        state: ProposalState::Approved,
        ..row
    };
    rows::update_proposal(&work, &row).await?;
    let step = StepRow {
        reason: listing::some(&form.reason),
        effective_from: Some(from),
        redate_open: Some(form.redate_open),
        generation: Some(generation),
        ..plain_step(row.id, actor, RuleStep::Approved, &row.hash)
    };
    let added = async {
        rows::insert_pack(&work, &version.pack).await?;
        rows::insert_step(&work, &AuditActor::from(actor), &step).await
    };
    // Somebody approved another version at the same moment: what was looked at is not the whole.
    added.await.map_err(|e| match e {
        StoreError::Constraint(_) => Error::Conflict,
        other => other.into(),
    })?;
    let moved = if form.redate_open {
        rows::move_open_obligations(&work, generation).await?
    } else {
        0
    };
    if classes {
        enqueue_derived_for_all(&work, Derived::Scores).await?;
    }
    if from <= today {
        let task = Task::Plan {
            since: None,
            as_of: None,
        };
        enqueue(&work, &Actor::system(), now, &task).await?;
    }
    let detail = serde_json::json!({
        "pack": row.pack, "version": row.version, "hash": row.hash, "effective_from": from,
        "generation": generation, "redate_open": form.redate_open, "obligations_moved": moved,
    });
    let entry = AuditEntry::new(actor, "rules.approved", "rule_pack", row.id).detail(detail);
    work.commit(entry).await?;
    app.refresh_rules(now).await
}
