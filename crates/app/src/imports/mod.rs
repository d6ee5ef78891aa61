//! Imports: streams of rows from files, validated, written by their natural keys.
//!
//! A bad row never stops or half-applies anything: it is listed with its line, column, masked value
//! and reason. Rows are written in chunks, one transaction each, so that an interrupted import can
//! simply be run again.

mod agents;
mod api;
mod contacts;
mod customers;
mod events;
pub mod generate;
mod mapping;
mod ndjson;
mod orgs;
mod policies;
mod reason;
mod row;
mod run;
mod runs;
mod source;
mod workbook;
mod write;

pub use api::{EVENTS_MAX, EventFate, EventProblem, EventResult, put_events};
pub(crate) use customers::COLUMNS as CUSTOMER_COLUMNS;
pub(crate) use events::COLUMNS as EVENT_COLUMNS;
pub use mapping::{Mapping, MappingError};
pub(crate) use policies::COLUMNS as POLICY_COLUMNS;
pub use reason::Reason;
pub use run::{ImportReport, ImportRequest, Progress, columns, import_file};
pub use runs::{ImportPage, give_up_silent, import_page, list_imports, rejections_csv};
pub use source::{Format, SourceError};
