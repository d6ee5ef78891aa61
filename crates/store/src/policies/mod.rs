//! Policies, receipts and events.

mod bulk;
mod read;

pub use bulk::{
    NewReceipt, StatusEvent, adopt_status_events, insert_receipts, insert_status_event,
    put_agent_left,
};
pub use read::{
    ClaimRow, EventFilter, EventRow, PolicyFilter, PolicyRow, find_policy, find_policy_by_number,
    list_claims, list_events, list_policies,
};
