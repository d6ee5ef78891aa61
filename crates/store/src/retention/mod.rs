//! What terms are computed from, legal holds, destruction, requests of people about their own data.

mod batches;
mod copied;
mod destroy;
mod effects;
mod holds;
mod items;
mod kept;
mod merged;
mod records;
mod request_steps;
mod requests;

pub use batches::{
    BatchChange, BatchRow, NewBatch, find_batch, insert_batch, list_batches, lock_open_batches,
    save_batch,
};
pub use copied::{Copied, CopiedEvidence, CopiedNote, load_copied};
pub use destroy::{
    DestroyedFile, delete_recordings, destroy_callbacks, destroy_policy, destroy_tickets,
    destroy_visits, erase_customer, list_files_of_customer, list_files_of_policy,
};
pub use effects::{ask_for_erasure, restrict_customer, withdraw_consent};
pub use holds::{
    HoldFilter, HoldRow, NewHold, find_hold, insert_hold, lift_hold, list_holds, load_active_holds,
};
pub use items::{ItemFilter, ItemRow, NewItem, end_item, insert_items, list_items, sum_items};
pub use kept::{
    KeptCustomer, KeptPolicy, Recordings, Wanted, Whose, list_kept_customers, list_kept_policies,
};
pub use merged::{MergedRecord, list_merged_records};
pub use records::{
    KeptRecord, WhichRecords, destroy_campaign, destroy_gathering, destroy_slip, destroy_survey,
    list_kept_records,
};
pub use request_steps::{
    NewDataRequest, RequestChange, insert_data_request, list_copies, note_copy, save_data_request,
};
pub use requests::{
    DataRequestFilter, DataRequestRow, RequestEntryRow, count_data_requests, find_data_request,
    list_data_requests, list_request_entries,
};
