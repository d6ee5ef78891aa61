//! Why an obligation exists: the decision replayed from the facts and the packs it was made with.

use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::numbers::Number;
use domain::time::Instant;
use rules::eval::Trace;
use rules::{Calendar, RuleBook};
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
    let current = app.rules();
    let rules = current.as_of(obligation.generation)?;
    let gone = || Error::Fault("the pack or calendar of this decision is gone".into());
    let programmes = rules.book().programmes().iter();
    let at = programmes
        .zip(0..)
        .find(|(p, _)| p.code == obligation.programme && rules.pack_id(p) == obligation.pack_id)
        .map(|(_, at)| at)
        .ok_or_else(gone)?;
    let same_calendar = obligation.calendar_id == rules.calendar_id();
    let trace = if same_calendar {
        trace(rules.book(), at, &obligation)?
    } else {
        let mut calendars = rules.calendars().iter();
        let calendar = calendars
            .find(|c| c.id == obligation.calendar_id)
            .ok_or_else(gone)?;
        let calendar = Calendar::parse(&calendar.body).map_err(|e| Error::Fault(e.to_string()))?;
        let book = rules.book_over(calendar).map_err(|_| gone())?;
        trace(&book, at, &obligation)?
    };
    // A later version that claims the day of the trigger would decide it today.
    let replaced = current.versions().any(|v| {
        let span = current.span(&v.pack.pack, v.pack.version);
        v.generation > obligation.generation && span.covers(obligation.trigger_on)
    });
    Ok(Explanation {
        obligation,
        trace,
        rules_changed: !same_calendar || replaced,
    })
}

fn trace(book: &RuleBook, programme: usize, obligation: &ObligationRow) -> Result<Trace> {
    let facts = crate::rules::restore(book.schema(), &obligation.facts).map_err(Error::Fault)?;
    let id = book.programme_id(programme).ok_or(Error::NotFound)?;
    Ok(book.trace(id, &facts))
}
