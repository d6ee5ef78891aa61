//! Running an import: read and check on one thread, write on another, one transaction a chunk.

use super::mapping::Mapping;
use super::row::{Heading, RowReader};
use super::source::{RawRow, Source, SourceError};
use super::write::Written;
use super::{agents, contacts, customers, events, orgs, policies};
use crate::jobs::Clock;
use crate::{App, Error, Result};
use chrono::{Days, NaiveDate};
use domain::access::{Actor, Permission};
use domain::imports::{ImportKind, Tally};
use domain::time::{self, Instant};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::dialect::bulk::Bulk;
use store::imports::{self as rows, Fate, Rejection};
use store::{AuditActor, AuditEntry, settings};
use uuid::Uuid;

/// Rows of a transaction: large enough to be fast, small enough to let others write in between.
const CHUNK_ROWS: usize = 2_000;
/// Chunks that are read ahead of the writer.
const CHUNKS_AHEAD: usize = 4;
/// Rejections that are kept in the database for the page; the errors file has all of them.
const REJECTIONS_KEPT_MAX: u64 = 10_000;
/// Rejections that the report itself carries.
const REJECTIONS_SHOWN_MAX: usize = 20;
/// Units of a file; no insurer has more, and they are sorted in memory.
const ORGS_MAX: usize = 200_000;

/// What to import.
#[derive(Clone, Debug)]
pub struct ImportRequest {
    /// Kind of file.
    pub kind: ImportKind,
    /// The file.
    pub path: PathBuf,
    /// Name to show; the file's own when it was uploaded.
    pub shown_name: String,
    /// Columns and codes of another system.
    pub mapping: Mapping,
    /// Check everything, keep nothing.
    pub dry_run: bool,
    /// Where to write the rows that are not taken.
    pub errors_file: Option<PathBuf>,
}

/// How far an import has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// The run; nothing for dry runs.
    pub run: Option<Uuid>,
    /// Bytes read; nothing for workbooks.
    pub bytes_done: u64,
    /// Size of the file.
    pub bytes_total: u64,
    /// What became of the rows so far.
    pub tally: Tally,
}

/// What an import did.
#[derive(Clone, Debug)]
pub struct ImportReport {
    /// The run; nothing for dry runs.
    pub run: Option<Uuid>,
    /// Kind of file.
    pub kind: ImportKind,
    /// What became of the rows.
    pub tally: Tally,
    /// The first rows that were not taken.
    pub rejections: Vec<Rejection>,
    /// Columns that were not understood and therefore ignored.
    pub unknown_columns: Vec<String>,
}

/// A row that was read and checked.
pub(super) enum Parsed {
    Org(orgs::Org),
    Agent(agents::Agent),
    Customer(customers::Customer),
    Contact(contacts::Contact),
    Policy(Box<policies::Policy>),
    Event(Box<events::Event>),
}

impl Parsed {
    /// The natural key inside its kind of file.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Org(org) => org.code.clone(),
            Self::Agent(agent) => agent.code.clone(),
            Self::Customer(customer) => customer.number.clone(),
            Self::Contact(contact) => format!("{}\u{1f}{}", contact.customer_no, contact.role),
            Self::Policy(policy) => policy.number.clone(),
            Self::Event(event) => event.key.clone(),
        }
    }
}

pub(super) struct Chunk {
    rows: Vec<(u64, Parsed)>,
    rejections: Vec<Rejection>,
    bytes_done: u64,
}

/// What rows refer to, read once.
pub(super) struct References {
    pub orgs: HashMap<String, (Uuid, String)>,
    pub agents: HashMap<String, Uuid>,
    pub cooling_off_floor: Option<i64>,
    pub term_months_over: Option<i64>,
    pub today: NaiveDate,
}

/// Imports a file.
///
/// # Errors
/// When the actor may not, the file cannot be read as a whole, or the database fails. Rows that are
/// wrong are no error: they are listed.
pub async fn import_file(
    app: &App,
    actor: &Actor,
    clock: Clock<'_>,
    request: ImportRequest,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<ImportReport> {
    let now = clock();
    crate::access::demand_whole_company(app, actor, Permission::ImportsRun).await?;
    let mut bulk = app.store().bulk(now, request.dry_run).await?;
    let bytes_total = std::fs::metadata(&request.path).map_or(0, |m| m.len());
    let source = Source::open(&request.path).map_err(|e| unreadable(&request.path, &e))?;
    let (known, required) = columns(request.kind);
    let heading = Heading::new(source.columns(), known, required, &request.mapping)
        .map_err(|e| unreadable(&request.path, &e))?;
    let unknown_columns = heading.unknown.clone();
    let references = Arc::new(load_references(app, &mut bulk, now).await?);
    let errors = ErrorsFile::create(request.errors_file.as_deref())?;
    let mut import = Import {
        bulk,
        actor: AuditActor::from(actor),
        kind: request.kind,
        references: Arc::clone(&references),
        run: None,
        seen: now,
        tally: Tally::default(),
        shown: Vec::new(),
        errors,
    };
    import.start(app, &request, bytes_total).await?;
    progress(import.progress(0, bytes_total));
    let (sender, mut chunks) = tokio::sync::mpsc::channel(CHUNKS_AHEAD);
    let kind = request.kind;
    let reading = std::thread::spawn(move || read(source, &heading, kind, &references, &sender));
    let mut waiting_orgs = Vec::new();
    let mut failure = None;
    while let Some(chunk) = chunks.recv().await {
        let bytes_done = chunk.bytes_done;
        import.seen = clock();
        if let Err(error) = import.write(chunk, &mut waiting_orgs).await {
            failure = Some(error);
            break;
        }
        progress(import.progress(bytes_done, bytes_total));
    }
    drop(chunks);
    let read = reading
        .join()
        .unwrap_or_else(|_| Err(broken("the reading thread failed")));
    if failure.is_none() && !waiting_orgs.is_empty() {
        failure = import.write_orgs(waiting_orgs).await.err();
    }
    let failure = failure.or_else(|| read.err().map(|e| unreadable(&request.path, &e)));
    import.finish(clock(), failure.as_ref()).await?;
    match failure {
        Some(error) => Err(error),
        None => Ok(ImportReport {
            run: import.run,
            kind,
            tally: import.tally,
            rejections: import.shown,
            unknown_columns,
        }),
    }
}

fn broken(what: &str) -> SourceError {
    SourceError::Table {
        line: 0,
        what: what.to_owned(),
    }
}

fn unreadable(path: &Path, error: &SourceError) -> Error {
    let file = path
        .file_name()
        .map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    crate::Refusal::with("import-unreadable", format!("{file}: {error}")).into()
}

/// The columns of a kind of file, and those of them that are required.
pub fn columns(kind: ImportKind) -> (&'static [&'static str], &'static [&'static str]) {
    match kind {
        ImportKind::Orgs => (&orgs::COLUMNS, &orgs::REQUIRED),
        ImportKind::Agents => (&agents::COLUMNS, &agents::REQUIRED),
        ImportKind::Customers => (&customers::COLUMNS, &customers::REQUIRED),
        ImportKind::Contacts => (&contacts::COLUMNS, &contacts::REQUIRED),
        ImportKind::Policies => (&policies::COLUMNS, &policies::REQUIRED),
        ImportKind::Events => (&events::COLUMNS, &events::REQUIRED),
    }
}

pub(super) async fn load_references(
    app: &App,
    bulk: &mut Bulk,
    now: Instant,
) -> Result<References> {
    let today = time::date_in_china(now);
    let rules = app.rules();
    Ok(References {
        orgs: rows::load_orgs(bulk).await?,
        agents: rows::load_agents(bulk).await?,
        cooling_off_floor: rules.setting("cooling_off_floor_days", today),
        term_months_over: rules.setting("term_months_over", today),
        today,
    })
}

/// Reads, checks and groups rows until the file ends or nobody listens any more. A chunk ends early
/// where a natural key comes back, so that no chunk writes one record twice.
fn read(
    mut source: Source,
    heading: &Heading,
    kind: ImportKind,
    references: &References,
    chunks: &tokio::sync::mpsc::Sender<Chunk>,
) -> std::result::Result<(), SourceError> {
    let empty = || Chunk {
        rows: Vec::with_capacity(CHUNK_ROWS),
        rejections: Vec::new(),
        bytes_done: 0,
    };
    let mut chunk = empty();
    let mut keys = HashSet::new();
    while let Some(raw) = source.next_row()?.map(|raw| heading.completed(raw)) {
        match parse(&raw, heading, kind, references) {
            Ok(parsed) => {
                let key = parsed.key();
                if keys.contains(&key) || chunk.rows.len() >= CHUNK_ROWS {
                    chunk.bytes_done = source.bytes_done();
                    if chunks
                        .blocking_send(std::mem::replace(&mut chunk, empty()))
                        .is_err()
                    {
                        return Ok(());
                    }
                    keys.clear();
                }
                keys.insert(key);
                chunk.rows.push((raw.line, parsed));
            }
            Err(rejections) => chunk.rejections.extend(rejections),
        }
        // A file of nothing but errors must not pile them up.
        if chunk.rejections.len() >= CHUNK_ROWS {
            chunk.bytes_done = source.bytes_done();
            if chunks
                .blocking_send(std::mem::replace(&mut chunk, empty()))
                .is_err()
            {
                return Ok(());
            }
            keys.clear();
        }
    }
    chunk.bytes_done = source.bytes_done();
    let _ = chunks.blocking_send(chunk);
    Ok(())
}

pub(super) fn parse(
    raw: &RawRow,
    heading: &Heading,
    kind: ImportKind,
    references: &References,
) -> std::result::Result<Parsed, Vec<Rejection>> {
    let mut row = RowReader::new(heading, raw).map_err(|r| vec![r])?;
    let parsed = match kind {
        ImportKind::Orgs => orgs::parse(&mut row).map(Parsed::Org),
        ImportKind::Agents => agents::parse(&mut row, &references.orgs).map(Parsed::Agent),
        ImportKind::Customers => {
            customers::parse(&mut row, &references.orgs, references.today).map(Parsed::Customer)
        }
        ImportKind::Contacts => contacts::parse(&mut row).map(Parsed::Contact),
        ImportKind::Policies => {
            let known = policies::References {
                orgs: &references.orgs,
                agents: &references.agents,
                cooling_off_floor: references.cooling_off_floor,
                term_months_over: references.term_months_over,
            };
            policies::parse(&mut row, &known).map(|p| Parsed::Policy(Box::new(p)))
        }
        ImportKind::Events => {
            events::parse(&mut row, &references.agents, "file").map(|e| Parsed::Event(Box::new(e)))
        }
    };
    let rejections = row.finish();
    match parsed {
        Some(parsed) if rejections.is_empty() => Ok(parsed),
        _ => Err(rejections),
    }
}

/// The rows that were not taken, as a CSV file.
pub(super) struct ErrorsFile(Option<csv::Writer<std::fs::File>>);

impl ErrorsFile {
    /// No file: nobody asked for one.
    pub(super) fn none() -> Self {
        Self(None)
    }

    fn create(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path else {
            return Ok(Self(None));
        };
        let refuse = |e: String| {
            Error::from(crate::Refusal::with(
                "file-unwritable",
                format!("{}: {e}", path.display()),
            ))
        };
        let mut writer = csv::Writer::from_path(path).map_err(|e| refuse(e.to_string()))?;
        let heading = ["line", "column", "value", "reason_code", "reason"];
        writer
            .write_record(heading)
            .map_err(|e| refuse(e.to_string()))?;
        Ok(Self(Some(writer)))
    }

    fn write(&mut self, rejections: &[Rejection]) -> Result<()> {
        let Some(writer) = &mut self.0 else {
            return Ok(());
        };
        for r in rejections {
            let line = r.line.to_string();
            let record = [
                line.as_str(),
                &r.column,
                &r.value_masked,
                &r.reason_code,
                &r.detail,
            ];
            writer
                .write_record(record)
                .map_err(|e| Error::Fault(format!("errors file: {e}")))?;
        }
        writer
            .flush()
            .map_err(|e| Error::Fault(format!("errors file: {e}")))
    }
}

/// An import under way.
pub(super) struct Import {
    pub bulk: Bulk,
    pub actor: AuditActor,
    pub kind: ImportKind,
    pub references: Arc<References>,
    pub run: Option<Uuid>,
    pub seen: Instant,
    pub tally: Tally,
    pub shown: Vec<Rejection>,
    pub errors: ErrorsFile,
}

/// On the very first import: from when on obligations are made.
pub(super) async fn set_since(app: &App, bulk: &mut Bulk, today: NaiveDate) -> Result<()> {
    let known = settings::find_setting_in_bulk(bulk, settings::OBLIGATIONS_SINCE).await?;
    if known.is_some() {
        return Ok(());
    }
    let back = app.rules().setting("first_plan_back_days", today);
    let back = back.and_then(|days| u64::try_from(days).ok()).unwrap_or(0);
    let since = (today - Days::new(back)).to_string();
    Ok(settings::put_setting_in_bulk(bulk, settings::OBLIGATIONS_SINCE, since).await?)
}

impl Import {
    fn progress(&self, bytes_done: u64, bytes_total: u64) -> Progress {
        Progress {
            run: self.run,
            bytes_done,
            bytes_total,
            tally: self.tally,
        }
    }

    /// Notes the run, and on the very first import from when on obligations are made.
    async fn start(&mut self, app: &App, request: &ImportRequest, bytes: u64) -> Result<()> {
        if request.dry_run {
            return Ok(());
        }
        self.bulk.begin().await?;
        let name = &request.shown_name;
        let run = rows::start_run(
            &mut self.bulk,
            self.kind,
            name,
            &self.actor.name,
            Some(bytes),
        )
        .await?;
        set_since(app, &mut self.bulk, self.references.today).await?;
        self.run = Some(run);
        let detail = serde_json::json!({ "kind": self.kind.as_str(), "file": name });
        let entry =
            AuditEntry::new(self.actor.clone(), "import.started", "import_run", run).detail(detail);
        Ok(self.bulk.commit(entry).await?)
    }

    /// Writes a chunk; units wait until the whole file is read, because parents may come last.
    async fn write(&mut self, chunk: Chunk, waiting: &mut Vec<(u64, orgs::Org)>) -> Result<()> {
        if self.kind == ImportKind::Orgs {
            for (line, parsed) in chunk.rows {
                if let Parsed::Org(org) = parsed {
                    waiting.push((line, org));
                }
            }
            if waiting.len() > ORGS_MAX {
                return Err(
                    crate::Refusal::with("import-too-many-orgs", ORGS_MAX.to_string()).into(),
                );
            }
            return self.record(Written::default(), chunk.rejections, 0).await;
        }
        self.bulk.begin().await?;
        let count = chunk.rows.len();
        let written = match self.write_rows(chunk.rows).await {
            Ok(written) => written,
            Err(error) => {
                self.bulk.roll_back().await?;
                return Err(error);
            }
        };
        self.commit(written, chunk.rejections, count, chunk.bytes_done)
            .await
    }

    async fn record(
        &mut self,
        written: Written,
        rejections: Vec<Rejection>,
        bytes: u64,
    ) -> Result<()> {
        self.bulk.begin().await?;
        self.commit(written, rejections, 0, bytes).await
    }

    pub(super) async fn commit(
        &mut self,
        written: Written,
        mut rejections: Vec<Rejection>,
        count: usize,
        bytes_done: u64,
    ) -> Result<()> {
        rejections.extend(written.rejections);
        rejections.sort_by_key(|r| r.line);
        let lines: HashSet<_> = rejections.iter().map(|r| r.line).collect();
        let mut tally = Tally {
            rejected: lines.len() as u64,
            ..Tally::default()
        };
        for outcome in &written.outcomes {
            match outcome.fate {
                Fate::Created => tally.created += 1,
                Fate::Updated(_) => tally.updated += 1,
                Fate::Unchanged => tally.unchanged += 1,
            }
        }
        debug_assert!(written.outcomes.len() <= count.max(written.outcomes.len()));
        tally.read = tally.created + tally.updated + tally.unchanged + tally.rejected;
        let room = REJECTIONS_KEPT_MAX.saturating_sub(self.tally.rejected);
        let kept = rejections.len().min(usize::try_from(room).unwrap_or(0));
        self.tally.add(tally);
        if let Some(run) = self.run {
            rows::note_progress(
                &mut self.bulk,
                run,
                self.seen,
                bytes_done,
                self.tally,
                &rejections[..kept],
            )
            .await?;
        }
        let detail = serde_json::json!({
            "kind": self.kind.as_str(), "created": tally.created, "updated": tally.updated,
            "rejected": tally.rejected,
        });
        let entry = AuditEntry::new(self.actor.clone(), "import.chunk", "import_run", self.run)
            .detail(detail);
        self.bulk.commit(entry).await?;
        self.errors.write(&rejections)?;
        let space = REJECTIONS_SHOWN_MAX - self.shown.len().min(REJECTIONS_SHOWN_MAX);
        self.shown.extend(rejections.into_iter().take(space));
        Ok(())
    }

    async fn finish(&mut self, now: Instant, failure: Option<&Error>) -> Result<()> {
        let Some(run) = self.run else { return Ok(()) };
        self.bulk.begin().await?;
        let error = failure.map(ToString::to_string);
        rows::finish_run(&mut self.bulk, run, now, error.as_deref()).await?;
        let t = self.tally;
        let detail = serde_json::json!({
            "read": t.read, "created": t.created, "updated": t.updated, "unchanged": t.unchanged,
            "rejected": t.rejected, "failed": failure.is_some(),
        });
        let entry = AuditEntry::new(self.actor.clone(), "import.finished", "import_run", run)
            .detail(detail);
        Ok(self.bulk.commit(entry).await?)
    }
}
