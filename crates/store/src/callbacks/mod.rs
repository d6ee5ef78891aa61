//! Callbacks, attempts and answers.

mod announcements;
mod answers;
mod attempts;
mod case;
mod entries;
mod export;
mod filter;
mod find;
mod holders;
mod list;
mod notes;
mod occasion;
mod payouts;
mod reviews;
pub(crate) mod row;
mod signals;
mod spot_checks;
mod trails;
mod work;
mod workbench;

pub use announcements::{Announcement, insert_announcement, read_announcements};
pub use answers::{AnswerRow, NewAnswer, insert_answer, list_answers, mark_carried};
pub use attempts::{
    AttemptEnd, AttemptRow, AuthorisationRow, NewAttempt, find_open_attempt, insert_attempt,
    list_attempts, list_authorisations, save_attempt, share_attempt,
};
pub use case::{CaseRow, find_case};
pub use entries::{EntryRow, insert_entry, list_entries};
pub use export::{
    ExportWindow, ExportedAnswer, ExportedAttempt, ExportedCallback, export_answers,
    export_attempts, export_callbacks,
};
pub use filter::CallbackFilter;
pub use find::{find_callback, find_callback_by_number, find_next_callback, list_siblings};
pub use holders::list_holders;
pub use list::{count_callbacks, list_callback_ids, list_callbacks};
pub use notes::{NoteRow, insert_note, list_notes};
pub use occasion::{OccasionRow, find_occasion};
pub use payouts::{
    FollowUp, PayoutCase, PayoutFilter, PayoutRow, find_payout, list_payouts, save_payout,
};
pub use reviews::{
    NewReview, ReviewRow, VerdictCount, acknowledge_review, count_guidance, count_verdicts,
    insert_review, list_guidance, list_reviews, list_unreviewed,
};
pub use row::CallbackRow;
pub use signals::{
    NewSignal, SignalFilter, SignalRow, decide_signal, find_signal, insert_signal, list_signals,
    list_signals_of_callback,
};
pub use spot_checks::{
    NewSpotCheck, SpotCheckItem, SpotCheckRow, close_spot_check, find_spot_check,
    insert_spot_check, list_called_between, list_callers_of, list_spot_check_items,
    list_spot_checks, mark_corrected, save_judgement,
};
pub use trails::{TrailRow, list_trails};
pub use work::{
    CallbackRecord, Saved, discharge_obligation, find_language, find_record,
    insert_completed_event, keep_callback, look_again, open_deemed_right, save_change,
};
pub use workbench::{CallbackCounts, CallerDay, list_caller_day, read_counts};
