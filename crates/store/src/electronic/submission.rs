//! What a customer submitted becomes an attempt with its answers; an inspection may open the callback
//! again.

use crate::sql::{find, millis, params};
use crate::{Reads as _, Result, UnitOfWork};
use domain::ids::{AttemptId, CallbackId, CustomerId, ObligationId, QuestionnaireId};
use domain::obligations::Respondent;
use domain::questionnaires::GivenAnswer;
use domain::time::Instant;
use sea_orm::FromQueryResult;

/// An answer that counts.
#[derive(Clone, Debug)]
pub struct SubmittedAnswer {
    /// What was answered.
    pub given: GivenAnswer,
    /// The customer's own words.
    pub words: Option<String>,
    /// When.
    pub at: Instant,
}

/// Everything that a customer submits.
#[derive(Clone, Debug)]
pub struct Submission<'s> {
    /// The callback.
    pub callback: CallbackId,
    /// The customer.
    pub customer: CustomerId,
    /// Round of calls.
    pub round: u32,
    /// The branch has taken over.
    pub in_branch: bool,
    /// The version of the questionnaire.
    pub questionnaire: QuestionnaireId,
    /// Who answered.
    pub respondent: Respondent,
    /// When the identity was verified.
    pub began_at: Instant,
    /// The answers, in the order of the items.
    pub answers: &'s [SubmittedAnswer],
}

#[derive(FromQueryResult)]
struct SeqRow {
    n: i64,
}

/// Adds the attempt, which is saved at once and was made by nobody of ours, with its answers.
///
/// # Errors
/// What the database says.
pub async fn insert_submission(work: &UnitOfWork, new: &Submission<'_>) -> Result<AttemptId> {
    let id = work.next_id();
    let sql = "SELECT COALESCE(MAX(seq), 0) + 1 AS n FROM attempts WHERE callback_id = $1";
    let seq = find::<SeqRow>(work, sql, params![new.callback.0])
        .await?
        .map_or(1, |r| r.n);
    let sql = "INSERT INTO attempts (id, callback_id, customer_id, seq, round, channel, in_branch, is_recall, \
               questionnaire_id, started_at, ended_at, result, respondent, authorised, saved_at) \
               VALUES ($1, $2, $3, $4, $5, 'electronic', $6, $7, $8, $9, $10, 'finished', $11, $7, $10)";
    let values = params![
        id,
        new.callback.0,
        new.customer.0,
        seq,
        i64::from(new.round),
        new.in_branch,
        false,
        new.questionnaire.0,
        millis(new.began_at),
        millis(work.now()),
        new.respondent.as_str(),
    ];
    work.execute(sql, values).await?;
    let sql = "INSERT INTO answers (id, attempt_id, callback_id, customer_id, seq, item, answer, rating, words, \
               answered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    for (seq, answer) in (1_i64..).zip(new.answers) {
        let row = work.next_id();
        let words = answer.words.as_deref();
        let sealed = words.map(|w| work.keys().seal("answers.words", row, w));
        let values = params![
            row,
            id,
            new.callback.0,
            new.customer.0,
            seq,
            answer.given.item.as_str(),
            answer.given.answer.as_str(),
            answer.given.rating.map(i64::from),
            sealed.transpose()?,
            millis(answer.at),
        ];
        work.execute(sql, values).await?;
    }
    Ok(AttemptId(id))
}

/// Opens a completed callback again; its facts and the attempt stay as they were saved.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it was changed meanwhile.
pub async fn reopen_callback(work: &UnitOfWork, callback: CallbackId, version: i64) -> Result<()> {
    let sql = "UPDATE callbacks SET state = 'problem_open', is_open = $1, completed_at = NULL, completed_channel = NULL, \
               timing = NULL, caller_id = NULL, affirmed = $2, updated_at = $3, version = version + 1 \
               WHERE id = $4 AND version = $5 AND state = 'completed'";
    let values = params![true, false, millis(work.now()), callback.0, version];
    work.execute_one(sql, values).await
}

/// Opens the obligation behind it again.
///
/// # Errors
/// What the database says.
pub async fn reopen_obligation(work: &UnitOfWork, obligation: ObligationId) -> Result<()> {
    let sql = "UPDATE obligations SET status = 'open', timing = NULL, discharged_at = NULL, updated_at = $1 WHERE id = $2";
    work.execute_one(sql, params![millis(work.now()), obligation.0])
        .await
}
