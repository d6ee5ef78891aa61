//! Reviewing, sending back, approving, withdrawing and ending versions of questionnaires. The decisions
//! are those of rules: whoever wrote a text does not review it, and neither of the two approves it.

use super::check::{check, is_sound};
use super::drafts::{needs, script_of, step};
use super::script::{Script, Scripts};
use crate::listing;
use crate::{App, Error, Refusal, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::questionnaires::ScriptStep;
use domain::rules::{
    Command, Person, Proposal, ProposalState, Refused, Span, choose_first_day, decide,
};
use domain::time::{self, Instant};
use store::questionnaires::{self as rows, DraftRow, ScriptStepRow, StoredQuestionnaire};
use store::{AuditActor, AuditEntry, StoreError};
use uuid::Uuid;

/// Longest reason.
const REASON_CHARACTERS_MAX: usize = 2_000;

/// A step to take, as text.
#[derive(Clone, Debug, Default)]
pub struct StepForm {
    /// `review`, `send_back`, `approve`, `withdraw` or `end`.
    pub step: String,
    /// SHA-256 of the text that was read.
    pub hash: String,
    /// Why.
    pub reason: String,
    /// First day of a version that is approved, last day of one that is ended.
    pub day: String,
}

/// Everyone who wrote at a version.
pub fn authors(steps: &[ScriptStepRow]) -> Vec<Person> {
    let wrote = |s: &&ScriptStepRow| matches!(s.step, ScriptStep::Drafted | ScriptStep::Edited);
    steps.iter().filter(wrote).map(|s| s.by.clone()).collect()
}

/// Who reviewed the text as it is: the last review, unless the text went back since.
pub fn reviewer(steps: &[ScriptStepRow]) -> Option<&Person> {
    let decisive = |s: &&ScriptStepRow| {
        use ScriptStep as S;
        matches!(s.step, S::Reviewed | S::SentBack | S::Edited | S::Drafted)
    };
    let last = steps.iter().rfind(decisive)?;
    (last.step == ScriptStep::Reviewed).then_some(&last.by)
}

fn right(step: &str, actor: &Actor) -> Result<()> {
    let permission = match step {
        "review" => Permission::QuestionnairesReview,
        "approve" | "end" => Permission::QuestionnairesApprove,
        "withdraw" => Permission::QuestionnairesWrite,
        "send_back" if actor.may(Permission::QuestionnairesApprove) => {
            Permission::QuestionnairesApprove
        }
        "send_back" => Permission::QuestionnairesReview,
        _ => return Err(Error::invalid("step", "unknown-code")),
    };
    Ok(actor.demand(permission)?)
}

/// Takes a step with a version.
///
/// # Errors
/// When the actor may not, a field cannot be taken, or a rule says no.
pub async fn take_step(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    form: &StepForm,
) -> Result<()> {
    right(&form.step, actor)?;
    if form.reason.chars().count() > REASON_CHARACTERS_MAX {
        return Err(Error::invalid("reason", "too-long"));
    }
    let day = listing::date("day", &form.day)?;
    if form.step == "end" {
        return end(app, actor, now, id, day, &form.reason).await;
    }
    let row = rows::find_draft(app.store(), id).await?;
    let row = row.ok_or(Error::NotFound)?;
    let steps = rows::list_steps(app.store(), id).await?;
    let script = script_of(&row)?;
    let scripts = app.scripts_in_force().await?;
    let authors = authors(&steps);
    let proposal = Proposal {
        state: row.state,
        hash: &row.hash,
        authors: &authors,
        reviewer: reviewer(&steps),
        // A questionnaire is a text of the company's own, whoever demands what it asks.
        confidence: "P",
        is_company_rule: true,
        is_sound: is_sound(&check(&script, &needs(app, now), &scripts)),
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
    let by = Person {
        user: actor.user(),
        name: actor.name.clone(),
    };
    let state = decide(&proposal, command, &by)?;
    let row = DraftRow { state, ..row };
    if state == ProposalState::Approved {
        let from = first_day(&scripts, &script, day, now)?;
        return approve(app, actor, now, &row, from, &form.reason).await;
    }
    let (what, action) = match command {
        Command::Review { .. } => (ScriptStep::Reviewed, "questionnaire.reviewed"),
        Command::Withdraw { .. } => (ScriptStep::Withdrawn, "questionnaire.withdrawn"),
        _ => (ScriptStep::SentBack, "questionnaire.sent_back"),
    };
    let work = app.store().begin(now).await?;
    rows::update_draft(&work, &row).await?;
    let step = ScriptStepRow {
        reason: listing::some(&form.reason),
        ..step(id, actor, what, &row.hash)
    };
    rows::insert_step(&work, &AuditActor::from(actor), &step).await?;
    let detail = serde_json::json!({ "code": row.code, "version": row.version, "hash": row.hash });
    let entry = AuditEntry::new(actor, action, "questionnaire", id).detail(detail);
    Ok(work.commit(entry).await?)
}

/// The first day of a version that would be approved now.
fn first_day(
    scripts: &Scripts,
    script: &Script,
    chosen: Option<NaiveDate>,
    now: Instant,
) -> Result<NaiveDate> {
    let same = scripts.all().iter().filter(|s| s.code == script.code);
    let earlier = same.max_by_key(|s| (s.effective_from, s.version));
    let earlier = earlier.map(|s| scripts.span(s));
    let today = time::date_in_china(now);
    Ok(choose_first_day(chosen, script.days(), earlier, today)?)
}

async fn approve(
    app: &App,
    actor: &Actor,
    now: Instant,
    row: &DraftRow,
    from: NaiveDate,
    reason: &str,
) -> Result<()> {
    let version = &StoredQuestionnaire {
        id: row.id,
        code: row.code.clone(),
        version: row.version,
        hash: row.hash.clone(),
        effective_from: from,
        effective_until: script_of(row)?.effective_until,
        body: row.body.clone(),
    };
    let work = app.store().begin(now).await?;
    // What the check and the choice of days looked at must still be all there is.
    if rows::count_changes(&work).await? != app.scripts().changes() {
        return Err(Error::Conflict);
    }
    rows::update_draft(&work, row).await?;
    let added = rows::insert_questionnaire(&work, version).await;
    added.map_err(|e| match e {
        StoreError::Constraint(_) => Error::Conflict,
        other => other.into(),
    })?;
    rows::count_change(&work).await?;
    let step = ScriptStepRow {
        reason: listing::some(reason),
        day: Some(version.effective_from),
        ..step(row.id, actor, ScriptStep::Approved, &row.hash)
    };
    rows::insert_step(&work, &AuditActor::from(actor), &step).await?;
    let detail = serde_json::json!({
        "code": row.code, "version": row.version, "hash": row.hash,
        "effective_from": version.effective_from, "effective_until": version.effective_until,
    });
    let entry = AuditEntry::new(actor, "questionnaire.approved", "questionnaire", row.id);
    work.commit(entry.detail(detail)).await?;
    app.scripts_in_force().await.map(|_| ())
}

/// Sets the last day of an approved version. It may be shortened later, never lengthened: what comes
/// after is a new version.
async fn end(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    day: Option<NaiveDate>,
    reason: &str,
) -> Result<()> {
    let until = day.ok_or_else(|| Error::invalid("day", "missing"))?;
    if reason.trim().is_empty() {
        return Err(Refused::NoReason.into());
    }
    let scripts = app.scripts_in_force().await?;
    let script = scripts.find(id.into()).ok_or(Error::NotFound)?;
    let span: Span = scripts.span(script);
    let yesterday = time::date_in_china(now).pred_opt();
    if !span.covers(until) || yesterday.is_some_and(|y| until < y) {
        return Err(Refusal::new("questionnaire-end-day").into());
    }
    let work = app.store().begin(now).await?;
    rows::end_questionnaire(&work, id, until).await?;
    rows::count_change(&work).await?;
    let step = ScriptStepRow {
        reason: listing::some(reason),
        day: Some(until),
        ..step(id, actor, ScriptStep::Ended, &script.hash)
    };
    rows::insert_step(&work, &AuditActor::from(actor), &step).await?;
    let detail = serde_json::json!({
        "code": script.code, "version": script.version, "effective_until": until,
    });
    let entry = AuditEntry::new(actor, "questionnaire.ended", "questionnaire", id).detail(detail);
    work.commit(entry).await?;
    app.scripts_in_force().await.map(|_| ())
}
