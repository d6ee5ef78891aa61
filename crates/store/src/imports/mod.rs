//! Imports: writing records by their natural keys, and the runs that people see.

mod entities;
mod kept;
mod lookups;
mod runs;
mod upsert;

pub use entities::{AGENTS, CONTACTS, CUSTOMERS, EVENTS, ORGS, POLICIES};
pub use kept::Kept;
pub use lookups::{load_agents, load_orgs, lookup_customers, lookup_policies};
pub use runs::{
    ImportRun, Rejection, count_silent_runs, find_import_run, finish_run, interrupt_run,
    interrupt_silent_runs, list_import_rejections, list_import_runs, note_progress, start_run,
};
pub use upsert::{Column, Entity, Fate, Field, FieldChange, Outcome, Record, Target, upsert};
