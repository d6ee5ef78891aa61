//! Stages of the relationship: moved as policies say, and by people (GEN-02).

use super::page::find;
use crate::rules::Rules;
use crate::{App, Error, FieldProblem, Refusal, Result, listing};
use chrono::{Months, NaiveDate};
use domain::access::{Actor, Permission};
use domain::customers::{RelationshipStage, may_be_moved, stage_of_policies};
use domain::time::{self, Instant};
use store::customers::{self as rows, NewStage};
use store::dialect::bulk::Bulk;
use store::obligations::{QueueKind, enqueue};
use store::{AuditActor, AuditEntry, Turn};
use uuid::Uuid;

/// Customers that are looked at in a transaction.
const CHUNK: i64 = 2_000;
/// Longest note, in characters.
const NOTE_MAX: usize = 200;

/// The day before which nothing may have happened with a customer who is lost; nothing when no rule says.
pub(super) fn lost_before(rules: &Rules, today: NaiveDate) -> Option<NaiveDate> {
    let months = rules.setting("stage_lost_months", today)?;
    today.checked_sub_months(Months::new(u32::try_from(months).ok()?))
}

/// Moves some customers to the stages that their policies say; says how many moved.
pub(super) async fn follow_policies(
    bulk: &mut Bulk,
    customers: &[Uuid],
    (today, lost_before): (NaiveDate, NaiveDate),
) -> Result<usize> {
    let staged = rows::read_staged(bulk, customers, today).await?;
    let moves: Vec<_> = staged
        .into_iter()
        .filter_map(|c| {
            let to = stage_of_policies(c.stage, c.holdings, lost_before)?;
            Some((c.id, c.stage, to))
        })
        .collect();
    rows::move_stages(bulk, &moves, today).await?;
    // Rules look at the stage.
    let spans: Vec<_> = moves.iter().map(|(id, ..)| (id.0, id.0, None)).collect();
    enqueue(bulk, QueueKind::Customers, &spans).await?;
    Ok(moves.len())
}

/// Looks again at those who have bought and have nothing in force: time makes them lost. Running it again,
/// or on several servers, moves nobody twice.
///
/// # Errors
/// What the store says.
pub async fn lose_customers(app: &App, now: Instant) -> Result<usize> {
    app.refresh_rules(now).await?;
    let today = time::date_in_china(now);
    let Some(before) = lost_before(&app.rules(), today) else {
        return Ok(0);
    };
    let mut bulk = app.store().bulk(now, false).await?;
    let (mut after, mut moved) = (Uuid::nil(), 0);
    loop {
        bulk.begin().await?;
        let part = part(&mut bulk, after, (today, before)).await;
        match part {
            Ok((last, n)) => {
                let entry =
                    AuditEntry::new(&Actor::system(), "customer.stages_moved", "customer", None);
                let detail = serde_json::json!({ "moved": n });
                if n > 0 {
                    bulk.commit(entry.detail(detail)).await?;
                } else {
                    bulk.roll_back().await?;
                }
                moved += n;
                let Some(last) = last else { return Ok(moved) };
                after = last;
            }
            Err(error) => {
                bulk.roll_back().await?;
                return Err(error);
            }
        }
        tokio::task::yield_now().await;
    }
}

async fn part(
    bulk: &mut Bulk,
    after: Uuid,
    days: (NaiveDate, NaiveDate),
) -> Result<(Option<Uuid>, usize)> {
    bulk.take_turn(Turn::SearchKeys).await?;
    let ids = rows::read_at_stage(bulk, RelationshipStage::Closed, after, CHUNK).await?;
    let moved = follow_policies(bulk, &ids, days).await?;
    let is_full = i64::try_from(ids.len()).is_ok_and(|n| n >= CHUNK);
    Ok((ids.last().copied().filter(|_| is_full), moved))
}

/// A stage that somebody says, as text.
#[derive(Clone, Debug, Default)]
pub struct StageForm {
    /// Code of the stage.
    pub stage: String,
    /// Since when; today when it is empty.
    pub since_on: String,
    /// How it became known.
    pub note: String,
    /// The version of the customer that the form was made for.
    pub version: i64,
}

/// Moves a customer in sight to a stage.
///
/// # Errors
/// All problems of the form at once; [`Error::NotFound`] when the customer is not in sight;
/// [`Error::Refused`] with `stage-of-policies` when the policies say otherwise;
/// [`Error::Conflict`] when someone else changed the customer since the form was made.
pub async fn change_stage(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    form: &StageForm,
) -> Result<()> {
    let scope = actor.scope(Permission::CustomersEdit)?;
    let customer = find(app, &scope, customer_no).await?;
    let today = time::date_in_china(now);
    let mut problems = Vec::new();
    let to = RelationshipStage::parse(form.stage.trim())
        .map_err(|_| problems.push(FieldProblem::new("stage", "unknown-code")));
    let since_on = listing::date("since_on", &form.since_on)?.unwrap_or(today);
    if since_on > today {
        problems.push(FieldProblem::new("since_on", "after-today"));
    }
    let note = form.note.trim();
    match note.chars().count() {
        0 => problems.push(FieldProblem::new("note", "missing")),
        n if n > NOTE_MAX => problems.push(FieldProblem::new("note", "too-long")),
        _ => {}
    }
    let (Ok(to), true) = (to, problems.is_empty()) else {
        return Err(Error::Invalid(problems));
    };
    let from = customer
        .relationship_stage
        .as_deref()
        .and_then(|s| RelationshipStage::parse(s).ok());
    if from == Some(to) {
        return Ok(());
    }
    let work = app.store().begin(now).await?;
    let holdings = rows::read_holdings(&work, customer.id).await?;
    if !may_be_moved(to, holdings) {
        return Err(Refusal::new("stage-of-policies").into());
    }
    let new = NewStage {
        customer: customer.id,
        from,
        to,
        since_on,
        note,
        version: form.version,
    };
    rows::set_stage(&work, new, &AuditActor::from(actor)).await?;
    let detail = serde_json::json!({ "from": from.map(RelationshipStage::as_str), "to": to.as_str(), "since": since_on });
    let entry = AuditEntry::new(actor, "customer.stage_changed", "customer", customer.id.0);
    let entry = entry.customer(customer.id.0).detail(detail);
    Ok(work.commit(entry).await?)
}
