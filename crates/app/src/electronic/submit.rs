//! Answers, one by one, each kept as it is given; then all of them at once, with what follows from a
//! callback.

use super::chain::{Entry, Pen};
use super::follow::{back_to_phone, callback_of, note};
use super::questions::{gate, shown_at};
use super::terms::terms_of;
use super::visit::{Asked, Visitor, customer, entry};
use crate::callbacks::{complete, timing_of};
use crate::tickets::{close_followers, open_problem};
use crate::{App, Error, Refusal, Result};
use domain::callbacks::{CallbackState, Change, ContactChannel};
use domain::electronic::{EvidenceStep, LinkState, LinkStep};
use domain::ids::AttemptId;
use domain::obligations::Respondent;
use domain::questionnaires::{Answer, GivenAnswer, Interview, ItemKind};
use domain::time::{self, Instant};
use store::callbacks::{self as calls, Saved};
use store::electronic::{self as rows, LinkChange, LinkRecord, Submission, SubmittedAnswer};
use store::{Audit, AuditEntry, UnitOfWork};

/// Longest words for an item.
const WORDS_MAX: usize = 1_000;

/// An answer as it comes from the page.
#[derive(Clone, Debug, Default)]
pub struct AnswerForm {
    /// Code of the item.
    pub item: String,
    /// The row of evidence that the item was shown with.
    pub shown: i64,
    /// Code of the answer; empty for words or a rating.
    pub answer: String,
    /// The rating, where the item asks for one.
    pub rating: Option<u8>,
    /// The customer's own words.
    pub words: String,
}

/// The submission as it comes from the page.
#[derive(Clone, Copy, Debug, Default)]
pub struct SubmitForm {
    /// The row of evidence that the answers were shown with.
    pub shown: i64,
    /// The customer confirms that the answers are their own.
    pub confirmed: bool,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// The callback is completed.
    Completed,
    /// Something was not clear: somebody calls.
    SomebodyCalls,
}

/// Takes an answer.
///
/// # Errors
/// [`Error::Refused`] when the item is not the one on the screen, was not read long enough, or the link
/// or session has ended; [`Error::Invalid`] when the answer does not fit.
pub async fn answer(app: &App, now: Instant, visitor: &Visitor, form: &AnswerForm) -> Result<()> {
    let words = form.words.trim();
    if words.chars().count() > WORDS_MAX {
        return Err(Error::invalid("words", "too-long"));
    }
    let terms = terms_of(&app.rules(), time::date_in_china(now));
    let work = app.store().begin(now).await?;
    let (link, _) = visitor.identified(&work, now).await?;
    let asked = Asked::load(app, &work, visitor, &link).await?;
    let Some(filled) = asked.items.iter().find(|i| i.item.item.code == form.item) else {
        return Err(Error::NotFound);
    };
    let shown = shown_at(&asked.evidence, &form.item, form.shown);
    let shown = shown.ok_or_else(|| Error::from(Refusal::new("electronic-stale")))?;
    let read = super::questions::pick(&filled.ask, visitor.english);
    let needed = terms.dwell_needed(read.chars().count());
    if now - shown < needed {
        let left = (needed - (now - shown))
            .num_milliseconds()
            .div_euclid(1_000)
            + 1;
        return Err(Refusal::with("electronic-too-quick", left.to_string()).into());
    }
    let given = GivenAnswer {
        item: form.item.clone(),
        answer: answer_of(form, filled.item.item.kind, filled.item.item.must_ask)?,
        rating: form.rating,
    };
    gate(&asked.items, &asked.answers).take(given.clone())?;
    let device = visitor.device(app);
    let row = Entry {
        item: Some(&form.item),
        answer: Some(given.answer),
        rating: given.rating,
        shown_at: Some(shown),
        words: Some(words).filter(|w| !w.is_empty()),
        device: Some(&device),
        ..Entry::default()
    };
    let refuses = filled.item.item.kind == ItemKind::Identity && given.answer != Answer::Affirm;
    if refuses {
        return not_the_person(work, &link, &row).await;
    }
    note(
        &work,
        &link,
        EvidenceStep::Answered,
        &row,
        LinkChange::default(),
    )
    .await?;
    Ok(work.commit(entry("electronic.answered", &link)).await?)
}

/// The answer that a form means: words and ratings carry no code.
fn answer_of(form: &AnswerForm, kind: ItemKind, must_ask: bool) -> Result<Answer> {
    match kind {
        ItemKind::Rate if form.rating.is_some() => Ok(Answer::Given),
        ItemKind::Open | ItemKind::Promotion if !form.words.trim().is_empty() => Ok(Answer::Given),
        ItemKind::Open | ItemKind::Promotion | ItemKind::Rate if !must_ask => Ok(Answer::Skipped),
        _ => Answer::parse(&form.answer).map_err(|_| Error::invalid("answer", "missing")),
    }
}

/// Whoever says to be somebody else sees nothing more; the customer is called.
async fn not_the_person(work: UnitOfWork, link: &LinkRecord, row: &Entry<'_>) -> Result<()> {
    let now = work.now();
    let state = link.link.decide(LinkStep::NotThePerson, now)?;
    let mut pen = Pen::of(&work, link);
    pen.write(EvidenceStep::Answered, row).await?;
    let detail = serde_json::json!({ "state": state.as_str() }).to_string();
    let end = Entry {
        detail,
        ..Entry::default()
    };
    pen.write(EvidenceStep::Ended, &end).await?;
    let change = LinkChange {
        state: Some(state),
        head: pen.head(),
        ..LinkChange::default()
    };
    rows::save_link(&work, link, &change).await?;
    rows::close_sessions(&work, link.id).await?;
    let callback = callback_of(&work, link).await?;
    let actor = customer();
    back_to_phone(
        &work,
        &actor,
        &callback,
        now,
        None,
        "electronic_not_the_person",
    )
    .await?;
    Ok(work
        .commit(entry("electronic.not_the_person", link))
        .await?)
}

/// Submits the answers. They count as they were shown last, and cannot be changed afterwards.
///
/// # Errors
/// [`Error::Refused`] when they changed since, are not complete, or are not confirmed, and what the
/// callback says.
pub async fn submit(app: &App, now: Instant, visitor: &Visitor, form: SubmitForm) -> Result<Done> {
    if !form.confirmed {
        return Err(Error::invalid("confirm", "missing"));
    }
    let work = app.store().begin(now).await?;
    let (link, _) = visitor.identified(&work, now).await?;
    let asked = Asked::load(app, &work, visitor, &link).await?;
    // The review that the customer confirms is the last thing that happened.
    let last = asked.evidence.last();
    let is_last = last.is_some_and(|r| r.kind == EvidenceStep::Reviewed && r.seq == form.shown);
    if !is_last {
        return Err(Refusal::new("electronic-stale").into());
    }
    let interview = gate(&asked.items, &asked.answers).finish()?;
    let rules = app.rules();
    let today = time::date_in_china(now);
    let record = &asked.case.record;
    if record.callback.state == CallbackState::InProgress {
        return Err(Refusal::new("electronic-being-called").into());
    }
    let change = record
        .callback
        .finish_electronic(&interview, &asked.case.discharge, today)?;
    let state = link.link.decide(LinkStep::Submit, now)?;
    let attempt = keep(&work, &link, &asked).await?;
    let done = change.to == CallbackState::Completed;
    let timing = done.then(|| timing_of(&rules, record, now)).flatten();
    let saved = Saved {
        result: Some("finished"),
        attempt_started: true,
        completed_by_customer: done.then_some(ContactChannel::Electronic),
        timing,
        ..Saved::default()
    };
    calls::save_change(&work, record, &change, &saved).await?;
    let actor = customer();
    let (from, to) = (record.callback.state.as_str(), change.to.as_str());
    calls::insert_entry(
        &work,
        record.id,
        &actor.name,
        "submit_electronic",
        from,
        to,
        None,
    )
    .await?;
    let mut audit = complete(
        &work,
        &actor,
        record,
        &asked.case.discharge,
        &change,
        timing,
    )
    .await?;
    audit.extend(tickets(&work, &asked, &change, &interview).await?);
    let head = finish(app, &work, visitor, &link, state, attempt).await?;
    let detail = serde_json::json!({ "link": link.id.0, "state": to, "head": head });
    let first = entry("electronic.submitted", &link).detail(detail);
    work.commit(Audit::with(first, audit)).await?;
    Ok(if done {
        Done::Completed
    } else {
        Done::SomebodyCalls
    })
}

/// Keeps the answers that count as an attempt, in the order of the items.
async fn keep(work: &UnitOfWork, link: &LinkRecord, asked: &Asked) -> Result<AttemptId> {
    let record = &asked.case.record;
    let of = |code: &str| asked.answers.iter().find(|g| g.given.item == code);
    let answers = asked.items.iter().filter_map(|i| of(&i.item.item.code));
    let answers: Vec<_> = answers
        .map(|g| SubmittedAnswer {
            given: g.given.clone(),
            words: g.words.clone(),
            at: g.at,
        })
        .collect();
    let submission = Submission {
        callback: record.id,
        customer: record.customer,
        round: record.callback.round,
        in_branch: record.callback.in_branch,
        questionnaire: link.questionnaire,
        respondent: Respondent::Policyholder,
        began_at: link.identified_at.unwrap_or(work.now()),
        answers: &answers,
    };
    Ok(rows::insert_submission(work, &submission).await?)
}

/// A ticket for each cause; whoever answered has the right number.
async fn tickets(
    work: &UnitOfWork,
    asked: &Asked,
    change: &Change,
    interview: &Interview,
) -> Result<Vec<AuditEntry>> {
    let (actor, record) = (customer(), &asked.case.record);
    let mut audit = close_followers(work, &actor, record, "reached-in-person").await?;
    if change.opens_problems {
        for problem in &interview.problems {
            let said = asked.answers.iter().find(|g| g.given.item == problem.item);
            let words = said.and_then(|g| g.words.as_deref());
            audit.extend(
                open_problem(work, &actor, &asked.case.rules, record, problem, words).await?,
            );
        }
    }
    Ok(audit)
}

/// The last row of the evidence; its hash.
async fn finish(
    app: &App,
    work: &UnitOfWork,
    visitor: &Visitor,
    link: &LinkRecord,
    state: LinkState,
    attempt: AttemptId,
) -> Result<String> {
    let device = visitor.device(app);
    let mut pen = Pen::of(work, link);
    let row = Entry {
        detail: serde_json::json!({ "attempt": attempt.0 }).to_string(),
        device: Some(&device),
        ..Entry::default()
    };
    pen.write(EvidenceStep::Submitted, &row).await?;
    let head = pen.head().map(|(h, _)| h.to_owned()).unwrap_or_default();
    let change = LinkChange {
        state: Some(state),
        attempt: Some(attempt),
        head: pen.head(),
        ..LinkChange::default()
    };
    rows::save_link(work, link, &change).await?;
    rows::close_sessions(work, link.id).await?;
    Ok(head)
}
