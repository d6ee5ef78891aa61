//! Problem tickets: opened by answers, worked on by branches, closed by the second callback.

mod next;
mod open;
mod page;
mod step;

pub use next::{NextStep, next_steps};
pub(crate) use open::{
    close_followers, follow_recall, leave_to_second_callback, open_follow_up, open_problem,
    open_ticket,
};
pub(crate) use page::filter;
pub use page::{
    TicketList, TicketPage, TicketQuery, find_ticket, list_handlers, list_tickets, page_of_tickets,
    ticket_page,
};
pub use step::{StepForm, add_evidence, take_step};
