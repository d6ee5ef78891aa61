//! Lists of findings to work through, and who does; customers whose information is to be verified.

use super::due::DueQuery;
use crate::listing::{self, COUNT_CAP, Listed, PAGE_ROWS};
use crate::{App, Error, Refusal, Result};
use chrono::{Days, NaiveDate};
use domain::access::{Actor, Permission, Scope};
use domain::data_quality::{Aspect, Check, Field, FindingState, Severity};
use domain::ids::UserId;
use domain::time::{self, Instant};
use store::access::UserRow;
use store::data_quality::{self as rows, FindingFilter, NewCleanup, VerifyRow, WorklistRow};
use store::{AuditEntry, Page};
use uuid::Uuid;

/// Findings that are given to somebody in one go.
const ASSIGNED_MAX: i64 = 10_000;
/// Longest title of a cleaning up, in characters.
const TITLE_MAX: usize = 80;

/// Filters of the list, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FindingQuery {
    /// `open` (when empty), `mine`, `unassigned`, `explained`, `cleaned` or `all`.
    #[serde(default)]
    pub view: String,
    /// Code of the check.
    #[serde(default)]
    pub check: String,
    /// Code of the field.
    #[serde(default)]
    pub field: String,
    /// Code of the aspect.
    #[serde(default)]
    pub aspect: String,
    /// Code of the weight.
    #[serde(default)]
    pub severity: String,
    /// Code of the unit.
    #[serde(default)]
    pub org: String,
    /// Code of the salesperson.
    #[serde(default)]
    pub agent: String,
    /// Id of the cleaning up.
    #[serde(default)]
    pub cleanup: String,
    /// Start of the page.
    #[serde(default)]
    pub after: String,
}

/// Findings of a filter.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn list_findings(
    app: &App,
    actor: &Actor,
    query: &FindingQuery,
) -> Result<Listed<WorklistRow>> {
    let scope = actor.scope(Permission::CustomersRead)?;
    let filter = finding_filter(app, actor, &scope, query).await?;
    let page = rows::list_findings(app.store(), &scope, &filter, PAGE_ROWS).await?;
    let count = rows::count_findings(app.store(), &scope, &filter, COUNT_CAP).await?;
    Ok(Listed::new(page, count))
}

/// A page of the findings of a filter, as systems read it.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn page_of_findings(
    app: &App,
    actor: &Actor,
    query: &FindingQuery,
    limit: u64,
) -> Result<Page<WorklistRow>> {
    let scope = actor.scope(Permission::CustomersRead)?;
    let filter = finding_filter(app, actor, &scope, query).await?;
    Ok(rows::list_findings(app.store(), &scope, &filter, limit).await?)
}

/// A filter as the store takes it.
///
/// # Errors
/// When it cannot be read.
pub async fn finding_filter(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    query: &FindingQuery,
) -> Result<FindingFilter> {
    let of = |state| FindingFilter {
        state: Some(state),
        ..FindingFilter::default()
    };
    let filter = match (query.view.as_str(), actor.user()) {
        ("" | "open", _) => of(FindingState::Open),
        ("explained", _) => of(FindingState::Explained),
        ("cleaned", _) => of(FindingState::Cleaned),
        ("all", _) => FindingFilter::default(),
        ("unassigned", _) => FindingFilter {
            unassigned: true,
            ..of(FindingState::Open)
        },
        ("mine", Some(user)) => FindingFilter {
            assignee: Some(user),
            ..of(FindingState::Open)
        },
        _ => return Err(Error::invalid("view", "unknown-code")),
    };
    let cleanup = listing::some(&query.cleanup);
    let cleanup = cleanup.map(|id| Uuid::try_parse(&id)).transpose();
    Ok(FindingFilter {
        check: listing::code("check", &query.check, Check::parse)?,
        field: listing::code("field", &query.field, Field::parse)?,
        aspect: listing::code("aspect", &query.aspect, Aspect::parse)?,
        severity: listing::code("severity", &query.severity, Severity::parse)?,
        org_path: listing::org_path(app, scope, &query.org).await?,
        agent: listing::some(&query.agent),
        cleanup: cleanup.map_err(|_| Error::invalid("cleanup", "unknown-code"))?,
        after: listing::after(&query.after)?,
        ..filter
    })
}

/// Which findings.
#[derive(Clone, Debug)]
pub enum AssignTarget {
    /// These.
    Ids(Vec<Uuid>),
    /// All that a filter finds.
    Filter(FindingQuery),
}

/// To whom, by when, as what.
#[derive(Clone, Debug, Default)]
pub struct AssignForm {
    /// Username; nobody new when empty.
    pub assignee: String,
    /// By when; the usual time when empty.
    pub due_on: String,
    /// Title of a cleaning up that is made of them; none when empty.
    pub title: String,
    /// The filter as it stands in the address.
    pub filter: String,
}

/// What became of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct AssignReport {
    /// Findings that were given out.
    pub done: u64,
    /// The cleaning up that was made.
    pub cleanup: Option<Uuid>,
    /// The filter found more than are given out in one go.
    pub more: bool,
}

/// People who can be given findings: whoever corrects customers' information.
///
/// # Errors
/// When the actor may not.
pub async fn list_assignees(app: &App, actor: &Actor) -> Result<Vec<UserRow>> {
    let scope = actor.scope(Permission::InformationManage)?;
    let users = store::access::list_users(app.store(), &scope).await?;
    let rights = app.rights();
    let corrects = |u: &UserRow| u.active && rights.grants(&u.roles, Permission::CustomersEdit);
    Ok(users.into_iter().filter(corrects).collect())
}

/// What a form asks for, checked.
struct Wanted {
    assignee: Option<UserId>,
    due_on: NaiveDate,
    title: Option<String>,
}

async fn wanted(app: &App, actor: &Actor, today: NaiveDate, form: &AssignForm) -> Result<Wanted> {
    let title = listing::some(&form.title);
    if title
        .as_ref()
        .is_some_and(|t| t.chars().count() > TITLE_MAX)
    {
        return Err(Error::invalid("title", "too-long"));
    }
    let assignee = match listing::some(&form.assignee) {
        None => None,
        Some(name) => {
            let people = list_assignees(app, actor).await?;
            let found = people.iter().find(|p| p.username == name);
            Some(
                found
                    .ok_or_else(|| Error::invalid("assignee", "unknown-user"))?
                    .id,
            )
        }
    };
    if assignee.is_none() && title.is_none() {
        return Err(Error::invalid("assignee", "missing"));
    }
    let usual = app.rules().setting("information_cleanup_days", today);
    let usual = today + Days::new(u64::try_from(usual.unwrap_or(0)).unwrap_or(0));
    let due_on = listing::date("due_on", &form.due_on)?.unwrap_or(usual);
    if due_on < today {
        return Err(Error::invalid("due_on", "in-the-past"));
    }
    Ok(Wanted {
        assignee,
        due_on,
        title,
    })
}

/// Gives open findings to somebody by a day, and makes a cleaning up of them when it has a title.
///
/// # Errors
/// When the actor may not, or a field cannot be taken.
pub async fn assign(
    app: &App,
    actor: &Actor,
    now: Instant,
    target: &AssignTarget,
    form: &AssignForm,
) -> Result<AssignReport> {
    let scope = actor.scope(Permission::InformationManage)?;
    let user = actor.user().ok_or_else(|| Refusal::new("person-needed"))?;
    let today = time::date_in_china(now);
    let wanted = wanted(app, actor, today, form).await?;
    let (filter, among) = match target {
        AssignTarget::Ids(ids) => {
            let open = finding_filter(app, actor, &scope, &FindingQuery::default()).await?;
            (open, Some(ids.as_slice()))
        }
        AssignTarget::Filter(query) => (finding_filter(app, actor, &scope, query).await?, None),
    };
    let work = app.store().begin(now).await?;
    let ids = rows::list_finding_ids(&work, &scope, &filter, among, ASSIGNED_MAX + 1).await?;
    if ids.is_empty() {
        return Err(Refusal::new("findings-none").into());
    }
    let most = usize::try_from(ASSIGNED_MAX).unwrap_or(usize::MAX);
    let more = ids.len() > most;
    let ids = &ids[..ids.len().min(most)];
    let cleanup = match (wanted.title, actor.org_id) {
        (Some(title), Some(org)) => {
            let new = NewCleanup {
                title,
                filter: form.filter.clone(),
                org,
                due_on: wanted.due_on,
                by: user,
                by_name: actor.name.clone(),
            };
            Some(rows::insert_cleanup(&work, &new).await?)
        }
        _ => None,
    };
    let done = rows::assign_findings(&work, ids, wanted.assignee, wanted.due_on, cleanup).await?;
    let detail =
        serde_json::json!({ "findings": done, "due_on": wanted.due_on, "cleanup": cleanup });
    let entry = AuditEntry::new(
        actor,
        "information.assigned",
        "user",
        wanted.assignee.map(|u| u.0),
    );
    work.commit(entry.detail(detail)).await?;
    Ok(AssignReport {
        done,
        cleanup,
        more,
    })
}

/// Customers whose information is to be verified, those who are due first.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn list_due(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &DueQuery,
) -> Result<Page<VerifyRow>> {
    let scope = actor.scope(Permission::CustomersRead)?;
    let filter = query.filter(app, &scope, now).await?;
    Ok(rows::list_due_verifications(app.store(), &scope, &filter, PAGE_ROWS).await?)
}
