//! The call page: the script with its values, and how far the interview has come.

use super::attempt::{case_of_attempt, script_of};
use super::page::{CallbackPage, PastAnswer, load};
use super::spoken::{Spoken, values};
use crate::questionnaires::{AnswerLabels, ScriptItem, Term};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::customers::{CustomerKind, Reveal};
use domain::ids::{AttemptId, CallbackId};
use domain::obligations::Respondent;
use domain::questionnaires::{Answer, Gate, GivenAnswer, Item, Words};
use domain::time::{self, Instant};
use store::callbacks::{self as rows, AttemptRow};
use store::customers::CustomerRow;

/// One item on the call page.
#[derive(Clone, Debug)]
pub struct CallItem {
    /// The item.
    pub item: Item,
    /// Its words with values.
    pub ask: Words,
    /// Better words for the answers.
    pub labels: Option<AnswerLabels>,
    /// What the caller should mind.
    pub guide: Option<Words>,
    /// Terms in it, in plain words (QST-11).
    pub terms: Vec<Term>,
    /// What was answered.
    pub answer: Option<PastAnswer>,
}

/// The call page.
#[derive(Clone, Debug)]
pub struct CallPage {
    /// The callback with everything that belongs to it.
    pub page: CallbackPage,
    /// The attempt under way.
    pub attempt: AttemptRow,
    /// The person to ask for: the customer, or the insured or beneficiary where the rule says so.
    pub person: CustomerRow,
    /// Name to say, in full: the caller needs it to ask for the person.
    pub full_name: String,
    /// Words read first.
    pub greeting: Words,
    /// Words read last.
    pub closing: Words,
    /// The items that apply.
    pub items: Vec<CallItem>,
    /// Position of the item to ask now; the number of items when all are answered.
    pub current: usize,
    /// Terms in plain words.
    pub terms: Vec<Term>,
    /// Whether all items that must be asked are answered.
    pub can_finish: bool,
    /// Recordings of the attempt under way.
    pub recorded: bool,
}

/// The call page of the attempt under way.
///
/// # Errors
/// When no attempt of the actor's own is under way.
pub async fn call_page(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: CallbackId,
    company: &str,
) -> Result<CallPage> {
    let scope = actor.scope(Permission::CallbacksMake)?;
    let callback = rows::find_callback(app.store(), &scope, id).await?;
    let callback = callback.ok_or(Error::NotFound)?;
    let attempt = rows::find_open_attempt(app.store(), id).await?;
    let mine = attempt.filter(|a| a.caller_id.is_some() && actor.user() == a.caller_id);
    let attempt = mine.ok_or_else(|| Error::from(crate::Refusal::new("callback-no-attempt")))?;
    let page = load(app, actor, now, &scope, callback).await?;
    let scripts = app.scripts_in_force().await?;
    let script = script_of(app, attempt.questionnaire_id)?;
    let policy = page.policy.as_ref().map(|p| p.id);
    let case = case_of_attempt(app.store(), &attempt, id, policy).await?;
    let mut items = script.get(page.discharge.promotion_allowed, &case);
    let given = given_in(&page, &attempt);
    let gate = Gate::new(items.iter().map(|i| &i.item).collect(), given);
    // What hangs on an earlier answer is on the page only when that was given.
    let asked: Vec<_> = gate.asked().map(|i| i.code.clone()).collect();
    items.retain(|i| asked.contains(&i.item.code));
    // The attempt itself is the trace of this disclosure: it was written when the call began.
    let reveal = Reveal::traced(attempt.id.0);
    let person = person_of(app, &page).await?;
    let full_name = person.name.reveal(reveal).to_owned();
    let today = time::date_in_china(now);
    let rules = app.rules();
    let of = Spoken {
        policy: page.policy.as_ref(),
        claims: &page.claims,
        explanation: &page.explanation,
        holder: page.customer.name.reveal(reveal),
        person: (&person, &full_name),
        company,
        caller: &attempt.caller_name,
        rules: &rules,
    };
    let values = values(&of, today);
    let current = gate
        .current()
        .and_then(|open| items.iter().position(|i| i.item.code == open.code))
        .unwrap_or(items.len());
    let can_finish = gate.finish().is_ok();
    let recorded = is_recorded(&page, &attempt);
    let call_item = |i: &&ScriptItem| CallItem {
        item: i.item.clone(),
        ask: values.fill(&i.item.ask),
        labels: i.answers.clone(),
        guide: i.guide.clone(),
        terms: scripts.terms_in(script.script(), &[&i.item.ask]),
        answer: page.last_answer(attempt.id, &i.item.code).cloned(),
    };
    let words = script.script();
    Ok(CallPage {
        items: items.iter().map(call_item).collect(),
        greeting: values.fill(&words.greeting),
        closing: values.fill(&words.closing),
        terms: words.terms.clone(),
        page,
        attempt,
        person,
        full_name,
        current,
        can_finish,
        recorded,
    })
}

/// Answers of an attempt that count.
fn given_in(page: &CallbackPage, attempt: &AttemptRow) -> Vec<GivenAnswer> {
    let own = page.answers.iter().filter(|a| a.attempt == attempt.id);
    own.map(|a| a.given.clone()).collect()
}

/// The attempt, or the one whose conversation it shares, has a recording, or the telephone system makes one.
fn is_recorded(page: &CallbackPage, attempt: &AttemptRow) -> bool {
    let own = |id| id == attempt.id || attempt.shared_with == Some(id);
    let mut calls = page.calls.iter();
    let mut files = page.recordings.iter();
    calls.any(|c| own(c.attempt) && c.is_recorded()) || files.any(|r| own(AttemptId(r.owner_id)))
}

/// Who is asked for: the insured or the beneficiary of the policy where the obligation says so and the
/// register knows them, else the customer.
async fn person_of(app: &App, page: &CallbackPage) -> Result<CustomerRow> {
    let policy = page.policy.as_ref();
    let other = match Respondent::parse(&page.explanation.obligation.respondent) {
        Ok(Respondent::Beneficiary) => policy.and_then(|p| p.beneficiary_id),
        Ok(Respondent::Insured) => policy.and_then(|p| p.insured_id),
        _ => None,
    };
    let Some(id) = other.filter(|id| *id != page.customer.id) else {
        return Ok(page.customer.clone());
    };
    let whole = Actor::system().scope(Permission::CustomersRead)?;
    let found = store::customers::find_customer(app.store(), &whole, id).await?;
    Ok(found
        .filter(|c| c.kind == CustomerKind::Individual)
        .unwrap_or_else(|| page.customer.clone()))
}

impl CallItem {
    /// Whether the answer was not what the item hopes for.
    pub fn is_doubtful(&self) -> bool {
        self.answer.as_ref().is_some_and(|a| a.problem.is_some())
    }

    /// The code of the answer, or nothing.
    pub fn answer_code(&self) -> &'static str {
        self.answer
            .as_ref()
            .map_or("", |a| Answer::as_str(a.given.answer))
    }
}
