//! Obligations, exclusions, and the planner's queue.

mod begun;
mod exclusions;
mod numbers;
mod plan;
mod queue;
mod read;
mod runs;

pub(crate) use begun::HAS_BEGUN;
pub use begun::read_begun;
pub use exclusions::{ExclusionFilter, ExclusionRow, list_exclusions};
pub use numbers::take_numbers;
pub use plan::{
    EventCase, ExistingObligation, NewObligation, PlannedExclusion, PlannedObligation, PolicyCase,
    Span, cancel_obligation, completed_at, delete_exclusions, insert_exclusions,
    insert_obligations, open_deemed_right, read_event_policies, read_events, read_exclusions,
    read_obligations, read_policies, reclass_obligation, redate_obligation, reopen_obligation,
};
pub use queue::{
    QueueEntry, QueueKind, enqueue, enqueue_everything, find_due_entries, remove_entries,
    shrink_entry,
};
pub use read::{
    ObligationFilter, ObligationOrder, ObligationRow, count_obligations, find_obligation_by_number,
    list_obligations,
};
pub use runs::{
    ExtractionRun, RunCount, RunSums, add_to_extraction, find_extraction_run, finish_extraction,
    list_extraction_counts, list_extraction_runs, start_extraction,
};

pub use crate::numbers::take_number;
