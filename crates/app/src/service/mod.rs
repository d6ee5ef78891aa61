//! Service by class: what the packs give each class, who is in charge of a customer, the plan against what was
//! done, the watch list, and what underwriting and claims are told (A 三（二）).

mod charge;
mod flags;
mod items;
mod keep;
mod mine;
mod plan;
mod refusals;
mod report;
mod standard;
mod teams;
mod watch;

pub use charge::{
    AssignForm, HandoverForm, ServedList, ServedQuery, assign, hand_over, list_people, list_served,
};
pub use flags::{
    FlagForm, FlagQuery, FlagStepForm, ask_flag, decide_flag, flag_changes, flags_of, list_flags,
};
pub use items::{ItemForm, OutcomeForm, add_item, finish_item};
pub use keep::{Kept, keep_service};
pub use mine::{Mine, MineQuery, MineView, my_customers};
pub use plan::{Line, PlanPage, Privilege, ServiceSummary, service_plan, service_summary};
pub use report::{Report, ReportQuery, report_csv, service_report};
pub use standard::{Entitled, Source, Standard, Standing};
pub use teams::{
    MemberForm, TeamForm, TeamPage, add_member, create_team, dissolve_team, end_member, list_teams,
    team_page,
};
pub use watch::{
    WatchForm, WatchQuery, WatchStepForm, end_watching, give_watched, list_watched, watch,
    watching_of,
};

use crate::visits::demanded;
use crate::{App, Error, Result};
use domain::access::{Actor, Permission, Scope};
use domain::ids::UserId;
use store::access::UserRow;
use store::customers::CustomerRow;

/// Longest text of a field.
const TEXT_MAX: usize = 1_000;
/// Longest name or reason.
const SHORT_MAX: usize = 200;

/// A customer that the actor may see with a right, by number.
async fn customer(
    app: &App,
    actor: &Actor,
    right: Permission,
    customer_no: &str,
) -> Result<(Scope, CustomerRow)> {
    let scope = actor.scope(right)?;
    let number = customer_no.trim();
    let found = store::customers::find_customer_by_number(app.store(), &scope, number).await?;
    Ok((scope, found.ok_or(Error::NotFound)?))
}

/// An account in use among the units in sight, by the name to sign in with.
async fn user_named(app: &App, scope: &Scope, field: &str, username: &str) -> Result<UserRow> {
    let username = demanded(field, username, SHORT_MAX)?;
    let found = store::access::find_user_by_name(app.store(), username).await?;
    let found = found.filter(|u| u.active && (scope.covers(&u.org_path) || is_self(scope, u.id)));
    found.ok_or_else(|| Error::invalid(field, "unknown-code"))
}

fn is_self(scope: &Scope, user: UserId) -> bool {
    scope.own_list_of() == Some(user)
}
