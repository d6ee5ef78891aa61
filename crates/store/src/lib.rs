//! Rows, queries and transactions.
//!
//! One query text serves SQLite and PostgreSQL; what differs between them lives in [`dialect`].
//! Reading takes anything that [`Reads`]; writing takes a [`UnitOfWork`], which cannot be committed
//! without an audit entry. Personal data leaves this crate as the types of `domain::customers`, whose
//! `Display` is the mask.

pub mod audit;
pub mod dialect;
mod entropy;
mod error;
pub mod sealing;
mod sql;
mod unit_of_work;

pub mod access;
pub mod backups;
pub mod callbacks;
pub mod campaigns;
pub mod care;
pub mod customers;
pub mod data_quality;
pub mod doctor;
pub mod duplicates;
pub mod electronic;
pub mod exports;
pub mod files;
pub mod imports;
pub mod information;
pub mod jobs;
pub mod letters;
pub mod messaging;
pub mod numbers;
pub mod obligations;
pub mod orgs;
pub mod plans;
pub mod policies;
pub mod questionnaires;
pub mod recordings;
pub mod reports;
pub mod retention;
pub mod risk;
pub mod rules;
pub mod segments;
pub mod service;
pub mod settings;
pub mod surveys;
pub mod telephony;
pub mod tickets;
pub mod timeline;
pub mod visits;

pub use audit::{Audit, AuditActor, AuditEntry, AuditFilter, AuditRow, list_audit_entries};
pub use dialect::connect::{DatabaseUrl, Store};
pub use dialect::{Backend, Turn};
pub use entropy::{Entropy, Ids};
pub use error::StoreError;
pub use sql::{Page, PageKey};
pub use unit_of_work::{Reads, Snapshot, UnitOfWork};

/// What most functions of this crate return.
pub type Result<T> = std::result::Result<T, StoreError>;
