//! Letters in sight: lists, counts, single ones.

use super::filter::{LetterFilter, filtered};
use super::row::{LetterRow, SELECT, letters};
use crate::sql::{Page, params};
use crate::{Reads, Result};
use domain::access::Scope;
use domain::ids::{CallbackId, LetterId};

/// Letters of one callback at most: a few templates and repetitions.
const OF_CALLBACK_MAX: i64 = 100;

/// Letters in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_letters(
    db: &impl Reads,
    scope: &Scope,
    filter: &LetterFilter,
    limit: u64,
) -> Result<Page<LetterRow>> {
    let mut select = filtered(SELECT, scope, filter);
    select.page_by_id("l.id", true, filter.after.as_ref(), limit);
    let rows = letters(db, select.list(db).await?)?;
    Ok(Page::cut_by_id(rows, limit, |r| r.id.0))
}

/// How many letters a filter finds, at most `cap + 1`.
///
/// # Errors
/// What the database says.
pub async fn count_letters(
    db: &impl Reads,
    scope: &Scope,
    filter: &LetterFilter,
    cap: i64,
) -> Result<i64> {
    let counted = "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM letters l";
    let mut select = filtered(counted, scope, filter);
    select.then("LIMIT ?) AS capped", params![cap + 1]);
    select.count(db).await
}

/// Letters of a callback in sight, the oldest first.
///
/// # Errors
/// What the database says.
pub async fn list_letters_of_callback(
    db: &impl Reads,
    scope: &Scope,
    callback: CallbackId,
) -> Result<Vec<LetterRow>> {
    let filter = LetterFilter {
        callback: Some(callback),
        ..LetterFilter::default()
    };
    let mut select = filtered(SELECT, scope, &filter);
    select.then("ORDER BY l.id LIMIT ?", params![OF_CALLBACK_MAX]);
    letters(db, select.list(db).await?)
}

/// A letter in sight.
///
/// # Errors
/// What the database says.
pub async fn find_letter(
    db: &impl Reads,
    scope: &Scope,
    id: LetterId,
) -> Result<Option<LetterRow>> {
    let mut select = filtered(SELECT, scope, &LetterFilter::default());
    select.filter("l.id = ?", params![id.0]);
    Ok(letters(db, select.list(db).await?)?.pop())
}

/// A letter in sight, by number.
///
/// # Errors
/// What the database says.
pub async fn find_letter_by_number(
    db: &impl Reads,
    scope: &Scope,
    number: &str,
) -> Result<Option<LetterRow>> {
    let mut select = filtered(SELECT, scope, &LetterFilter::default());
    select.filter("l.number = ?", params![number]);
    Ok(letters(db, select.list(db).await?)?.pop())
}
