//! Scheduled contacts: obligations that a message discharges, from the day on which they are owed to the proof that
//! the customer was told, or the reason why not.

mod due;
mod list;
mod records;

pub use due::{
    DueContact, OverdueContact, insert_lapses, is_contact_due, mark_taken_up, read_due_contacts,
    read_overdue_contacts,
};
pub use list::{CareFilter, CareRow, count_contacts, find_contact, list_contacts};
pub use records::{ContactRecord, NewRecord, find_record, insert_record};
