//! What answers add up to. Counted in the database, question by question.

use crate::sql::{Page, PageKey, Select, list, params};
use crate::{Reads, Result, UnitOfWork};
use domain::ids::SurveyId;
use domain::surveys::Verdict;
use sea_orm::FromQueryResult;
use uuid::Uuid;

#[derive(FromQueryResult)]
struct VerdictRow {
    verdict: String,
    n: i64,
}

/// Questionnaires by verdict.
///
/// # Errors
/// What the database says.
pub async fn count_verdicts(db: &impl Reads, survey: SurveyId) -> Result<Vec<(Verdict, i64)>> {
    let sql =
        "SELECT verdict, COUNT(*) AS n FROM survey_answers WHERE survey_id = $1 GROUP BY verdict";
    let rows: Vec<VerdictRow> = list(db, sql, params![survey.0]).await?;
    let rows = rows
        .into_iter()
        .map(|r| Ok((Verdict::parse(&r.verdict)?, r.n)));
    rows.collect()
}

#[derive(FromQueryResult)]
struct ChosenRow {
    question: i64,
    chosen: i64,
    n: i64,
}

/// How often each option of each question was chosen in valid questionnaires: question, option, count.
///
/// # Errors
/// What the database says.
pub async fn count_chosen(db: &impl Reads, survey: SurveyId) -> Result<Vec<(i64, i64, i64)>> {
    let sql = "SELECT question, chosen, COUNT(*) AS n FROM survey_answer_items \
               WHERE survey_id = $1 AND is_valid = TRUE AND chosen IS NOT NULL GROUP BY question, chosen";
    let rows: Vec<ChosenRow> = list(db, sql, params![survey.0]).await?;
    Ok(rows
        .into_iter()
        .map(|r| (r.question, r.chosen, r.n))
        .collect())
}

#[derive(FromQueryResult)]
struct AnsweredRow {
    question: i64,
    n: i64,
}

/// How many valid questionnaires answered each question: question, count.
///
/// # Errors
/// What the database says.
pub async fn count_answered(db: &impl Reads, survey: SurveyId) -> Result<Vec<(i64, i64)>> {
    let sql = "SELECT question, COUNT(DISTINCT answer_id) AS n FROM survey_answer_items \
               WHERE survey_id = $1 AND is_valid = TRUE GROUP BY question";
    let rows: Vec<AnsweredRow> = list(db, sql, params![survey.0]).await?;
    Ok(rows.into_iter().map(|r| (r.question, r.n)).collect())
}

/// Words that somebody wrote.
#[derive(Clone, Debug)]
pub struct WordsRow {
    /// An id that tells neither when nor whose.
    pub id: Uuid,
    /// The words.
    pub words: String,
}

#[derive(FromQueryResult)]
struct Words {
    id: Uuid,
    words: Vec<u8>,
}

/// What was written to a question in valid questionnaires, in an order made by chance.
///
/// # Errors
/// What the database says.
pub async fn list_words(
    db: &impl Reads,
    survey: SurveyId,
    question: i64,
    after: Option<&PageKey>,
    limit: u64,
) -> Result<Page<WordsRow>> {
    let mut select = Select::new("SELECT id, words FROM survey_answer_items");
    select.filter(
        "survey_id = ? AND is_valid = TRUE AND question = ? AND words IS NOT NULL",
        params![survey.0, question],
    );
    select.page_by_id("id", false, after, limit);
    let rows: Vec<Words> = select.list(db).await?;
    let opened = rows.into_iter().map(|r| {
        Ok(WordsRow {
            words: db
                .keys()
                .open("survey_answer_items.words", r.id, &r.words)?,
            id: r.id,
        })
    });
    let opened: Result<Vec<_>> = opened.collect();
    Ok(Page::cut_by_id(opened?, limit, |r| r.id))
}

/// Ends taking answers: unspent tokens go, and all answers are written by this one transaction, so that
/// no trace of the transactions that took them is left on their rows.
///
/// # Errors
/// What the database says.
pub async fn settle_answers(work: &UnitOfWork, survey: SurveyId) -> Result<u64> {
    for sql in [
        "DELETE FROM survey_tokens WHERE survey_id = $1",
        "UPDATE survey_answer_items SET question = question WHERE survey_id = $1",
    ] {
        work.execute(sql, params![survey.0]).await?;
    }
    let sql = "UPDATE survey_answers SET form_nonce = NULL WHERE survey_id = $1";
    work.execute(sql, params![survey.0]).await
}
