//! Service teams with their members.

use crate::sql::{Page, PageKey, Select, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::{OrgPath, Scope};
use domain::customers::ValueClass;
use domain::ids::{OrgId, TeamId, UserId};
use domain::service::Candidate;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// Members of a team, those who left included; teams have a few.
const MEMBERS_MAX: i64 = 500;
/// People among whom somebody is chosen.
const CANDIDATES_MAX: i64 = 10_000;

/// A team.
#[derive(Clone, Debug)]
pub struct TeamRow {
    /// Its id.
    pub id: TeamId,
    /// The unit.
    pub org_id: OrgId,
    /// Name of the unit.
    pub org_name: String,
    /// What it is called.
    pub name: String,
    /// Which class it serves.
    pub serves: ValueClass,
    /// Who leads it.
    pub lead_id: UserId,
    /// Name of who leads it.
    pub lead_name: String,
    /// Since when it takes no customers.
    pub closed_on: Option<NaiveDate>,
    /// Members at present.
    pub members: i64,
    /// Customers in the charge of its members.
    pub customers: i64,
    /// Version, for updates.
    pub version: i64,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    org_id: Uuid,
    org_name: String,
    name: String,
    serves: String,
    lead_id: Uuid,
    lead_name: String,
    closed_on: Option<NaiveDate>,
    members: i64,
    customers: i64,
    version: i64,
}

const SELECT: &str = "SELECT t.id, t.org_id, o.name AS org_name, t.name, t.serves, t.lead_id, u.display_name AS lead_name, \
     t.closed_on, (SELECT COUNT(*) FROM service_team_members m WHERE m.team_id = t.id AND m.until_on IS NULL) AS members, \
     (SELECT COUNT(*) FROM service_team_members m JOIN service_charges h ON h.user_id = m.user_id AND h.team_id = t.id \
     WHERE m.team_id = t.id AND m.until_on IS NULL AND h.until_at IS NULL) AS customers, t.version \
     FROM service_teams t JOIN orgs o ON o.id = t.org_id JOIN users u ON u.id = t.lead_id";

fn team(r: Row) -> Result<TeamRow> {
    Ok(TeamRow {
        id: TeamId(r.id),
        org_id: OrgId(r.org_id),
        org_name: r.org_name,
        name: r.name,
        serves: ValueClass::parse(&r.serves)?,
        lead_id: UserId(r.lead_id),
        lead_name: r.lead_name,
        closed_on: r.closed_on,
        members: r.members,
        customers: r.customers,
        version: r.version,
    })
}

/// Teams are not of a list; who is limited to one sees those they belong to.
fn in_sight(select: &mut Select, scope: &Scope) {
    select.scope(scope, "t.org_id");
    if let Some(user) = scope.own_list_of() {
        let own = "EXISTS (SELECT 1 FROM service_team_members own WHERE own.team_id = t.id AND own.user_id = ?)";
        select.filter(own, params![user.0]);
    }
}

/// Teams in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_teams(
    db: &impl Reads,
    scope: &Scope,
    after: Option<&PageKey>,
    limit: u64,
) -> Result<Page<TeamRow>> {
    let mut select = Select::new(SELECT);
    in_sight(&mut select, scope);
    select.page_by_id("t.id", true, after, limit);
    let rows: Vec<Row> = select.list(db).await?;
    let rows = rows.into_iter().map(team).collect::<Result<_>>()?;
    Ok(Page::cut_by_id(rows, limit, |r: &TeamRow| r.id.0))
}

/// A team in sight.
///
/// # Errors
/// What the database says.
pub async fn find_team(db: &impl Reads, scope: &Scope, id: TeamId) -> Result<Option<TeamRow>> {
    let mut select = Select::new(SELECT);
    in_sight(&mut select, scope);
    select.filter("t.id = ?", params![id.0]);
    let rows: Vec<Row> = select.list(db).await?;
    rows.into_iter().next().map(team).transpose()
}

/// A member of a team, now or before.
#[derive(Clone, Debug)]
pub struct MemberRow {
    /// The person.
    pub user: UserId,
    /// Name to sign in with.
    pub username: String,
    /// Name to show.
    pub name: String,
    /// The account is in use.
    pub active: bool,
    /// Since when.
    pub since_on: NaiveDate,
    /// Until when.
    pub until_on: Option<NaiveDate>,
    /// Customers in the person's charge for the team.
    pub customers: i64,
}

#[derive(FromQueryResult)]
struct MemberDbRow {
    user_id: Uuid,
    username: String,
    name: String,
    active: bool,
    since_on: NaiveDate,
    until_on: Option<NaiveDate>,
    customers: i64,
}

/// Members of a team in sight, those of the present first.
///
/// # Errors
/// What the database says.
pub async fn list_team_members(
    db: &impl Reads,
    scope: &Scope,
    id: TeamId,
) -> Result<Vec<MemberRow>> {
    let mut select = Select::new(
        "SELECT m.user_id, u.username, u.display_name AS name, u.active, m.since_on, m.until_on, \
         (SELECT COUNT(*) FROM service_charges h WHERE h.user_id = m.user_id AND h.team_id = m.team_id \
         AND h.until_at IS NULL) AS customers \
         FROM service_team_members m JOIN service_teams t ON t.id = m.team_id JOIN users u ON u.id = m.user_id",
    );
    in_sight(&mut select, scope);
    select.filter("m.team_id = ?", params![id.0]);
    let order = "ORDER BY CASE WHEN m.until_on IS NULL THEN 0 ELSE 1 END, m.id LIMIT ?";
    select.then(order, params![MEMBERS_MAX]);
    let rows: Vec<MemberDbRow> = select.list(db).await?;
    let member = |r: MemberDbRow| MemberRow {
        user: UserId(r.user_id),
        username: r.username,
        name: r.name,
        active: r.active,
        since_on: r.since_on,
        until_on: r.until_on,
        customers: r.customers,
    };
    Ok(rows.into_iter().map(member).collect())
}

/// A team to make.
#[derive(Clone, Copy, Debug)]
pub struct NewTeam<'n> {
    /// The unit.
    pub org: OrgId,
    /// What it is called.
    pub name: &'n str,
    /// Which class it serves.
    pub serves: ValueClass,
    /// Who leads it.
    pub lead: UserId,
}

/// Adds a team.
///
/// # Errors
/// What the database says.
pub async fn insert_team(work: &UnitOfWork, new: &NewTeam<'_>) -> Result<TeamId> {
    let id = work.next_id();
    let sql = "INSERT INTO service_teams (id, org_id, name, serves, lead_id, version, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, 1, $6, $6)";
    let values = params![
        id,
        new.org.0,
        new.name,
        new.serves.as_str(),
        new.lead.0,
        millis(work.now())
    ];
    work.execute(sql, values).await?;
    Ok(TeamId(id))
}

/// Notes that a team takes no more customers.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed it.
pub async fn close_team(work: &UnitOfWork, seen: &TeamRow, on: NaiveDate) -> Result<()> {
    let sql = "UPDATE service_teams SET closed_on = $1, updated_at = $2, version = version + 1 \
               WHERE id = $3 AND version = $4 AND closed_on IS NULL";
    let values = params![on, millis(work.now()), seen.id.0, seen.version];
    work.execute_one(sql, values).await
}

/// Adds a member.
///
/// # Errors
/// What the database says, such as a member twice.
pub async fn insert_member(
    work: &UnitOfWork,
    team: TeamId,
    user: UserId,
    since_on: NaiveDate,
) -> Result<()> {
    let sql =
        "INSERT INTO service_team_members (id, team_id, user_id, since_on) VALUES ($1, $2, $3, $4)";
    work.execute(sql, params![work.next_id(), team.0, user.0, since_on])
        .await
        .map(|_| ())
}

/// Notes that a member left.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when the person is no member.
pub async fn end_member(
    work: &UnitOfWork,
    team: TeamId,
    user: UserId,
    until_on: NaiveDate,
) -> Result<()> {
    let sql = "UPDATE service_team_members SET until_on = $1 WHERE team_id = $2 AND user_id = $3 AND until_on IS NULL";
    work.execute_one(sql, params![until_on, team.0, user.0])
        .await
}

#[derive(FromQueryResult)]
struct CandidateRow {
    user_id: Uuid,
    team_id: Uuid,
    path: String,
    languages: String,
    customers: i64,
}

/// People who can take charge of customers of a class: members of open teams that serve it, for the program
/// itself and for who chooses.
///
/// # Errors
/// What the database says.
pub async fn list_candidates(db: &impl Reads, serves: ValueClass) -> Result<Vec<Candidate>> {
    let sql = "SELECT m.user_id, m.team_id, o.path, u.languages, (SELECT COUNT(*) FROM service_charges h \
               WHERE h.user_id = m.user_id AND h.until_at IS NULL) AS customers FROM service_team_members m \
               JOIN service_teams t ON t.id = m.team_id JOIN orgs o ON o.id = t.org_id JOIN users u ON u.id = m.user_id \
               WHERE m.until_on IS NULL AND t.closed_on IS NULL AND u.active AND t.serves = $1 ORDER BY m.id LIMIT $2";
    let rows: Vec<CandidateRow> = list(db, sql, params![serves.as_str(), CANDIDATES_MAX]).await?;
    let candidate = |r: CandidateRow| Candidate {
        user: UserId(r.user_id),
        team: TeamId(r.team_id),
        org: OrgPath::from_stored(r.path),
        languages: r
            .languages
            .split(',')
            .map(|l| l.trim().to_owned())
            .filter(|l| !l.is_empty())
            .collect(),
        load: r.customers,
    };
    Ok(rows.into_iter().map(candidate).collect())
}
