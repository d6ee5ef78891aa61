//! Who is and was in charge of a customer.

use super::in_sight;
use crate::sql::{Select, instant, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::access::Scope;
use domain::ids::{CustomerId, TeamId, UserId};
use domain::service::{ChargeEnd, ChargeWay};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// Persons of one customer over time that are shown.
const SHOWN_MAX: i64 = 100;

/// A person who is or was in charge.
#[derive(Clone, Debug)]
pub struct ChargeRow {
    /// Its id.
    pub id: Uuid,
    /// The person.
    pub user: UserId,
    /// Name of the person.
    pub user_name: String,
    /// The account is in use.
    pub user_active: bool,
    /// The team, by name.
    pub team_name: Option<String>,
    /// Who leads the team.
    pub lead_name: Option<String>,
    /// How the person came to it.
    pub way: ChargeWay,
    /// Who decided.
    pub made_name: String,
    /// Since when.
    pub since_at: Instant,
    /// Until when.
    pub until_at: Option<Instant>,
    /// Why it ended.
    pub end_cause: Option<ChargeEnd>,
    /// Who ended it.
    pub ended_name: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    user_id: Uuid,
    user_name: String,
    user_active: bool,
    team_name: Option<String>,
    lead_name: Option<String>,
    way: String,
    made_name: String,
    since_at: i64,
    until_at: Option<i64>,
    end_cause: Option<String>,
    ended_name: Option<String>,
}

fn charge(r: Row) -> Result<ChargeRow> {
    Ok(ChargeRow {
        id: r.id,
        user: UserId(r.user_id),
        user_name: r.user_name,
        user_active: r.user_active,
        team_name: r.team_name,
        lead_name: r.lead_name,
        way: ChargeWay::parse(&r.way)?,
        made_name: r.made_name,
        since_at: instant(r.since_at),
        until_at: r.until_at.map(instant),
        end_cause: r.end_cause.as_deref().map(ChargeEnd::parse).transpose()?,
        ended_name: r.ended_name,
    })
}

/// Persons who are or were in charge of a customer in sight, the latest first.
///
/// # Errors
/// What the database says.
pub async fn list_charges(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
) -> Result<Vec<ChargeRow>> {
    let mut select = Select::new(
        "SELECT h.id, h.user_id, u.display_name AS user_name, u.active AS user_active, t.name AS team_name, \
         l.display_name AS lead_name, h.way, h.made_name, h.since_at, h.until_at, h.end_cause, h.ended_name \
         FROM service_charges h JOIN customers c ON c.id = h.customer_id JOIN users u ON u.id = h.user_id \
         LEFT JOIN service_teams t ON t.id = h.team_id LEFT JOIN users l ON l.id = t.lead_id",
    );
    in_sight(&mut select, scope);
    select.filter("h.customer_id = ?", params![customer.0]);
    select.then("ORDER BY h.id DESC LIMIT ?", params![SHOWN_MAX]);
    let rows: Vec<Row> = select.list(db).await?;
    rows.into_iter().map(charge).collect()
}

/// Somebody to put in charge.
#[derive(Clone, Copy, Debug)]
pub struct NewCharge<'n> {
    /// The customer.
    pub customer: CustomerId,
    /// The person.
    pub user: UserId,
    /// The team for which the person takes charge.
    pub team: Option<TeamId>,
    /// How it came to that.
    pub way: ChargeWay,
    /// Name of who decides.
    pub made_name: &'n str,
}

/// Puts somebody in charge; nobody else may be.
///
/// # Errors
/// What the database says, such as another person in charge.
pub async fn insert_charge(work: &UnitOfWork, new: &NewCharge<'_>) -> Result<()> {
    let sql = "INSERT INTO service_charges (id, customer_id, user_id, team_id, way, made_name, since_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = params![
        work.next_id(),
        new.customer.0,
        new.user.0,
        new.team.map(|t| t.0),
        new.way.as_str(),
        new.made_name,
        millis(work.now())
    ];
    work.execute(sql, values).await.map(|_| ())
}

/// Ends the charge of whoever has it; says whether there was somebody.
///
/// # Errors
/// What the database says.
pub async fn end_charge(
    work: &UnitOfWork,
    customer: CustomerId,
    cause: ChargeEnd,
    by: &str,
) -> Result<bool> {
    let sql = "UPDATE service_charges SET until_at = $1, end_cause = $2, ended_name = $3 \
               WHERE customer_id = $4 AND until_at IS NULL";
    let values = params![millis(work.now()), cause.as_str(), by, customer.0];
    Ok(work.execute(sql, values).await? > 0)
}
