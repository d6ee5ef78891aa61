//! Problem tickets and their history.

mod entries;
mod export;
mod filter;
mod read;
mod row;
mod write;

pub use entries::{TicketEntryRow, insert_ticket_entry, list_ticket_entries};
pub use export::{ExportedTicket, export_tickets};
pub use filter::TicketFilter;
pub use read::{
    TicketCounts, count_tickets, find_ticket, find_ticket_by_number, list_tickets,
    list_tickets_of_callback, read_ticket_counts,
};
pub use row::TicketRow;
pub use write::{NewTicket, TicketChange, insert_ticket, save_ticket};
