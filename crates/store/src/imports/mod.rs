//! Imports: writing records by their natural keys, and the runs that people see.

mod entities;
mod runs;
mod upsert;

pub use entities::{AGENTS, CONTACTS, CUSTOMERS, EVENTS, ORGS, POLICIES};
pub use runs::{
    ImportRun, Rejection, find_import_run, finish_run, interrupt_run, list_import_rejections,
    list_import_runs, note_progress, start_run,
};
pub use upsert::{
    Column, Entity, Fate, Field, FieldChange, Outcome, Record, Target, load_agents, load_orgs,
    lookup_customers, lookup_policies, upsert,
};
