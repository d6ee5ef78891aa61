//! The rows of lists of bancassurance problem cases, and the cases that they are made from.

use crate::sql::{Select, end_of_day, instant, list, params, start_of_day};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::TicketId;
use domain::tickets::{BancassuranceCase, CaseListKind, ProblemType, TicketState};
use domain::time;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// A row of a list, as it was when the list was made.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ProblemListRow {
    /// Its place, from one.
    pub seq: i64,
    /// The item: from 1 to 6, in reports to departments 7 and 8.
    pub item: i64,
    /// The day on which it came about.
    pub occurred_on: NaiveDate,
    /// The ticket.
    pub ticket_id: Uuid,
    /// Number of the ticket.
    pub ticket_number: String,
    /// Type of problem as a code.
    pub problem: String,
    /// Where the ticket stood, as a code.
    pub state: String,
    /// Number of the policy.
    pub policy_no: Option<String>,
    /// Channel as a code.
    pub channel: Option<String>,
    /// Number of the customer.
    pub customer_no: String,
    /// Name of the unit.
    pub org_name: String,
    /// Code and name of the salesperson.
    pub salesperson: Option<String>,
    /// Name of who handled it.
    pub handler: Option<String>,
    /// When it was issued.
    pub issued_on: Option<NaiveDate>,
    /// The last day for processing it.
    pub listed_after: Option<NaiveDate>,
    /// When it was first processed.
    pub processed_on: Option<NaiveDate>,
}

/// A case that may be listed, with the row that it would make.
#[derive(Clone, Debug)]
pub struct ListedCase {
    /// What decides.
    pub case: BancassuranceCase,
    /// The row; item, day and place are still to be set.
    pub row: ProblemListRow,
    /// The ticket.
    pub ticket: TicketId,
    /// It is not solved yet.
    pub is_open: bool,
}

#[derive(FromQueryResult)]
struct CaseRow {
    id: Uuid,
    number: String,
    problem: String,
    state: String,
    is_open: bool,
    opened_at: i64,
    issued_at: Option<i64>,
    listed_after: Option<NaiveDate>,
    processed_at: Option<i64>,
    declared_at: Option<i64>,
    invalid_at: Option<i64>,
    policy_no: Option<String>,
    channel: Option<String>,
    customer_no: String,
    org_name: String,
    agent_code: Option<String>,
    agent_name: Option<String>,
    handler: Option<String>,
}

/// Cases of a unit and those below it that a list of a period looks at, the oldest first.
///
/// # Errors
/// What the database says.
pub async fn list_listed_cases(
    db: &impl Reads,
    scope: &Scope,
    (kind, org_path): (CaseListKind, &str),
    from: NaiveDate,
    to: NaiveDate,
    limit: i64,
) -> Result<Vec<ListedCase>> {
    let mut select = Select::new(
        "SELECT t.id, t.number, t.type AS problem, t.state, t.is_open, t.opened_at, t.issued_at, t.listed_after, t.processed_at, \
         CASE WHEN t.extended_at IS NOT NULL THEN t.declared_at END AS declared_at, t.invalid_at, p.policy_no, \
         p.channel, COALESCE(c.customer_no, '') AS customer_no, o.name AS org_name, s.agent_code, s.name AS agent_name, u.display_name AS handler \
         FROM tickets t LEFT JOIN policies p ON p.id = t.policy_id LEFT JOIN customers c ON c.id = t.customer_id \
         JOIN orgs o ON o.id = t.org_id LEFT JOIN agents s ON s.id = t.salesperson_id \
         LEFT JOIN users u ON u.id = t.handler_id",
    );
    super::filter::in_sight(&mut select, scope);
    select.under(org_path, "t.org_id");
    if kind == CaseListKind::Bancassurance {
        let channels = "p.channel IN ('bancassurance', 'bancassurance_realtime')";
        select.filter(channels, Vec::new());
    }
    select.filter("t.opened_at < ?", params![end_of_day(to)]);
    select.filter(
        "(t.closed_at IS NULL OR t.closed_at >= ?)",
        params![start_of_day(from)],
    );
    select.then("ORDER BY t.id LIMIT ?", params![limit]);
    let rows: Vec<CaseRow> = select.list(db).await?;
    rows.into_iter().map(case).collect()
}

fn case(r: CaseRow) -> Result<ListedCase> {
    let on = |at: Option<i64>| at.map(|at| time::date_in_china(instant(at)));
    let problem = ProblemType::parse(&r.problem)?;
    let state = TicketState::parse(&r.state)?;
    let opened_on = time::date_in_china(instant(r.opened_at));
    let (issued_on, processed_on) = (on(r.issued_at), on(r.processed_at));
    Ok(ListedCase {
        case: BancassuranceCase {
            problem,
            opened_on,
            listed_after: r.listed_after,
            processed_on,
            declared_on: on(r.declared_at),
            invalid_on: on(r.invalid_at),
        },
        row: ProblemListRow {
            seq: 0,
            item: 0,
            occurred_on: opened_on,
            ticket_id: r.id,
            ticket_number: r.number,
            problem: problem.as_str().to_owned(),
            state: state.as_str().to_owned(),
            policy_no: r.policy_no,
            channel: r.channel,
            customer_no: r.customer_no,
            org_name: r.org_name,
            salesperson: r
                .agent_code
                .map(|code| format!("{code} {}", r.agent_name.unwrap_or_default())),
            handler: r.handler,
            issued_on,
            listed_after: r.listed_after,
            processed_on,
        },
        ticket: TicketId(r.id),
        is_open: r.is_open,
    })
}

/// The rows of a list that was found before, in their order.
///
/// # Errors
/// What the database says.
pub async fn list_problem_list_rows(db: &impl Reads, list_id: Uuid) -> Result<Vec<ProblemListRow>> {
    let sql = "SELECT seq, item, occurred_on, ticket_id, ticket_number, problem, state, policy_no, channel, customer_no, \
               org_name, salesperson, handler, issued_on, listed_after, processed_on FROM problem_list_rows \
               WHERE list_id = $1 ORDER BY seq";
    list(db, sql, params![list_id]).await
}
