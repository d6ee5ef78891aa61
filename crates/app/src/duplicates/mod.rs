//! Customers who may be one: comparing them, deciding on pairs, merging and taking merges back.

mod compare;
mod decide;
mod estimate;
mod list;
mod measure;
mod merge;
mod model;
mod page;
mod unmerge;

pub use compare::{CompareReport, compare_due, is_waiting};
pub use decide::{DecisionForm, ManyReport, decide, decide_many};
pub use estimate::{EstimatePage, estimate_page};
pub use list::{DuplicateQuery, list_duplicates};
pub use measure::{
    KnownPair, KnownPairs, Measured, MeasuredKind, MeasuredLine, NumberPairs, ask_for_all, measure,
};
pub use merge::{MergeForm, MergeProposal, Merging, merge};
pub(crate) use merge::{carry_out, put_back};
pub use page::{
    CustomerDuplicates, DuplicatePage, FieldLine, Summary, customer_duplicates, duplicate_page,
    summary,
};
pub use unmerge::unmerge;
