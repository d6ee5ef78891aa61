//! Who a ticket goes to: the post that the rules name, or whoever caused the problem; and who may not.

use super::clock::CaseRules;
use super::open::decision_view;
use crate::{App, Error, Result};
use chrono::NaiveDate;
use domain::access::{Actor, OrgLevel, OrgPath, Permission};
use domain::ids::UserId;
use domain::tickets::{CaseKind, Handler, Ticket};
use domain::time::{self, Instant};
use store::Reads;
use store::access::UserRow;
use store::tickets::{self as rows, TicketCase, TicketRow};

/// Whom the rules would give a ticket to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The person.
    pub user: UserId,
    /// Name.
    pub name: String,
    /// `cause` (whoever caused it handles it) or `post`.
    pub why: &'static str,
    /// Kind of post, when it is the post.
    pub post: Option<String>,
}

/// People who may be given a ticket: they handle tickets, and lie above or below its unit. The
/// salesperson of the policy is left out where clarification is barred to them.
///
/// # Errors
/// When the actor may not issue tickets, or the ticket is not in sight.
pub async fn list_handlers(app: &App, actor: &Actor, ticket: &TicketRow) -> Result<Vec<UserRow>> {
    let scope = actor.scope(Permission::TicketsIssue)?;
    let users = store::access::list_users(app.store(), &scope).await?;
    let rights = app.rights();
    let programme = &ticket.programme;
    let rules = app.rules();
    let bars = rules
        .discharge(programme)
        .is_ok_and(|d| d.executor.bars_salesperson);
    Ok(users
        .into_iter()
        .filter(|u| u.active && is_near(&u.org_path, &ticket.org_path))
        .filter(|u| rights.grants(&u.roles, Permission::TicketsHandle))
        .filter(|u| {
            u.agent.is_none()
                || u.agent != ticket.salesperson
                || ticket.kind == CaseKind::Verification
                || !bars
        })
        .collect())
}

/// Everybody in sight who handles tickets, for choosing one for many tickets.
///
/// # Errors
/// When the actor may not issue tickets.
pub async fn list_all_handlers(app: &App, actor: &Actor) -> Result<Vec<UserRow>> {
    let scope = actor.scope(Permission::TicketsIssue)?;
    let users = store::access::list_users(app.store(), &scope).await?;
    let rights = app.rights();
    let handles = |u: &UserRow| u.active && rights.grants(&u.roles, Permission::TicketsHandle);
    Ok(users.into_iter().filter(handles).collect())
}

/// Whether a unit lies above or below another, or is the same.
fn is_near(a: &OrgPath, b: &OrgPath) -> bool {
    a.contains(b) || b.contains(a)
}

/// Whom the rules would give a ticket to.
///
/// # Errors
/// What the store says.
pub async fn proposal(app: &App, now: Instant, ticket: &TicketRow) -> Result<Option<Proposal>> {
    let case = rows::find_case_of_ticket(app.store(), ticket).await?;
    propose(app, app.store(), &case, ticket, time::date_in_china(now)).await
}

pub(super) async fn propose(
    app: &App,
    db: &impl Reads,
    case: &TicketCase,
    ticket: &TicketRow,
    today: NaiveDate,
) -> Result<Option<Proposal>> {
    let rules = app.rules();
    let case_rules = CaseRules::of(&rules, case, ticket);
    if let Some(cause) = &ticket.cause
        && let Some(found) = by_cause(app, db, &case_rules, ticket, cause, today).await?
    {
        return Ok(Some(found));
    }
    let Some(post) = case_rules.post(today) else {
        return Ok(None);
    };
    let mut holders = rows::find_post_holders(db, &post, today).await?;
    // The nearest unit first: the longest path above the ticket, then those below it.
    holders.retain(|(_, _, _, path)| is_near(path, &ticket.org_path));
    holders.sort_by_key(|(_, name, _, path)| {
        let above = path.contains(&ticket.org_path);
        let length = path.as_str().len();
        (!above, usize::MAX - length, name.clone())
    });
    let view = with_rules(decision_view(ticket, Vec::new()), &case_rules, today);
    for (user, name, _, _) in holders {
        let Some(row) = store::access::find_user(db, user).await? else {
            continue;
        };
        if may_have(app, db, &view, &row).await? {
            return Ok(Some(Proposal {
                user,
                name,
                why: "post",
                post: Some(post),
            }));
        }
    }
    Ok(None)
}

/// TKT-11: the person who caused it, if that person handles tickets.
async fn by_cause(
    app: &App,
    db: &impl Reads,
    case_rules: &CaseRules<'_>,
    ticket: &TicketRow,
    cause: &store::tickets::Cause,
    today: NaiveDate,
) -> Result<Option<Proposal>> {
    let whole = Actor::system().scope(Permission::TicketsIssue)?;
    let users = store::access::list_users(db, &whole).await?;
    let own = users.into_iter().filter(|u| {
        u.active && u.agent == Some(cause.agent) && is_near(&u.org_path, &ticket.org_path)
    });
    let view = with_rules(decision_view(ticket, Vec::new()), case_rules, today);
    for user in own {
        if may_have(app, db, &view, &user).await? {
            return Ok(Some(Proposal {
                user: user.id,
                name: user.display_name,
                why: "cause",
                post: None,
            }));
        }
    }
    Ok(None)
}

async fn may_have(app: &App, db: &impl Reads, view: &Ticket, user: &UserRow) -> Result<bool> {
    let handles = app.rights().grants(&user.roles, Permission::TicketsHandle);
    if !user.active || !handles {
        return Ok(false);
    }
    let to = as_handler(db, user).await?;
    Ok(view.accepts(&to))
}

/// What the rules say of handlers, added to what decisions look at.
pub(super) fn with_rules(view: Ticket, rules: &CaseRules<'_>, on: NaiveDate) -> Ticket {
    Ticket {
        bars_salesperson: rules.bars_salesperson(),
        bars_sales: rules.bars_sales(on),
        level_at_most: rules.level_at_most(on),
        ..view
    }
}

async fn as_handler(db: &impl Reads, user: &UserRow) -> Result<Handler> {
    let org = store::orgs::find_org(db, user.org_id).await?;
    let level = org.and_then(|o| OrgLevel::parse(&o.level).ok());
    Ok(Handler {
        user: user.id,
        org: user.org_id,
        level: level.unwrap_or(OrgLevel::HeadOffice),
        agent: user.agent,
    })
}

/// The person that a ticket goes to, with the unit's place: named, or by the rules when nobody is.
pub(super) async fn handler(
    app: &App,
    db: &impl Reads,
    case: &TicketCase,
    ticket: &TicketRow,
    named: &str,
    today: NaiveDate,
) -> Result<(Handler, OrgPath)> {
    let unknown = || Error::invalid("handler", "unknown-user");
    let id = if named == BY_RULES {
        let found = propose(app, db, case, ticket, today).await?;
        found
            .ok_or_else(|| Error::from(crate::Refusal::new("ticket-nobody")))?
            .user
    } else {
        UserId(uuid::Uuid::try_parse(named).map_err(|_| unknown())?)
    };
    let rights = app.rights();
    let user = store::access::find_user(db, id).await?;
    let user = user
        .filter(|u| u.active && is_near(&u.org_path, &ticket.org_path))
        .filter(|u| rights.grants(&u.roles, Permission::TicketsHandle))
        .ok_or_else(unknown)?;
    Ok((as_handler(db, &user).await?, user.org_path))
}

/// Stands for the person whom the rules propose.
pub(super) const BY_RULES: &str = "by_rules";
