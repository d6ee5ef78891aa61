//! What is known of customers over time: the history of facts, corrections that wait for a second person,
//! flags, confirmations, and the outbox to the core system.

mod changes;
mod core;
mod history;
mod marks;
mod profile;

pub use changes::{
    ChangeFilter, ChangeRow, NewChange, count_information_changes, end_information_change,
    find_information_change, insert_information_change, list_information_changes,
};
pub use core::{
    CoreAnswer, CoreFilter, CoreRow, answer_core_change, count_core_changes, find_core_change,
    list_core_changes, mark_core_delivered, reopen_core_change, settle_core_change,
};
pub use history::{
    Confirmation, FactLine, insert_confirmations, list_confirmations, list_fact_lines,
};
pub use marks::{
    MarkRow, StandingMark, end_mark, insert_mark, list_flag_changes, list_happened, list_marks,
    list_standing_marks,
};
pub use profile::{
    Collected, Profile, find_profile, find_same_persons, is_identified_on, list_collected,
    list_latest_events,
};
