//! The table of rights: capability by role, what was changed, and proposing a change.

use crate::approvals::{DiffLine, about, limit_name, lines, scope_name, tone, url};
use crate::failure::Failure;
use crate::forms::{Choice, Fields, Sent};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::access::RightsPage;
use app::approvals::ApprovalView;
use axum::extract::{Path, State};
use domain::access::{Limit, Permission, PersonalField, RightArea, Rights, Role, RowScope};
use std::sync::Arc;

/// A row of the table.
struct Line {
    permission: Permission,
    /// A scope for each role; nothing where the role has no right.
    cells: Vec<Option<RowScope>>,
}

#[derive(askama::Template)]
#[template(path = "access/rights.html")]
struct TablePage {
    f: Frame,
    page: RightsPage,
}

pub(crate) async fn show_rights(State(web): State<Web>, who: Who) -> Answer {
    html(&TablePage {
        page: app::access::rights_page(&web.app, &who.actor, who.now).await?,
        f: who.frame("rights"),
    })
}

#[derive(askama::Template)]
#[template(path = "access/role_rights.html")]
struct RolePage {
    f: Frame,
    rights: Arc<Rights>,
    role: Role,
}

pub(crate) async fn show_role(
    State(web): State<Web>,
    Path(role): Path<String>,
    who: Who,
) -> Answer {
    let page = app::access::rights_page(&web.app, &who.actor, who.now).await?;
    html(&RolePage {
        role: Role::parse(&role).map_err(|_| Failure::not_found())?,
        rights: page.rights,
        f: who.frame("rights"),
    })
}

/// The fields of a form but for those that every form has.
fn wanted(form: &Fields) -> Vec<(String, String)> {
    form.pairs()
        .filter(|(name, _)| !matches!(*name, "csrf" | "reason"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

pub(crate) async fn propose_rights(
    State(web): State<Web>,
    Path(role): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let (wanted, reason) = (wanted(&form), form.own("reason"));
    let proposed =
        app::access::propose_rights(&web.app, &who.actor, who.now, &role, &wanted, &reason);
    Ok(who.go(&url(proposed.await?)))
}

pub(crate) async fn propose_limits(State(web): State<Web>, Sent(who, form): Sent) -> Answer {
    let (wanted, reason) = (wanted(&form), form.own("reason"));
    let proposed = app::access::propose_limits(&web.app, &who.actor, who.now, &wanted, &reason);
    Ok(who.go(&url(proposed.await?)))
}

fn areas() -> &'static [RightArea] {
    RightArea::ALL
}

fn of_area(area: RightArea) -> impl Iterator<Item = Permission> {
    let all = Permission::ALL.iter().copied();
    all.filter(move |p| p.area() == area)
}

impl TablePage {
    fn areas(&self) -> &'static [RightArea] {
        areas()
    }

    fn roles(&self) -> &'static [Role] {
        Role::ALL
    }

    fn lines_of(&self, area: &RightArea) -> Vec<Line> {
        let cells = |permission| {
            let roles = Role::ALL.iter();
            roles.map(|r| self.page.rights.of(*r, permission)).collect()
        };
        of_area(*area)
            .map(|permission| Line {
                permission,
                cells: cells(permission),
            })
            .collect()
    }

    fn short(&self, scope: &Option<RowScope>) -> String {
        let code = scope.map_or("none", RowScope::as_str);
        self.f.code("row-scope-short", code)
    }

    fn scope(&self, scope: &Option<RowScope>) -> String {
        scope_name(&self.f, *scope)
    }

    fn scopes(&self) -> Vec<(String, String)> {
        let codes = RowScope::ALL.iter().map(|s| s.as_str());
        codes
            .map(|c| {
                (
                    self.f.code("row-scope-short", c),
                    self.f.code("row-scope", c),
                )
            })
            .collect()
    }

    fn fields(&self) -> Vec<(PersonalField, Vec<bool>)> {
        let open = |field| {
            let roles = Role::ALL.iter();
            roles
                .map(|r| self.page.rights.opens(&[*r], field))
                .collect()
        };
        let all = PersonalField::ALL.iter();
        all.map(|field| (*field, open(*field))).collect()
    }

    fn limits(&self) -> Vec<(String, String, i64, i64)> {
        let all = Limit::of_table().into_iter();
        all.map(|l| {
            let name = limit_name(&self.f, l);
            (l.key(), name, self.page.rights.limit(l), l.most())
        })
        .collect()
    }

    fn about(&self, view: &ApprovalView) -> String {
        about(&self.f, view)
    }

    fn diff(&self, view: &ApprovalView) -> Vec<DiffLine> {
        lines(&self.f, view)
    }

    fn tone(view: &ApprovalView) -> &'static str {
        tone(view.state)
    }
}

impl RolePage {
    fn areas(&self) -> &'static [RightArea] {
        areas()
    }

    fn rights_of(&self, area: &RightArea) -> Vec<Permission> {
        of_area(*area).collect()
    }

    /// Name in the form, field, and whether it is open.
    fn fields(&self) -> Vec<(String, PersonalField, bool)> {
        let all = Limit::of_fields(self.role);
        all.map(|(field, limit)| (limit.key(), field, self.rights.limit(limit) > 0))
            .collect()
    }

    fn choices(&self, permission: &Permission) -> Vec<Choice> {
        let now = self.rights.of(self.role, *permission);
        let mut all = vec![None];
        all.extend(RowScope::ALL.iter().copied().map(Some));
        let choice = |scope: Option<RowScope>| Choice {
            value: scope.map_or("", RowScope::as_str).to_owned(),
            label: scope_name(&self.f, scope),
            chosen: scope == now,
        };
        all.into_iter().map(choice).collect()
    }
}
