//! The call page: the script with its values, and how far the interview has come.

use super::attempt::{facts_of, script_of};
use super::page::{CallbackPage, PastAnswer, load};
use super::spoken::{Spoken, values};
use crate::questionnaires::{AnswerLabels, CaseFacts, Term};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::customers::Reveal;
use domain::ids::CallbackId;
use domain::questionnaires::{Answer, Gate, Item, Words};
use domain::time::{self, Instant};
use store::callbacks::{self as rows, AttemptRow};

/// One item on the call page.
#[derive(Clone, Debug)]
pub struct CallItem {
    /// The item.
    pub item: Item,
    /// Its words with values.
    pub ask: Words,
    /// Better words for the answers.
    pub labels: Option<AnswerLabels>,
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
    let callback = rows::find_callback(app.store(), &scope, id)
        .await?
        .ok_or(Error::NotFound)?;
    let attempt = rows::find_open_attempt(app.store(), id).await?;
    let mine = attempt.filter(|a| a.caller_id.is_some() && actor.user() == a.caller_id);
    let attempt = mine.ok_or_else(|| Error::from(crate::Refusal::new("callback-no-attempt")))?;
    let page = load(app, actor, now, &scope, callback).await?;
    let script = script_of(app, attempt.questionnaire_id)?;
    let case = page
        .policy
        .as_ref()
        .map_or_else(CaseFacts::default, |p| facts_of(p, !page.claims.is_empty()));
    let items = script.get(page.discharge.promotion_allowed, &case);
    let given: Vec<_> = page
        .answers
        .iter()
        .filter(|a| a.attempt == attempt.id)
        .map(|a| a.given.clone())
        .collect();
    let gate = Gate::new(items.iter().map(|i| &i.item).collect(), given);
    // The attempt itself is the trace of this disclosure: it was written when the call began.
    let reveal = Reveal::traced(attempt.id.0);
    let full_name = page.customer.name.reveal(reveal).to_owned();
    let today = time::date_in_china(now);
    let of = spoken(&page, &attempt, &full_name, company);
    let values = values(&of, today);
    let current = gate
        .current()
        .and_then(|open| items.iter().position(|i| i.item.code == open.code))
        .unwrap_or(items.len());
    let can_finish = gate.finish().is_ok();
    let recorded = page.recordings.iter().any(|r| r.owner_id == attempt.id.0);
    let call_items = items
        .iter()
        .map(|i| CallItem {
            item: i.item.clone(),
            ask: values.fill(&i.item.ask),
            labels: i.answers.clone(),
            answer: page
                .answers
                .iter()
                .rev()
                .find(|a| a.attempt == attempt.id && a.given.item == i.item.code)
                .cloned(),
        })
        .collect();
    let words = script.script();
    Ok(CallPage {
        items: call_items,
        greeting: values.fill(&words.greeting),
        closing: values.fill(&words.closing),
        terms: words.terms.clone(),
        page,
        attempt,
        full_name,
        current,
        can_finish,
        recorded,
    })
}

fn spoken<'s>(
    page: &'s CallbackPage,
    attempt: &'s AttemptRow,
    full_name: &'s str,
    company: &'s str,
) -> Spoken<'s> {
    Spoken {
        customer: &page.customer,
        policy: page.policy.as_ref(),
        claims: &page.claims,
        explanation: &page.explanation,
        full_name,
        company,
        caller: &attempt.caller_name,
    }
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
