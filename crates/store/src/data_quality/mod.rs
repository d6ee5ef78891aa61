//! The quality of what is known of customers: what is examined and found, when it was verified, what is done
//! about it.

mod around;
mod board;
mod cleanups;
mod completions;
mod contacts;
mod due;
mod findings;
mod holds;
mod known;
mod own_numbers;
mod queue;
mod samples;
mod state;
mod verifications;
mod worklist;

pub use around::{
    Neighbour, Neighbours, Seller, find_insureds_numbers, find_neighbours, find_own, find_sellers,
};
pub use board::{
    BoardBy, BoardRow, CheckCount, DueMonth, Spread, count_checks, count_verifications_due,
    list_board, read_spread,
};
pub use cleanups::{
    CleanupProgress, CleanupRow, NewCleanup, find_cleanup, insert_cleanup, list_cleanups,
};
pub use completions::{
    CompletionRow, Seen, ToFollow, list_completions, read_events_to_follow, read_facts_seen,
};
pub use contacts::read_last_changes;
pub use due::DueFilter;
pub use findings::{
    FindingRow, KeptFinding, end_findings, explain_finding, find_finding, index_finding_anew,
    insert_findings, list_findings_of, read_kept, rewrite_finding,
};
pub use holds::{
    HeldPolicy, HoldFilter, HoldRow, hold_back, list_holds, read_holds, release_holds,
};
pub use known::{Held, Keys, Known, read_held, read_known};
pub use own_numbers::{
    OwnNumberRow, delete_own_number, has_own_number, insert_own_number, list_own_numbers,
};
pub use queue::{Taken, enqueue_due, enqueue_of_agents, take_customers};
pub use samples::{
    NewSample, SampleFilter, SampleRow, draw_policies, find_sample, insert_sample, judge,
    list_samples, rectify,
};
pub use state::{OldState, StateRow, drop_states, find_state, insert_states, read_old_states};
pub use verifications::{
    NewVerification, VerificationRow, VerifyRow, import_callback_verifications,
    insert_verification, list_due_verifications, list_verifications, read_last_verified,
};
pub use worklist::{
    FindingFilter, WorklistRow, assign_findings, count_findings, list_finding_ids, list_findings,
};
