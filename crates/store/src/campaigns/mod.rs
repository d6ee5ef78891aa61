//! Callback campaigns: plans with their lists, steps and measures, and the events that set callbacks off.

mod events;
mod members;
mod pick;
mod read;
mod steps;
mod write;

pub use events::{insert_contact_events, withdraw_contact};
pub use members::{
    CampaignSums, MemberFilter, MemberRow, find_member, list_listers, list_members, sum_members,
};
pub use pick::{Selection, find_customers_by_number, select_customers};
pub use read::{
    CampaignFilter, CampaignRow, find_campaign, find_campaign_by_number, list_campaigns,
};
pub use steps::{
    MeasureRow, StepRow, finish_measure, forget_step, insert_measure, list_measures, list_steps,
    record_step,
};
pub use write::{
    CampaignText, NewCampaign, NewMember, delete_member, insert_campaign, insert_members,
    remove_member, save_analysis, save_preparation, save_state, save_text,
};

use crate::Result;
use crate::sealing::Keyring;
use uuid::Uuid;

/// Opens a sealed text that may be missing.
fn open(keys: &Keyring, column: &str, id: Uuid, sealed: Option<Vec<u8>>) -> Result<Option<String>> {
    sealed.map(|s| keys.open(column, id, &s)).transpose()
}

/// Seals a text that may be missing.
fn seal(keys: &Keyring, column: &str, id: Uuid, text: Option<&str>) -> Result<Option<Vec<u8>>> {
    text.map(|t| keys.seal(column, id, t)).transpose()
}
