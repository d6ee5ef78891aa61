//! Policies, receipts and events.

mod bulk;

pub use bulk::{
    NewReceipt, StatusEvent, adopt_status_events, insert_receipts, insert_status_event,
    put_agent_left,
};
