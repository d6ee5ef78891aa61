//! On-site visits with their history, slips of sales visits, gatherings, formatted questionnaires.

mod entries;
mod formatted;
mod gatherings;
mod quota;
mod read;
mod receipts;
mod row;
mod slip_row;
mod slips;
mod write;

pub use entries::{VisitEntryRow, insert_visit_entry, list_visit_entries};
pub use formatted::{
    FormattedEntryRow, FormattedRow, NewFormatted, count_filed_visits, find_formatted,
    insert_formatted, insert_formatted_entry, list_formatted, list_formatted_entries,
    save_formatted, write_formatted,
};
pub use gatherings::{
    GatheringRow, NewGathering, ParticipantRow, add_participant, find_gathering, insert_gathering,
    list_gatherings, list_participants, remove_participant, save_gathering, set_attendance,
};
pub use quota::{QuotaSum, VisitorSum, list_quota, list_quota_visitors};
pub use read::{
    VisitFilter, count_visits, find_open_visit_of_callback, find_visit, find_visit_by_number,
    list_visits,
};
pub use receipts::{
    FinishedCallback, ReceiptRow, find_planned_callback, insert_receipt, list_confirmed_suspicions,
    list_finished_callbacks, list_receipts,
};
pub use row::VisitRow;
pub use slip_row::SlipRow;
pub use slips::{
    CalledBack, EndedVisit, NewSlip, SlipFilter, count_slips, end_slip, find_slip,
    find_slip_by_number, insert_sales_visit_event, insert_slip, list_slips, save_slip_callback,
    save_slip_state, save_verification,
};
pub use write::{FormChange, NewVisit, VisitChange, insert_visit, save_visit};

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
