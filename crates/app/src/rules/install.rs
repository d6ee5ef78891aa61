//! From the store to [`Rules`], after what it lacks was added to it. A new database takes what the
//! program ships as approved; later, a changed or new shipped pack arrives as a proposal that has to
//! be reviewed and approved like any other.

use super::drafts::heading;
use super::set::{Library, Rules, Version, unfit};
use super::shipped::shipped_calendar_text;
use super::{shipped_calendar, shipped_packs, shipped_schema};
use crate::{Error, Result};
use domain::access::Actor;
use domain::rules::{Origin, ProposalState, RuleStep};
use domain::time::{self, Instant};
use rules::pack::text_hash;
use rules::{RuleBook, Source};
use std::sync::Arc;
use store::rules::{self as rows, ProposalRow, StepRow, StoredCalendar, StoredPack};
use store::{AuditActor, AuditEntry, Store, UnitOfWork};
use uuid::Uuid;

/// The first set of rules of a database.
const FIRST: i64 = 1;

/// Adds what the store lacks, then loads everything from it.
pub(crate) async fn install(store: &Store, now: Instant) -> Result<Rules> {
    let known = rows::load_packs(store).await?;
    if known.is_empty() {
        begin_with(store, now, &shipped_packs()).await?;
    } else {
        take_over(store, now, &known).await?;
        propose_new(store, now, &known, &shipped_packs()).await?;
    }
    add_calendar(store, now).await?;
    load(store, now).await
}

/// Loads what was approved so far.
pub(crate) async fn load(store: &Store, now: Instant) -> Result<Rules> {
    let calendar = shipped_calendar()?;
    let calendars = rows::load_calendars(store).await?;
    let newest = calendars.iter().find(|c| c.hash == calendar.hash());
    let calendar_id = newest.map(|c| c.id).unwrap_or_default();
    let steps = rows::list_activations(store).await?;
    let generation = steps.iter().filter_map(|s| s.generation).max().unwrap_or(0);
    let mut versions = Vec::with_capacity(steps.len());
    for pack in rows::load_packs(store).await? {
        pack.verify(&text_hash(&pack.body))?;
        let step = steps.iter().find(|s| s.version_id == pack.id);
        versions.extend(step.map(|step| Version {
            generation: step.generation.unwrap_or(FIRST),
            from: step.effective_from,
            pack,
        }));
    }
    let library = Library {
        schema: Arc::new(shipped_schema()?),
        calendar: Arc::new(calendar),
        calendar_id,
        calendars,
        versions,
        today: time::date_in_china(now),
    };
    Rules::of(Arc::new(library), generation).map_err(|f| unfit(&f))
}

fn shipped_step(version_id: Uuid, hash: &str, step: RuleStep, generation: Option<i64>) -> StepRow {
    StepRow {
        version_id,
        at: Instant::default(),
        by: super::steps::person(&Actor::system()),
        step,
        hash: hash.to_owned(),
        reason: None,
        effective_from: None,
        redate_open: None,
        generation,
    }
}

async fn shipped_version(work: &UnitOfWork, pack: &StoredPack) -> Result<()> {
    let system = AuditActor::from(&Actor::system());
    let step = shipped_step(pack.id, &pack.hash, RuleStep::Shipped, Some(FIRST));
    Ok(rows::insert_step(work, &system, &step).await?)
}

fn added(
    action: &'static str,
    kind: &'static str,
    id: Uuid,
    pack: &str,
    version: i64,
) -> AuditEntry {
    let detail = serde_json::json!({ "pack": pack, "version": version });
    AuditEntry::new(&Actor::system(), action, kind, id).detail(detail)
}

/// The packs of a new database: they are checked with all their tests, and those that ship as
/// approved count from the start.
async fn begin_with(store: &Store, now: Instant, sources: &[Source]) -> Result<()> {
    let (schema, calendar) = (Arc::new(shipped_schema()?), Arc::new(shipped_calendar()?));
    let book = RuleBook::load(schema, calendar, sources).map_err(|f| unfit(&f))?;
    let work = store.begin(now).await?;
    let mut audit = Vec::new();
    for pack in book.packs() {
        let text = sources.iter().find(|s| s.name == pack.file);
        let body = text.map(|s| s.text.clone()).unwrap_or_default();
        let version = i64::from(pack.version);
        if !pack.status.is_evaluated() {
            let source = Source {
                name: pack.file.clone(),
                text: body,
            };
            audit.push(propose(&work, &source, (&pack.id, version)).await?);
            continue;
        }
        let row = StoredPack {
            id: work.next_id(),
            pack: pack.id.clone(),
            version,
            hash: pack.hash.clone(),
            status: pack.status.as_str().to_owned(),
            file: pack.file.clone(),
            body,
        };
        rows::insert_pack(&work, &row).await?;
        shipped_version(&work, &row).await?;
        audit.push(added(
            "rules.pack_added",
            "rule_pack",
            row.id,
            &row.pack,
            version,
        ));
    }
    let first = audit.remove(0);
    Ok(work.commit(store::Audit::with(first, audit)).await?)
}

/// A database from the time before packs had a life: what was evaluated counts as shipped.
async fn take_over(store: &Store, now: Instant, known: &[StoredPack]) -> Result<()> {
    if rows::latest_generation(store).await? > 0 {
        return Ok(());
    }
    let work = store.begin(now).await?;
    let evaluated = ["approved", "effective", "superseded"];
    let mut count = 0;
    for pack in known
        .iter()
        .filter(|p| evaluated.contains(&p.status.as_str()))
    {
        shipped_version(&work, pack).await?;
        count += 1;
    }
    let detail = serde_json::json!({ "packs": count });
    let entry = AuditEntry::new(&Actor::system(), "rules.taken_over", "rule_pack", None);
    Ok(work.commit(entry.detail(detail)).await?)
}

async fn propose(
    work: &UnitOfWork,
    source: &Source,
    (pack, version): (&str, i64),
) -> Result<AuditEntry> {
    let system = Actor::system();
    let row = ProposalRow {
        id: work.next_id(),
        pack: pack.to_owned(),
        version,
        hash: text_hash(&source.text),
        file: source.name.clone(),
        body: source.text.clone(),
        state: ProposalState::Draft,
        origin: Origin::Shipped,
        evaluation: None,
        author_name: system.name.clone(),
        revision: 1,
        created_at: work.now(),
        updated_at: work.now(),
    };
    rows::insert_proposal(work, &row).await?;
    let step = shipped_step(row.id, &row.hash, RuleStep::Drafted, None);
    rows::insert_step(work, &AuditActor::from(&system), &step).await?;
    Ok(added(
        "rules.drafted",
        "rule_proposal",
        row.id,
        pack,
        version,
    ))
}

/// Puts forward shipped packs that the database has never seen.
async fn propose_new(
    store: &Store,
    now: Instant,
    known: &[StoredPack],
    sources: &[Source],
) -> Result<()> {
    let proposals = rows::list_proposals(store).await?;
    let mut wanted = Vec::new();
    for source in sources {
        let hash = text_hash(&source.text);
        if known.iter().any(|k| k.hash == hash) || proposals.iter().any(|p| p.hash == hash) {
            continue;
        }
        let Some(head) = heading(&source.text) else {
            return Err(Error::Fault(format!("{}: no pack", source.name)));
        };
        let same = |pack: &str, version: i64| head.pack == pack && head.version == version;
        if known.iter().any(|k| same(&k.pack, k.version)) {
            let what = "a pack is never edited in place: give the changed text a new version";
            let whose = format!("{} version {}", head.pack, head.version);
            return Err(Error::Fault(format!("{whose}: {what}")));
        }
        let is_open = |p: &&ProposalRow| p.state != ProposalState::Withdrawn;
        let mut open = proposals.iter().filter(is_open);
        if open.any(|p| same(&p.pack, p.version)) {
            let (pack, version) = (&head.pack, head.version);
            tracing::warn!(%pack, version, "a shipped pack is not put forward: that version is proposed already");
            continue;
        }
        wanted.push((source, head));
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let work = store.begin(now).await?;
    let mut audit = Vec::new();
    for (source, head) in &wanted {
        audit.push(propose(&work, source, (&head.pack, head.version)).await?);
    }
    let first = audit.remove(0);
    Ok(work.commit(store::Audit::with(first, audit)).await?)
}

async fn add_calendar(store: &Store, now: Instant) -> Result<()> {
    let calendar = shipped_calendar()?;
    let known = rows::load_calendars(store).await?;
    if known.iter().any(|c| c.hash == calendar.hash()) {
        return Ok(());
    }
    let work = store.begin(now).await?;
    let row = StoredCalendar {
        id: work.next_id(),
        hash: calendar.hash().to_owned(),
        body: shipped_calendar_text().to_owned(),
    };
    rows::insert_calendar(&work, &row).await?;
    let detail =
        serde_json::json!({ "hash": row.hash, "official_until": calendar.official_until() });
    let entry = AuditEntry::new(&Actor::system(), "rules.calendar_added", "calendar", row.id);
    Ok(work.commit(entry.detail(detail)).await?)
}
