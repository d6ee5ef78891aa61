//! Standing in: somebody acts for somebody else from one day to another, in their roles and unit.
//!
//! Who stands in stays who they are: the log names both, an own list stays the own list, and what a
//! person may not do for a policy that they sold they may not do for somebody else either.

use super::sessions::Session;
use super::sign_in::actor;
use crate::{App, Error, FieldProblem, Refusal, Result, listing};
use chrono::NaiveDate;
use domain::access::duties::broken_by_delegation;
use domain::access::{Actor, DelegationError, Deputy, Permission, Rights, may_delegate};
use domain::time::{self, Instant};
use store::access::{self as rows, Colleague, DelegationRow, NewDelegation, UserRow};
use store::{AuditEntry, Page};
use uuid::Uuid;

/// Longest reason.
const REASON_MAX: usize = 200;

/// What a form says of a delegation.
#[derive(Clone, Debug, Default)]
pub struct DelegationForm {
    /// Who is away; the actor when empty.
    pub principal: String,
    /// Who stands in.
    pub substitute: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub until: String,
    /// Why.
    pub reason: String,
}

/// The delegations that matter to a person.
#[derive(Clone, Debug)]
pub struct Delegations {
    /// Those of the person that have not run out.
    pub own: Vec<DelegationRow>,
    /// Those of people in sight, for who manages users.
    pub all: Option<Page<DelegationRow>>,
    /// Who may stand in.
    pub colleagues: Vec<Colleague>,
}

/// The delegations of a person, and for who manages users those of all people in sight.
///
/// # Errors
/// When no person is acting, or `after` cannot be read.
pub async fn list_delegations(
    app: &App,
    actor: &Actor,
    now: Instant,
    after: &str,
) -> Result<Delegations> {
    let user = actor.user().ok_or_else(|| Refusal::new("person-needed"))?;
    let after = listing::after(after)?;
    let own = rows::list_delegations_of(app.store(), user, time::date_in_china(now)).await?;
    let all = match actor.scope(Permission::UsersManage) {
        Ok(scope) => {
            let page =
                rows::list_delegations(app.store(), &scope, after.as_ref(), listing::PAGE_ROWS);
            Some(page.await?)
        }
        Err(_) => None,
    };
    // Colleagues are those of the own unit, also where the own list reaches further.
    let reach = actor.scope(Permission::CallbacksRead)?;
    let scope = reach.narrowed_to(&actor.org).unwrap_or(reach);
    let colleagues = rows::list_colleagues(app.store(), &scope).await?;
    Ok(Delegations {
        own,
        all,
        colleagues,
    })
}

/// Lets somebody stand in: for the actor, or for somebody whom the actor manages.
///
/// # Errors
/// All problems of the form at once; [`Error::Refused`] when they may not stand in, or the actor is
/// standing in for somebody.
pub async fn delegate(
    app: &App,
    actor: &Actor,
    now: Instant,
    form: &DelegationForm,
) -> Result<Uuid> {
    if actor.stands_in() {
        return Err(Refusal::new("delegation-while-acting").into());
    }
    let (from, until) = check(form)?;
    let principal = match form.principal.trim() {
        "" => {
            let own = actor.user().ok_or_else(|| Refusal::new("person-needed"))?;
            rows::find_user(app.store(), own).await?
        }
        name => {
            let scope = actor.scope(Permission::UsersManage)?;
            let found = rows::find_user_by_name(app.store(), name).await?;
            found.filter(|u| scope.covers(&u.org_path))
        }
    };
    let principal = principal.ok_or_else(|| Error::invalid("principal", "unknown-user"))?;
    // Colleagues are those of the own unit, also where the own list reaches further.
    let reach = actor.scope(Permission::CallbacksRead)?;
    let scope = reach.narrowed_to(&actor.org).unwrap_or(reach);
    let substitute = rows::find_user_by_name(app.store(), form.substitute.trim()).await?;
    let substitute = substitute
        .filter(|u| scope.covers(&u.org_path))
        .ok_or_else(|| Error::invalid("substitute", "unknown-user"))?;
    may_delegate(
        &deputy(&principal),
        &deputy(&substitute),
        from,
        until,
        time::date_in_china(now),
    )
    .map_err(refusal)?;
    let rights = app.rights_in_force().await?;
    if broken_by_delegation(&rights, &principal.roles, &substitute.roles).is_some() {
        return Err(Refusal::new("delegation-duty").into());
    }
    let work = app.store().begin(now).await?;
    let new = NewDelegation {
        principal: principal.id,
        substitute: substitute.id,
        from,
        until,
        reason: form.reason.trim(),
        made_by: &actor.name,
    };
    let id = rows::insert_delegation(&work, &new).await?;
    let detail = serde_json::json!({
        "principal": principal.username, "substitute": substitute.username,
        "from": from.to_string(), "until": until.to_string(),
    });
    let entry = AuditEntry::new(actor, "access.delegated", "user", principal.id.0).detail(detail);
    work.commit(entry).await?;
    Ok(id)
}

fn deputy(user: &UserRow) -> Deputy<'_> {
    Deputy {
        user: user.id,
        roles: &user.roles,
        active: user.active,
    }
}

fn check(form: &DelegationForm) -> Result<(NaiveDate, NaiveDate)> {
    let mut problems = Vec::new();
    let mut day = |field: &str, text: &str| match listing::date(field, text) {
        Ok(Some(day)) => day,
        Ok(None) => {
            problems.push(FieldProblem::new(field, "missing"));
            NaiveDate::default()
        }
        Err(_) => {
            problems.push(FieldProblem::new(field, "date"));
            NaiveDate::default()
        }
    };
    let (from, until) = (day("from", &form.from), day("until", &form.until));
    match form.reason.trim().chars().count() {
        0 => problems.push(FieldProblem::new("reason", "missing")),
        n if n > REASON_MAX => problems.push(FieldProblem::new("reason", "too-long")),
        _ => {}
    }
    if problems.is_empty() {
        Ok((from, until))
    } else {
        Err(Error::Invalid(problems))
    }
}

fn refusal(error: DelegationError) -> Error {
    Refusal::new(match error {
        DelegationError::SamePerson => "delegation-same-person",
        DelegationError::Dates => "delegation-dates",
        DelegationError::Inactive => "delegation-inactive",
        DelegationError::Sells => "delegation-sells",
    })
    .into()
}

/// Ends a delegation: the person who is away, the one who stands in, or who manages them.
///
/// # Errors
/// [`Error::NotFound`] when it is none of the actor's.
pub async fn end_delegation(app: &App, actor: &Actor, now: Instant, id: Uuid) -> Result<()> {
    let found = rows::find_delegation(app.store(), id).await?;
    let found = found.ok_or(Error::NotFound)?;
    let own = actor
        .user()
        .is_some_and(|u| u == found.principal || u == found.substitute);
    if !own {
        super::user_in_sight(app, actor, found.principal).await?;
    }
    let work = app.store().begin(now).await?;
    rows::end_delegation(&work, id, &actor.name).await?;
    let entry = AuditEntry::new(actor, "access.delegation_ended", "user", found.principal.0);
    Ok(work.commit(entry).await?)
}

/// Begins or stops acting under a delegation in the session of a person.
///
/// # Errors
/// [`Error::Refused`] when the delegation is not for this person or does not hold today.
pub async fn act_for(
    app: &App,
    session: &Session,
    now: Instant,
    delegation: Option<Uuid>,
) -> Result<()> {
    if let Some(id) = delegation {
        let found = rows::find_delegation(app.store(), id).await?;
        found
            .filter(|d| d.substitute == session.user.id && d.holds_on(time::date_in_china(now)))
            .ok_or_else(|| Refusal::new("delegation-over"))?;
    }
    let work = app.store().begin(now).await?;
    rows::set_acting(&work, session.user.id, &session.csrf_token, delegation).await?;
    let action = if delegation.is_some() {
        "access.acting_began"
    } else {
        "access.acting_ended"
    };
    let entry = AuditEntry::new(&session.actor, action, "user", session.user.id.0);
    let entry = entry.detail(serde_json::json!({ "delegation": delegation }));
    Ok(work.commit(entry).await?)
}

/// The actor behind a session that acts under a delegation, with the name of who is away; nothing when
/// the delegation does not hold any more, or both persons' roles have come to break a duty.
pub(super) async fn acting(
    app: &App,
    now: Instant,
    user: &UserRow,
    delegation: Option<Uuid>,
) -> Result<Option<(Actor, DelegationRow)>> {
    let Some(id) = delegation else {
        return Ok(None);
    };
    let found = rows::find_delegation(app.store(), id).await?;
    let today = time::date_in_china(now);
    let Some(found) = found.filter(|d| d.substitute == user.id && d.holds_on(today)) else {
        return Ok(None);
    };
    let principal = rows::find_user(app.store(), found.principal).await?;
    let Some(principal) = principal.filter(|p| p.active) else {
        return Ok(None);
    };
    let rights = app.rights_in_force().await?;
    if broken_by_delegation(&rights, &principal.roles, &user.roles).is_some() {
        return Ok(None);
    }
    let own = actor(user, &rights);
    let acting = Actor {
        only: Some(handed_over(&principal, user, &rights, &found.made_by)),
        kind: own.kind,
        name: format!("{}（代 {}）", user.username, principal.username),
        agent: own.agent,
        delegation: Some(found.id),
        ..actor(&principal, &rights)
    };
    Ok(Some((acting, found)))
}

/// The rights of who is away that go over: those that one hands over, and of those that only the person
/// hands over, what the substitute holds anyhow.
fn handed_over(
    principal: &UserRow,
    substitute: &UserRow,
    rights: &Rights,
    made_by: &str,
) -> Vec<Permission> {
    let by_principal = made_by == principal.username;
    let goes = |p: &Permission| {
        p.is_delegable(by_principal)
            || (p.is_delegable(true) && rights.grants(&substitute.roles, *p))
    };
    let held = rights.held_by(&principal.roles);
    held.permissions().filter(goes).collect()
}
