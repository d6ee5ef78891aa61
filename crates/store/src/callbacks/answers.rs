//! Answers, each kept as it was given; a corrected one stands beside the first.

use crate::sql::{Select, find, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::Scope;
use domain::ids::{AttemptId, CallbackId, CustomerId};
use domain::questionnaires::{Answer, GivenAnswer};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// An answer as it is given.
#[derive(Clone, Debug)]
pub struct NewAnswer<'n> {
    /// The attempt.
    pub attempt: AttemptId,
    /// The callback.
    pub callback: CallbackId,
    /// The customer.
    pub customer: CustomerId,
    /// What was answered.
    pub given: &'n GivenAnswer,
    /// The customer's own words.
    pub words: Option<&'n str>,
}

#[derive(FromQueryResult)]
struct SeqRow {
    n: i64,
}

/// Keeps an answer. A corrected answer is kept beside the first; the later one counts.
///
/// # Errors
/// What the database says.
pub async fn insert_answer(work: &UnitOfWork, answer: &NewAnswer<'_>) -> Result<()> {
    let id = work.next_id();
    let sql = "SELECT COALESCE(MAX(seq), 0) + 1 AS n FROM answers WHERE attempt_id = $1";
    let seq = find::<SeqRow>(work, sql, params![answer.attempt.0])
        .await?
        .map_or(1, |r| r.n);
    let words = answer
        .words
        .map(|w| work.keys().seal("answers.words", id, w))
        .transpose()?;
    let sql = "INSERT INTO answers (id, attempt_id, callback_id, customer_id, seq, item, answer, rating, words, \
               answered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let values = params![
        id,
        answer.attempt.0,
        answer.callback.0,
        answer.customer.0,
        seq,
        answer.given.item.as_str(),
        answer.given.answer.as_str(),
        answer.given.rating.map(i64::from),
        words,
        millis(work.now()),
    ];
    work.execute(sql, values).await.map(|_| ())
}

/// Marks all answers so far of an attempt as carried over from another.
///
/// # Errors
/// What the database says.
pub async fn mark_carried(work: &UnitOfWork, attempt: AttemptId, from: AttemptId) -> Result<()> {
    let sql = "UPDATE answers SET carried_from = $1 WHERE attempt_id = $2";
    work.execute(sql, params![from.0, attempt.0])
        .await
        .map(|_| ())
}

/// An answer as it is shown.
#[derive(Clone, Debug)]
pub struct AnswerRow {
    /// The attempt.
    pub attempt_id: AttemptId,
    /// The item's code, the answer and the rating.
    pub given: GivenAnswer,
    /// The customer's own words.
    pub words: Option<String>,
    /// When it was given.
    pub answered_at: Instant,
    /// It was given to another callback in the same conversation.
    pub carried: bool,
}

#[derive(FromQueryResult)]
struct AnswerDbRow {
    id: Uuid,
    attempt_id: Uuid,
    item: String,
    answer: String,
    rating: Option<i64>,
    words: Option<Vec<u8>>,
    answered_at: i64,
    carried_from: Option<Uuid>,
}

/// Answers of a callback in sight, in the order in which they were given.
///
/// # Errors
/// What the database says.
pub async fn list_answers(
    db: &impl Reads,
    scope: &Scope,
    callback: CallbackId,
) -> Result<Vec<AnswerRow>> {
    let mut select = Select::new(
        "SELECT n.id, n.attempt_id, n.item, n.answer, n.rating, n.words, n.answered_at, n.carried_from FROM answers n \
         JOIN attempts a ON a.id = n.attempt_id JOIN callbacks b ON b.id = n.callback_id",
    );
    select
        .scope(scope, "b.org_id")
        .own(scope, "b.customer_id")
        .filter("n.callback_id = ?", params![callback.0]);
    select.then("ORDER BY a.seq, n.seq LIMIT 2000", Vec::new());
    let keys = db.keys();
    let rows: Vec<AnswerDbRow> = select.list(db).await?;
    rows.into_iter()
        .map(|r| {
            Ok(AnswerRow {
                attempt_id: AttemptId(r.attempt_id),
                given: GivenAnswer {
                    item: r.item,
                    answer: Answer::parse(&r.answer)?,
                    rating: r.rating.and_then(|n| u8::try_from(n).ok()),
                },
                words: r
                    .words
                    .map(|w| keys.open("answers.words", r.id, &w))
                    .transpose()?,
                answered_at: instant(r.answered_at),
                carried: r.carried_from.is_some(),
            })
        })
        .collect()
}
