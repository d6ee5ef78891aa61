//! The quality of what is known of customers: examined in the background, read, explained, cleaned up, verified.

mod board;
mod check;
mod cleanups;
mod compare;
mod completion;
mod contacts;
mod due;
mod examine;
mod housekeeping;
mod page;
mod read_rules;
mod refusals;
mod samples;
mod score;
mod worklist;

pub use board::{Board, BoardQuery, Tenths, board};
pub use check::{Passing, check_entry, check_policy};
pub use cleanups::{
    HoldQuery, NumberForm, add_own_number, hold_filter, list_cleanups, list_holds,
    list_own_numbers, remove_own_number,
};
pub use completion::{ToComplete, list_to_complete, page_to_complete};
pub use contacts::{ContactCheck, ContactChecks, contact_checks};
pub use due::DueQuery;
pub use examine::{Examination, examine_due};
pub use page::{
    ExplanationForm, InformationPage, InformationSummary, VerificationForm, explain,
    information_page, summary, verify,
};
pub use read_rules::{CompletionRules, InformationRules};
pub use samples::{JudgeForm, SampleQuery, draw, judge, list_samples, rectify, sample};
pub use worklist::{
    AssignForm, AssignReport, AssignTarget, FindingQuery, assign, finding_filter, list_assignees,
    list_due, list_findings, page_of_findings,
};
