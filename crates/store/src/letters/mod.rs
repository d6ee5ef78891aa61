//! Letters on paper, their history, their templates, and the accounts that customers write on them.

mod accounts;
mod batch;
mod entries;
mod filter;
mod read;
mod row;
mod templates;
mod write;

pub use accounts::{AccountRow, NewAccount, find_account, insert_account};
pub use batch::{Candidates, count_batch, list_batch, list_candidates};
pub use entries::{LetterEntryRow, NewLetterEntry, insert_letter_entry, list_letter_entries};
pub use filter::LetterFilter;
pub use read::{
    count_letters, find_letter, find_letter_by_number, list_letters, list_letters_of_callback,
};
pub use row::LetterRow;
pub use templates::{
    NewTemplate, TemplateRow, decide_template, find_template, insert_template, list_templates,
};
pub use write::{
    LetterChange, NewLetter, enter_receipt, insert_letter, note_reminder, save_letter, save_review,
};
