//! Callbacks, attempts and answers.

mod answers;
mod attempts;
mod entries;
mod export;
mod filter;
mod find;
mod list;
mod notes;
mod reviews;
pub(crate) mod row;
mod signals;
mod trails;
mod work;
mod workbench;

pub use answers::{AnswerRow, NewAnswer, insert_answer, list_answers};
pub use attempts::{
    AttemptRow, NewAttempt, find_open_attempt, insert_attempt, list_attempts, save_attempt,
};
pub use entries::{EntryRow, insert_entry, list_entries};
pub use export::{
    ExportWindow, ExportedAnswer, ExportedAttempt, ExportedCallback, export_answers,
    export_attempts, export_callbacks,
};
pub use filter::CallbackFilter;
pub use find::{find_callback, find_callback_by_number, find_next_callback, list_siblings};
pub use list::{count_callbacks, list_callback_ids, list_callbacks};
pub use notes::{NoteRow, insert_note, list_notes};
pub use reviews::{
    NewReview, ReviewRow, VerdictCount, acknowledge_review, count_guidance, count_verdicts,
    insert_review, list_guidance, list_reviews, list_unreviewed,
};
pub use row::CallbackRow;
pub use signals::{
    NewSignal, SignalFilter, SignalRow, decide_signal, find_signal, insert_signal, list_signals,
    list_signals_of_callback,
};
pub use trails::{TrailRow, list_trails};
pub use work::{
    CallbackRecord, Saved, discharge_obligation, find_language, find_record,
    insert_completed_event, open_deemed_right, save_change,
};
pub use workbench::{CallbackCounts, CallerDay, list_caller_day, read_counts};
