//! Numbered lists of cases, and who got them.

use super::list_rows::ProblemListRow;
use crate::sql::{Page, PageKey, Select, count, instant, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::{OrgId, UserId};
use domain::tickets::CaseListKind;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A list to make.
#[derive(Clone, Debug)]
pub struct NewProblemList<'n> {
    /// Its number.
    pub number: &'n str,
    /// What it is made for.
    pub kind: CaseListKind,
    /// What its maker thinks of the cases, and what is planned; empty where it is not a report.
    pub words: (&'n str, &'n str),
    /// The unit.
    pub org: OrgId,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// The rows, in their order.
    pub rows: &'n [ProblemListRow],
    /// SHA-256 over the rows, hexadecimal.
    pub hash: &'n str,
    /// The rule under which penalties follow.
    pub penalty_rule: &'n str,
    /// The article that says so.
    pub penalty_article: &'n str,
    /// Who makes it.
    pub by: UserId,
    /// Name of who makes it.
    pub by_name: &'n str,
}

/// The head of a list.
#[derive(Clone, Debug)]
pub struct ProblemListHead {
    /// Its id.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// What it was made for.
    pub kind: CaseListKind,
    /// What its maker thinks of the cases.
    pub opinion: String,
    /// What is planned.
    pub plan: String,
    /// Code of the unit.
    pub org_code: String,
    /// Name of the unit.
    pub org_name: String,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// How many rows it has.
    pub rows: i64,
    /// SHA-256 over its rows, hexadecimal.
    pub hash: String,
    /// The rule under which penalties follow.
    pub penalty_rule: String,
    /// The article that says so.
    pub penalty_article: String,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: Instant,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    number: String,
    kind: String,
    opinion: String,
    plan: String,
    org_code: String,
    org_name: String,
    from_on: NaiveDate,
    to_on: NaiveDate,
    row_count: i64,
    rows_hash: String,
    penalty_rule: String,
    penalty_article: String,
    made_by_name: String,
    made_at: i64,
}

impl TryFrom<Row> for ProblemListHead {
    type Error = crate::StoreError;

    fn try_from(r: Row) -> Result<Self> {
        Ok(Self {
            id: r.id,
            number: r.number,
            kind: CaseListKind::parse(&r.kind)?,
            opinion: r.opinion,
            plan: r.plan,
            org_code: r.org_code,
            org_name: r.org_name,
            from: r.from_on,
            to: r.to_on,
            rows: r.row_count,
            hash: r.rows_hash,
            penalty_rule: r.penalty_rule,
            penalty_article: r.penalty_article,
            made_by: r.made_by_name,
            made_at: instant(r.made_at),
        })
    }
}

/// Keeps a list with its rows.
///
/// # Errors
/// What the database says.
pub async fn insert_problem_list(work: &UnitOfWork, new: &NewProblemList<'_>) -> Result<Uuid> {
    let id = work.next_id();
    let sql = "INSERT INTO problem_lists (id, number, org_id, from_on, to_on, row_count, rows_hash, penalty_rule, \
               penalty_article, made_by, made_by_name, made_at, kind, opinion, plan) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    let values = params![
        id,
        new.number,
        new.org.0,
        new.from,
        new.to,
        i64::try_from(new.rows.len()).unwrap_or(i64::MAX),
        new.hash,
        new.penalty_rule,
        new.penalty_article,
        new.by.0,
        new.by_name,
        millis(work.now()),
        new.kind.as_str(),
        new.words.0,
        new.words.1,
    ];
    work.execute(sql, values).await?;
    for row in new.rows {
        let sql = "INSERT INTO problem_list_rows (id, list_id, seq, item, occurred_on, ticket_id, ticket_number, problem, \
                   state, policy_no, channel, customer_no, org_name, salesperson, handler, issued_on, listed_after, \
                   processed_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
        let values = params![
            work.next_id(),
            id,
            row.seq,
            row.item,
            row.occurred_on,
            row.ticket_id,
            row.ticket_number.as_str(),
            row.problem.as_str(),
            row.state.as_str(),
            row.policy_no.as_deref(),
            row.channel.as_deref(),
            row.customer_no.as_str(),
            row.org_name.as_str(),
            row.salesperson.as_deref(),
            row.handler.as_deref(),
            row.issued_on,
            row.listed_after,
            row.processed_on,
        ];
        work.execute(sql, values).await?;
    }
    Ok(id)
}

const SELECT: &str = "SELECT l.id, l.number, o.org_code, o.name AS org_name, l.from_on, l.to_on, l.row_count, l.rows_hash, \
     l.penalty_rule, l.penalty_article, l.made_by_name, l.made_at, l.kind, l.opinion, l.plan FROM problem_lists l JOIN orgs o ON o.id = l.org_id";

/// Lists of the units in sight; who sees an own list only, those that were sent to them.
fn in_sight(select: &mut Select, scope: &Scope) {
    select.scope(scope, "l.org_id");
    if let Some(user) = scope.own_list_of() {
        select.filter(
            "l.id IN (SELECT list_id FROM problem_list_recipients WHERE user_id = ?)",
            params![user.0],
        );
    }
}

/// Lists of the units in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_problem_lists(
    db: &impl Reads,
    scope: &Scope,
    after: Option<&PageKey>,
    limit: u64,
) -> Result<Page<ProblemListHead>> {
    let mut select = Select::new(SELECT);
    in_sight(&mut select, scope);
    select.page_by_id("l.id", true, after, limit);
    let rows: Vec<Row> = select.list(db).await?;
    let rows = rows.into_iter().map(ProblemListHead::try_from);
    let rows = rows.collect::<Result<Vec<_>>>()?;
    Ok(Page::cut_by_id(rows, limit, |r: &ProblemListHead| r.id))
}

/// A list of the units in sight, by number.
///
/// # Errors
/// What the database says.
pub async fn find_problem_list(
    db: &impl Reads,
    scope: &Scope,
    number: &str,
) -> Result<Option<ProblemListHead>> {
    let mut select = Select::new(SELECT);
    in_sight(&mut select, scope);
    select.filter("l.number = ?", params![number]);
    let rows: Vec<Row> = select.list(db).await?;
    rows.into_iter()
        .next()
        .map(ProblemListHead::try_from)
        .transpose()
}

/// Somebody who got a list.
#[derive(Clone, Debug)]
pub struct ListRecipient {
    /// The person.
    pub user: UserId,
    /// Name.
    pub name: String,
    /// Name of the unit of the post.
    pub org_name: String,
    /// Kind of post.
    pub post: String,
    /// Got it as a copy.
    pub is_copy: bool,
    /// When it was sent.
    pub sent_at: Instant,
    /// When it was read.
    pub read_at: Option<Instant>,
}

#[derive(FromQueryResult)]
struct RecipientRow {
    user_id: Uuid,
    user_name: String,
    org_name: String,
    post: String,
    is_copy: bool,
    sent_at: i64,
    read_at: Option<i64>,
}

/// Sends a list to somebody; whoever got it before keeps that receipt.
///
/// # Errors
/// What the database says.
pub async fn insert_list_recipient(
    work: &UnitOfWork,
    list_id: Uuid,
    user: UserId,
    (name, org_name): (&str, &str),
    post: &str,
    is_copy: bool,
) -> Result<()> {
    let sql = "INSERT INTO problem_list_recipients (id, list_id, user_id, user_name, org_name, post, is_copy, sent_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (list_id, user_id) DO NOTHING";
    let values = params![
        work.next_id(),
        list_id,
        user.0,
        name,
        org_name,
        post,
        is_copy,
        millis(work.now()),
    ];
    work.execute(sql, values).await.map(|_| ())
}

/// Who got a list that was found before.
///
/// # Errors
/// What the database says.
pub async fn list_recipients(db: &impl Reads, list_id: Uuid) -> Result<Vec<ListRecipient>> {
    let sql = "SELECT user_id, user_name, org_name, post, is_copy, sent_at, read_at FROM problem_list_recipients \
               WHERE list_id = $1 ORDER BY is_copy, user_name";
    let rows: Vec<RecipientRow> = list(db, sql, params![list_id]).await?;
    let recipient = |r: RecipientRow| ListRecipient {
        user: UserId(r.user_id),
        name: r.user_name,
        org_name: r.org_name,
        post: r.post,
        is_copy: r.is_copy,
        sent_at: instant(r.sent_at),
        read_at: r.read_at.map(instant),
    };
    Ok(rows.into_iter().map(recipient).collect())
}

/// How many lists somebody got and has not read.
///
/// # Errors
/// What the database says.
pub async fn count_unread_lists(db: &impl Reads, user: UserId) -> Result<i64> {
    let sql =
        "SELECT COUNT(*) AS n FROM problem_list_recipients WHERE user_id = $1 AND read_at IS NULL";
    count(db, sql, params![user.0]).await
}

/// Notes that somebody who got a list has read it; says whether that is new.
///
/// # Errors
/// What the database says.
pub async fn mark_list_read(work: &UnitOfWork, list_id: Uuid, user: UserId) -> Result<bool> {
    let sql = "UPDATE problem_list_recipients SET read_at = $1 WHERE list_id = $2 AND user_id = $3 AND read_at IS NULL";
    let values = params![millis(work.now()), list_id, user.0];
    Ok(work.execute(sql, values).await? > 0)
}
