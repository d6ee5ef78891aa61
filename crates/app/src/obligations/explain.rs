//! Why an obligation exists: the decision replayed from the facts and the packs it was made with.

use super::facts;
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::numbers::Number;
use domain::time::Instant;
use rules::eval::Trace;
use rules::{Calendar, RuleBook, Source};
use std::sync::Arc;
use store::obligations::ObligationRow;

/// An obligation with the trace of its decision.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The obligation.
    pub obligation: ObligationRow,
    /// Why it exists and how each of its dates came about.
    pub trace: Trace,
    /// It was decided with packs or a calendar that have changed since; the trace is the old one.
    pub rules_changed: bool,
}

/// Explains an obligation by its number. That someone looked is recorded.
///
/// # Errors
/// When the actor may not see it, it does not exist, or its pack is gone.
pub async fn explain(app: &App, actor: &Actor, now: Instant, number: &str) -> Result<Explanation> {
    let scope = actor.scope(Permission::ObligationsRead)?;
    let number = Number::parse(number).ok_or(Error::NotFound)?;
    let found =
        store::obligations::find_obligation_by_number(app.store(), &scope, &number.to_string())
            .await?;
    let obligation = found.ok_or(Error::NotFound)?;
    super::list::note(app, actor, now, &obligation).await?;
    replay(app, obligation)
}

/// Replays the decision of an obligation that was read already.
pub(crate) fn replay(app: &App, obligation: ObligationRow) -> Result<Explanation> {
    let rules = app.rules();
    let current = rules.book();
    let same_calendar = obligation.calendar_id == rules.calendar_id();
    let in_force =
        current.programmes().iter().zip(0..).find(|(p, _)| {
            p.code == obligation.programme && rules.pack_id(p) == obligation.pack_id
        });
    if let Some((_, at)) = in_force.filter(|_| same_calendar) {
        let trace = trace(current, at, &obligation)?;
        return Ok(Explanation {
            obligation,
            trace,
            rules_changed: false,
        });
    }
    let gone = || Error::Fault("the pack or calendar of this decision is gone".into());
    let calendar = rules
        .calendars()
        .iter()
        .find(|c| c.id == obligation.calendar_id)
        .ok_or_else(gone)?;
    let calendar = Calendar::parse(&calendar.body).map_err(|e| Error::Fault(e.to_string()))?;
    // Packs that were loaded later than this one may have replaced it; without them it fits again.
    let sources: Vec<_> = rules
        .packs()
        .iter()
        .filter(|p| p.id <= obligation.pack_id || in_force.is_some())
        .map(|p| Source {
            name: p.file.clone(),
            text: p.body.clone(),
        })
        .collect();
    let schema = Arc::new(current.schema().clone());
    let book = RuleBook::load(schema, Arc::new(calendar), &sources).map_err(|_| gone())?;
    let at = book
        .programmes()
        .iter()
        .position(|p| p.code == obligation.programme)
        .ok_or_else(gone)?;
    let trace = trace(&book, at, &obligation)?;
    Ok(Explanation {
        obligation,
        trace,
        rules_changed: true,
    })
}

fn trace(book: &RuleBook, programme: usize, obligation: &ObligationRow) -> Result<Trace> {
    let facts = facts::restore(book.schema(), &obligation.facts).map_err(Error::Fault)?;
    let id = book.programme_id(programme).ok_or(Error::NotFound)?;
    Ok(book.trace(id, &facts))
}
