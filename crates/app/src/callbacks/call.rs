//! The call page: who is called and why, the script item by item, what was answered so far.

use super::attempt::{facts_of, script_of};
use super::values::ScriptValues;
use crate::obligations::{Explanation, replay};
use crate::questionnaires::{AnswerLabels, CaseFacts, Term};
use crate::rules::Rules;
use crate::{App, Error, Result};
use chrono::{Datelike as _, NaiveDate};
use domain::access::{Actor, Permission, Scope};
use domain::callbacks::Discharge;
use domain::customers::{CustomerKind, Reveal};
use domain::ids::CallbackId;
use domain::questionnaires::{Answer, Gate, GivenAnswer, Item, Words};
use domain::time::{self, Instant};
use store::callbacks::{self as rows, AttemptRow, CallbackRow, EntryRow};
use store::customers::{ContactRow, CustomerRow};
use store::obligations::ObligationRow;
use store::policies::{ClaimRow, PolicyRow};
use store::recordings::RecordingRow;
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
    /// Tickets.
    pub tickets: Vec<TicketRow>,
    /// History.
    pub entries: Vec<EntryRow>,
    /// Other open callbacks of the same customer.
    pub siblings: Vec<CallbackRow>,
    /// How the programme wants it discharged.
    pub discharge: Discharge,
    /// Answers of every attempt, with the words of their items.
    pub answers: Vec<PastAnswer>,
}

/// An answer with the heading of its item, as it stood in the version that was read.
#[derive(Clone, Debug)]
pub struct PastAnswer {
    /// The attempt.
    pub attempt: domain::ids::AttemptId,
    /// Heading of the item.
    pub title: Words,
    /// The answer.
    pub given: GivenAnswer,
    /// The customer's own words.
    pub words: Option<String>,
    /// When.
    pub answered_at: Instant,
    /// The problem that it raises, if it does.
    pub problem: Option<domain::tickets::ProblemType>,
}

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

/// A callback in sight with everything that belongs to it.
///
/// # Errors
/// When the actor may not, or it is not in sight.
pub async fn callback_page(app: &App, actor: &Actor, id: CallbackId) -> Result<CallbackPage> {
    let scope = actor.scope(Permission::CallbacksRead)?;
    let callback = rows::find_callback(app.store(), &scope, id)
        .await?
        .ok_or(Error::NotFound)?;
    load(app, actor, &scope, callback).await
}

async fn load(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    callback: CallbackRow,
) -> Result<CallbackPage> {
    let db = app.store();
    let number = &callback.obligation_number;
    let obligation: Option<ObligationRow> =
        store::obligations::find_obligation_by_number(db, scope, number).await?;
    let explanation = replay(app, obligation.ok_or(Error::NotFound)?)?;
    let customer = customer_of(app, scope, &callback).await?;
    let contacts = match customer.kind {
        CustomerKind::Group => store::customers::list_contacts(db, scope, customer.id).await?,
        CustomerKind::Individual => Vec::new(),
    };
    let (policy, claims) = match callback.policy_id {
        Some(id) => (
            store::policies::find_policy(db, scope, id).await?,
            store::policies::list_claims(db, scope, id).await?,
        ),
        None => (None, Vec::new()),
    };
    let attempts = rows::list_attempts(db, scope, callback.id).await?;
    let mut owners: Vec<_> = attempts.iter().map(|a| a.id.0).collect();
    owners.push(callback.id.0);
    let recordings = store::recordings::list_recordings(db, scope, &owners).await?;
    let tickets = if actor.may(Permission::TicketsRead) {
        store::tickets::list_tickets_of_callback(db, scope, callback.id).await?
    } else {
        Vec::new()
    };
    let answers = past_answers(app, scope, &callback, &attempts).await?;
    let discharge = app.rules().discharge(&callback.programme)?.clone();
    Ok(CallbackPage {
        entries: rows::list_entries(db, scope, callback.id).await?,
        siblings: rows::list_siblings(db, scope, callback.customer_id, callback.id).await?,
        explanation,
        customer,
        contacts,
        policy,
        claims,
        attempts,
        recordings,
        tickets,
        answers,
        discharge,
        callback,
    })
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
    let scripts = app.scripts();
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
                given: a.given,
                words: a.words,
                answered_at: a.answered_at,
                problem,
            }
        })
        .collect())
}

fn problem_of(item: &Item, given: &GivenAnswer) -> domain::tickets::ProblemType {
    let gate = Gate::new(vec![item], vec![given.clone()]);
    let found = gate.so_far().problems.into_iter().next();
    found.map_or(domain::tickets::ProblemType::Other, |p| p.kind)
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
    let mine = attempt.filter(|a| actor.user() == Some(a.caller_id));
    let attempt = mine.ok_or_else(|| Error::from(crate::Refusal::new("callback-no-attempt")))?;
    let page = load(app, actor, &scope, callback).await?;
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
    let values = values(&page, &attempt, &full_name, &app.rules(), company, today);
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
    let (greeting, closing, terms) = (
        values.fill(&script.script().greeting),
        values.fill(&script.script().closing),
        script.script().terms.clone(),
    );
    Ok(CallPage {
        items: call_items,
        greeting,
        closing,
        terms,
        page,
        attempt,
        full_name,
        current,
        can_finish,
        recorded,
    })
}

fn values(
    page: &CallbackPage,
    attempt: &AttemptRow,
    full_name: &str,
    _rules: &Rules,
    company: &str,
    today: NaiveDate,
) -> ScriptValues {
    let mut values = ScriptValues::default();
    values.set("company", company);
    values.set("caller", &attempt.caller_name);
    values.set("holder", full_name);
    let (zh, en) = salutation(&page.customer, full_name);
    values.set_words("salutation", zh, en);
    if let Some(policy) = &page.policy {
        policy_values(&mut values, policy, today);
    }
    let obligation = &page.explanation.obligation;
    values.set_date("right_end_on", obligation.right_end_on, today);
    let days = page
        .explanation
        .trace
        .quantities
        .iter()
        .find(|q| q.id == "cooling_off_days");
    if let Some(days) = days.and_then(|q| q.value.zh.split(' ').next()) {
        values.set("cooling_off_days", days);
    }
    let claim = obligation
        .claim_no
        .as_ref()
        .and_then(|no| page.claims.iter().find(|c| c.claim_no == *no));
    if let Some(claim) = claim.or_else(|| page.claims.last()) {
        values.set("claim_no", &claim.claim_no);
        values.set_money("claim_amount", claim.amount_fen);
        values.set_date("paid_on", claim.paid_on, today);
        values.set_date("loss_date", claim.reported_on, today);
    }
    values
}

fn policy_values(values: &mut ScriptValues, policy: &PolicyRow, today: NaiveDate) {
    values.set("policy_no", &policy.policy_no);
    values.set("product", &policy.product_name);
    values.set("insured", policy.insured_name.as_deref().unwrap_or("本人"));
    values.set_money("premium", policy.premium_fen);
    let (zh, en) = match policy.premium_frequency.as_deref() {
        Some("annual") => ("每年", "a year"),
        Some("half_yearly") => ("每半年", "every half-year"),
        Some("quarterly") => ("每季度", "a quarter"),
        Some("monthly") => ("每月", "a month"),
        _ => ("趸交", "as a single premium"),
    };
    values.set_words("frequency", zh, en);
    if let Some(years) = policy.premium_term_years {
        values.set_words(
            "payment_years",
            format!("{years} 年"),
            format!("{years} years"),
        );
    }
    let (zh, en) = coverage_term(policy);
    values.set_words("coverage_term", zh, en);
    values.set_date("ack_signed_on", policy.ack_signed_on, today);
    values.set_date("expiry_date", policy.expiry_date, today);
    values.set("agent", policy.agent_name.as_deref().unwrap_or("—"));
}

/// Terms beyond a hundred years, and life terms without an end, are whole life.
const WHOLE_LIFE_MONTHS: i64 = 450;

fn coverage_term(policy: &PolicyRow) -> (String, String) {
    match policy.term_months {
        Some(months) if policy.expiry_date.is_none() && months >= WHOLE_LIFE_MONTHS => {
            ("终身".into(), "whole life".into())
        }
        Some(months) if months % 12 == 0 => (
            format!("{} 年", months / 12),
            format!("{} years", months / 12),
        ),
        Some(months) => (format!("{months} 个月"), format!("{months} months")),
        None => match policy.expiry_date {
            Some(date) => (
                format!("至 {} 年 {} 月", date.year(), date.month()),
                format!("until {date}"),
            ),
            None => ("终身".into(), "whole life".into()),
        },
    }
}

/// How to address a person: family name and title; organisations by their name.
fn salutation(customer: &CustomerRow, full_name: &str) -> (String, String) {
    if customer.kind == CustomerKind::Group {
        return (full_name.to_owned(), full_name.to_owned());
    }
    let compound = COMPOUND_SURNAMES
        .iter()
        .find(|s| full_name.starts_with(**s) && full_name.chars().count() > 2);
    let surname = compound.map_or_else(|| full_name.chars().take(1).collect(), |s| (*s).to_owned());
    match customer.sex.as_deref() {
        Some("female") => (format!("{surname}女士"), format!("Ms {surname}")),
        Some("male") => (format!("{surname}先生"), format!("Mr {surname}")),
        _ => (full_name.to_owned(), full_name.to_owned()),
    }
}

/// Family names of two characters that are in common use.
const COMPOUND_SURNAMES: [&str; 10] = [
    "欧阳", "司马", "上官", "诸葛", "司徒", "东方", "皇甫", "尉迟", "夏侯", "慕容",
];

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
