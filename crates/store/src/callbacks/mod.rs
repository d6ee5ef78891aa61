//! Callbacks, attempts and answers.

mod attempts;
mod export;
pub(crate) mod list;
mod work;

pub use attempts::{
    AnswerRow, AttemptRow, EntryRow, NewAnswer, NewAttempt, find_open_attempt, insert_answer,
    insert_attempt, insert_entry, list_answers, list_attempts, list_entries, save_attempt,
};
pub use export::{
    ExportWindow, ExportedAnswer, ExportedAttempt, ExportedCallback, export_answers,
    export_attempts, export_callbacks,
};
pub use list::{
    CallbackCounts, CallbackFilter, CallbackRow, CallerDay, count_callbacks, find_callback,
    find_callback_by_number, find_next_callback, list_callback_ids, list_callbacks,
    list_caller_day, list_siblings, read_counts,
};
pub use work::{
    CallbackRecord, Saved, discharge_obligation, find_language, find_record,
    insert_completed_event, open_deemed_right, save_change,
};
