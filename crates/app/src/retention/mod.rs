//! Keeping and destroying records, and what people may ask about their own data.
//!
//! Terms come from rule packs (`schedule`), the clocks from what is stored (`terms`). A batch is
//! proposed (`propose`), approved by another person (`batches`) and carried out by a job (`execute`)
//! that looks at every term and hold again.

mod batches;
mod copy;
mod execute;
mod grounds;
mod holds;
mod propose;
mod request_steps;
mod requests;
mod schedule;
mod terms;

pub use batches::{
    BatchPage, RetentionPage, batch_page, certificate_csv, retention_page, take_batch_step,
};
pub(crate) use copy::make_copy;
pub use copy::{open_copy, start_copy};
pub(crate) use execute::execute;
pub use grounds::{Ground, grounds};
pub use holds::{HoldForm, HoldList, HoldQuery, lift, list_holds, place, standing_holds};
pub use propose::propose;
pub use request_steps::{RequestStepForm, take_request_step};
pub use requests::{
    DataRequestForm, DataRequestList, DataRequestPage, DataRequestQuery, create_request,
    list_requests, request_page,
};
pub use schedule::{ScheduleLine, Source, schedule};
pub use terms::{PolicyTerms, RecordTerm, policy_terms};
