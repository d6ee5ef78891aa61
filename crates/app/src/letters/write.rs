//! Making letters: one for a callback that calls do not reach, or one of a batch for a policy.

use super::templates::in_effect;
use crate::callbacks::{Decision, facts_of, follow_letter, record};
use crate::questionnaires::CaseFacts;
use crate::{App, Error, Refusal, Result};
use chrono::{Datelike as _, Days, NaiveDate};
use domain::access::{Actor, Permission};
use domain::ids::{CallbackId, LetterId};
use domain::letters::{LetterKind, LetterState};
use domain::numbers::NumberKind;
use domain::questionnaires::ItemKind;
use domain::time::{self, Instant};
use store::callbacks::CallbackRecord;
use store::letters::{self as rows, NewLetter, NewLetterEntry};
use store::{Audit, AuditEntry, UnitOfWork};
use uuid::Uuid;

/// Writes a letter for a callback that the rounds of calls did not reach. The callback waits for it
/// from then on; a letter before that is refused (Chongqing, article 6).
///
/// # Errors
/// When the actor may not, the callback is not in sight, or its programme does not allow a letter now.
pub async fn write_letter(
    app: &App,
    actor: &Actor,
    now: Instant,
    callback: CallbackId,
    reason: &str,
) -> Result<LetterId> {
    actor.demand(Permission::LettersHandle)?;
    let scope = actor.scope(Permission::CallbacksDecide)?;
    if actor.user().is_none() {
        return Err(Refusal::new("person-needed").into());
    }
    let work = app.store().begin(now).await?;
    let record = record(&work, &scope, callback).await?;
    let decision = Decision {
        kind: "send_letter".into(),
        reason: reason.to_owned(),
        ..Decision::default()
    };
    let (_, decided, others) = follow_letter(app, &work, actor, &record, &decision).await?;
    let place = place_of(&work, actor).await?;
    let order = Order {
        kind: LetterKind::Fallback,
        batch: None,
        template: in_effect(&work, LetterKind::Fallback, time::date_in_china(now))
            .await?
            .id,
        place: &place,
    };
    let (id, issued) = issue(app, &work, actor, &record, &order).await?;
    let others = others.into_iter().chain([decided]);
    work.commit(Audit::with(issued, others)).await?;
    Ok(id)
}

/// The unit in which somebody works, for the chain of custody.
pub(super) async fn place_of(db: &impl store::Reads, actor: &Actor) -> Result<String> {
    let Some(org) = actor.org_id else {
        return Ok(String::new());
    };
    let unit = store::orgs::find_org(db, org).await?;
    Ok(unit.map(|u| u.name).unwrap_or_default())
}

/// What letters of one kind have in common.
pub(super) struct Order<'o> {
    pub(super) kind: LetterKind,
    pub(super) batch: Option<Uuid>,
    pub(super) template: Uuid,
    pub(super) place: &'o str,
}

/// Makes the letter of a callback with the questions of its programme, in the version of today.
pub(super) async fn issue(
    app: &App,
    work: &UnitOfWork,
    actor: &Actor,
    record: &CallbackRecord,
    order: &Order<'_>,
) -> Result<(LetterId, AuditEntry)> {
    let today = time::date_in_china(work.now());
    let rules = app.rules();
    let discharge = rules.discharge_of(record.pack, &record.programme)?;
    let scripts = app.scripts();
    let script = scripts
        .in_effect(&discharge.questionnaire, today)
        .ok_or_else(|| Error::from(Refusal::new("questionnaire-missing")))?;
    let case = case_of(work, record).await?;
    let items: Vec<&str> = script
        .items_for(&case, false)
        .into_iter()
        .filter(|i| is_printed(i.item.kind))
        .map(|i| i.item.code.as_str())
        .collect();
    let items = serde_json::to_string(&items).map_err(|e| Error::Fault(e.to_string()))?;
    let number = store::obligations::take_number(work, NumberKind::Letter, today.year()).await?;
    let number = number.to_string();
    let (state, due_on) = match order.kind {
        LetterKind::Combined => (LetterState::Printed, return_by(app, today)),
        LetterKind::Fallback => (LetterState::Issued, None),
    };
    let new = NewLetter {
        number: &number,
        kind: order.kind,
        state,
        callback: record.id,
        customer: record.customer,
        policy: record.policy,
        org: record.org,
        programme: &record.programme,
        salesperson: record.salesperson,
        template: order.template,
        questionnaire: script.id,
        items: &items,
        batch: order.batch,
        issued_on: today,
        issued_by: &actor.name,
        due_on,
    };
    let id = rows::insert_letter(work, &new).await?;
    let entry = NewLetterEntry {
        letter: id,
        actor: &actor.name,
        place: order.place,
        step: "issue",
        from: None,
        to: state,
        day: Some(today),
        note: None,
    };
    rows::insert_letter_entry(work, &entry).await?;
    let detail = serde_json::json!({ "number": number, "kind": order.kind.as_str() });
    let audit = AuditEntry::new(actor, "letter.issued", "letter", id.0);
    Ok((id, audit.customer(record.customer.0).detail(detail)))
}

/// Which items of the case are asked; the claims behind a policy play no part in new contracts.
async fn case_of(work: &UnitOfWork, record: &CallbackRecord) -> Result<CaseFacts> {
    let Some(policy) = record.policy else {
        return Ok(CaseFacts::default());
    };
    let whole = Actor::system().scope(Permission::PoliciesRead)?;
    let row = store::policies::find_policy(work, &whole, policy).await?;
    Ok(row.map(|p| facts_of(&p, false)).unwrap_or_default())
}

/// Items that are answered by crossing: identity is proved by the signature, and ratings, open
/// questions and promotion have no place on the form.
fn is_printed(kind: ItemKind) -> bool {
    matches!(
        kind,
        ItemKind::Inform | ItemKind::Confirm | ItemKind::Verify
    )
}

/// By when the company's copy is expected back.
pub(super) fn return_by(app: &App, from: NaiveDate) -> Option<NaiveDate> {
    days_after(app, "letter_return_days", from)
}

/// By when an answer is expected.
pub(super) fn reply_by(app: &App, from: NaiveDate) -> Option<NaiveDate> {
    days_after(app, "letter_reply_days", from)
}

fn days_after(app: &App, parameter: &str, from: NaiveDate) -> Option<NaiveDate> {
    let days = app.rules().setting(parameter, from)?;
    from.checked_add_days(Days::new(u64::try_from(days).ok()?))
}
