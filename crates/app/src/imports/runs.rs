//! Import runs as people see them, while they run and afterwards.

use crate::listing::{self, PAGE_ROWS};
use crate::{App, Error, Result};
use chrono::Duration;
use domain::access::{Actor, Permission};
use domain::time::Instant;
use store::imports::{self as rows, ImportRun, Rejection};
use store::{AuditEntry, Page};
use uuid::Uuid;

/// Rows that were not taken, on a page.
const PAGE_REJECTIONS: u64 = 100;
/// Rows that were not taken, read at once for a file.
const FILE_REJECTIONS: u64 = 2_000;

/// How long a run may be silent before it counts as killed.
fn silence_max() -> Duration {
    Duration::minutes(15)
}

/// Marks the runs as failed whose program was killed, and says how many; running the import again
/// is what helps.
///
/// # Errors
/// What the store says.
pub async fn give_up_silent(app: &App, now: Instant) -> Result<u64> {
    let since = now - silence_max();
    if rows::count_silent_runs(app.store(), since).await? == 0 {
        return Ok(0);
    }
    let work = app.store().begin(now).await?;
    let count = rows::interrupt_silent_runs(&work, since).await?;
    let detail = serde_json::json!({ "runs": count });
    let entry = AuditEntry::new(&Actor::system(), "import.interrupted", "import_run", None);
    work.commit(entry.detail(detail)).await?;
    Ok(count)
}

/// An import run with rows that were not taken.
#[derive(Clone, Debug)]
pub struct ImportPage {
    /// The run.
    pub run: ImportRun,
    /// Rows that were not taken, in the order of the file.
    pub rejections: Vec<Rejection>,
    /// The line after which the next page begins; nothing on the last.
    pub next: Option<u64>,
}

/// Import runs, the newest first.
///
/// # Errors
/// When the actor may not, or `after` cannot be read.
pub async fn list_imports(app: &App, actor: &Actor, after: &str) -> Result<Page<ImportRun>> {
    let scope = actor.scope(Permission::ImportsRun)?;
    let after = listing::after(after)?;
    Ok(rows::list_import_runs(app.store(), &scope, after.as_ref(), PAGE_ROWS).await?)
}

/// One run, with rows that were not taken from a line on.
///
/// # Errors
/// When the actor may not, or there is no such run.
pub async fn import_page(
    app: &App,
    actor: &Actor,
    run: Uuid,
    after_line: u64,
) -> Result<ImportPage> {
    let scope = actor.scope(Permission::ImportsRun)?;
    let found = rows::find_import_run(app.store(), &scope, run).await?;
    let (rejections, next) = page(app, actor, run, after_line, PAGE_REJECTIONS).await?;
    Ok(ImportPage {
        run: found.ok_or(Error::NotFound)?,
        rejections,
        next,
    })
}

/// A page of rejections that ends with the end of a line of the file, because the next page begins
/// with a line.
async fn page(
    app: &App,
    actor: &Actor,
    run: Uuid,
    after_line: u64,
    limit: u64,
) -> Result<(Vec<Rejection>, Option<u64>)> {
    let scope = actor.scope(Permission::ImportsRun)?;
    let mut found =
        rows::list_import_rejections(app.store(), &scope, run, after_line, limit + 1).await?;
    if found.len() as u64 <= limit {
        return Ok((found, None));
    }
    let last = found.last().map_or(0, |r| r.line);
    found.retain(|r| r.line < last);
    // Lines have fewer columns than a page has rows, so that something is always left.
    let next = found.last().map(|r| r.line);
    Ok((found, next))
}

/// Rows of a run that were not taken, as CSV with the reason in words.
///
/// # Errors
/// When the actor may not, or there is no such run.
pub async fn rejections_csv(app: &App, actor: &Actor, run: Uuid) -> Result<Vec<u8>> {
    let fault = |e: csv::Error| Error::Fault(format!("rejections file: {e}"));
    import_page(app, actor, run, 0).await?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    let heading = ["line", "column", "value", "reason_code", "reason"];
    writer.write_record(heading).map_err(fault)?;
    let mut after = Some(0);
    while let Some(line) = after {
        let (rejections, next) = page(app, actor, run, line, FILE_REJECTIONS).await?;
        for r in &rejections {
            let line = r.line.to_string();
            let cells = [&line, &r.column, &r.value_masked, &r.reason_code, &r.detail];
            writer.write_record(cells).map_err(fault)?;
        }
        after = next;
    }
    writer
        .into_inner()
        .map_err(|e| Error::Fault(format!("rejections file: {e}")))
}
