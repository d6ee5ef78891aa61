//! Policies, receipts and events.

mod bulk;
mod events;
mod read;
mod sight;

pub use bulk::{
    NewReceipt, StatusEvent, adopt_status_events, insert_receipts, insert_status_event,
    put_agent_left, read_policies_of_agent,
};
pub use events::{ClaimRow, EventFilter, EventRow, list_claims, list_events, open_note};
pub use read::{
    PolicyFilter, PolicyRow, count_policies, find_policy, find_policy_by_number, list_policies,
};
pub use sight::{
    list_agent_codes_in_sight, list_customer_nos_in_sight, list_event_ids_in_sight,
    list_policy_nos_in_sight,
};
