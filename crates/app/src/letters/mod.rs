//! Letters on paper: made, printed, followed from hand to hand, looked through and entered.

mod apply;
mod batch;
mod desk;
mod list;
mod no_reply;
mod paper;
mod print;
mod refusals;
mod review;
mod step;
mod templates;
mod write;

pub(crate) use batch::print_batch;
pub use batch::{BatchForm, LetterBatch, start_batch};
pub use desk::{Desk, add_scan, remind, work_at_desk};
pub use list::{
    LetterList, LetterPage, LetterQuery, find_letter, letter_page, list_letters, page_of_letters,
};
pub use no_reply::end_unanswered;
pub use print::{PrintedLetter, preview, print_letter};
pub use review::{Changes, ReviewForm};
pub use step::{StepForm, possible_steps, take_step};
pub(crate) use templates::install;
pub use templates::{DraftForm, TemplateWords, decide_template, draft_template, list_templates};
pub use write::write_letter;
