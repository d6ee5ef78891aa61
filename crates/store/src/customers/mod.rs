//! Customers and their contact persons. What leaves here is masked by its type.

mod bulk;
mod contacts;
mod derivations;
mod facts;
mod list;
mod overview;
mod ranks;
mod read;
mod relations;
mod search;
mod search_keys;
mod stages;
mod write;

pub use bulk::{follow_changes, follow_classes, list_unrefusing_survivors, lookup_groups};
pub use contacts::{ContactRow, NewContact, list_contacts, remove_contact, save_contact};
pub use derivations::{
    Derived, Span, Subject, enqueue_derivations, enqueue_derivations_of, enqueue_derived,
    enqueue_derived_for_all, enqueue_derived_for_everybody, enqueue_derived_of, has_derivations,
    remove_derivations, shrink_derivation, take_derivations,
};
pub(crate) use facts::note_consent;
pub use facts::{Learned, change_facts, sheet_of};
pub use list::{CustomerFilter, CustomerFlag, count_customers, list_customers};
pub use overview::{
    DutySums, FeedbackRow, PayoutSums, PolicySums, count_open_cases, find_duty_sums,
    find_last_attempt, find_last_message, find_policy_sums, list_feedback, list_payout_sums,
};
pub use ranks::QueueRanks;
pub use read::{CustomerRow, find_customer, find_customer_by_number, list_customers_by_id};
pub(crate) use read::{open_name, shown_name};
pub use relations::{
    Acquaintance, CompanyRow, GroupPolicyRow, RelationRow, end_relation, insert_relation,
    list_acquaintances, list_companies, list_group_policies, list_relations, read_companies_above,
};
pub use search::search_customers;
pub use search_keys::{
    Candidate, NamedRow, cells_of_keys, list_at_address, list_by_keys, list_by_shorter_names,
    read_named, read_other_units, replace_keys, retain_elsewhere,
};
pub use stages::{
    NewStage, StageRow, StagedRow, list_stages, move_stages, read_at_stage, read_holders,
    read_holdings, read_staged, set_stage,
};
pub use write::{NewCustomer, insert_customer};
