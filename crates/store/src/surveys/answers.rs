//! Taking answers. What is written here about an anonymous survey names nobody: ids and places are
//! drawn by chance, the moment is a day, and the token is gone when the answer is there.

use super::row::{Row, SELECT, SurveyRow, read};
use crate::sql::{Select, count, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::ids::SurveyId;
use domain::surveys::Verdict;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// The survey behind a token.
#[derive(Clone, Debug)]
pub struct Door {
    /// The survey.
    pub survey: SurveyRow,
    /// The invitation that the token belongs to, in a named survey.
    pub invitation: Option<Uuid>,
    /// The token is the one for everybody.
    pub is_open: bool,
}

#[derive(FromQueryResult)]
struct TokenRow {
    survey_id: Uuid,
    invitation_id: Option<Uuid>,
}

/// The survey behind a token, by its text and its hash.
///
/// # Errors
/// What the database says.
pub async fn find_door(db: &impl Reads, token: &str, hash: &[u8; 32]) -> Result<Option<Door>> {
    let sql = "SELECT survey_id, invitation_id FROM survey_tokens WHERE token_hash = $1";
    let found: Option<TokenRow> = crate::sql::find(db, sql, params![hash.to_vec()]).await?;
    let mut select = Select::new(SELECT);
    match &found {
        Some(found) => select.filter("s.id = ?", params![found.survey_id]),
        None => select.filter("s.open_token = ?", params![token]),
    };
    let rows: Vec<Row> = select.list(db).await?;
    let survey = rows.into_iter().next().map(|r| read(db, r)).transpose()?;
    Ok(survey.map(|survey| Door {
        survey,
        is_open: found.is_none(),
        invitation: found.and_then(|f| f.invitation_id),
    }))
}

/// Spends a token.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when it was spent.
pub async fn delete_token(work: &UnitOfWork, hash: &[u8; 32]) -> Result<()> {
    let sql = "DELETE FROM survey_tokens WHERE token_hash = $1";
    work.execute_one(sql, params![hash.to_vec()]).await
}

/// Whether a form of the open link was sent before.
///
/// # Errors
/// What the database says.
pub async fn is_nonce_known(db: &impl Reads, nonce: &str) -> Result<bool> {
    let sql = "SELECT COUNT(*) AS n FROM survey_answers WHERE form_nonce = $1";
    Ok(count(db, sql, params![nonce]).await? > 0)
}

/// A questionnaire that came in.
#[derive(Clone, Copy, Debug)]
pub struct NewAnswer<'n> {
    /// The survey.
    pub survey: SurveyId,
    /// The day.
    pub on: NaiveDate,
    /// Whether it counts.
    pub verdict: Verdict,
    /// What tells a form of the open link that is sent twice.
    pub nonce: Option<&'n str>,
    /// Whose it is, in a named survey.
    pub invitation: Option<Uuid>,
    /// What was answered.
    pub items: &'n [NewItem<'n>],
}

/// One thing that was answered.
#[derive(Clone, Copy, Debug)]
pub struct NewItem<'n> {
    /// Place of the question from nought.
    pub question: i64,
    /// Option or rating.
    pub chosen: Option<i64>,
    /// Own words.
    pub words: Option<&'n str>,
}

/// An id and a place that tell neither when nor after whom.
fn by_chance(work: &UnitOfWork) -> (Uuid, i64) {
    let mut bytes = [0; 24];
    work.entropy().fill(&mut bytes);
    let (mut id, mut place) = ([0; 16], [0; 8]);
    id.copy_from_slice(&bytes[..16]);
    place.copy_from_slice(&bytes[16..]);
    let id = uuid::Builder::from_random_bytes(id).into_uuid();
    (id, i64::from_be_bytes(place) & i64::MAX)
}

/// Keeps a questionnaire.
///
/// # Errors
/// What the database says.
pub async fn insert_answer(work: &UnitOfWork, new: &NewAnswer<'_>) -> Result<()> {
    let (id, place) = by_chance(work);
    let sql = "INSERT INTO survey_answers (place, id, survey_id, answered_on, verdict, form_nonce) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let values = params![
        place,
        id,
        new.survey.0,
        new.on,
        new.verdict.as_str(),
        new.nonce
    ];
    work.execute(sql, values).await?;
    for item in new.items {
        let (item_id, place) = by_chance(work);
        let words = item
            .words
            .map(|w| work.keys().seal("survey_answer_items.words", item_id, w));
        let sql = "INSERT INTO survey_answer_items (place, id, answer_id, survey_id, question, chosen, words, is_valid) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let values = params![
            place,
            item_id,
            id,
            new.survey.0,
            item.question,
            item.chosen,
            words.transpose()?,
            new.verdict.is_valid(),
        ];
        work.execute(sql, values).await?;
    }
    if let Some(invitation) = new.invitation {
        let sql = "INSERT INTO survey_named_answers (answer_id, invitation_id) VALUES ($1, $2)";
        work.execute(sql, params![id, invitation]).await?;
    }
    Ok(())
}
