//! Messages to customers: the outbox, its history, texts, and what customers said about being
//! contacted.
//!
//! A message is written in the transaction that wants it. A server takes it with a lease, as it takes
//! jobs; the version of the row is the fence for who was overtaken.

mod addressees;
mod bulk;
mod consents;
mod entries;
mod outbox;
mod read;
mod row;
mod templates;

pub use addressees::{AddresseeRow, find_addressee, list_history};
pub use bulk::insert_messages;
pub use consents::{ConsentRow, NewConsent, insert_consent, list_consents, read_consent};
pub use entries::{MessageEntryRow, list_message_entries};
pub use outbox::{
    MessageChange, NewMessage, change_message, find_once, find_sent, insert_message,
    is_message_due, lift_expiry, list_pending_about, take_message,
};
pub use read::{
    MessageFilter, count_dead, count_messages, count_unserved, find_message, list_messages,
    read_message_text,
};
pub use row::{MessageRow, MessageText};
pub use templates::{
    NewTemplate, TemplateRow, find_template, find_template_in_use, insert_template, list_templates,
    next_version, retire_versions, set_template_state, update_draft,
};
