//! Electronic callbacks: links, sessions, evidence, what was submitted, samples for inspection.

mod evidence;
mod links;
mod list;
mod samples;
mod sessions;
mod submission;

pub use evidence::{EvidenceRow, NewEvidence, append_evidence, list_evidence};
pub use links::{
    LinkChange, LinkRecord, NewLink, count_links, find_link, find_link_by_token, find_live_link,
    insert_link, is_mobile_of_agent, save_link,
};
pub use list::{LinkFilter, LinkRow, find_link_row, list_links, list_links_of_callback};
pub use samples::{
    InspectionRow, NewSample, SampleRow, draw_sample, find_inspection, find_sample,
    list_inspections, list_inspections_of_link, list_population, list_samples, save_inspection,
};
pub use sessions::{
    NewSession, SessionRow, close_sessions, find_session, insert_session, last_code_at, open_stage,
    save_code, take_code_try,
};
pub use submission::{
    Submission, SubmittedAnswer, insert_submission, reopen_callback, reopen_obligation,
};
