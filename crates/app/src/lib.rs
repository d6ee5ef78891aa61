//! Use cases: may this actor? load, decide, save, record, enqueue — in one transaction.
//!
//! Every use case takes an [`Actor`](domain::access::Actor) and the present moment. Pages, the JSON
//! API, jobs and the command line call the same ones.

pub mod access;
pub mod approvals;
pub mod audit;
pub mod backups;
pub mod callbacks;
pub mod campaigns;
pub mod care;
pub mod customers;
pub mod data_quality;
pub mod doctor;
pub mod duplicates;
pub mod electronic;
mod error;
pub mod exports;
mod files;
pub mod imports;
pub mod information;
pub mod jobs;
pub mod keys;
pub mod letters;
mod listing;
pub mod messaging;
pub mod obligations;
pub mod paper;
pub mod plans;
pub mod policies;
pub mod quality;
pub mod questionnaires;
pub mod recordings;
pub mod reports;
pub mod retention;
pub mod risk;
pub mod rules;
pub mod segments;
pub mod service;
mod state;
pub mod surveys;
pub mod telephony;
pub mod tickets;
pub mod visits;

pub use error::{Error, FieldProblem, Refusal};
pub use files::OpenFile;
pub use listing::Listed;
pub use state::{App, Letterhead, Passwords};

/// What use cases return.
pub type Result<T> = std::result::Result<T, Error>;
