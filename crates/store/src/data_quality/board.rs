//! Figures of the quality of customers' information.

use crate::sql::{Select, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::data_quality::{Check, Severity};
use sea_orm::FromQueryResult;

/// By what figures are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoardBy {
    /// Unit.
    Org,
    /// Sales channel.
    Channel,
    /// Salesperson.
    Agent,
}

/// A line of the board.
#[derive(Clone, Debug, FromQueryResult)]
pub struct BoardRow {
    /// Code of the unit, channel or salesperson; nothing for customers without policies.
    pub code: Option<String>,
    /// Name, where it has one.
    pub name: Option<String>,
    /// Customers.
    pub customers: i64,
    /// Sum of their completeness.
    pub completeness: i64,
    /// Sum of their truth.
    pub truth: i64,
    /// Customers with something that blocks.
    pub blocked: i64,
}

/// Figures by unit, channel or salesperson, those with most that blocks first.
///
/// # Errors
/// What the database says.
pub async fn list_board(
    db: &impl Reads,
    scope: &Scope,
    by: BoardBy,
    org_path: Option<&str>,
    limit: i64,
) -> Result<Vec<BoardRow>> {
    let (code, name, join) = match by {
        BoardBy::Org => ("o.org_code", "o.name", "JOIN orgs o ON o.id = s.org_id"),
        BoardBy::Channel => ("s.channel", "CAST(NULL AS TEXT)", ""),
        BoardBy::Agent => (
            "a.agent_code",
            "a.name",
            "JOIN agents a ON a.id = s.agent_id",
        ),
    };
    let mut select = Select::new(&format!(
        "SELECT {code} AS code, {name} AS name, COUNT(*) AS customers, \
         CAST(SUM(s.completeness) AS bigint) AS completeness, CAST(SUM(s.truth) AS bigint) AS truth, \
         CAST(SUM(CASE WHEN s.is_blocked THEN 1 ELSE 0 END) AS bigint) AS blocked FROM information_states s {join}"
    ));
    scoped(&mut select, scope, org_path);
    let group = match by {
        BoardBy::Channel => "GROUP BY s.channel".to_owned(),
        _ => format!("GROUP BY {code}, {name}"),
    };
    let order = format!("{group} ORDER BY blocked DESC, customers DESC, code LIMIT ?");
    select.then(&order, params![limit]);
    select.list(db).await
}

fn scoped(select: &mut Select, scope: &Scope, org_path: Option<&str>) {
    select.scope(scope, "s.org_id").own(scope, "s.id");
    if let Some(path) = org_path {
        select.under(path, "s.org_id");
    }
}

/// How many customers have a score in a tenth of the range.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub struct Spread {
    /// The tenth: 0 for 0 to 9, 10 for 100.
    pub tenth: i64,
    /// Customers by completeness.
    pub n: i64,
}

/// How completeness and truth are spread.
///
/// # Errors
/// What the database says.
pub async fn read_spread(
    db: &impl Reads,
    scope: &Scope,
    org_path: Option<&str>,
) -> Result<(Vec<Spread>, Vec<Spread>)> {
    let mut both = Vec::new();
    for column in ["completeness", "truth"] {
        let mut select = Select::new(&format!(
            "SELECT s.{column} / 10 AS tenth, COUNT(*) AS n FROM information_states s"
        ));
        scoped(&mut select, scope, org_path);
        select.then("GROUP BY 1 ORDER BY 1", Vec::new());
        both.push(select.list(db).await?);
    }
    let truth = both.pop().unwrap_or_default();
    Ok((both.pop().unwrap_or_default(), truth))
}

/// Open findings of a check and weight.
#[derive(Clone, Copy, Debug)]
pub struct CheckCount {
    /// The check.
    pub check: Check,
    /// The weight.
    pub severity: Severity,
    /// Open ones.
    pub open: i64,
    /// Explained ones.
    pub explained: i64,
}

#[derive(FromQueryResult)]
struct CountRow {
    check_code: String,
    severity: String,
    open: i64,
    explained: i64,
}

/// Findings that have not ended, by check and weight.
///
/// # Errors
/// What the database says.
pub async fn count_checks(
    db: &impl Reads,
    scope: &Scope,
    org_path: Option<&str>,
) -> Result<Vec<CheckCount>> {
    let mut select = Select::new(
        "SELECT g.check_code, g.severity, CAST(SUM(CASE WHEN g.state = 'open' THEN 1 ELSE 0 END) AS bigint) AS open, \
         CAST(SUM(CASE WHEN g.state = 'explained' THEN 1 ELSE 0 END) AS bigint) AS explained \
         FROM information_findings g",
    );
    select.scope(scope, "g.org_id").own(scope, "g.customer_id");
    select.filter("g.state <> 'cleaned'", Vec::new());
    if let Some(path) = org_path {
        select.under(path, "g.org_id");
    }
    select.then("GROUP BY g.check_code, g.severity", Vec::new());
    let rows: Vec<CountRow> = select.list(db).await?;
    let mut counts = Vec::new();
    for r in rows {
        counts.push(CheckCount {
            check: Check::parse(&r.check_code)?,
            severity: Severity::parse(&r.severity)?,
            open: r.open,
            explained: r.explained,
        });
    }
    counts.sort_by_key(|c| (std::cmp::Reverse(c.severity), std::cmp::Reverse(c.open)));
    Ok(counts)
}

/// Customers whose information is to be verified in a month.
#[derive(Clone, Debug, FromQueryResult)]
pub struct DueMonth {
    /// The month, `YYYY-MM`.
    pub month: String,
    /// Customers.
    pub n: i64,
}

/// Customers who are due until a day, by month of the due date.
///
/// # Errors
/// What the database says.
pub async fn count_verifications_due(
    db: &impl Reads,
    scope: &Scope,
    org_path: Option<&str>,
    until: NaiveDate,
) -> Result<Vec<DueMonth>> {
    let mut select = Select::new(
        "SELECT substr(CAST(s.verify_by AS TEXT), 1, 7) AS month, COUNT(*) AS n FROM information_states s",
    );
    scoped(&mut select, scope, org_path);
    select.filter("s.verify_by <= ?", params![until]);
    select.then("GROUP BY 1 ORDER BY 1", Vec::new());
    select.list(db).await
}
