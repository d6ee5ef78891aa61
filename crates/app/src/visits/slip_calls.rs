//! The callback after a sales visit by the callback specialist, who reads of its result, and what a
//! suspicion comes to (CBK-34, CBK-45).

use super::problems::open_said;
use super::slips::load;
use super::{TEXT_MAX, demanded, person, text};
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission, Role};
use domain::ids::SlipId;
use domain::questionnaires::Answer;
use domain::time::{self, Instant};
use domain::visits::{Receiver, SlipOutcome, SlipState, SlipStep, Suspicion};
use store::callbacks::AnswerRow;
use store::visits::{self as rows, CalledBack, SlipRow};
use store::{AuditActor, AuditEntry, UnitOfWork};

/// The record of the callback (《回访记录表》), as it comes from the page or the API.
#[derive(Clone, Debug, Default)]
pub struct CallForm {
    /// Satisfaction with the salesperson, from 1 to 5.
    pub satisfaction: String,
    /// What the customer said about products.
    pub product_problems: String,
    /// What else is important.
    pub important: String,
    /// The visit or its data may be false.
    pub is_suspicious: bool,
}

/// Records what the customer said on the telephone.
///
/// # Errors
/// When the actor may not or made the visit, the callback is not due, or a field is wrong.
pub async fn record_call(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: SlipId,
    form: &CallForm,
) -> Result<SlipState> {
    actor.demand(Permission::CallbacksMake)?;
    let by = person(actor)?;
    // Only the callback specialist calls after a sales visit (B14 三).
    if !actor.roles.iter().any(|r| r.is_caller()) {
        return Err(Refusal::new("assign-not-a-specialist").into());
    }
    let satisfaction = form.satisfaction.trim().parse::<u8>().ok();
    let satisfaction = satisfaction.filter(|s| (1..=5).contains(s));
    let satisfaction = satisfaction.ok_or_else(|| Error::invalid("satisfaction", "missing"))?;
    let product_problems = text("product_problems", &form.product_problems, TEXT_MAX)?;
    let important = text("important", &form.important, TEXT_MAX)?;
    let work = app.store().begin(now).await?;
    let slip = load(&work, actor, Permission::SlipsRead, id).await?;
    let outcome = SlipOutcome {
        satisfaction,
        is_important: important.is_some(),
        is_suspicious: form.is_suspicious,
    };
    let step = SlipStep::CallBack(outcome);
    let state = slip.decision_view(Vec::new()).decide(&step, by, now)?;
    if let Some((_, number)) = rows::find_planned_callback(&work, &slip.number).await? {
        return Err(Refusal::with("slip-has-callback", number).into());
    }
    let called = CalledBack {
        by,
        at: now,
        outcome,
        product_problems,
        important,
    };
    rows::save_slip_callback(&work, &slip, &called).await?;
    let detail = serde_json::json!({
        "number": slip.number, "satisfaction": satisfaction, "escalates": outcome.escalates(),
        "in_time": slip.callback_due_at.is_none_or(|due| now <= due),
    });
    let said = (outcome, product_problems, important);
    let opened = open_said(app, &work, actor, &slip, said).await?;
    let entry = AuditEntry::new(actor, "slip.called_back", "field_slip", slip.id.0);
    let first = entry.customer(slip.customer_id.map(|c| c.0)).detail(detail);
    work.commit(store::Audit::with(first, opened)).await?;
    Ok(state)
}

async fn commit(
    work: UnitOfWork,
    actor: &Actor,
    action: &'static str,
    slip: &SlipRow,
    detail: serde_json::Value,
) -> Result<()> {
    let entry = AuditEntry::new(actor, action, "field_slip", slip.id.0);
    let entry = entry.customer(slip.customer_id.map(|c| c.0));
    Ok(work.commit(entry.detail(detail)).await?)
}

/// In which capacity somebody reads of the result of a slip.
pub(super) fn receiver_of(actor: &Actor, slip: &SlipRow) -> Option<Receiver> {
    if actor.user() == Some(slip.salesperson_id) {
        return Some(Receiver::Salesperson);
    }
    if !actor.may(Permission::SlipsOversee) {
        return None;
    }
    Some(if actor.roles.contains(&Role::Executive) {
        Receiver::GeneralManager
    } else {
        Receiver::Superior
    })
}

/// Notes that the actor has read of the result; when everybody concerned has, the slip is closed.
///
/// # Errors
/// When it does not concern the actor, or there is no result yet.
pub async fn read_result(app: &App, actor: &Actor, now: Instant, id: SlipId) -> Result<SlipState> {
    let by = person(actor)?;
    let work = app.store().begin(now).await?;
    let slip = load(&work, actor, Permission::SlipsRead, id).await?;
    let receiver = receiver_of(actor, &slip);
    let receiver = receiver.ok_or(Error::Denied(Permission::SlipsOversee))?;
    let scope = actor.scope(Permission::SlipsRead)?;
    let read = rows::list_receipts(&work, &scope, id).await?;
    let read: Vec<_> = read.iter().map(|r| r.receiver).collect();
    if read.contains(&receiver) {
        return Ok(slip.state);
    }
    let view = slip.decision_view(read);
    if !view.receivers().contains(&receiver) {
        return Err(Refusal::with("slip-wrong-state", slip.state.as_str()).into());
    }
    let state = view.decide(&SlipStep::Read(receiver), by, now)?;
    rows::insert_receipt(&work, id, receiver, (by, &actor.name)).await?;
    if state != slip.state {
        rows::save_slip_state(&work, &slip, state, None).await?;
    }
    let same_day = slip
        .called_at
        .is_some_and(|at| SlipOutcome::is_fed_back_same_day(at, now));
    let detail = serde_json::json!({ "receiver": receiver.as_str(), "same_day": same_day });
    commit(work, actor, "slip.result_read", &slip, detail).await?;
    Ok(state)
}

/// Notes what the verification of a suspicion came to.
///
/// # Errors
/// When the actor may not or made the visit, nobody suspects anything, or the reason is missing.
pub async fn verify_suspicion(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: SlipId,
    (is_confirmed, reason): (bool, &str),
) -> Result<Suspicion> {
    let by = person(actor)?;
    let reason = demanded("reason", reason, TEXT_MAX)?;
    let work = app.store().begin(now).await?;
    let slip = load(&work, actor, Permission::SlipsOversee, id).await?;
    let step = SlipStep::Verify {
        is_confirmed,
        reason: reason.to_owned(),
    };
    slip.decision_view(Vec::new()).decide(&step, by, now)?;
    let verdict = if is_confirmed {
        Suspicion::Confirmed
    } else {
        Suspicion::Cleared
    };
    rows::save_verification(&work, &slip, verdict, &actor.name, reason).await?;
    let detail = serde_json::json!({ "number": slip.number, "verdict": verdict.as_str() });
    commit(work, actor, "slip.verified", &slip, detail).await?;
    Ok(verdict)
}

/// Name and telephone number of the contact person in the clear, for the callback; counted and
/// recorded.
///
/// # Errors
/// When the actor may not, or has looked at too much today.
pub async fn reveal_contact(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: SlipId,
) -> Result<(String, String)> {
    actor.demand(Permission::PersonalDataReveal)?;
    let org = actor.org_id.ok_or_else(|| Refusal::new("person-needed"))?;
    let work = app.store().begin(now).await?;
    let slip = load(&work, actor, Permission::SlipsRead, id).await?;
    let limit = app.rights().reveals_per_day(&actor.roles);
    let (owner, day) = (AuditActor::from(actor), time::date_in_china(now));
    let used = store::exports::count_disclosure(&work, &owner, org, day, limit).await?;
    if used > limit {
        work.roll_back().await?;
        return Err(Refusal::with("reveal-quota", limit.to_string()).into());
    }
    let trace = work.next_id();
    let detail = serde_json::json!({ "number": slip.number, "trace": trace });
    let entry = AuditEntry::new(actor, "slip.contact_revealed", "field_slip", slip.id.0);
    let entry = entry.customer(slip.customer_id.map(|c| c.0));
    work.commit(entry.purpose("callback").detail(detail))
        .await?;
    let reveal = domain::customers::Reveal::traced(trace);
    let name = slip.contact_name.reveal(reveal).to_owned();
    Ok((name, slip.contact_phone.unwrap_or_default()))
}

/// Takes the results of planned callbacks over to their slips: satisfaction, what was said about
/// products, what else is important, whether the visit took place.
///
/// # Errors
/// What the store says.
pub(super) async fn take_results(app: &App, now: Instant) -> Result<()> {
    let system = Actor::system();
    let whole = system.scope(Permission::CallbacksRead)?;
    for finished in rows::list_finished_callbacks(app.store()).await? {
        let work = app.store().begin(now).await?;
        let slip = rows::find_slip(&work, &whole, finished.slip).await?;
        let answers = store::callbacks::list_answers(&work, &whole, finished.callback).await?;
        let answers = answers.iter().filter(|a| a.attempt_id == finished.attempt);
        let said = Said::of(answers);
        let slip = slip.filter(|s| s.state == SlipState::VisitEnded);
        let (Some(slip), Some(satisfaction)) = (slip, said.satisfaction) else {
            work.roll_back().await?;
            continue;
        };
        let outcome = SlipOutcome {
            satisfaction,
            is_important: said.important.is_some(),
            is_suspicious: said.is_suspicious,
        };
        let step = SlipStep::CallBack(outcome);
        if slip
            .decision_view(Vec::new())
            .decide(&step, finished.caller, now)
            .is_err()
        {
            work.roll_back().await?;
            continue;
        }
        let called = CalledBack {
            by: finished.caller,
            at: finished.ended_at,
            outcome,
            product_problems: said.product_problems.as_deref(),
            important: said.important.as_deref(),
        };
        rows::save_slip_callback(&work, &slip, &called).await?;
        let detail = serde_json::json!({
            "number": slip.number, "satisfaction": satisfaction, "escalates": outcome.escalates(),
        });
        commit(work, &system, "slip.result_taken", &slip, detail).await?;
    }
    Ok(())
}

/// Items of the script of sales visits that a slip keeps.
const RATING: &str = "salesperson_rating";
const PRODUCTS: &str = "product_problems";
const HAPPENED: &str = "visit_happened";
const OPINIONS: &str = "opinions";

/// What a customer said in a planned callback.
#[derive(Default)]
struct Said {
    satisfaction: Option<u8>,
    product_problems: Option<String>,
    important: Option<String>,
    is_suspicious: bool,
}

impl Said {
    /// The last answer to each item counts.
    fn of<'a>(answers: impl Iterator<Item = &'a AnswerRow>) -> Self {
        let mut said = Self::default();
        for answer in answers {
            let given = &answer.given;
            match given.item.as_str() {
                RATING => said.satisfaction = given.rating,
                PRODUCTS => said.product_problems.clone_from(&answer.words),
                OPINIONS => said.important.clone_from(&answer.words),
                HAPPENED => said.is_suspicious = given.answer != Answer::Affirm,
                _ => {}
            }
        }
        said
    }
}
