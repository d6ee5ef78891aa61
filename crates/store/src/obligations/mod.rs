//! Obligations, exclusions, and the planner's queue.

mod begun;
mod cases;
mod contacts;
mod events;
mod exclusions;
mod kept;
mod numbers;
mod plan;
mod queue;
mod read;
mod runs;
mod samples;
mod span;

pub(crate) use begun::HAS_BEGUN;
pub use begun::read_begun;
pub use cases::{CustomerCase, PolicyCase, PolicySpan, Profile, read_customers, read_policies};
pub use contacts::{ContactDuty, discharge_contact, find_contact_duty, reopen_contact};
pub use events::{EventCase, EventSubjects, read_event_subjects, read_events};
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
    QueueEntry, QueueKind, enqueue, enqueue_all, enqueue_changed, enqueue_customer,
    enqueue_everything, enqueue_policies_of, enqueue_policy, find_due_entries, remove_entries,
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
pub use samples::{
    SampleCase, SamplePool, insert_draws, list_sample_calls, list_sample_pool, read_sample_calls,
    read_sample_pool,
};
pub use span::{Of, Span};

pub use crate::numbers::take_number;
