//! How much people take alone, and asking for more.

use super::ExportQuery;
use crate::approvals::{self, Asked};
use crate::{App, Error, Result};
use chrono::{Duration, NaiveTime};
use domain::access::{Actor, ActorKind, Limit, Permission};
use domain::time::{self, Instant};
use store::AuditActor;
use uuid::Uuid;

/// How long an export without an end counts as running; after that its server is gone.
const RUNNING: Duration = Duration::hours(1);

/// What somebody may take today without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Rows of one table.
    pub rows: i64,
    /// Rows of the day.
    pub rows_per_day: i64,
    /// Rows that were taken today.
    pub taken: i64,
}

impl Allowance {
    /// Rows of the next table.
    pub fn left(&self) -> i64 {
        self.rows.min(self.rows_per_day - self.taken).max(0)
    }
}

/// What an actor may take today without asking.
///
/// # Errors
/// When the actor may not take data out.
pub async fn allowance(app: &App, actor: &Actor, now: Instant) -> Result<Allowance> {
    allowance_beside(app, actor, now, None).await
}

/// What an actor may take beside an export of their own that has begun.
async fn allowance_beside(
    app: &App,
    actor: &Actor,
    now: Instant,
    own: Option<Uuid>,
) -> Result<Allowance> {
    actor.demand(Permission::DataExport)?;
    let rights = app.rights();
    let today = time::at_in_china(time::date_in_china(now), NaiveTime::MIN);
    let owner = AuditActor::from(actor);
    let rows = rights.limit(Limit::ExportRows);
    let running = (now - RUNNING, rows);
    Ok(Allowance {
        rows,
        rows_per_day: rights.limit(Limit::ExportRowsPerDay),
        taken: store::exports::count_rows_taken(app.store(), &owner, today, running, own).await?,
    })
}

/// Rows that an export that has begun may have; no end for the command line, whose exports are only written down,
/// and for what another person agreed to.
pub(super) async fn rows_allowed(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &ExportQuery,
    own: Uuid,
) -> Result<Option<u64>> {
    if matches!(actor.kind, ActorKind::Shell | ActorKind::System) {
        return Ok(None);
    }
    if query.approval.is_some() {
        return Ok(None);
    }
    let left = allowance_beside(app, actor, now, Some(own)).await?.left();
    Ok(Some(u64::try_from(left).unwrap_or(0)))
}

/// Refuses an approval that does not fit the export that names it. The command line needs none.
pub(super) async fn check_approval(app: &App, actor: &Actor, query: &ExportQuery) -> Result<()> {
    match query.approval {
        Some(_) if matches!(actor.kind, ActorKind::Shell | ActorKind::System) => Ok(()),
        Some(approval) => approvals::demand_approved_export(app, actor, approval, query).await,
        None => Ok(()),
    }
}

/// Asks another person to agree to an export; when they do, it is made as a job of the asker.
///
/// # Errors
/// When the actor may not take the table out or the purpose is missing.
pub async fn request_export(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &ExportQuery,
) -> Result<Uuid> {
    query.check(actor)?;
    let asked = ExportQuery {
        approval: None,
        ..query.clone()
    };
    let reason = query.purpose_of(actor)?;
    let reason = reason.ok_or_else(|| Error::invalid("purpose", "purpose-missing"))?;
    let work = app.store().begin(now).await?;
    let subject = query.kind.as_str();
    let asked = Asked::Export(Box::new(asked));
    let (id, entry) = approvals::ask(&work, actor, &asked, subject, &reason.to_string()).await?;
    work.commit(entry).await?;
    Ok(id)
}
