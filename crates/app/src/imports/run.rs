//! Running an import: read and check on one thread, write on another, one transaction a chunk.

use super::mapping::Mapping;
use super::reason::Reason;
use super::row::{Heading, RowReader};
use super::source::{RawRow, Source, SourceError};
use super::{agents, contacts, customers, events, orgs, policies};
use crate::{App, Error, Result};
use chrono::{Days, NaiveDate};
use domain::access::{Actor, Permission};
use domain::imports::{ImportKind, Tally};
use domain::time::{self, Instant};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::dialect::bulk::{Bulk, Cell};
use store::imports::{self as rows, Fate, Outcome, Record, Rejection};
use store::obligations::{QueueKind, enqueue};
use store::policies::{NewReceipt, StatusEvent};
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
enum Parsed {
    Org(orgs::Org),
    Agent(agents::Agent),
    Customer(customers::Customer),
    Contact(contacts::Contact),
    Policy(Box<policies::Policy>),
    Event(Box<events::Event>),
}

impl Parsed {
    /// The natural key inside its kind of file.
    fn key(&self) -> String {
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

struct Chunk {
    rows: Vec<(u64, Parsed)>,
    rejections: Vec<Rejection>,
    bytes_done: u64,
}

/// What rows refer to, read once.
struct References {
    orgs: HashMap<String, (Uuid, String)>,
    agents: HashMap<String, Uuid>,
    cooling_off_floor: Option<i64>,
    term_months_over: Option<i64>,
    today: NaiveDate,
}

/// Imports a file.
///
/// # Errors
/// When the actor may not, the file cannot be read as a whole, or the database fails. Rows that are
/// wrong are no error: they are listed.
pub async fn import_file(
    app: &App,
    actor: &Actor,
    now: Instant,
    request: ImportRequest,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<ImportReport> {
    actor.demand(Permission::ImportsRun)?;
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
        tally: Tally::default(),
        shown: Vec::new(),
        errors,
    };
    import.start(app, &request, bytes_total).await?;
    let (sender, mut chunks) = tokio::sync::mpsc::channel(CHUNKS_AHEAD);
    let kind = request.kind;
    let reading = std::thread::spawn(move || read(source, &heading, kind, &references, &sender));
    let mut waiting_orgs = Vec::new();
    let mut failure = None;
    while let Some(chunk) = chunks.recv().await {
        let bytes_done = chunk.bytes_done;
        if let Err(error) = import.write(chunk, &mut waiting_orgs).await {
            failure = Some(error);
            break;
        }
        progress(Progress {
            bytes_done,
            bytes_total,
            tally: import.tally,
        });
    }
    drop(chunks);
    let read = reading
        .join()
        .unwrap_or_else(|_| Err(broken("the reading thread failed")));
    if failure.is_none() && !waiting_orgs.is_empty() {
        failure = import.write_orgs(waiting_orgs).await.err();
    }
    let failure = failure.or_else(|| read.err().map(|e| unreadable(&request.path, &e)));
    import.finish(now, failure.as_ref()).await?;
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

fn columns(kind: ImportKind) -> (&'static [&'static str], &'static [&'static str]) {
    match kind {
        ImportKind::Orgs => (&orgs::COLUMNS, &orgs::REQUIRED),
        ImportKind::Agents => (&agents::COLUMNS, &agents::REQUIRED),
        ImportKind::Customers => (&customers::COLUMNS, &customers::REQUIRED),
        ImportKind::Contacts => (&contacts::COLUMNS, &contacts::REQUIRED),
        ImportKind::Policies => (&policies::COLUMNS, &policies::REQUIRED),
        ImportKind::Events => (&events::COLUMNS, &events::REQUIRED),
    }
}

async fn load_references(app: &App, bulk: &mut Bulk, now: Instant) -> Result<References> {
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
    while let Some(raw) = source.next_row()? {
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

fn parse(
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
struct ErrorsFile(Option<csv::Writer<std::fs::File>>);

impl ErrorsFile {
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
struct Import {
    bulk: Bulk,
    actor: AuditActor,
    kind: ImportKind,
    references: Arc<References>,
    run: Option<Uuid>,
    tally: Tally,
    shown: Vec<Rejection>,
    errors: ErrorsFile,
}

/// What became of the rows of a chunk.
#[derive(Default)]
struct Written {
    outcomes: Vec<Outcome>,
    rejections: Vec<Rejection>,
}

impl Import {
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
        if settings::find_setting_in_bulk(&mut self.bulk, settings::OBLIGATIONS_SINCE)
            .await?
            .is_none()
        {
            let today = self.references.today;
            let back = app
                .rules()
                .setting("first_plan_back_days", today)
                .unwrap_or(0);
            let since = today - Days::new(u64::try_from(back).unwrap_or(0));
            settings::put_setting_in_bulk(
                &mut self.bulk,
                settings::OBLIGATIONS_SINCE,
                since.to_string(),
            )
            .await?;
        }
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

    async fn commit(
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

    fn reason(&self) -> String {
        format!("import {}", self.kind)
    }

    async fn upsert(
        &mut self,
        entity: &'static rows::Entity,
        records: &[Record],
    ) -> Result<Vec<Outcome>> {
        let reason = self.reason();
        Ok(rows::upsert(&mut self.bulk, entity, records, &self.actor, &reason).await?)
    }

    async fn write_rows(&mut self, chunk: Vec<(u64, Parsed)>) -> Result<Written> {
        match self.kind {
            ImportKind::Orgs => Ok(Written::default()),
            ImportKind::Agents => self.write_agents(chunk).await,
            ImportKind::Customers => self.write_customers(chunk).await,
            ImportKind::Contacts => self.write_contacts(chunk).await,
            ImportKind::Policies => self.write_policies(chunk).await,
            ImportKind::Events => self.write_events(chunk).await,
        }
    }

    async fn write_orgs(&mut self, waiting: Vec<(u64, orgs::Org)>) -> Result<()> {
        let mut known = self.references.orgs.clone();
        let (waves, refused) = orgs::waves(waiting, &known);
        let mut written = Written::default();
        for (line, _, reason) in refused {
            written
                .rejections
                .push(refusal(line, "parent_code", reason));
        }
        self.bulk.begin().await?;
        let mut moved = false;
        for wave in waves {
            let records: Vec<_> = wave
                .iter()
                .filter_map(|(_, org)| org.record(&known))
                .collect();
            let outcomes = self.upsert(&rows::ORGS, &records).await?;
            for ((_, org), outcome) in wave.iter().zip(&outcomes) {
                moved |= matches!(outcome.fate, Fate::Updated(_));
                let path = org.path(&known);
                known.insert(org.code.clone(), (outcome.id, path));
            }
            written.outcomes.extend(outcomes);
        }
        if moved {
            // A unit that moved carries others with it, and its region decides which rules apply.
            store::orgs::rebuild_paths(&mut self.bulk).await?;
            store::obligations::enqueue_everything(&mut self.bulk).await?;
        }
        let count = written.outcomes.len();
        self.commit(written, Vec::new(), count, 0).await
    }

    async fn write_agents(&mut self, chunk: Vec<(u64, Parsed)>) -> Result<Written> {
        let agents: Vec<_> = chunk
            .into_iter()
            .filter_map(|(_, p)| {
                if let Parsed::Agent(agent) = p {
                    Some(agent)
                } else {
                    None
                }
            })
            .collect();
        let records: Vec<_> = agents.iter().map(|a| a.record.clone()).collect();
        let outcomes = self.upsert(&rows::AGENTS, &records).await?;
        let mut spans = Vec::new();
        for (agent, outcome) in agents.iter().zip(&outcomes) {
            // Without a day nobody knows when someone left who had left before we knew them.
            let known_now =
                matches!(outcome.fate, Fate::Updated(_)).then_some(self.references.today);
            let Some(left_on) = agent.left_on.or(known_now).filter(|_| agent.left) else {
                continue;
            };
            if outcome.fate == Fate::Unchanged {
                continue;
            }
            let event =
                store::policies::put_agent_left(&mut self.bulk, outcome.id, &agent.code, left_on)
                    .await?;
            spans.push((event, event, None));
        }
        enqueue(&mut self.bulk, QueueKind::Events, &spans).await?;
        Ok(Written {
            outcomes,
            rejections: Vec::new(),
        })
    }

    async fn write_customers(&mut self, chunk: Vec<(u64, Parsed)>) -> Result<Written> {
        let records: Vec<_> = chunk
            .into_iter()
            .filter_map(|(_, p)| {
                if let Parsed::Customer(c) = p {
                    Some(c.record)
                } else {
                    None
                }
            })
            .collect();
        let outcomes = self.upsert(&rows::CUSTOMERS, &records).await?;
        let changed: Vec<_> = outcomes
            .iter()
            .filter(|o| matches!(o.fate, Fate::Updated(_)))
            .map(|o| Cell::Id(o.id))
            .collect();
        if !changed.is_empty() {
            store::customers::follow_changes(&mut self.bulk, &changed).await?;
        }
        Ok(Written {
            outcomes,
            rejections: Vec::new(),
        })
    }

    async fn write_contacts(&mut self, chunk: Vec<(u64, Parsed)>) -> Result<Written> {
        let mut written = Written::default();
        let contacts: Vec<_> = chunk
            .into_iter()
            .filter_map(|(line, p)| {
                if let Parsed::Contact(c) = p {
                    Some((line, c))
                } else {
                    None
                }
            })
            .collect();
        let numbers: Vec<_> = contacts
            .iter()
            .map(|(_, c)| Cell::Text(c.customer_no.clone()))
            .collect();
        let groups = store::customers::lookup_groups(&mut self.bulk, &numbers).await?;
        let mut records = Vec::new();
        for (line, contact) in &contacts {
            match groups.get(&contact.customer_no) {
                Some((id, true)) => records.push(contact.record(*id)),
                Some((_, false)) => {
                    written
                        .rejections
                        .push(refusal(*line, "customer_no", Reason::NotAGroup));
                }
                None => {
                    written
                        .rejections
                        .push(refusal(*line, "customer_no", Reason::UnknownCustomer));
                }
            }
        }
        written.outcomes = self.upsert(&rows::CONTACTS, &records).await?;
        Ok(written)
    }

    async fn write_policies(&mut self, chunk: Vec<(u64, Parsed)>) -> Result<Written> {
        let mut written = Written::default();
        let mut numbers: Vec<&str> = Vec::new();
        for (_, parsed) in &chunk {
            if let Parsed::Policy(p) = parsed {
                numbers.push(&p.holder_no);
                numbers.extend(p.insured_no.as_deref());
                numbers.extend(p.beneficiary_no.as_deref());
            }
        }
        numbers.sort_unstable();
        numbers.dedup();
        let numbers: Vec<_> = numbers
            .into_iter()
            .map(|n| Cell::Text(n.to_owned()))
            .collect();
        let known = rows::lookup_customers(&mut self.bulk, &numbers).await?;
        let mut taken = Vec::with_capacity(chunk.len());
        for (line, parsed) in chunk {
            let Parsed::Policy(mut policy) = parsed else {
                continue;
            };
            match policy.resolve(&known) {
                Ok(()) => taken.push(policy),
                Err(column) => {
                    written
                        .rejections
                        .push(refusal(line, column, Reason::UnknownCustomer));
                }
            }
        }
        let records: Vec<_> = taken.iter().map(|p| p.record.clone()).collect();
        written.outcomes = self.upsert(&rows::POLICIES, &records).await?;
        self.after_policies(&taken, &written.outcomes, &known)
            .await?;
        Ok(written)
    }

    /// Receipts are kept, changes of status become events, and the planner looks at all of it.
    async fn after_policies(
        &mut self,
        taken: &[Box<policies::Policy>],
        outcomes: &[Outcome],
        customers: &HashMap<String, Uuid>,
    ) -> Result<()> {
        let mut receipts = Vec::new();
        let mut created: Option<(Uuid, Uuid)> = None;
        let mut spans = Vec::new();
        for (policy, outcome) in taken.iter().zip(outcomes) {
            let id = outcome.id;
            let (new_receipt, new_status) = match &outcome.fate {
                Fate::Unchanged => continue,
                Fate::Created => {
                    created =
                        Some(created.map_or((id, id), |(low, high)| (low.min(id), high.max(id))));
                    (true, false)
                }
                Fate::Updated(changes) => {
                    spans.push((id, id, None));
                    let has = |at: usize| changes.iter().any(|c| c.column == at);
                    (has(policies::at::ACK_SIGNED_ON), has(policies::at::STATUS))
                }
            };
            if let Some((signed_on, entered_on, electronic)) = policy.ack.filter(|_| new_receipt) {
                receipts.push(NewReceipt {
                    policy: id,
                    signed_on,
                    entered_on,
                    electronic,
                });
            }
            if let Some(kind) = policy.status.implied_event().filter(|_| new_status) {
                let customer = customers
                    .get(&policy.holder_no)
                    .copied()
                    .unwrap_or_default();
                let known_on = self.references.today;
                let event = StatusEvent {
                    policy: id,
                    customer,
                    kind,
                    known_on,
                };
                store::policies::insert_status_event(&mut self.bulk, event).await?;
            }
        }
        store::policies::insert_receipts(&mut self.bulk, &receipts).await?;
        spans.extend(created.map(|(low, high)| (low, high, None)));
        Ok(enqueue(&mut self.bulk, QueueKind::Policies, &spans).await?)
    }

    async fn write_events(&mut self, chunk: Vec<(u64, Parsed)>) -> Result<Written> {
        let mut written = Written::default();
        let cells = |numbers: HashSet<&String>| -> Vec<Cell> {
            numbers.into_iter().map(|n| Cell::Text(n.clone())).collect()
        };
        let chunk: Vec<_> = chunk
            .into_iter()
            .filter_map(|(line, p)| {
                if let Parsed::Event(e) = p {
                    Some((line, e))
                } else {
                    None
                }
            })
            .collect();
        let policy_nos = cells(
            chunk
                .iter()
                .filter_map(|(_, e)| e.policy_no.as_ref())
                .collect(),
        );
        let customer_nos = cells(
            chunk
                .iter()
                .filter_map(|(_, e)| e.customer_no.as_ref())
                .collect(),
        );
        let known_policies = rows::lookup_policies(&mut self.bulk, &policy_nos).await?;
        let known_customers = rows::lookup_customers(&mut self.bulk, &customer_nos).await?;
        let mut taken = Vec::with_capacity(chunk.len());
        for (line, mut event) in chunk {
            match event.resolve(&known_policies, &known_customers) {
                Ok(()) => taken.push(event),
                Err((column, reason)) => written.rejections.push(refusal(line, column, reason)),
            }
        }
        let standing: Vec<_> = taken
            .iter()
            .filter_map(|e| {
                let (policy, _) = known_policies.get(e.policy_no.as_ref()?)?;
                let id = e.key.split('\u{1f}').next()?.to_owned();
                Some((*policy, e.kind, id))
            })
            .collect();
        store::policies::adopt_status_events(&mut self.bulk, &standing).await?;
        let records: Vec<_> = taken.iter().map(|e| e.record.clone()).collect();
        written.outcomes = self.upsert(&rows::EVENTS, &records).await?;
        let spans = event_spans(&written.outcomes);
        enqueue(&mut self.bulk, QueueKind::Events, &spans).await?;
        Ok(written)
    }
}

/// One span over the new rows, and one for each changed row.
fn event_spans(outcomes: &[Outcome]) -> Vec<(Uuid, Uuid, Option<NaiveDate>)> {
    let created = outcomes
        .iter()
        .filter(|o| o.fate == Fate::Created)
        .map(|o| o.id);
    let span = created.clone().min().zip(created.max());
    let changed = outcomes
        .iter()
        .filter(|o| matches!(o.fate, Fate::Updated(_)));
    let mut spans: Vec<_> = changed.map(|o| (o.id, o.id, None)).collect();
    spans.extend(span.map(|(low, high)| (low, high, None)));
    spans
}

fn refusal(line: u64, column: &str, reason: Reason) -> Rejection {
    Rejection {
        line,
        column: column.to_owned(),
        value_masked: String::new(),
        reason_code: reason.code().to_owned(),
        detail: reason.to_string(),
    }
}
