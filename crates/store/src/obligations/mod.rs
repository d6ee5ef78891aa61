//! Obligations, exclusions, and the planner's queue.

mod begun;
mod cases;
mod exclusions;
mod kept;
mod numbers;
mod plan;
mod queue;
mod read;
mod runs;
mod span;

pub(crate) use begun::HAS_BEGUN;
pub use begun::read_begun;
pub use cases::{
    CustomerCase, EventCase, EventSubjects, PolicyCase, PolicySpan, Profile, read_customers,
    read_event_subjects, read_events, read_policies,
};
pub use exclusions::{ExclusionFilter, ExclusionRow, list_exclusions};
pub use kept::{
    ExistingObligation, PlannedExclusion, PlannedObligation, read_exclusions, read_obligations,
};
pub use numbers::take_numbers;
pub use plan::{
    NewObligation, cancel_obligation, completed_at, delete_exclusions, insert_exclusions,
    insert_obligations, open_deemed_right, reclass_obligation, redate_obligation,
    reopen_obligation,
};
pub use queue::{
    QueueEntry, QueueKind, enqueue, enqueue_all, enqueue_customer, enqueue_everything,
    find_due_entries, remove_entries, shrink_entry,
};
pub use read::{
    ObligationFilter, ObligationOrder, ObligationRow, count_obligations, find_obligation_by_number,
    list_obligations,
};
pub use runs::{
    ExtractionRun, RunCount, RunSums, add_to_extraction, find_extraction_run, finish_extraction,
    list_extraction_counts, list_extraction_runs, start_extraction,
};
pub use span::{Of, Span};

use crate::sql::{find, params};
use crate::{Result, UnitOfWork};
use domain::numbers::{Number, NumberKind};
use sea_orm::FromQueryResult;

#[derive(FromQueryResult)]
struct CounterRow {
    last: i64,
}

/// Takes the next number of a kind and year.
///
/// # Errors
/// What the database says.
pub async fn take_number(work: &UnitOfWork, kind: NumberKind, year: i32) -> Result<Number> {
    let sql = "INSERT INTO number_counters (kind, year, last) VALUES ($1, $2, 1) \
               ON CONFLICT (kind, year) DO UPDATE SET last = number_counters.last + 1 RETURNING last";
    let row = find::<CounterRow>(work, sql, params![kind.as_str(), i64::from(year)]).await?;
    Ok(Number {
        kind,
        year,
        sequence: row.map_or(1, |r| r.last),
    })
}
