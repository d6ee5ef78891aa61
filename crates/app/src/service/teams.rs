//! Service teams: who belongs to them, and what becomes of the customers of who leaves.

use super::{SHORT_MAX, user_named};
use crate::listing::{self, PAGE_ROWS};
use crate::visits::{Problems, demanded, person};
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission};
use domain::customers::ValueClass;
use domain::ids::TeamId;
use domain::service::{ChargeEnd, ChargeWay};
use domain::time::{self, Instant};
use store::service::{self as rows, MemberRow, NewCharge, NewTeam, ServedFilter, TeamRow};
use store::{AuditEntry, Page, UnitOfWork};
use uuid::Uuid;

/// Customers that are handed over in one transaction; one person has fewer.
pub(super) const HANDED_MAX: u64 = 2_000;

/// A team, as it comes from the page.
#[derive(Clone, Debug, Default)]
pub struct TeamForm {
    /// Code of the unit.
    pub org: String,
    /// What it is called.
    pub name: String,
    /// Which class it serves, as a code.
    pub serves: String,
    /// User name of who leads it; the lead is a member.
    pub lead: String,
}

/// A member, as it comes from the page.
#[derive(Clone, Debug, Default)]
pub struct MemberForm {
    /// User name.
    pub member: String,
    /// User name of who takes over the customers; for who leaves.
    pub successor: String,
}

/// A team with its members.
#[derive(Clone, Debug)]
pub struct TeamPage {
    /// The team.
    pub row: TeamRow,
    /// Members, those of the present first.
    pub members: Vec<MemberRow>,
}

/// Teams in sight, the newest first.
///
/// # Errors
/// When the actor may not, or `after` cannot be read.
pub async fn list_teams(app: &App, actor: &Actor, after: &str) -> Result<Page<TeamRow>> {
    let scope = actor.scope(Permission::ServiceRead)?;
    let after = listing::after(after)?;
    Ok(rows::list_teams(app.store(), &scope, after.as_ref(), PAGE_ROWS).await?)
}

/// A team in sight.
///
/// # Errors
/// When the actor may not; [`Error::NotFound`] when it is not in sight.
pub async fn team_page(app: &App, actor: &Actor, id: Uuid) -> Result<TeamPage> {
    let scope = actor.scope(Permission::ServiceRead)?;
    let row = rows::find_team(app.store(), &scope, TeamId(id)).await?;
    Ok(TeamPage {
        row: row.ok_or(Error::NotFound)?,
        members: rows::list_team_members(app.store(), &scope, TeamId(id)).await?,
    })
}

/// Makes a team of a unit in sight; who leads it is its first member.
///
/// # Errors
/// All problems of the form at once.
pub async fn create_team(
    app: &App,
    actor: &Actor,
    now: Instant,
    form: &TeamForm,
) -> Result<TeamId> {
    let scope = actor.scope(Permission::ServiceAssign)?;
    let mut problems = Problems::default();
    let org = store::orgs::find_org_by_code(app.store(), form.org.trim()).await?;
    let org = org.filter(|o| scope.covers(&o.path));
    let org = problems.take(org.ok_or_else(|| Error::invalid("org", "unknown-org")))?;
    let name = problems.take(demanded("name", &form.name, SHORT_MAX))?;
    let serves = listing::code("serves", &form.serves, ValueClass::parse);
    let serves = serves.and_then(|s| s.ok_or_else(|| Error::invalid("serves", "missing")));
    let serves = problems.take(serves)?;
    let lead = problems.take(user_named(app, &scope, "lead", &form.lead).await)?;
    problems.end()?;
    let (Some(org), Some(name), Some(serves), Some(lead)) = (org, name, serves, lead) else {
        return Err(Error::invalid("name", "missing"));
    };
    let work = app.store().begin(now).await?;
    let new = NewTeam {
        org: org.id,
        name,
        serves,
        lead: lead.id,
    };
    let id = rows::insert_team(&work, &new).await?;
    rows::insert_member(&work, id, lead.id, time::date_in_china(now)).await?;
    let detail = serde_json::json!({ "serves": serves.as_str(), "lead": lead.username });
    let entry = AuditEntry::new(actor, "service_team.created", "service_team", id.0);
    work.commit(entry.detail(detail)).await?;
    Ok(id)
}

/// A team that is open, to change it.
async fn open_team(work: &UnitOfWork, actor: &Actor, id: Uuid) -> Result<TeamRow> {
    let scope = actor.scope(Permission::ServiceAssign)?;
    let row = rows::find_team(work, &scope, TeamId(id)).await?;
    let row = row.ok_or(Error::NotFound)?;
    if row.closed_on.is_some() {
        return Err(Refusal::new("team-closed").into());
    }
    Ok(row)
}

/// Adds a member to a team.
///
/// # Errors
/// When the person is a member already, or not in sight.
pub async fn add_member(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    form: &MemberForm,
) -> Result<()> {
    let scope = actor.scope(Permission::ServiceAssign)?;
    let user = user_named(app, &scope, "member", &form.member).await?;
    let work = app.store().begin(now).await?;
    let row = open_team(&work, actor, id).await?;
    let members = rows::list_team_members(&work, &scope, row.id).await?;
    let is_there = |m: &MemberRow| m.user == user.id && m.until_on.is_none();
    if members.iter().any(is_there) {
        return Err(Error::invalid("member", "taken"));
    }
    rows::insert_member(&work, row.id, user.id, time::date_in_china(now)).await?;
    let entry = AuditEntry::new(actor, "service_team.member_added", "service_team", id);
    let detail = serde_json::json!({ "member": user.username });
    Ok(work.commit(entry.detail(detail)).await?)
}

/// Notes that a member leaves the team. The customers go to the successor; without one, they are left to be given
/// anew.
///
/// # Errors
/// When the person leads the team or is no member; when the successor is no member.
pub async fn end_member(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    form: &MemberForm,
) -> Result<u64> {
    person(actor)?;
    let scope = actor.scope(Permission::ServiceAssign)?;
    let work = app.store().begin(now).await?;
    let row = open_team(&work, actor, id).await?;
    let members = rows::list_team_members(&work, &scope, row.id).await?;
    let find = |field: &str, name: &str| {
        let mut there = members.iter().filter(|m| m.until_on.is_none());
        let found = there.find(|m| m.username == name.trim());
        found.ok_or_else(|| Error::invalid(field, "unknown-code"))
    };
    let leaving = find("member", &form.member)?;
    if leaving.user == row.lead_id {
        return Err(Refusal::new("team-lead-stays").into());
    }
    let successor = match listing::some(&form.successor) {
        Some(name) => Some(find("successor", &name)?).filter(|s| s.user != leaving.user),
        None => None,
    };
    rows::end_member(&work, row.id, leaving.user, time::date_in_china(now)).await?;
    let filter = ServedFilter {
        user: Some(leaving.user),
        team: Some(row.id),
        ..ServedFilter::default()
    };
    let left = rows::list_served(&work, &scope, &filter, HANDED_MAX).await?;
    let mut audit = Vec::new();
    for customer in &left.rows {
        let cause = match successor {
            Some(_) => ChargeEnd::HandedOver,
            None => ChargeEnd::Left,
        };
        rows::end_charge(&work, customer.customer, cause, &actor.name).await?;
        if let Some(successor) = successor {
            let new = NewCharge {
                customer: customer.customer,
                user: successor.user,
                team: Some(row.id),
                way: ChargeWay::Handover,
                made_name: &actor.name,
            };
            rows::insert_charge(&work, &new).await?;
        }
        let id = customer.customer.0;
        audit.push(AuditEntry::new(actor, "service.handed_over", "customer", id).customer(id));
    }
    let count = u64::try_from(left.rows.len()).unwrap_or(u64::MAX);
    let detail = serde_json::json!({ "member": leaving.username, "customers": count });
    let entry = AuditEntry::new(actor, "service_team.member_left", "service_team", id);
    let all = store::Audit::with(entry.detail(detail), audit);
    work.commit(all).await?;
    Ok(count)
}

/// Dissolves a team in whose charge no customer is.
///
/// # Errors
/// When customers are in the charge of its members.
pub async fn dissolve_team(app: &App, actor: &Actor, now: Instant, id: Uuid) -> Result<()> {
    let work = app.store().begin(now).await?;
    let row = open_team(&work, actor, id).await?;
    if row.customers > 0 {
        return Err(Refusal::with("team-has-customers", row.customers.to_string()).into());
    }
    rows::close_team(&work, &row, time::date_in_china(now)).await?;
    let entry = AuditEntry::new(actor, "service_team.dissolved", "service_team", id);
    Ok(work.commit(entry).await?)
}
