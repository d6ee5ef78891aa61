//! Work that takes longer than a request: queued in the transaction that wants it, run by any server,
//! with progress that pages show.
//!
//! Jobs are thin: each calls one use case, with the rights that its owner has when it runs. A job
//! whose server was killed is taken up again when its lease ends, and ends in the same state.

mod batches;
mod files;
mod list;
mod perform;
mod queue;
mod run;

pub(crate) use files::new_key;
pub use files::{JobFile, open_file};
pub use list::{JobQuery, JobView, find_job, list_jobs, revive};
pub(crate) use queue::start;
pub use queue::{
    FileToImport, IMPORT_BYTES_MAX, ReportTask, Task, enqueue, start_export, start_import,
    start_import_of_file, start_plan, start_report, start_verification,
};
pub use run::{Clock, run_due};
