//! Service teams: the list, and one with its members.

use super::people;
use crate::forms::{self, Choice, Fields, Sent, choices, orgs, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::service::{MemberForm, TeamForm, TeamPage};
use axum::extract::{Path, RawQuery, State};
use domain::customers::ValueClass;
use store::Page;
use store::access::UserRow;
use store::service::{MemberRow, TeamRow};

#[derive(askama::Template)]
#[template(path = "service/teams.html")]
struct ListPage {
    f: Frame,
    list: Page<TeamRow>,
    orgs: Vec<Choice>,
    users: Vec<UserRow>,
    after: String,
    here: String,
}

#[derive(askama::Template)]
#[template(path = "service/team.html")]
struct OnePage {
    f: Frame,
    page: TeamPage,
    users: Vec<UserRow>,
}

async fn users(web: &Web, who: &Who) -> Result<Vec<UserRow>, crate::failure::Failure> {
    if !who.actor.may(domain::access::Permission::ServiceAssign) {
        return Ok(Vec::new());
    }
    Ok(app::service::list_people(&web.app, &who.actor).await?)
}

pub(crate) async fn list_teams(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let after = Fields::parse(raw.as_bytes()).own("after");
    html(&ListPage {
        list: app::service::list_teams(&web.app, &who.actor, &after).await?,
        orgs: orgs(&web, &who.actor, "").await?,
        users: users(&web, &who).await?,
        here: without_page(&raw),
        f: who.frame("service-teams"),
        after,
    })
}

impl ListPage {
    fn classes(&self) -> Vec<Choice> {
        let codes = ValueClass::ALL.iter().map(|c| c.as_str());
        choices(&self.f, "value-class", codes, "high")
    }

    fn people(&self) -> Vec<Choice> {
        people(&self.users, "")
    }
}

pub(crate) async fn show_team(
    State(web): State<Web>,
    Path(team): Path<String>,
    who: Who,
) -> Answer {
    let team = forms::id(&team)?;
    html(&OnePage {
        page: app::service::team_page(&web.app, &who.actor, team).await?,
        users: users(&web, &who).await?,
        f: who.frame("service-teams"),
    })
}

impl OnePage {
    fn people(&self) -> Vec<Choice> {
        let is_there = |u: &UserRow| {
            let mut there = self.page.members.iter().filter(|m| m.until_on.is_none());
            there.any(|m| m.user == u.id)
        };
        let others: Vec<_> = self
            .users
            .iter()
            .filter(|u| !is_there(u))
            .cloned()
            .collect();
        people(&others, "")
    }

    fn may_change(&self) -> bool {
        self.f.may("service.assign") && self.page.row.closed_on.is_none()
    }

    /// Members who can take over the customers of another.
    fn successors(&self, leaving: &MemberRow) -> Vec<&MemberRow> {
        let there = self.page.members.iter();
        there
            .filter(|m| m.until_on.is_none() && m.user != leaving.user && m.active)
            .collect()
    }

    fn may_leave(&self, member: &MemberRow) -> bool {
        self.may_change() && member.until_on.is_none() && member.user != self.page.row.lead_id
    }
}

pub(crate) async fn create_team(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let form = TeamForm {
        org: fields.own("org"),
        name: fields.own("name"),
        serves: fields.own("serves"),
        lead: fields.own("lead"),
    };
    let id = app::service::create_team(&web.app, &who.actor, who.now, &form).await?;
    Ok(who.go(&format!("/service-teams/{id}")))
}

fn member_form(fields: &Fields) -> MemberForm {
    MemberForm {
        member: fields.own("member"),
        successor: fields.own("successor"),
    }
}

pub(crate) async fn add_member(
    State(web): State<Web>,
    Path(team): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let team = forms::id(&team)?;
    let form = member_form(&fields);
    app::service::add_member(&web.app, &who.actor, who.now, team, &form).await?;
    Ok(who.go(&format!("/service-teams/{team}")))
}

pub(crate) async fn end_member(
    State(web): State<Web>,
    Path(team): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let team = forms::id(&team)?;
    let form = member_form(&fields);
    app::service::end_member(&web.app, &who.actor, who.now, team, &form).await?;
    Ok(who.go(&format!("/service-teams/{team}")))
}

pub(crate) async fn dissolve(
    State(web): State<Web>,
    Path(team): Path<String>,
    Sent(who, _): Sent,
) -> Answer {
    let team = forms::id(&team)?;
    app::service::dissolve_team(&web.app, &who.actor, who.now, team).await?;
    Ok(who.go("/service-teams"))
}
