//! Scheduled contacts: reminders, notices and greetings whose day has come.
//!
//! The planner makes obligations of the kind `message`. When their day comes, their messages are asked for
//! in one go ([`take_up()`]); the outbox decides when each goes out and whether it may. A contact that is
//! sent is discharged in the same transaction, one that comes too late is ended with its reason, and what
//! is held back waits in sight for somebody, who may tell the customer otherwise ([`record_contact`]).

mod list;
mod record;
mod take_up;
mod wording;

pub(crate) use list::filter;
pub use list::{
    CareList, CarePage, CareQuery, care_page, list_care, page_of_care, programmes_of_care,
};
pub use record::{RecordForm, record_contact};
pub use take_up::{TakenUp, take_up};
