//! One step for many tickets: chosen rows, or all that a filter finds. Each ticket is a case of its own;
//! what one refuses does not hold up the others.

use super::page::{TicketQuery, filter};
use super::step::{StepForm, permission_of, take_step};
use crate::{App, Error, Result};
use domain::access::Actor;
use domain::ids::TicketId;
use domain::time::Instant;
use store::tickets as rows;

/// Tickets that are worked on in one go.
const BULK_MAX: usize = 1_000;
/// Steps that need no words of their own for each case.
const STEPS: [&str; 4] = ["issue", "accept", "remind", "transfer"];

/// Which tickets.
#[derive(Clone, Debug)]
pub enum BulkTarget {
    /// These.
    Ids(Vec<TicketId>),
    /// All that a filter finds.
    Filter(TicketQuery),
}

/// What became of it.
#[derive(Clone, Debug, Default)]
pub struct BulkReport {
    /// How many took the step.
    pub done: usize,
    /// Numbers of those that did not, each with the code of the reason.
    pub refused: Vec<(String, String)>,
    /// The filter found more than are worked on in one go.
    pub more: bool,
}

/// Takes one step with many tickets.
///
/// # Errors
/// When the actor may not, or the step is not one for many. Single refusals are in the report.
pub async fn take_steps(
    app: &App,
    actor: &Actor,
    now: Instant,
    target: &BulkTarget,
    form: &StepForm,
) -> Result<BulkReport> {
    if !STEPS.contains(&form.step.as_str()) {
        return Err(Error::invalid("step", "unknown-code"));
    }
    let scope = actor.scope(permission_of(&form.step))?;
    if actor.user().is_none() {
        return Err(crate::Refusal::new("person-needed").into());
    }
    let most = i64::try_from(BULK_MAX + 1).unwrap_or(i64::MAX);
    let mut ids = match target {
        BulkTarget::Ids(ids) => ids.clone(),
        BulkTarget::Filter(query) => {
            let filter = filter(app, actor, &scope, now, query).await?;
            rows::list_ticket_ids(app.store(), &scope, &filter, most).await?
        }
    };
    let mut report = BulkReport {
        more: ids.len() > BULK_MAX,
        ..BulkReport::default()
    };
    ids.truncate(BULK_MAX);
    for id in ids {
        let Some(ticket) = rows::find_ticket(app.store(), &scope, id).await? else {
            continue;
        };
        match take_step(app, actor, now, id, form).await {
            Ok(_) => report.done += 1,
            Err(Error::Refused(refusal)) => {
                report
                    .refused
                    .push((ticket.number, refusal.code.to_owned()));
            }
            Err(Error::Conflict) => report.refused.push((ticket.number, "conflict".to_owned())),
            Err(other) => return Err(other),
        }
    }
    Ok(report)
}
