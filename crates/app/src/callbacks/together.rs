//! Taking another callback of the same customer into the conversation that has just been held: one
//! connection and one recording, and for each callback an attempt, answers and an outcome of its own
//! (CBK-21).

use super::attempt::{case_of_attempt, script_of};
use super::record;
use crate::questionnaires::ScriptItem;
use crate::rules::Rules;
use crate::{App, Error, Refusal, Result};
use chrono::Duration;
use domain::access::{Actor, Permission, Scope};
use domain::callbacks::{AttemptResult, CallbackState, Command, ContactChannel, Talk};
use domain::ids::{AttemptId, CallbackId};
use domain::obligations::Respondent;
use domain::questionnaires::Gate;
use domain::time::{self, Instant};
use store::callbacks::{
    self as rows, AnswerRow, AttemptRow, CallbackRecord, CallbackRow, NewAnswer, NewAttempt, Saved,
};
use store::{AuditEntry, UnitOfWork};

/// How long after an interview the same connection may go on with another callback: the parameter of
/// the packs that says so.
const WITHIN: &str = "shared_contact_minutes";

/// Other callbacks on the actor's own list that may be taken into the conversation just held.
pub(super) fn takeable(
    rules: &Rules,
    actor: &Actor,
    now: Instant,
    callback: &CallbackRow,
    attempts: &[AttemptRow],
    siblings: &[CallbackRow],
) -> Vec<CallbackRow> {
    let Some(by) = actor
        .user()
        .filter(|_| actor.may(Permission::CallbacksMake))
    else {
        return Vec::new();
    };
    let last = attempts.last().filter(|a| a.caller_id == Some(by));
    let talk = last.and_then(|a| talk_of(callback, a));
    let Some(talk) = talk else {
        return Vec::new();
    };
    let today = time::date_in_china(now);
    let mine = siblings
        .iter()
        .filter(|s| s.assignee_id == Some(by) && s.state.is_callable())
        .filter(|s| s.earliest_on.is_none_or(|d| d <= today));
    let fits = mine.filter(|s| {
        rules
            .discharge_of(s.pack, &s.programme)
            .is_ok_and(|discharge| {
                let whom = (s.customer_id, s.policy_id);
                talk.takes(whom, discharge, now, within(rules, now)).is_ok()
            })
    });
    fits.cloned().collect()
}

fn within(rules: &Rules, now: Instant) -> Duration {
    let minutes = rules.setting(WITHIN, time::date_in_china(now));
    Duration::minutes(minutes.unwrap_or(0))
}

/// The conversation of an attempt that ended with an interview by telephone.
fn talk_of(callback: &CallbackRow, attempt: &AttemptRow) -> Option<Talk> {
    let phone = attempt.channel == ContactChannel::Phone.as_str();
    if attempt.result != Some(AttemptResult::Finished) || !phone {
        return None;
    }
    Some(Talk {
        customer: callback.customer_id,
        policy: callback.policy_id,
        respondent: Respondent::parse(attempt.respondent.as_deref()?).ok()?,
        ended_at: attempt.ended_at?,
    })
}

/// Goes on with another callback in the same connection. What both questionnaires ask in the same
/// words was answered, and is carried over as such.
///
/// # Errors
/// When the conversation is over, or the other callback is not on the actor's list, not due, or is
/// not for whoever answered.
pub async fn start_together(
    app: &App,
    actor: &Actor,
    now: Instant,
    first: CallbackId,
    other: CallbackId,
) -> Result<AttemptId> {
    let scope = actor.scope(Permission::CallbacksMake)?;
    let Some(by) = actor.user() else {
        return Err(Refusal::new("person-needed").into());
    };
    let over = || Error::from(Refusal::new("together-over"));
    let work = app.store().begin(now).await?;
    let callback = rows::find_callback(&work, &scope, first).await?;
    let callback = callback.ok_or(Error::NotFound)?;
    let attempts = rows::list_attempts(&work, &scope, first).await?;
    let last = attempts.last().filter(|a| a.caller_id == Some(by));
    let last = last.ok_or_else(over)?;
    let talk = talk_of(&callback, last).ok_or_else(over)?;
    let record = record(&work, &scope, other).await?;
    let rules = app.rules();
    let discharge = rules.discharge_of(record.pack, &record.programme)?;
    let whom = (record.customer, record.policy);
    talk.takes(whom, discharge, now, within(&rules, now))?;
    let today = time::date_in_china(now);
    let channel = ContactChannel::Phone;
    // Calling hours and spacing were looked at when the connection was made.
    let command = Command::StartAttempt { channel };
    let change = record.callback.decide(&command, discharge, by, today)?;
    let script = app
        .scripts()
        .in_effect(&discharge.questionnaire, today)
        .map(|s| s.id);
    let is_recall = is_recall(&record);
    let attempt = NewAttempt {
        callback: other,
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
    let root = last.shared_with.unwrap_or(last.id);
    rows::share_attempt(&work, attempt, root).await?;
    let saved = Saved {
        attempt_started: true,
        phoned: true,
        is_recall,
        ..Saved::default()
    };
    rows::save_change(&work, &record, &change, &saved).await?;
    let (from, to) = (record.callback.state.as_str(), change.to.as_str());
    rows::insert_entry(&work, other, &actor.name, "start_together", from, to, None).await?;
    let case = Case {
        app,
        scope: &scope,
        promotion: discharge.promotion_allowed,
        same_policy: callback.policy_id == record.policy,
    };
    let carried = case.carry(&work, last, &record, attempt).await?;
    let detail = serde_json::json!({ "with": callback.number, "carried": carried });
    let entry = AuditEntry::new(actor, "callback.attempt_shared", "callback", other.0);
    work.commit(entry.customer(record.customer.0).detail(detail))
        .await?;
    Ok(attempt)
}

fn is_recall(record: &CallbackRecord) -> bool {
    record.callback.is_recall || record.callback.state == CallbackState::RecallDue
}

/// What carrying answers over needs to know.
struct Case<'c> {
    app: &'c App,
    scope: &'c Scope,
    promotion: bool,
    same_policy: bool,
}

impl Case<'_> {
    /// Carries over what both questionnaires ask in the same words. Gives how many answers.
    async fn carry(
        &self,
        work: &UnitOfWork,
        from: &AttemptRow,
        record: &CallbackRecord,
        to: AttemptId,
    ) -> Result<usize> {
        let open = rows::find_open_attempt(work, record.id).await?;
        let open = open.filter(|a| a.id == to).ok_or(Error::NotFound)?;
        let Ok(script) = script_of(self.app, open.questionnaire_id) else {
            return Ok(0);
        };
        let asked = script_of(self.app, from.questionnaire_id)?;
        let given = rows::list_answers(work, self.scope, from.callback_id).await?;
        let facts = case_of_attempt(work, &open, record.id, record.policy).await?;
        let items = script.get(self.promotion, &facts);
        let mut gate = Gate::new(items.iter().map(|i| &i.item).collect(), Vec::new());
        let mut carried = 0;
        for item in &items {
            let mut known = asked.script().items.iter();
            if !known.any(|k| self.is_same(k, item)) {
                continue;
            }
            let of_item =
                |a: &&AnswerRow| a.attempt_id == from.id && a.given.item == item.item.code;
            let Some(answer) = given.iter().rev().find(of_item) else {
                continue;
            };
            // Behind an item that is still open it is asked again in its place.
            if gate.take(answer.given.clone()).is_err() {
                continue;
            }
            let new = NewAnswer {
                attempt: to,
                callback: record.id,
                customer: record.customer,
                given: &answer.given,
                words: answer.words.as_deref(),
            };
            rows::insert_answer(work, &new).await?;
            carried += 1;
        }
        rows::mark_carried(work, to, from.id).await?;
        Ok(carried)
    }

    /// The same code, kind and words; words that name a policy only where the policy is the same.
    fn is_same(&self, a: &ScriptItem, b: &ScriptItem) -> bool {
        let (a, b) = (&a.item, &b.item);
        let alike = a.code == b.code && a.kind == b.kind && a.ask == b.ask;
        alike && (self.same_policy || !names_more_than_people(&a.ask.zh))
    }
}

/// Places of a script that people fill, whatever the policy.
const OF_PEOPLE: [&str; 4] = ["{holder}", "{salutation}", "{company}", "{caller}"];

fn names_more_than_people(ask: &str) -> bool {
    let rest = OF_PEOPLE
        .iter()
        .fold(ask.to_owned(), |text, place| text.replace(place, ""));
    rest.contains('{')
}
