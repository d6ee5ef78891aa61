//! Starting an attempt and taking answers, one by one, each saved as it is given.

use super::record;
use crate::questionnaires::{CaseFacts, NotChosen, Script, ScriptItem, Scripts};
use crate::rules::BusinessCalendar;
use crate::tickets::follow_branch;
use crate::{App, Error, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::callbacks::{CallbackState, Command, ContactChannel};
use domain::customers::CustomerKind;
use domain::ids::{AttemptId, CallbackId, PolicyId, QuestionnaireId, UserId};
use domain::policies::{Channel, Line, ProductClass};
use domain::questionnaires::{Answer, Gate, GivenAnswer, Medium, Topic};
use domain::tickets::Step;
use domain::time::{self, Instant};
use std::sync::Arc;
use store::callbacks::{self as rows, AttemptRow, CallbackRecord, NewAnswer, NewAttempt, Saved};
use store::policies::PolicyRow;
use store::{AuditEntry, Reads};

/// Longest words of a customer that are kept for an item.
const WORDS_MAX: usize = 1_000;

/// How an attempt begins.
#[derive(Clone, Debug)]
pub struct StartForm {
    /// Channel as a code; telephone when empty.
    pub channel: String,
}

/// An answer as it comes from the page or the API.
#[derive(Clone, Debug, Default)]
pub struct AnswerForm {
    /// Code of the item.
    pub item: String,
    /// Code of the answer.
    pub answer: String,
    /// Rating, where the item asks for one.
    pub rating: Option<u8>,
    /// The customer's own words.
    pub words: String,
}

/// Begins a call, or goes on with the one under way.
///
/// # Errors
/// When it is not on the actor's list, too early, outside calling hours, or too soon after the last.
pub async fn start_attempt(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: CallbackId,
    form: &StartForm,
) -> Result<AttemptId> {
    let scope = actor.scope(Permission::CallbacksMake)?;
    let Some(by) = actor.user() else {
        return Err(crate::Refusal::new("person-needed").into());
    };
    let channel = match form.channel.as_str() {
        "" => ContactChannel::Phone,
        code => {
            ContactChannel::parse(code).map_err(|_| Error::invalid("channel", "unknown-code"))?
        }
    };
    let scripts = app.scripts_in_force().await?;
    let work = app.store().begin(now).await?;
    let record = record(&work, &scope, id).await?;
    if record.callback.state == CallbackState::InProgress && record.callback.assignee == Some(by) {
        let open = rows::find_open_attempt(&work, id).await?;
        return open.map(|a| a.id).ok_or(Error::NotFound);
    }
    let rules = app.rules();
    let discharge = rules.discharge_of(record.pack, &record.programme)?;
    let today = time::date_in_china(now);
    let change =
        record
            .callback
            .decide(&Command::StartAttempt { channel }, discharge, by, today)?;
    if channel == ContactChannel::Phone {
        let round = round_so_far(&work, &scope, &record).await?;
        let calendar = BusinessCalendar(rules.calendar());
        let agreed = record.appointment_at;
        rules
            .calling_hours(today)
            .check(now, agreed, &round, &calendar)?;
    }
    let is_recall = record.callback.is_recall || record.callback.state == CallbackState::RecallDue;
    let how = (channel, is_recall, today);
    let script = choose_script(&work, &scripts, &record, &discharge.questionnaire, how).await?;
    let attempt = NewAttempt {
        callback: id,
        customer: record.customer,
        seq: record.attempts_total + 1,
        round: record.callback.round,
        channel,
        in_branch: record.callback.in_branch,
        is_recall,
        questionnaire: script,
        caller: by,
    };
    let attempt = rows::insert_attempt(&work, &attempt).await?;
    let saved = Saved {
        attempt_started: true,
        phoned: channel == ContactChannel::Phone,
        is_recall,
        ..Saved::default()
    };
    rows::save_change(&work, &record, &change, &saved).await?;
    let (from, to) = (record.callback.state.as_str(), change.to.as_str());
    rows::insert_entry(&work, id, &actor.name, "start_attempt", from, to, None).await?;
    let others = follow_branch(&work, actor, &record, &Step::SecondCallbackBegun).await?;
    let entry = AuditEntry::new(actor, "callback.attempt_started", "callback", id.0);
    let first = entry.customer(record.customer.0);
    work.commit(store::Audit::with(first, others)).await?;
    Ok(attempt)
}

/// The version to ask with. That one is missing is said when the interview begins; two of equal
/// standing are not chosen between by chance.
pub(super) async fn choose_script(
    db: &impl Reads,
    scripts: &Scripts,
    record: &CallbackRecord,
    named: &str,
    (channel, recall, on): (ContactChannel, bool, NaiveDate),
) -> Result<Option<QuestionnaireId>> {
    let case = CaseFacts {
        recall,
        medium: medium_of(channel),
        ..case_facts(db, record.id, record.policy).await?
    };
    match scripts.choose(named, &record.programme, &case, on) {
        Ok(script) => Ok(Some(script.id)),
        Err(NotChosen::Missing) => Ok(None),
        Err(NotChosen::Both(one, other)) => {
            let both = format!("{one}, {other}");
            Err(crate::Refusal::with("questionnaire-ambiguous", both).into())
        }
    }
}

/// How a questionnaire is put over a channel.
pub(crate) fn medium_of(channel: ContactChannel) -> Medium {
    match channel {
        ContactChannel::Letter => Medium::Letter,
        ContactChannel::Visit | ContactChannel::Gathering => Medium::Visit,
        ContactChannel::Electronic => Medium::Electronic,
        _ => Medium::Call,
    }
}

/// Moments of the attempts of the present round, the oldest first.
pub(super) async fn round_so_far(
    db: &impl Reads,
    scope: &domain::access::Scope,
    record: &CallbackRecord,
) -> Result<Vec<Instant>> {
    let attempts = rows::list_attempts(db, scope, record.id).await?;
    Ok(attempts
        .iter()
        .filter(|a| {
            a.round == i64::from(record.callback.round)
                && a.channel == ContactChannel::Phone.as_str()
        })
        .filter(|a| a.in_branch == record.callback.in_branch)
        .filter(|a| {
            a.result
                .is_some_and(domain::callbacks::AttemptResult::is_counted)
        })
        .map(|a| a.started_at)
        .collect())
}

/// Takes an answer. It is saved at once; nothing is lost when the browser closes.
///
/// # Errors
/// When no attempt is under way, an earlier item is open, or the answer does not fit.
pub async fn answer_item(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: CallbackId,
    form: &AnswerForm,
) -> Result<()> {
    let scope = actor.scope(Permission::CallbacksMake)?;
    let Some(by) = actor.user() else {
        return Err(crate::Refusal::new("person-needed").into());
    };
    let answer =
        Answer::parse(&form.answer).map_err(|_| Error::invalid("answer", "unknown-code"))?;
    if form.words.chars().count() > WORDS_MAX {
        return Err(Error::invalid("words", "too-long"));
    }
    app.scripts_in_force().await?;
    let work = app.store().begin(now).await?;
    let record = record(&work, &scope, id).await?;
    let attempt = under_way(&work, &record, by).await?;
    let script = script_of(app, attempt.questionnaire_id)?;
    let case = case_of_attempt(&work, &attempt, id, record.policy).await?;
    let answers = answers_of(&work, &scope, &record, attempt.id).await?;
    let rules = app.rules();
    let promotion = rules
        .discharge_of(record.pack, &record.programme)?
        .promotion_allowed;
    let items = script.get(promotion, &case);
    let given = GivenAnswer {
        item: form.item.clone(),
        answer,
        rating: form.rating,
    };
    let mut gate = Gate::new(items.iter().map(|i| &i.item).collect(), answers);
    gate.take(given.clone())?;
    let words = Some(form.words.trim()).filter(|w| !w.is_empty());
    let new = NewAnswer {
        attempt: attempt.id,
        callback: id,
        customer: record.customer,
        given: &given,
        words,
    };
    rows::insert_answer(&work, &new).await?;
    let detail = serde_json::json!({ "item": given.item, "answer": given.answer.as_str() });
    let entry = AuditEntry::new(actor, "callback.answered", "callback", id.0);
    Ok(work
        .commit(entry.customer(record.customer.0).detail(detail))
        .await?)
}

/// The attempt under way, which must be the actor's own.
pub(super) async fn under_way(
    db: &impl Reads,
    record: &CallbackRecord,
    by: UserId,
) -> Result<AttemptRow> {
    if record.callback.state != CallbackState::InProgress {
        let state = record.callback.state.as_str();
        return Err(crate::Refusal::with("callback-wrong-state", state).into());
    }
    if record.callback.assignee != Some(by) {
        return Err(crate::Refusal::new("callback-not-assignee").into());
    }
    rows::find_open_attempt(db, record.id)
        .await?
        .ok_or(Error::NotFound)
}

/// A version of a questionnaire, kept alive while it is looked at.
pub(crate) struct ScriptOf {
    scripts: Arc<Scripts>,
    id: QuestionnaireId,
}

impl ScriptOf {
    pub(crate) fn script(&self) -> &Script {
        match self.scripts.find(self.id) {
            Some(script) => script,
            None => unreachable!("the id was found before"),
        }
    }

    pub(crate) fn get(&self, promotion: bool, case: &CaseFacts) -> Vec<&ScriptItem> {
        self.script().items_for(case, promotion)
    }
}

pub(crate) fn script_of(app: &App, id: Option<QuestionnaireId>) -> Result<ScriptOf> {
    let scripts = app.scripts();
    let id = id.filter(|id| scripts.find(*id).is_some());
    let id = id.ok_or_else(|| Error::from(crate::Refusal::new("questionnaire-missing")))?;
    Ok(ScriptOf { scripts, id })
}

/// Answers of an attempt that count.
pub(super) async fn answers_of(
    db: &impl Reads,
    scope: &domain::access::Scope,
    record: &CallbackRecord,
    attempt: AttemptId,
) -> Result<Vec<GivenAnswer>> {
    let answers = rows::list_answers(db, scope, record.id).await?;
    Ok(answers
        .into_iter()
        .filter(|a| a.attempt_id == attempt)
        .map(|a| a.given)
        .collect())
}

/// What of a case decides which items are asked in an attempt.
pub(super) async fn case_of_attempt(
    db: &impl Reads,
    attempt: &AttemptRow,
    callback: CallbackId,
    policy: Option<PolicyId>,
) -> Result<CaseFacts> {
    let channel = ContactChannel::parse(&attempt.channel);
    Ok(CaseFacts {
        recall: attempt.is_recall,
        medium: channel.map(medium_of).unwrap_or_default(),
        ..case_facts(db, callback, policy).await?
    })
}

/// What of a case decides which items are asked.
pub(crate) async fn case_facts(
    db: &impl Reads,
    callback: CallbackId,
    policy: Option<PolicyId>,
) -> Result<CaseFacts> {
    let around = rows::find_case(db, callback).await?.unwrap_or_default();
    let mut case = CaseFacts::default();
    if let Some(policy) = policy {
        let whole = Actor::system().scope(Permission::PoliciesRead)?;
        let row = store::policies::find_policy(db, &whole, policy).await?;
        let claims = store::policies::list_claims(db, &whole, policy).await?;
        if let Some(row) = row {
            case = facts_of(&row, !claims.is_empty());
        }
    }
    case.region = around.region;
    case.key_account = around.key_account;
    case.juvenile = around.juvenile == Some(true);
    let topics = around.planned_topics.unwrap_or_default();
    let topics = topics.split(',').filter_map(|t| Topic::parse(t).ok());
    case.planned_topics = topics.collect();
    Ok(case)
}

pub(crate) fn facts_of(policy: &PolicyRow, had_claim: bool) -> CaseFacts {
    CaseFacts {
        product_class: ProductClass::parse(&policy.product_class).ok(),
        instalments: policy
            .premium_frequency
            .as_deref()
            .is_some_and(|f| f != "single"),
        double_recorded: policy.double_recorded == Some(true),
        channel: Channel::parse(&policy.channel).ok(),
        had_claim,
        insured_kind: policy
            .insured_kind
            .as_deref()
            .and_then(|k| CustomerKind::parse(k).ok()),
        holder_kind: CustomerKind::parse(&policy.policyholder_kind).ok(),
        line: Line::parse(&policy.line).ok(),
        ..CaseFacts::default()
    }
}
