//! Samples of submitted electronic callbacks, and what their inspection found.

use crate::customers::shown_name;
use crate::sql::{Select, end_of_day, instant, millis, params, start_of_day};
use crate::{Page, PageKey, Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::electronic::Verdict;
use domain::ids::{CallbackId, LinkId};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A sample as it is drawn.
#[derive(Clone, Debug)]
pub struct NewSample<'n> {
    /// The unit whose callbacks, and those below it, were drawn from.
    pub org: Uuid,
    /// Submitted from this day.
    pub from_on: NaiveDate,
    /// Submitted until this day.
    pub to_on: NaiveDate,
    /// How many of a thousand.
    pub per_mille: u32,
    /// What the draw hangs on, hexadecimal.
    pub seed: &'n str,
    /// How many it was drawn from.
    pub population: i64,
    /// SHA-256 over them, in their order.
    pub population_hash: &'n str,
    /// The links that were drawn, in the order of the draw.
    pub drawn: &'n [LinkId],
    /// Who drew it.
    pub drawn_by: &'n str,
}

/// A sample.
#[derive(Clone, Debug)]
pub struct SampleRow {
    /// Its id.
    pub id: Uuid,
    /// Name of the unit.
    pub org_name: String,
    /// Submitted from this day.
    pub from_on: NaiveDate,
    /// Submitted until this day.
    pub to_on: NaiveDate,
    /// How many of a thousand.
    pub per_mille: i64,
    /// What the draw hangs on.
    pub seed: String,
    /// How many it was drawn from.
    pub population: i64,
    /// SHA-256 over them.
    pub population_hash: String,
    /// How many were drawn.
    pub drawn: i64,
    /// Who drew it.
    pub drawn_by: String,
    /// When.
    pub drawn_at: Instant,
    /// How many are inspected.
    pub inspected: i64,
    /// How many were found wanting.
    pub problems: i64,
}

/// A callback that is to be inspected.
#[derive(Clone, Debug)]
pub struct InspectionRow {
    /// Its id.
    pub id: Uuid,
    /// The sample.
    pub sample: Uuid,
    /// The link.
    pub link: LinkId,
    /// Its place in the draw.
    pub seq: i64,
    /// The callback.
    pub callback: CallbackId,
    /// Number of the callback.
    pub callback_number: String,
    /// Name of the customer, masked.
    pub customer_name: String,
    /// Name of the unit.
    pub org_name: String,
    /// When it was submitted.
    pub submitted_at: Option<Instant>,
    /// What was found.
    pub verdict: Option<Verdict>,
    /// Whether the evidence was whole.
    pub chain_is_sound: Option<bool>,
    /// What was found, in words.
    pub finding: Option<String>,
    /// Who looked.
    pub inspected_by: Option<String>,
    /// When.
    pub inspected_at: Option<Instant>,
    /// Version, for updates.
    pub version: i64,
}

#[derive(FromQueryResult)]
struct IdRow {
    id: Uuid,
}

/// Submitted callbacks in sight of some days, by id.
///
/// # Errors
/// What the database says.
pub async fn list_population(
    db: &impl Reads,
    scope: &Scope,
    from_on: NaiveDate,
    to_on: NaiveDate,
) -> Result<Vec<LinkId>> {
    let mut select =
        Select::new("SELECT l.id FROM electronic_links l JOIN callbacks b ON b.id = l.callback_id");
    select
        .scope(scope, "b.org_id")
        .own(scope, "b.customer_id")
        .filter(
            "l.state = 'submitted' AND l.ended_at >= ? AND l.ended_at < ?",
            params![start_of_day(from_on), end_of_day(to_on)],
        );
    select.then("ORDER BY l.id LIMIT 200000", Vec::new());
    let rows: Vec<IdRow> = select.list(db).await?;
    Ok(rows.into_iter().map(|r| LinkId(r.id)).collect())
}

/// Keeps a sample with the callbacks that were drawn.
///
/// # Errors
/// What the database says.
pub async fn draw_sample(work: &UnitOfWork, new: &NewSample<'_>) -> Result<Uuid> {
    let id = work.next_id();
    let sql = "INSERT INTO electronic_samples (id, org_id, from_on, to_on, per_mille, seed, population, population_hash, \
               drawn, drawn_by, drawn_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let values = params![
        id,
        new.org,
        new.from_on,
        new.to_on,
        i64::from(new.per_mille),
        new.seed,
        new.population,
        new.population_hash,
        i64::try_from(new.drawn.len()).unwrap_or(i64::MAX),
        new.drawn_by,
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    let sql = "INSERT INTO electronic_inspections (id, sample_id, link_id, seq, version) VALUES ($1, $2, $3, $4, 1)";
    for (seq, link) in (1_i64..).zip(new.drawn) {
        work.execute(sql, params![work.next_id(), id, link.0, seq])
            .await?;
    }
    Ok(id)
}

#[derive(FromQueryResult)]
struct SampleDbRow {
    id: Uuid,
    org_name: String,
    from_on: NaiveDate,
    to_on: NaiveDate,
    per_mille: i64,
    seed: String,
    population: i64,
    population_hash: String,
    drawn: i64,
    drawn_by: String,
    drawn_at: i64,
    inspected: i64,
    problems: i64,
}

fn samples(scope: &Scope) -> Select {
    let mut select = Select::new(
        "SELECT s.id, o.name AS org_name, s.from_on, s.to_on, s.per_mille, s.seed, s.population, s.population_hash, s.drawn, \
         s.drawn_by, s.drawn_at, \
         (SELECT COUNT(*) FROM electronic_inspections i WHERE i.sample_id = s.id AND i.verdict IS NOT NULL) AS inspected, \
         (SELECT COUNT(*) FROM electronic_inspections i WHERE i.sample_id = s.id AND i.verdict = 'problem') AS problems \
         FROM electronic_samples s JOIN orgs o ON o.id = s.org_id",
    );
    select.scope(scope, "s.org_id");
    if scope.own_list_of().is_some() {
        select.filter("1 = 0", Vec::new());
    }
    select
}

fn sample(r: SampleDbRow) -> SampleRow {
    SampleRow {
        id: r.id,
        org_name: r.org_name,
        from_on: r.from_on,
        to_on: r.to_on,
        per_mille: r.per_mille,
        seed: r.seed,
        population: r.population,
        population_hash: r.population_hash,
        drawn: r.drawn,
        drawn_by: r.drawn_by,
        drawn_at: instant(r.drawn_at),
        inspected: r.inspected,
        problems: r.problems,
    }
}

/// Samples in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_samples(
    db: &impl Reads,
    scope: &Scope,
    after: Option<&PageKey>,
    limit: u64,
) -> Result<Page<SampleRow>> {
    let mut select = samples(scope);
    select.page_by_id("s.id", true, after, limit);
    let rows: Vec<SampleDbRow> = select.list(db).await?;
    let rows: Vec<_> = rows.into_iter().map(sample).collect();
    Ok(Page::cut_by_id(rows, limit, |r| r.id))
}

/// A sample in sight.
///
/// # Errors
/// What the database says.
pub async fn find_sample(db: &impl Reads, scope: &Scope, id: Uuid) -> Result<Option<SampleRow>> {
    let mut select = samples(scope);
    select.filter("s.id = ?", params![id]);
    let found: Vec<SampleDbRow> = select.list(db).await?;
    Ok(found.into_iter().next().map(sample))
}

#[derive(FromQueryResult)]
struct InspectionDbRow {
    id: Uuid,
    sample_id: Uuid,
    link_id: Uuid,
    seq: i64,
    callback_id: Uuid,
    callback_number: String,
    customer_id: Uuid,
    customer_kind: String,
    customer_name: Vec<u8>,
    org_name: String,
    submitted_at: Option<i64>,
    verdict: Option<String>,
    chain_is_sound: Option<bool>,
    finding: Option<Vec<u8>>,
    inspected_by: Option<String>,
    inspected_at: Option<i64>,
    version: i64,
}

fn inspections(scope: &Scope) -> Select {
    let mut select = Select::new(
        "SELECT i.id, i.sample_id, i.link_id, i.seq, l.callback_id, b.number AS callback_number, b.customer_id, \
         c.kind AS customer_kind, c.name AS customer_name, o.name AS org_name, l.ended_at AS submitted_at, i.verdict, \
         i.chain_is_sound, i.finding, i.inspected_by, i.inspected_at, i.version FROM electronic_inspections i \
         JOIN electronic_links l ON l.id = i.link_id JOIN callbacks b ON b.id = l.callback_id \
         JOIN customers c ON c.id = b.customer_id JOIN orgs o ON o.id = b.org_id",
    );
    select.scope(scope, "b.org_id").own(scope, "b.customer_id");
    select
}

fn inspection(db: &impl Reads, r: InspectionDbRow) -> Result<InspectionRow> {
    let keys = db.keys();
    let finding = r
        .finding
        .map(|f| keys.open("electronic_inspections.finding", r.id, &f));
    Ok(InspectionRow {
        customer_name: shown_name(keys, r.customer_id, &r.customer_kind, &r.customer_name)?,
        finding: finding.transpose()?,
        verdict: r.verdict.as_deref().map(Verdict::parse).transpose()?,
        id: r.id,
        sample: r.sample_id,
        link: LinkId(r.link_id),
        seq: r.seq,
        callback: CallbackId(r.callback_id),
        callback_number: r.callback_number,
        org_name: r.org_name,
        submitted_at: r.submitted_at.map(instant),
        chain_is_sound: r.chain_is_sound,
        inspected_by: r.inspected_by,
        inspected_at: r.inspected_at.map(instant),
        version: r.version,
    })
}

/// What a sample drew, in sight, in the order of the draw.
///
/// # Errors
/// What the database says.
pub async fn list_inspections(
    db: &impl Reads,
    scope: &Scope,
    sample: Uuid,
) -> Result<Vec<InspectionRow>> {
    let mut select = inspections(scope);
    select.filter("i.sample_id = ?", params![sample]);
    select.then("ORDER BY i.seq LIMIT 5000", Vec::new());
    let rows: Vec<InspectionDbRow> = select.list(db).await?;
    rows.into_iter().map(|r| inspection(db, r)).collect()
}

/// Inspections of a link in sight.
///
/// # Errors
/// What the database says.
pub async fn list_inspections_of_link(
    db: &impl Reads,
    scope: &Scope,
    link: LinkId,
) -> Result<Vec<InspectionRow>> {
    let mut select = inspections(scope);
    select.filter("i.link_id = ?", params![link.0]);
    select.then("ORDER BY i.id LIMIT 50", Vec::new());
    let rows: Vec<InspectionDbRow> = select.list(db).await?;
    rows.into_iter().map(|r| inspection(db, r)).collect()
}

/// An inspection in sight.
///
/// # Errors
/// What the database says.
pub async fn find_inspection(
    db: &impl Reads,
    scope: &Scope,
    id: Uuid,
) -> Result<Option<InspectionRow>> {
    let mut select = inspections(scope);
    select.filter("i.id = ?", params![id]);
    let found: Vec<InspectionDbRow> = select.list(db).await?;
    found
        .into_iter()
        .next()
        .map(|r| inspection(db, r))
        .transpose()
}

/// Keeps what an inspection found, once.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when somebody was first.
pub async fn save_inspection(
    work: &UnitOfWork,
    row: &InspectionRow,
    verdict: Verdict,
    chain_is_sound: bool,
    finding: Option<&str>,
    (by, by_id): (&str, Option<Uuid>),
) -> Result<()> {
    let finding = finding
        .map(|f| {
            work.keys()
                .seal("electronic_inspections.finding", row.id, f)
        })
        .transpose()?;
    let sql = "UPDATE electronic_inspections SET verdict = $1, chain_is_sound = $2, finding = $3, inspected_by = $4, \
               inspected_by_id = $5, inspected_at = $6, version = version + 1 \
               WHERE id = $7 AND version = $8 AND verdict IS NULL";
    let values = params![
        verdict.as_str(),
        chain_is_sound,
        finding,
        by,
        by_id,
        millis(work.now()),
        row.id,
        row.version,
    ];
    work.execute_one(sql, values).await
}
