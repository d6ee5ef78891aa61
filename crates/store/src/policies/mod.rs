//! Policies, receipts and events.

mod bulk;
mod events;
mod read;

pub use bulk::{
    NewReceipt, StatusEvent, adopt_status_events, insert_receipts, insert_status_event,
    put_agent_left,
};
pub use events::{ClaimRow, EventFilter, EventRow, list_claims, list_events, open_note};
pub use read::{
    PolicyFilter, PolicyRow, count_policies, find_policy, find_policy_by_number, list_policies,
};
