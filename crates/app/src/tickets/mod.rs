//! Problem tickets: opened by answers, worked on by branches, closed by the second callback.

mod bulk;
mod clock;
mod contact;
mod escalate;
mod evidence;
mod give;
mod next;
mod open;
mod page;
mod problem_lists;
mod sheet;
mod step;
mod timeliness;

pub use bulk::{BulkReport, BulkTarget, take_steps};
pub use clock::{Clock, ClockDay, DueBasis, Period};
pub use escalate::escalate_overdue;
pub use evidence::add_evidence;
pub use give::{Proposal, list_all_handlers, list_handlers, proposal};
pub use next::{NextStep, next_steps};
pub(crate) use open::{
    Finding, Raised, close_followers, follow_branch, follow_recall, leave_to_second_callback,
    open_follow_up, open_problem, open_ticket, raise,
};
pub(crate) use page::filter;
pub use page::{
    TicketList, TicketPage, TicketQuery, count_tickets, find_ticket, list_tickets, page_of_tickets,
    ticket_page,
};
pub use problem_lists::{
    ListForm, ProblemListPage, find_list, list_lists, make_list, preview_list, read_list,
};
pub use sheet::list_sheet;
pub use step::{StepForm, take_step};
pub use timeliness::{Timeliness, timeliness};
