//! Letters whose answer did not come in time: the callback goes on with its next step.

use super::step::{StepForm, carry_step};
use crate::{App, Result};
use domain::access::{Actor, Permission};
use domain::letters::LetterKind;
use domain::time::{self, Instant};
use store::Audit;
use store::letters::{self as rows, LetterFilter};

/// Letters looked at in one go.
const AT_ONCE: u64 = 200;

/// Ends every fallback letter whose deadline has passed without an answer; gives how many. Those that
/// somebody changes meanwhile wait for the next time.
///
/// # Errors
/// What the store says.
pub async fn end_unanswered(app: &App, now: Instant) -> Result<usize> {
    let actor = Actor::system();
    let scope = actor.scope(Permission::LettersHandle)?;
    let mut filter = LetterFilter {
        kind: Some(LetterKind::Fallback),
        overdue_on: Some(time::date_in_china(now)),
        ..LetterFilter::default()
    };
    let mut ended = 0;
    loop {
        let page = rows::list_letters(app.store(), &scope, &filter, AT_ONCE).await?;
        for letter in &page.rows {
            let work = app.store().begin(now).await?;
            let form = StepForm {
                step: "no_reply".into(),
                ..StepForm::default()
            };
            // One letter that does not fit must not hold up the others.
            match carry_step(app, &work, &actor, letter, &form).await {
                Ok((_, first, others)) => {
                    work.commit(Audit::with(first, others)).await?;
                    ended += 1;
                }
                Err(error) => {
                    work.roll_back().await?;
                    tracing::warn!(letter = letter.number, %error, "a letter without an answer stays");
                }
            }
        }
        match page.next {
            Some(next) => filter.after = Some(next),
            None => return Ok(ended),
        }
    }
}
