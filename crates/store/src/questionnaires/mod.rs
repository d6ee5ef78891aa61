//! Questionnaires: versions as they were approved, drafts, the steps of their life, the glossary. Wording
//! is the same for everyone.

mod drafts;
mod glossary;
mod steps;
mod versions;

pub use drafts::{DraftRow, find_draft, insert_draft, list_drafts, update_draft};
pub use glossary::{TermRow, find_term, insert_term, list_terms, update_term};
pub use steps::{ScriptStepRow, insert_step, list_shipped_hashes, list_steps};
pub use versions::{
    StoredQuestionnaire, count_attempts, end_questionnaire, insert_questionnaire,
    load_questionnaires,
};

use crate::settings::{find_setting, put_setting};
use crate::{Reads, Result, UnitOfWork};

/// How often the questionnaires in force or the glossary were changed.
const CHANGES: &str = "questionnaires.changes";

/// How often the questionnaires in force or the glossary were changed, on whatever server.
///
/// # Errors
/// What the database says.
pub async fn count_changes(db: &impl Reads) -> Result<i64> {
    let count = find_setting(db, CHANGES).await?;
    Ok(count.and_then(|c| c.parse().ok()).unwrap_or(0))
}

/// Counts a change, so that every server reads the questionnaires anew.
///
/// # Errors
/// What the database says.
pub async fn count_change(work: &UnitOfWork) -> Result<()> {
    let count = count_changes(work).await? + 1;
    put_setting(work, CHANGES, &count.to_string()).await
}
