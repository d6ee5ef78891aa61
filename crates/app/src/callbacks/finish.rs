//! Ending an attempt, and everything that follows from it, in one transaction.

use super::attempt::{answers_of, case_of_attempt, round_so_far, script_of, under_way};
use super::authorisation::ProxyForm;
use super::confirmed::confirm_contact;
use super::discharge::{complete, timing_of};
use super::record;
use crate::rules::{BusinessCalendar, Rules};
use crate::tickets::{Finding, close_followers, follow_recall, open_problem, open_ticket};
use crate::{App, Error, Result};
use chrono::{DateTime, NaiveDateTime};
use domain::access::{Actor, Permission, Scope};
use domain::callbacks::{
    AttemptResult, Authorisation, CallbackError, CallbackState, Change, Command, Contact,
    ContactChannel, Discharge, Reached,
};
use domain::ids::{CallbackId, UserId};
use domain::obligations::{Respondent, Timing};
use domain::questionnaires::{Gate, Interview};
use domain::tickets::ProblemType;
use domain::time::{self, Instant};
use store::callbacks::{self as rows, AttemptEnd, AttemptRow, CallbackRecord, Saved};
use store::{AuditEntry, UnitOfWork};

/// Longest note.
const NOTE_MAX: usize = 2_000;

/// How an attempt ended, as it comes from the page or the API.
#[derive(Clone, Debug, Default)]
pub struct FinishForm {
    /// Code of the result.
    pub result: String,
    /// Code of who answered, for finished interviews; the programme's first when empty.
    pub respondent: String,
    /// The authorisation of a family member who answered for the policyholder.
    pub proxy: ProxyForm,
    /// What the caller noted.
    pub note: String,
    /// The agreed time: RFC 3339, or a date and time in China.
    pub appointment_at: String,
}

/// Ends the attempt under way.
///
/// # Errors
/// When it is not the actor's own, items are open, the recording is missing, or a field is wrong.
pub async fn finish_attempt(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: CallbackId,
    form: &FinishForm,
) -> Result<CallbackState> {
    let scope = actor.scope(Permission::CallbacksMake)?;
    let Some(by) = actor.user() else {
        return Err(crate::Refusal::new("person-needed").into());
    };
    let result =
        AttemptResult::parse(&form.result).map_err(|_| Error::invalid("result", "unknown-code"))?;
    if form.note.chars().count() > NOTE_MAX {
        return Err(Error::invalid("note", "too-long"));
    }
    app.scripts_in_force().await?;
    let work = app.store().begin(now).await?;
    let record = record(&work, &scope, id).await?;
    let attempt = under_way(&work, &record, by).await?;
    let rules = app.rules();
    let discharge = rules.discharge_of(record.pack, &record.programme)?;
    let step = Step {
        app,
        actor,
        by,
        scope: &scope,
        rules: &rules,
        discharge,
        record: &record,
        attempt: &attempt,
        now,
    };
    let ended = step.decide(&work, result, form).await?;
    let note = Some(form.note.trim()).filter(|n| !n.is_empty());
    let end = AttemptEnd {
        result,
        respondent: ended.respondent,
        authorisation: ended.authorisation.as_ref(),
        note,
        appointment_at: ended.appointment_at,
    };
    rows::save_attempt(&work, attempt.id, &end).await?;
    let mut audit = step.save(&work, result, &ended).await?;
    audit.extend(step.follow(&work, result, &ended).await?);
    let detail = serde_json::json!({
        "result": result.as_str(), "attempt": attempt.seq, "state": ended.change.to.as_str(),
    });
    let entry = AuditEntry::new(actor, "callback.attempt_saved", "callback", id.0);
    let first = entry.customer(record.customer.0).detail(detail);
    work.commit(store::Audit::with(first, audit)).await?;
    Ok(ended.change.to)
}

/// An attempt at its end, with all that decisions need.
struct Step<'s> {
    app: &'s App,
    actor: &'s Actor,
    by: UserId,
    scope: &'s Scope,
    rules: &'s Rules,
    discharge: &'s Discharge,
    record: &'s CallbackRecord,
    attempt: &'s AttemptRow,
    now: Instant,
}

/// What the end of an attempt amounts to.
struct Ended {
    change: Change,
    interview: Option<Interview>,
    respondent: Option<(Respondent, bool)>,
    authorisation: Option<Authorisation>,
    appointment_at: Option<Instant>,
}

impl Step<'_> {
    async fn decide(
        &self,
        work: &UnitOfWork,
        result: AttemptResult,
        form: &FinishForm,
    ) -> Result<Ended> {
        let today = time::date_in_china(self.now);
        if result == AttemptResult::Finished {
            let interview = self.interview(work).await?;
            let (reached, authorisation) = self.reached(form)?;
            let shared = self.attempt.shared_with.unwrap_or(self.attempt.id);
            let owners = [self.attempt.id.0, shared.0];
            let recordings = store::recordings::list_recordings(work, self.scope, &owners).await?;
            let phone = self.attempt.channel == ContactChannel::Phone.as_str();
            let calls = store::telephony::list_calls(work, self.scope, &[self.attempt.id]).await?;
            let by_system = calls.iter().any(store::telephony::CallRow::is_recorded);
            let recorded = !phone || by_system || !recordings.is_empty();
            let command = Command::Finish {
                reached,
                interview: interview.clone(),
                recorded,
            };
            let change = self
                .record
                .callback
                .decide(&command, self.discharge, self.by, today)?;
            let respondent = Some((reached.respondent, reached.authorised));
            return Ok(Ended {
                change,
                interview: Some(interview),
                respondent,
                authorisation,
                appointment_at: None,
            });
        }
        let appointment_at = self.appointment(result, form)?;
        let again_at = match appointment_at {
            Some(at) => at,
            None => self.next_slot(work, result).await?,
        };
        let command = Command::NotReached { result, again_at };
        let change = self
            .record
            .callback
            .decide(&command, self.discharge, self.by, today)?;
        Ok(Ended {
            change,
            interview: None,
            respondent: None,
            authorisation: None,
            appointment_at,
        })
    }

    async fn interview(&self, work: &UnitOfWork) -> Result<Interview> {
        let script = script_of(self.app, self.attempt.questionnaire_id)?;
        let (callback, policy) = (self.record.id, self.record.policy);
        let case = case_of_attempt(work, self.attempt, callback, policy).await?;
        let answers = answers_of(work, self.scope, self.record, self.attempt.id).await?;
        let items = script.get(self.discharge.promotion_allowed, &case);
        let gate = Gate::new(items.iter().map(|i| &i.item).collect(), answers);
        if gate.is_identity_refused() {
            return Err(crate::Refusal::new("identity-not-confirmed").into());
        }
        Ok(gate.finish()?)
    }

    fn reached(&self, form: &FinishForm) -> Result<(Reached, Option<Authorisation>)> {
        let fixed = Respondent::parse(&self.record.respondent).ok();
        let fixed = fixed.filter(|_| self.discharge.respondent_fixed);
        let respondent = match form.respondent.as_str() {
            "" => fixed
                .or_else(|| self.discharge.respondents.first().copied())
                .unwrap_or(Respondent::Policyholder),
            code => {
                Respondent::parse(code).map_err(|_| Error::invalid("respondent", "unknown-code"))?
            }
        };
        if fixed.is_some_and(|who| who != respondent) {
            return Err(CallbackError::RespondentNotAllowed(respondent).into());
        }
        let proxy = respondent == Respondent::AuthorizedProxy && self.discharge.proxy_allowed;
        let authorisation = proxy.then(|| form.proxy.read()).transpose()?;
        let reached = Reached {
            respondent,
            authorised: authorisation.is_some(),
        };
        Ok((reached, authorisation))
    }

    fn appointment(&self, result: AttemptResult, form: &FinishForm) -> Result<Option<Instant>> {
        let text = form.appointment_at.trim();
        if result != AttemptResult::Appointment {
            return Ok(None);
        }
        if text.is_empty() {
            return Err(Error::invalid("appointment_at", "missing"));
        }
        let at = parse_instant(text).ok_or_else(|| Error::invalid("appointment_at", "instant"))?;
        let today = time::date_in_china(self.now);
        self.rules
            .calling_hours(today)
            .check_appointment(at, self.now)?;
        Ok(Some(at))
    }

    async fn next_slot(&self, work: &UnitOfWork, result: AttemptResult) -> Result<Instant> {
        let mut round = round_so_far(work, self.scope, self.record).await?;
        if result.is_counted() {
            round.push(self.attempt.started_at);
        }
        let today = time::date_in_china(self.now);
        let calendar = BusinessCalendar(self.rules.calendar());
        Ok(self
            .rules
            .calling_hours(today)
            .next_attempt(self.now, &round, &calendar))
    }

    async fn save(
        &self,
        work: &UnitOfWork,
        result: AttemptResult,
        ended: &Ended,
    ) -> Result<Vec<AuditEntry>> {
        let channel = ContactChannel::parse(&self.attempt.channel).unwrap_or(ContactChannel::Phone);
        let done = ended.change.to == CallbackState::Completed;
        let timing = if done { self.timing() } else { None };
        let saved = Saved {
            appointment_at: ended.appointment_at,
            result: Some(result.as_str()),
            is_recall: self.record.callback.is_recall && ended.change.to.is_open(),
            completed: done.then_some((self.by, channel)),
            timing,
            end_reason: (ended.change.to == CallbackState::NotCompleted).then_some(result.as_str()),
            ..Saved::default()
        };
        rows::save_change(work, self.record, &ended.change, &saved).await?;
        let (from, to) = (
            self.record.callback.state.as_str(),
            ended.change.to.as_str(),
        );
        rows::insert_entry(
            work,
            self.record.id,
            &self.actor.name,
            result.as_str(),
            from,
            to,
            None,
        )
        .await?;
        complete(
            work,
            self.actor,
            self.record,
            self.discharge,
            &ended.change,
            timing,
        )
        .await
    }

    fn timing(&self) -> Option<Timing> {
        timing_of(self.rules, self.record, self.now)
    }

    /// Tickets that the end of the attempt opens, moves or closes.
    async fn follow(
        &self,
        work: &UnitOfWork,
        result: AttemptResult,
        ended: &Ended,
    ) -> Result<Vec<AuditEntry>> {
        let (actor, record, change) = (self.actor, self.record, &ended.change);
        let mut audit = Vec::new();
        if result.contact() >= Contact::InPerson {
            // Whoever answers in person proves that the number is right.
            audit.extend(close_followers(work, actor, record, "reached-in-person").await?);
        }
        if change.opens_verification {
            let found = ProblemType::WrongPhone.into();
            audit.push(open_ticket(work, actor, self.rules, record, found).await?);
        }
        if change.opens_failed_case {
            let found = Finding {
                words: Some(result.as_str()),
                ..ProblemType::NotReached.into()
            };
            audit.push(open_ticket(work, actor, self.rules, record, found).await?);
        }
        if let Some(interview) = &ended.interview {
            if interview.identity_verified {
                confirm_contact(self.app, work, actor, self.scope, record, self.attempt).await?;
            }
            if record.callback.is_recall {
                audit.extend(follow_recall(work, actor, record, interview).await?);
            }
            if change.opens_problems {
                let answers = rows::list_answers(work, self.scope, record.id).await?;
                for problem in &interview.problems {
                    let words = answers
                        .iter()
                        .rev()
                        .find(|a| a.attempt_id == self.attempt.id && a.given.item == problem.item)
                        .and_then(|a| a.words.as_deref());
                    let opened = open_problem(work, actor, self.rules, record, problem, words);
                    audit.extend(opened.await?);
                }
            }
        }
        if !change.to.is_open() {
            audit.extend(close_followers(work, actor, record, change.to.as_str()).await?);
        }
        Ok(audit)
    }
}

/// A moment: RFC 3339, or what a browser's date-and-time field gives, in China.
pub(crate) fn parse_instant(text: &str) -> Option<Instant> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .map(|local| time::at_in_china(local.date(), local.time()))
}
