//! Facts and decisions of each feature: types, state machines, masking.
//!
//! Everything here is pure. Time, ids and chance come in as parameters; nothing reads a file, a
//! database or the clock. Features are folders, named as in every other crate.

#[macro_use]
mod codes;

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
pub mod ids;
pub mod imports;
pub mod information;
pub mod jobs;
pub mod letters;
pub mod messaging;
pub mod money;
pub mod numbers;
pub mod obligations;
pub mod plans;
pub mod policies;
pub mod quality;
pub mod questionnaires;
pub mod reports;
pub mod retention;
pub mod risk;
pub mod rules;
pub mod segments;
pub mod service;
pub mod surveys;
pub mod telephony;
pub mod tickets;
pub mod time;
pub mod visits;

pub use codes::UnknownCode;
