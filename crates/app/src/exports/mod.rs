//! Tables for other programs and for spreadsheets: streamed by key pages, in constant memory.
//!
//! Columns are promised in `contracts.md` §2; where a table has an import file, its columns come
//! first and under the same names, so that what was exported can be imported again. Personal data is
//! masked. Whoever takes a table says what for; who may see personal data in full gets it in full on
//! demand. Every file carries the mark under which the log keeps it. What is larger than people may
//! take alone is asked for, and another person decides.

mod campaigns;
mod classes;
mod contacts;
mod data_quality;
mod limits;
mod mark;
mod payouts;
mod people;
mod table;
mod work;
mod write;

pub use limits::{Allowance, allowance, request_export};
pub(crate) use mark::Mark;
pub use mark::mark_of;
pub use table::{ExportFormat, ExportKind, TableName};

use crate::callbacks::{ListQuery, PayoutQuery};
use crate::campaigns::MemberQuery;
use crate::care::CareQuery;
use crate::customers::{CustomerQuery, stated_purpose};
use crate::data_quality::{FindingQuery, HoldQuery};
use crate::obligations::ObligationQuery;
use crate::policies::PolicyQuery;
use crate::segments::MovementQuery;
use crate::tickets::TicketQuery;
use crate::{App, Error, Refusal, Result};
use chrono::NaiveDate;
use domain::access::{Actor, ActorKind, Permission, Scope};
use domain::customers::{Reveal, StatedPurpose};
use domain::time::Instant;
use std::io::Write;
use store::callbacks::ExportWindow;
use store::exports::ExportRow;
use store::{AuditEntry, Page, PageKey};
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
    /// What the table is needed for, as a code. Only the command line may leave it out, and only for
    /// masked tables.
    #[serde(default)]
    pub purpose: String,
    /// A note beside the purpose.
    #[serde(default)]
    pub note: String,
    /// Personal data in full.
    #[serde(default)]
    pub in_full: bool,
    /// The request that another person agreed to. Set by the program, never read from a form.
    #[serde(default)]
    pub approval: Option<uuid::Uuid>,
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
    /// Of customers on the list of a campaign.
    Campaigns(MemberQuery),
    /// Of customers whose class changed.
    Classes(MovementQuery),
    /// Of customers.
    Customers(CustomerQuery),
    /// Of obligations.
    Obligations(ObligationQuery),
    /// Of payout callbacks.
    Payouts(PayoutQuery),
    /// Of scheduled contacts.
    Contacts(CareQuery),
    /// Of findings on the quality of information.
    Information(FindingQuery),
    /// Of commission held back.
    CommissionHolds(HoldQuery),
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
            in_full: false,
            approval: None,
            list: None,
        }
    }

    /// The table for a purpose.
    #[must_use]
    pub fn stating(mut self, purpose: impl Into<String>, note: impl Into<String>) -> Self {
        self.purpose = purpose.into();
        self.note = note.into();
        self
    }

    /// Name of the file before it has a mark, such as `callbacks.xlsx`.
    pub fn file_name(&self) -> String {
        format!("{}.{}", self.kind, self.format)
    }

    /// Name of the file with its mark, such as `callbacks-EX0123456789AB.xlsx`.
    pub fn marked_name(&self, mark: &str) -> String {
        format!("{}-{mark}.{}", self.kind, self.format)
    }

    /// Whether somebody may ask for it at all; looked at again when it is written.
    ///
    /// # Errors
    /// When a right is missing or the purpose is unknown.
    pub fn check(&self, actor: &Actor) -> Result<()> {
        actor.demand(Permission::DataExport)?;
        actor.demand(self.kind.permission())?;
        self.purpose_of(actor).map(|_| ())
    }

    /// What it is for, once the actor may take it so.
    fn purpose_of(&self, actor: &Actor) -> Result<Option<StatedPurpose>> {
        if self.in_full {
            actor.demand(Permission::PersonalDataReveal)?;
        }
        let trusted = matches!(actor.kind, ActorKind::Shell | ActorKind::System);
        if trusted && self.purpose.is_empty() && !self.in_full {
            return Ok(None);
        }
        Ok(Some(stated_purpose(&self.purpose, &self.note)?))
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportReport {
    /// Rows, the heading not counted.
    pub rows: u64,
    /// The mark under which the log keeps it.
    pub mark: String,
}

/// What every page of an export needs.
struct Export<'e> {
    app: &'e App,
    actor: &'e Actor,
    now: Instant,
    scope: Scope,
    query: &'e ExportQuery,
    reveal: Option<Reveal>,
    /// People whose data is restricted are left out, because the purpose does not reach them.
    omits_restricted: bool,
    /// Rows that may be taken; no end when somebody agreed.
    rows_max: Option<u64>,
    mark: Mark,
}

/// Writes a table into a sink. That it began, for what purpose, and how many rows went out is
/// recorded, also when it breaks off.
///
/// # Errors
/// When the actor may not export or not see the table, the purpose is missing, the table is larger than
/// the actor may take alone, a workbook would be too long, or the sink or the store fails.
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
    limits::check_approval(app, actor, query).await?;
    let (id, mark) = start(app, actor, now, query).await?;
    // Counted after it was written down: of two that begin at once, each sees the other.
    let rows_max = limits::rows_allowed(app, actor, now, query, id).await?;
    let purpose = query.purpose_of(actor)?;
    let reveal = query.in_full.then(|| Reveal::traced(id));
    let export = Export {
        app,
        actor,
        now,
        scope,
        query,
        reveal,
        omits_restricted: purpose.is_some_and(|p| !p.purpose().reaches_restricted()),
        rows_max,
        mark,
    };
    let mut rows = 0;
    let written = export.write(sink, progress, &mut rows).await;
    let mark = export.mark.code.clone();
    let detail = serde_json::json!({
        "kind": query.kind, "rows": rows, "complete": written.is_ok(), "in_full": query.in_full, "mark": mark,
    });
    let work = app.store().begin(now).await?;
    let count = i64::try_from(rows).unwrap_or(i64::MAX);
    store::exports::finish_export(&work, id, count, written.is_ok()).await?;
    work.commit(AuditEntry::new(actor, "export.finished", "export", id).detail(detail))
        .await?;
    written.map(|()| ExportReport { rows, mark })
}

/// Writes down that data is about to leave: the id, and the mark that the file carries.
async fn start(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &ExportQuery,
) -> Result<(uuid::Uuid, Mark)> {
    let purpose = query.purpose_of(actor)?;
    let stated = purpose.as_ref().map(ToString::to_string);
    let work = app.store().begin(now).await?;
    let new = store::exports::NewExport {
        kind: query.kind.as_str(),
        format: query.format.as_str(),
        owner: store::AuditActor::from(actor),
        purpose: stated.as_deref().unwrap_or_default(),
        in_full: query.in_full,
        approval: query.approval,
    };
    let id = store::exports::insert_export(&work, &new).await?;
    let mark = Mark::new(id, actor, now, stated.clone());
    let filter = serde_json::to_value(query).map_err(|e| Error::Fault(e.to_string()))?;
    let detail = serde_json::json!({ "query": filter, "mark": mark.code });
    let mut entry = AuditEntry::new(actor, "export.started", "export", id).detail(detail);
    if let Some(stated) = stated {
        entry = entry.purpose(stated);
    }
    work.commit(entry).await?;
    Ok((id, mark))
}

/// Writes down a file that is made at once, with its rows: the id, and the mark that it carries. The caller
/// commits, with an entry of its own.
pub(crate) async fn keep_marked(
    work: &store::UnitOfWork,
    actor: &Actor,
    now: Instant,
    (kind, format): (&str, &str),
    rows: i64,
) -> Result<(uuid::Uuid, Mark)> {
    let new = store::exports::NewExport {
        kind,
        format,
        owner: store::AuditActor::from(actor),
        purpose: "",
        in_full: false,
        approval: None,
    };
    let id = store::exports::insert_export(work, &new).await?;
    store::exports::finish_export(work, id, rows, true).await?;
    Ok((id, Mark::new(id, actor, now, None)))
}

/// What left the system as files, the newest first.
///
/// # Errors
/// When the actor may not read the log of the whole company, or `after` cannot be read.
pub async fn list_exports(app: &App, actor: &Actor, after: &str) -> Result<Page<ExportRow>> {
    crate::access::demand_whole_company(app, actor, Permission::AuditRead).await?;
    let after = crate::listing::after(after)?;
    Ok(
        store::exports::list_exports(app.store(), after.as_ref(), crate::listing::PAGE_ROWS)
            .await?,
    )
}

impl Export<'_> {
    async fn write(
        &self,
        sink: &mut (dyn Write + Send),
        progress: &(dyn Fn(u64) + Sync),
        rows: &mut u64,
    ) -> Result<()> {
        let columns = self.query.kind.columns();
        let mut writer = write::open(self.query.format, sink, columns, &self.mark)?;
        let mut after = None;
        loop {
            let (page, next) = self.page(after).await?;
            let wanted = *rows + u64::try_from(page.len()).unwrap_or(u64::MAX);
            if let Some(most) = self.rows_max.filter(|most| wanted > *most) {
                return Err(Refusal::with("export-needs-approval", most.to_string()).into());
            }
            for row in &page {
                debug_assert_eq!(row.len(), columns.len());
                writer.row(row)?;
                *rows += 1;
            }
            progress(*rows);
            match next {
                Some(next) => after = Some(next),
                None => return writer.finish(*rows),
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
            ExportKind::Payouts => self.payouts(after).await,
            ExportKind::Contacts => self.contacts(after).await,
            ExportKind::Campaigns => self.campaigns(after).await,
            ExportKind::Classes => self.classes(after).await,
            ExportKind::Information => self.findings(after).await,
            ExportKind::CommissionHolds => self.holds(after).await,
        }
    }

    /// The list filter of another table makes no sense here.
    fn foreign_filter(&self) -> Error {
        Error::invalid("list", "unknown-code")
    }
}
