//! The audit log: reading it, noting who looked at what, sealing and verifying it.

mod list;
mod proof;
mod seen;

pub use list::{AuditQuery, find_audit_entry, list_accesses, list_audit_entries, page_of_accesses};
pub(crate) use proof::last_verification;
pub use proof::{
    HeadFlaw, HeadLine, HeadNote, HeadPlace, LastVerification, SealState, VerifyReport, check_head,
    heads_after, note_heads, read_note, seal, seal_state, verify,
};
pub(crate) use seen::{again, seen};
