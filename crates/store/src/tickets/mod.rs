//! Problem tickets and their history.

mod export;
mod read;
mod write;

pub use export::{ExportedTicket, export_tickets};
pub use read::{
    TicketCounts, TicketEntryRow, TicketFilter, TicketRow, count_tickets, find_ticket,
    find_ticket_by_number, list_ticket_entries, list_tickets, list_tickets_of_callback,
    read_ticket_counts,
};
pub use write::{NewTicket, TicketChange, insert_ticket, insert_ticket_entry, save_ticket};
