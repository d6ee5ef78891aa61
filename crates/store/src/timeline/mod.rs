//! Everything that happened to a customer or a policy as one list, the newest first.
//!
//! Each source is read on its own, along its own index and never for more than a page; the pages are
//! merged. Rows are ordered by moment and id, so that a page can begin where the last one ended.

mod filter;
mod sources;

pub use filter::{TimelineFilter, TimelineGroup};

use crate::sql::{Page, PageKey, Select, instant, millis, params};
use crate::{Reads, Result};
use chrono::{NaiveDate, NaiveTime};
use domain::access::Scope;
use domain::ids::{CustomerId, PolicyId};
use domain::time::{self, Instant};
use sea_orm::{FromQueryResult, Value};
use sources::{SOURCES, Source};
use uuid::Uuid;

/// Whose timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimelineOf {
    /// Of a customer.
    Customer(CustomerId),
    /// Of a policy.
    Policy(PolicyId),
}

/// What kind of thing happened; says what [`TimelineRow::code`] means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimelineKind {
    /// An event; the code is its type.
    Event,
    /// A policy was issued; the code is its status today.
    PolicyIssued,
    /// A receipt was signed; the code is `electronic` or `paper`.
    Receipt,
    /// An obligation was planned; the code is its programme.
    ObligationPlanned,
    /// An obligation was discharged; the code is its timing.
    ObligationDischarged,
    /// A callback took a step; the code is the command, the detail the state after it.
    CallbackStep,
    /// An attempt to reach the customer; the code is its result, the detail the channel.
    Attempt,
    /// A ticket took a step; the code is the step, the detail the state after it.
    TicketStep,
    /// A message to the customer; the code is where it stands, the detail what its text is called.
    Message,
    /// A field of the record was changed; the code is the field, the detail the reason.
    Change,
}

impl TimelineKind {
    /// Its code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::PolicyIssued => "policy_issued",
            Self::Receipt => "receipt",
            Self::ObligationPlanned => "obligation_planned",
            Self::ObligationDischarged => "obligation_discharged",
            Self::CallbackStep => "callback_step",
            Self::Attempt => "attempt",
            Self::TicketStep => "ticket_step",
            Self::Message => "message",
            Self::Change => "change",
        }
    }
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineRow {
    /// When.
    pub at: Instant,
    /// Only the day is known.
    pub is_whole_day: bool,
    /// Id of the row behind it.
    pub id: Uuid,
    /// What kind of thing.
    pub kind: TimelineKind,
    /// What exactly, as a code.
    pub code: String,
    /// Number of the obligation, callback or ticket; the claim of an event.
    pub number: Option<String>,
    /// Id of the callback or ticket, for links.
    pub link: Option<Uuid>,
    /// Number of the policy.
    pub policy_no: Option<String>,
    /// More about it, as a code or in words.
    pub detail: Option<String>,
    /// Amount in fen.
    pub amount_fen: Option<i64>,
    /// Who did it.
    pub actor: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    at: i64,
    code: Option<String>,
    number: Option<String>,
    link: Option<Uuid>,
    policy_no: Option<String>,
    detail: Option<String>,
    amount_fen: Option<i64>,
    actor: Option<String>,
}

#[derive(FromQueryResult)]
struct DayRow {
    id: Uuid,
    on_day: NaiveDate,
    code: String,
    electronic: Option<bool>,
    policy_no: Option<String>,
}

/// A page of the timeline, the newest first. Rows of units out of sight are left out.
///
/// # Errors
/// What the database says.
pub async fn list_timeline(
    db: &impl Reads,
    scope: &Scope,
    of: TimelineOf,
    filter: &TimelineFilter,
    limit: u64,
) -> Result<Page<TimelineRow>> {
    let mut rows = Vec::new();
    for source in SOURCES.iter().filter(|s| filter.wants(s.kind, s.actor)) {
        rows.extend(list_source(db, scope, source, of, filter, limit).await?);
    }
    if filter.wants(TimelineKind::Change, Some("r.actor_name")) {
        rows.extend(list_changes(db, scope, of, filter, limit).await?);
    }
    if filter.wants(TimelineKind::PolicyIssued, None) {
        rows.extend(list_issues(db, scope, of, filter, limit).await?);
        rows.extend(list_receipts(db, scope, of, filter, limit).await?);
    }
    rows.sort_by_key(|r| std::cmp::Reverse((r.at, r.id)));
    let key = |r: &TimelineRow| PageKey {
        sort: millis(r.at).to_string(),
        id: r.id,
    };
    Ok(Page::cut(
        rows,
        usize::try_from(limit).unwrap_or(usize::MAX),
        key,
    ))
}

async fn list_source(
    db: &impl Reads,
    scope: &Scope,
    source: &Source,
    of: TimelineOf,
    filter: &TimelineFilter,
    limit: u64,
) -> Result<Vec<TimelineRow>> {
    let mut select = Select::new(source.select);
    select.scope(scope, source.org).own(scope, source.customer);
    match of {
        TimelineOf::Customer(id) => select.filter(source.of_customer, params![id.0]),
        TimelineOf::Policy(id) => select.filter(source.of_policy, params![id.0]),
    };
    filter.cut(&mut select, source.at, source.actor);
    before(&mut select, source.at, source.id, filter, limit);
    let rows: Vec<Row> = select.list(db).await?;
    Ok(rows.into_iter().map(|r| row(source.kind, r)).collect())
}

/// Changes of the record itself: of the customer, or of the policy.
async fn list_changes(
    db: &impl Reads,
    scope: &Scope,
    of: TimelineOf,
    filter: &TimelineFilter,
    limit: u64,
) -> Result<Vec<TimelineRow>> {
    const COLUMNS: &str = "SELECT r.id, r.changed_at AS at, r.field AS code, NULL AS number, NULL AS link, \
         NULL AS policy_no, r.reason AS detail, NULL AS amount_fen, r.actor_name AS actor FROM record_changes r";
    let (mut select, id) = match of {
        TimelineOf::Customer(id) => {
            let mut select =
                Select::new(&format!("{COLUMNS} JOIN customers c ON c.id = r.entity_id"));
            select.scope_customer(scope);
            (select, id.0)
        }
        TimelineOf::Policy(id) => {
            let mut select =
                Select::new(&format!("{COLUMNS} JOIN policies p ON p.id = r.entity_id"));
            select
                .scope(scope, "p.org_id")
                .own(scope, "p.policyholder_id");
            (select, id.0)
        }
    };
    select.filter("r.entity_id = ?", params![id]);
    filter.cut(&mut select, "r.changed_at", Some("r.actor_name"));
    before(&mut select, "r.changed_at", "r.id", filter, limit);
    let rows: Vec<Row> = select.list(db).await?;
    Ok(rows
        .into_iter()
        .map(|r| row(TimelineKind::Change, r))
        .collect())
}

/// Issues of policies that no event row tells of.
async fn list_issues(
    db: &impl Reads,
    scope: &Scope,
    of: TimelineOf,
    filter: &TimelineFilter,
    limit: u64,
) -> Result<Vec<TimelineRow>> {
    let mut select = Select::new(
        "SELECT p.id, p.issue_date AS on_day, p.status AS code, p.electronic_ack AS electronic, p.policy_no FROM policies p",
    );
    select.filter(
        "NOT EXISTS (SELECT 1 FROM events e WHERE e.policy_id = p.id AND e.type = 'policy_issued')",
        Vec::new(),
    );
    let rows = list_days(
        db,
        scope,
        select,
        of,
        ("p.issue_date", "p.id"),
        filter,
        limit,
    )
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| day_row(TimelineKind::PolicyIssued, r.code.clone(), r))
        .collect())
}

/// Receipts, corrected ones too.
async fn list_receipts(
    db: &impl Reads,
    scope: &Scope,
    of: TimelineOf,
    filter: &TimelineFilter,
    limit: u64,
) -> Result<Vec<TimelineRow>> {
    let select = Select::new(
        "SELECT r.id, r.signed_on AS on_day, '' AS code, r.electronic, p.policy_no \
         FROM receipts r JOIN policies p ON p.id = r.policy_id",
    );
    let rows = list_days(
        db,
        scope,
        select,
        of,
        ("r.signed_on", "r.id"),
        filter,
        limit,
    )
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| {
            let code = match r.electronic {
                Some(true) => "electronic",
                Some(false) => "paper",
                None => "",
            };
            day_row(TimelineKind::Receipt, code.to_owned(), r)
        })
        .collect())
}

/// Rows of which only the day is known: they lie at its beginning.
async fn list_days(
    db: &impl Reads,
    scope: &Scope,
    mut select: Select,
    of: TimelineOf,
    (day, id): (&str, &str),
    filter: &TimelineFilter,
    limit: u64,
) -> Result<Vec<DayRow>> {
    select
        .scope(scope, "p.org_id")
        .own(scope, "p.policyholder_id");
    match of {
        TimelineOf::Customer(of) => select.filter("p.policyholder_id = ?", params![of.0]),
        TimelineOf::Policy(of) => select.filter("p.id = ?", params![of.0]),
    };
    filter.cut_days(&mut select, day);
    if let Some((at, after)) = place(filter) {
        let last = time::date_in_china(instant(at));
        let begin = millis(time::at_in_china(last, NaiveTime::MIN));
        if at > begin {
            select.filter(&format!("{day} <= ?"), params![last]);
        } else {
            select.filter(
                &format!("({day} < ? OR ({day} = ? AND {id} < ?))"),
                params![last, last, after],
            );
        }
    }
    select.then(
        &format!("ORDER BY {day} DESC, {id} DESC LIMIT ?"),
        params![one_more(limit)],
    );
    select.list(db).await
}

/// Moment and id of the row after which a page begins.
fn place(filter: &TimelineFilter) -> Option<(i64, Uuid)> {
    let after = filter.after.as_ref()?;
    Some((after.sort.parse().ok()?, after.id))
}

/// Rows to read so that it is seen whether there are more.
fn one_more(limit: u64) -> i64 {
    i64::try_from(limit + 1).unwrap_or(i64::MAX)
}

fn before(select: &mut Select, at: &str, id: &str, filter: &TimelineFilter, limit: u64) {
    if let Some((last, after)) = place(filter) {
        let values: Vec<Value> = params![last, last, after];
        select.filter(&format!("({at} < ? OR ({at} = ? AND {id} < ?))"), values);
    }
    select.then(
        &format!("ORDER BY {at} DESC, {id} DESC LIMIT ?"),
        params![one_more(limit)],
    );
}

fn row(kind: TimelineKind, r: Row) -> TimelineRow {
    TimelineRow {
        at: instant(r.at),
        is_whole_day: false,
        id: r.id,
        kind,
        code: r.code.unwrap_or_default(),
        number: r.number,
        link: r.link,
        policy_no: r.policy_no,
        detail: r.detail,
        amount_fen: r.amount_fen,
        actor: r.actor,
    }
}

fn day_row(kind: TimelineKind, code: String, r: DayRow) -> TimelineRow {
    TimelineRow {
        at: time::at_in_china(r.on_day, NaiveTime::MIN),
        is_whole_day: true,
        id: r.id,
        kind,
        code,
        number: None,
        link: None,
        policy_no: r.policy_no,
        detail: None,
        amount_fen: None,
        actor: None,
    }
}
