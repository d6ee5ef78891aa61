//! Problem tickets and their history, and the lists of bancassurance problem cases.

mod case;
mod entries;
mod export;
mod filter;
mod list_rows;
mod problem_lists;
mod read;
mod row;
mod timeliness;
mod write;

pub use case::{TicketCase, find_case, find_case_of_ticket, find_case_of_unit, find_post_holders};
pub use entries::{NewTicketEntry, TicketEntryRow, insert_ticket_entry, list_ticket_entries};
pub use export::{ExportedTicket, export_tickets};
pub use filter::TicketFilter;
pub use list_rows::{ListedCase, ProblemListRow, list_listed_cases, list_problem_list_rows};
pub use problem_lists::{
    ListRecipient, NewProblemList, ProblemListHead, count_unread_lists, find_problem_list,
    insert_list_recipient, insert_problem_list, list_problem_lists, list_recipients,
    mark_list_read,
};
pub use read::{
    TicketCounts, count_tickets, find_ticket, find_ticket_by_number, list_ticket_ids, list_tickets,
    list_tickets_of_callback, list_tickets_raised, list_to_escalate, read_ticket_counts,
};
pub use row::{Cause, TicketRow};
pub use timeliness::{TimelinessSum, list_timeliness};
pub use write::{
    NewTicket, TicketChange, TicketDates, TicketMark, TicketSource, insert_ticket,
    make_letter_case, save_escalation, save_ticket,
};
