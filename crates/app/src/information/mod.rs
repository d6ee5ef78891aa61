//! Collecting and changing what is known of customers: the page of facts with every earlier day, forms,
//! corrections that wait for a second person, flags, new customers, the outbox to the core system, and how
//! promptly facts are entered.

mod changes;
mod confirm;
mod core;
mod demands;
mod edit;
mod entries;
mod flags;
mod marks;
mod new;
mod page;

pub use changes::{ChangeList, ChangeQuery, ChangeView, decide_change, find_change, list_changes};
pub use confirm::confirm_facts;
pub use core::{
    CoreCounts, CoreList, CoreVerdict, Handed, answer_core_changes, hand_over, list_core_changes,
    step_core_change,
};
pub use demands::{Demands, events_to_follow};
pub use edit::{Changed, InformationForm, change_information};
pub use entries::{EntryLine, EntryReport, entry_report};
pub use flags::{Flag, FlaggedBy, flags_of};
pub use marks::{MarkForm, end_flag, set_flag};
pub use new::{NewCustomerForm, create_customer};
pub use page::{FactView, HistoryLine, InformationPage, information_page, summary};
