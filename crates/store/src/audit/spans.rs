//! Walking along the entries of a lane: every place filled, every entry as it was written.

use super::content::{StoredEntry, code, leaf};
use super::heads::Head;
use super::merkle::Tree;
use super::verify::{BadEntry, Flaw, Problem};
use crate::sql::{count, find, list, params};
use crate::{Reads, Result};

/// Entries that are read at once.
const BATCH: i64 = 2_000;
/// Places that are tried for an entry whose code does not fit its own, to tell a moved entry from a
/// changed one.
const PLACES_TRIED: i64 = 200_000;

/// Consecutive places of a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub lane: i64,
    pub first: i64,
    pub last: i64,
}

impl Span {
    pub(super) fn count(self) -> i64 {
        self.last - self.first + 1
    }
}

/// Walks along a span and adds its entries to a tree. The first thing that is wrong is returned, the
/// rest is walked all the same.
pub(super) async fn walk(
    db: &impl Reads,
    heads: &[Head],
    span: Span,
    tree: &mut Tree,
) -> Result<Option<Problem>> {
    let (mut problem, mut expected, mut last) = (None, span.first, None);
    loop {
        let rows = read(db, span, expected).await?;
        let full = i64::try_from(rows.len()) == Ok(BATCH);
        for row in rows {
            let place = row.place.unwrap_or_default();
            let bytes = row.content().bytes(span.lane, place);
            tree.push(leaf(&bytes));
            if problem.is_none() {
                problem = if place < expected {
                    Some(Problem::at(Flaw::Inserted, &row))
                } else if place > expected {
                    Some(Problem::at(Flaw::Removed, &row).missing(place - expected))
                } else if row.mac.as_deref() == Some(code(db.keys(), &bytes).as_slice()) {
                    None
                } else {
                    Some(Problem::at(moved_or_changed(db, heads, &row), &row))
                };
            }
            expected = place + 1;
            last = Some(row);
        }
        if !full {
            break;
        }
    }
    if problem.is_none() && expected <= span.last {
        let missing = span.last - expected + 1;
        let before = match last {
            Some(row) => Some(row),
            None => neighbour(db, span.lane, expected).await?,
        };
        let flaw = if goes_on(db, span).await? {
            Flaw::Removed
        } else {
            Flaw::Truncated
        };
        let entry = before.map(|row| BadEntry::of(&row));
        problem = Some(
            Problem {
                entry,
                ..Problem::of(flaw)
            }
            .missing(missing)
            .after(),
        );
    }
    Ok(problem)
}

async fn read(db: &impl Reads, span: Span, from: i64) -> Result<Vec<StoredEntry>> {
    let sql = format!(
        "SELECT {} FROM audit_entries WHERE lane = $1 AND place >= $2 AND place <= $3 ORDER BY place LIMIT {BATCH}",
        StoredEntry::COLUMNS
    );
    list(db, &sql, params![span.lane, from, span.last]).await
}

/// The last entry of a lane before a place.
pub(super) async fn neighbour(
    db: &impl Reads,
    lane: i64,
    place: i64,
) -> Result<Option<StoredEntry>> {
    let sql = format!(
        "SELECT {} FROM audit_entries WHERE lane = $1 AND place < $2 ORDER BY place DESC LIMIT 1",
        StoredEntry::COLUMNS
    );
    find(db, &sql, params![lane, place]).await
}

async fn goes_on(db: &impl Reads, span: Span) -> Result<bool> {
    let sql = "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM audit_entries WHERE lane = $1 AND place > $2 LIMIT 1) \
               AS rest";
    Ok(count(db, sql, params![span.lane, span.last]).await? > 0)
}

/// The last place of a lane that an entry has.
pub(super) async fn last_place(db: &impl Reads, lane: i64) -> Result<i64> {
    let sql = "SELECT COALESCE(MAX(place), 0) AS n FROM audit_entries WHERE lane = $1";
    count(db, sql, params![lane]).await
}

/// The first entry of a lane beyond a place.
pub(super) async fn beyond(db: &impl Reads, lane: i64, place: i64) -> Result<Option<Problem>> {
    let sql = format!(
        "SELECT {} FROM audit_entries WHERE lane = $1 AND place > $2 ORDER BY place LIMIT 1",
        StoredEntry::COLUMNS
    );
    let row = find::<StoredEntry>(db, &sql, params![lane, place]).await?;
    Ok(row.map(|row| Problem::at(Flaw::Inserted, &row)))
}

/// An entry that is in no lane, when there are more entries than the lanes hold.
pub(super) async fn astray(db: &impl Reads, held: i64) -> Result<Option<Problem>> {
    if count(db, "SELECT COUNT(*) AS n FROM audit_entries", Vec::new()).await? <= held {
        return Ok(None);
    }
    let sql = format!(
        "SELECT {} FROM audit_entries WHERE lane IS NULL OR lane NOT IN (SELECT lane FROM audit_heads) \
         OR place IS NULL OR place < 1 ORDER BY at, id LIMIT 1",
        StoredEntry::COLUMNS
    );
    let row = find::<StoredEntry>(db, &sql, Vec::new()).await?;
    Ok(row.map(|row| Problem::at(Flaw::Inserted, &row)))
}

/// Whether an entry whose code does not fit belongs to another place.
fn moved_or_changed(db: &impl Reads, heads: &[Head], row: &StoredEntry) -> Flaw {
    let own = |head: &&Head| Some(head.lane) == row.lane;
    let others = heads.iter().filter(|h| !own(h));
    let mut tries = PLACES_TRIED;
    for head in heads.iter().filter(own).chain(others) {
        let last = head.entries.min(tries);
        if (1..=last).any(|place| row.belongs_at(db.keys(), head.lane, place)) {
            return Flaw::Reordered;
        }
        tries -= last;
    }
    Flaw::Changed
}
