//! Tables for other programs and for spreadsheets: streamed by key pages, in constant memory.
//!
//! Columns are promised in `contracts.md` §2; where a table has an import file, its columns come
//! first and under the same names, so that what was exported can be imported again. Personal data is
//! masked. Who may see it in full gets it in full when they say what for; the log keeps both.

mod people;
mod table;
mod work;
mod write;

pub use table::{ExportFormat, ExportKind, TableName};

use crate::callbacks::ListQuery;
use crate::customers::{CustomerQuery, stated_purpose};
use crate::obligations::ObligationQuery;
use crate::policies::PolicyQuery;
use crate::tickets::TicketQuery;
use crate::{App, Error, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission, Scope};
use domain::customers::Reveal;
use domain::time::Instant;
use std::io::Write;
use store::callbacks::ExportWindow;
use store::{AuditEntry, PageKey};
use table::Cell;

/// Rows that are read at once.
const PAGE_ROWS: u64 = 1_000;

/// What to export.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct ExportQuery {
    /// Which table.
    pub kind: ExportKind,
    /// In which format.
    pub format: ExportFormat,
    /// From this day: of the trigger for obligations, exclusions and callbacks; of the beginning,
    /// the answer, the opening, the entry here, the issue and the occurrence for the others.
    #[serde(default)]
    pub from: Option<NaiveDate>,
    /// Until this day.
    #[serde(default)]
    pub to: Option<NaiveDate>,
    /// What personal data is needed for, as a code; masked when empty.
    #[serde(default)]
    pub purpose: String,
    /// A note beside the purpose.
    #[serde(default)]
    pub note: String,
    /// The filter of a list page instead of days.
    #[serde(default)]
    pub list: Option<ListFilter>,
}

/// The filter of a list page; its start is not looked at.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListFilter {
    /// Of callbacks.
    Callbacks(ListQuery),
    /// Of customers.
    Customers(CustomerQuery),
    /// Of obligations.
    Obligations(ObligationQuery),
    /// Of policies.
    Policies(PolicyQuery),
    /// Of tickets.
    Tickets(TicketQuery),
}

impl ExportQuery {
    /// A whole table, masked.
    pub fn new(kind: ExportKind, format: ExportFormat) -> Self {
        Self {
            kind,
            format,
            from: None,
            to: None,
            purpose: String::new(),
            note: String::new(),
            list: None,
        }
    }

    /// Name of the file, such as `callbacks.xlsx`.
    pub fn file_name(&self) -> String {
        format!("{}.{}", self.kind, self.format)
    }

    /// Whether somebody may ask for it at all; looked at again when it is written.
    ///
    /// # Errors
    /// When a right is missing or the purpose is unknown.
    pub fn check(&self, actor: &Actor) -> Result<()> {
        actor.demand(Permission::DataExport)?;
        actor.demand(self.kind.permission())?;
        if !self.purpose.is_empty() {
            actor.demand(Permission::PersonalDataReveal)?;
            stated_purpose(&self.purpose, &self.note)?;
        }
        Ok(())
    }

    fn window(&self, after: Option<PageKey>) -> ExportWindow {
        ExportWindow {
            from: self.from,
            to: self.to,
            after,
        }
    }
}

/// What an export wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportReport {
    /// Rows, the heading not counted.
    pub rows: u64,
}

/// What every page of an export needs.
struct Export<'e> {
    app: &'e App,
    actor: &'e Actor,
    now: Instant,
    scope: Scope,
    query: &'e ExportQuery,
    reveal: Option<Reveal>,
}

/// Writes a table into a sink. That it began, for what purpose, and how many rows went out is
/// recorded, also when it breaks off.
///
/// # Errors
/// When the actor may not export or not see the table, the purpose is unknown, a workbook would be
/// too long, or the sink or the store fails.
pub async fn export(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &ExportQuery,
    sink: &mut (dyn Write + Send),
    progress: &(dyn Fn(u64) + Sync),
) -> Result<ExportReport> {
    actor.demand(Permission::DataExport)?;
    let scope = actor.scope(query.kind.permission())?;
    let reveal = start(app, actor, now, query).await?;
    let export = Export {
        app,
        actor,
        now,
        scope,
        query,
        reveal,
    };
    let mut rows = 0;
    let written = export.write(sink, progress, &mut rows).await;
    let detail = serde_json::json!({
        "kind": query.kind, "rows": rows, "complete": written.is_ok(), "in_full": reveal.is_some(),
    });
    let work = app.store().begin(now).await?;
    work.commit(AuditEntry::new(actor, "export.finished", "export", None).detail(detail))
        .await?;
    written.map(|()| ExportReport { rows })
}

/// Writes down that data is about to leave, and gives the right to show it in full.
async fn start(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &ExportQuery,
) -> Result<Option<Reveal>> {
    let purpose = if query.purpose.is_empty() {
        None
    } else {
        actor.demand(Permission::PersonalDataReveal)?;
        Some(stated_purpose(&query.purpose, &query.note)?)
    };
    let work = app.store().begin(now).await?;
    let trace = work.next_id();
    let filter = serde_json::to_value(query).map_err(|e| Error::Fault(e.to_string()))?;
    let detail = serde_json::json!({ "query": filter, "trace": trace });
    let mut entry = AuditEntry::new(actor, "export.started", "export", None).detail(detail);
    if let Some(purpose) = &purpose {
        entry = entry.purpose(purpose.to_string());
    }
    work.commit(entry).await?;
    Ok(purpose.map(|_| Reveal::traced(trace)))
}

impl Export<'_> {
    async fn write(
        &self,
        sink: &mut (dyn Write + Send),
        progress: &(dyn Fn(u64) + Sync),
        rows: &mut u64,
    ) -> Result<()> {
        let columns = self.query.kind.columns();
        let mut writer = write::open(self.query.format, sink, columns)?;
        let mut after = None;
        loop {
            let (page, next) = self.page(after).await?;
            for row in &page {
                debug_assert_eq!(row.len(), columns.len());
                writer.row(row)?;
                *rows += 1;
            }
            progress(*rows);
            match next {
                Some(next) => after = Some(next),
                None => return writer.finish(),
            }
        }
    }

    async fn page(&self, after: Option<PageKey>) -> Result<(Vec<Vec<Cell>>, Option<PageKey>)> {
        match self.query.kind {
            ExportKind::Obligations => self.obligations(after).await,
            ExportKind::Exclusions => self.exclusions(after).await,
            ExportKind::Callbacks => self.callbacks(after).await,
            ExportKind::Attempts => self.attempts(after).await,
            ExportKind::Answers => self.answers(after).await,
            ExportKind::Tickets => self.tickets(after).await,
            ExportKind::Customers => self.customers(after).await,
            ExportKind::Policies => self.policies(after).await,
            ExportKind::Events => self.events(after).await,
        }
    }

    /// The list filter of another table makes no sense here.
    fn foreign_filter(&self) -> Error {
        Error::invalid("list", "unknown-code")
    }
}
