//! A callback with everything that belongs to it.

use super::payouts::{PayoutView, beside};
use crate::obligations::{Explanation, replay};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission, Scope};
use domain::callbacks::Discharge;
use domain::customers::CustomerKind;
use domain::ids::{AttemptId, CallbackId};
use domain::questionnaires::{Gate, GivenAnswer, Item, ItemKind, Topic, Words};
use domain::tickets::ProblemType;
use domain::time::Instant;
use store::callbacks::{
    self as rows, Announcement, AttemptRow, CallbackRow, EntryRow, NoteRow, OccasionRow, ReviewRow,
    SignalRow,
};
use store::customers::{ContactRow, CustomerRow};
use store::obligations::ObligationRow;
use store::policies::{ClaimRow, PolicyRow};
use store::recordings::RecordingRow;
use store::telephony::CallRow;
use store::tickets::TicketRow;

/// A callback with everything that belongs to it.
#[derive(Clone, Debug)]
pub struct CallbackPage {
    /// The callback.
    pub callback: CallbackRow,
    /// The obligation, with why it exists.
    pub explanation: Explanation,
    /// The customer.
    pub customer: CustomerRow,
    /// Contact persons of a group.
    pub contacts: Vec<ContactRow>,
    /// The policy.
    pub policy: Option<PolicyRow>,
    /// Its claims.
    pub claims: Vec<ClaimRow>,
    /// Attempts so far.
    pub attempts: Vec<AttemptRow>,
    /// Recordings and signed records.
    pub recordings: Vec<RecordingRow>,
    /// Telephone calls, as the telephone system told of them.
    pub calls: Vec<CallRow>,
    /// Tickets.
    pub tickets: Vec<TicketRow>,
    /// History.
    pub entries: Vec<EntryRow>,
    /// Other open callbacks of the same customer.
    pub siblings: Vec<CallbackRow>,
    /// Those that may be taken into the conversation that the person looking has just held.
    pub takeable: Vec<CallbackRow>,
    /// How the programme wants it discharged.
    pub discharge: Discharge,
    /// What lies beside a payout callback; nothing for others.
    pub payout: Option<PayoutView>,
    /// Answers of every attempt, with the words of their items.
    pub answers: Vec<PastAnswer>,
    /// Notes on the record.
    pub notes: Vec<NoteRow>,
    /// What supervisors said of it.
    pub reviews: Vec<ReviewRow>,
    /// Signs that something is wrong with it, for those who check.
    pub signals: Vec<SignalRow>,
    /// The campaign that it belongs to.
    pub occasion: Option<OccasionRow>,
    /// The salesperson told the customer that it will come.
    pub told: Option<Announcement>,
}

impl CallbackPage {
    /// The answer to an item that counts in an attempt.
    pub(super) fn last_answer(&self, attempt: AttemptId, item: &str) -> Option<&PastAnswer> {
        let mut answers = self.answers.iter().rev();
        answers.find(|a| a.attempt == attempt && a.given.item == item)
    }
}

/// An answer with the heading of its item, as it stood in the version that was read.
#[derive(Clone, Debug)]
pub struct PastAnswer {
    /// The attempt.
    pub attempt: AttemptId,
    /// Heading of the item.
    pub title: Words,
    /// The answer.
    pub given: GivenAnswer,
    /// The customer's own words.
    pub words: Option<String>,
    /// When.
    pub answered_at: Instant,
    /// The problem that it raises, if it does.
    pub problem: Option<ProblemType>,
    /// It was given to another callback in the same conversation.
    pub carried: bool,
    /// Kind of its item; nothing when the version that was read is not known.
    pub kind: Option<ItemKind>,
    /// What its item is about.
    pub topics: Vec<Topic>,
}

/// A callback in sight with everything that belongs to it. That someone looked is recorded.
///
/// # Errors
/// When the actor may not, or it is not in sight.
pub async fn callback_page(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: CallbackId,
) -> Result<CallbackPage> {
    let scope = actor.scope(Permission::CallbacksRead)?;
    let callback = rows::find_callback(app.store(), &scope, id)
        .await?
        .ok_or(Error::NotFound)?;
    load(app, actor, now, &scope, callback).await
}

pub(super) async fn load(
    app: &App,
    actor: &Actor,
    now: Instant,
    scope: &Scope,
    callback: CallbackRow,
) -> Result<CallbackPage> {
    let db = app.store();
    let of = (callback.id.0, Some(callback.customer_id.0));
    crate::audit::seen(app, actor, now, ("callback.viewed", "callback"), of).await?;
    let number = &callback.obligation_number;
    let obligation: Option<ObligationRow> =
        store::obligations::find_obligation_by_number(db, scope, number).await?;
    let explanation = replay(app, obligation.ok_or(Error::NotFound)?)?;
    let customer = customer_of(app, scope, &callback).await?;
    let contacts = match customer.kind {
        CustomerKind::Group => store::customers::list_contacts(db, scope, customer.id).await?,
        CustomerKind::Individual => Vec::new(),
    };
    let (policy, claims) = policy_of(db, scope, &callback).await?;
    let attempts = rows::list_attempts(db, scope, callback.id).await?;
    let ids: Vec<_> = attempts.iter().map(|a| a.id).collect();
    let mut owners: Vec<_> = ids.iter().map(|id| id.0).collect();
    owners.extend(attempts.iter().filter_map(|a| a.shared_with).map(|a| a.0));
    owners.push(callback.id.0);
    let recordings = store::recordings::list_recordings(db, scope, &owners).await?;
    let tickets = if actor.may(Permission::TicketsRead) {
        store::tickets::list_tickets_of_callback(db, scope, callback.id).await?
    } else {
        Vec::new()
    };
    let answers = past_answers(app, scope, &callback, &attempts).await?;
    let signals = if actor.may(Permission::CallbacksCheck) {
        rows::list_signals_of_callback(db, scope, callback.id).await?
    } else {
        Vec::new()
    };
    let rules = app.rules();
    let discharge = rules
        .discharge_of(callback.pack, &callback.programme)?
        .clone();
    let siblings = rows::list_siblings(db, scope, callback.customer_id, callback.id).await?;
    let takeable = super::together::takeable(&rules, actor, now, &callback, &attempts, &siblings);
    let payout = beside(app, scope, &callback, discharge.payout).await?;
    Ok(CallbackPage {
        payout,
        entries: rows::list_entries(db, scope, callback.id).await?,
        calls: store::telephony::list_calls(db, scope, &ids).await?,
        siblings,
        takeable,
        explanation,
        customer,
        contacts,
        policy,
        claims,
        attempts,
        recordings,
        tickets,
        answers,
        notes: rows::list_notes(db, scope, callback.id).await?,
        reviews: rows::list_reviews(db, scope, callback.id).await?,
        occasion: rows::find_occasion(db, callback.id).await?,
        told: rows::read_announcements(db, &[callback.id])
            .await?
            .remove(&callback.id),
        signals,
        discharge,
        callback,
    })
}

async fn policy_of(
    db: &store::Store,
    scope: &Scope,
    callback: &CallbackRow,
) -> Result<(Option<PolicyRow>, Vec<ClaimRow>)> {
    let Some(id) = callback.policy_id else {
        return Ok((None, Vec::new()));
    };
    let policy = store::policies::find_policy(db, scope, id).await?;
    Ok((policy, store::policies::list_claims(db, scope, id).await?))
}

/// The customer of a callback in sight; a customer whose own unit lies elsewhere is still the one to
/// call, so the unit of the callback decides.
async fn customer_of(app: &App, scope: &Scope, callback: &CallbackRow) -> Result<CustomerRow> {
    debug_assert!(scope.covers(&callback.org_path));
    let whole = Actor::system().scope(Permission::CustomersRead)?;
    store::customers::find_customer(app.store(), &whole, callback.customer_id)
        .await?
        .ok_or(Error::NotFound)
}

async fn past_answers(
    app: &App,
    scope: &Scope,
    callback: &CallbackRow,
    attempts: &[AttemptRow],
) -> Result<Vec<PastAnswer>> {
    let scripts = app.scripts_in_force().await?;
    let answers = rows::list_answers(app.store(), scope, callback.id).await?;
    Ok(answers
        .into_iter()
        .map(|a| {
            let attempt = attempts.iter().find(|t| t.id == a.attempt_id);
            let script = attempt
                .and_then(|t| t.questionnaire_id)
                .and_then(|id| scripts.find(id));
            let item = script.and_then(|s| s.items.iter().find(|i| i.item.code == a.given.item));
            let affirmed =
                item.is_none_or(|i| i.item.is_affirmed_by(a.given.answer, a.given.rating));
            let problem = item
                .filter(|_| !affirmed)
                .map(|i| problem_of(&i.item, &a.given));
            PastAnswer {
                attempt: a.attempt_id,
                title: item.map(|i| i.item.title.clone()).unwrap_or_default(),
                kind: item.map(|i| i.item.kind),
                topics: item.map(|i| i.topics.clone()).unwrap_or_default(),
                given: a.given,
                words: a.words,
                answered_at: a.answered_at,
                carried: a.carried,
                problem,
            }
        })
        .collect())
}

fn problem_of(item: &Item, given: &GivenAnswer) -> ProblemType {
    // It was asked; on which earlier answer it hung does not matter any more.
    let item = Item {
        after: None,
        ..item.clone()
    };
    let gate = Gate::new(vec![&item], vec![given.clone()]);
    let found = gate.so_far().problems.into_iter().next();
    found.map_or(ProblemType::Other, |p| p.kind)
}
