//! Duties of posts: one's own, and those of the units in sight.

use crate::failure::Failure;
use crate::forms::Sent;
use crate::frame::{Answer, Frame, Who, html};
use crate::menu::{self, Entry};
use crate::state::Web;
use app::access::{DutyForm, DutyReport, OwnPost};
use axum::extract::{Query, State};
use serde::Deserialize;
use store::orgs::Org;

#[derive(askama::Template)]
#[template(path = "access/account_duties.html")]
struct OwnDutiesPage {
    f: Frame,
    posts: Vec<OwnPost>,
}

impl OwnDutiesPage {
    /// Places of the menu at which a duty is done and that this person may open.
    fn places(&self, duty: &app::access::Duty) -> Vec<Entry> {
        let open = menu::everything(self.f.session());
        let at = duty.at.iter();
        at.filter_map(|name| open.iter().find(|e| e.name == name).copied())
            .collect()
    }
}

pub(crate) async fn list_own_duties(State(web): State<Web>, who: Who) -> Answer {
    let posts = app::access::list_own_posts(&web.app, &who.actor, who.now).await?;
    html(&OwnDutiesPage {
        f: who.frame("account"),
        posts,
    })
}

pub(crate) async fn record_duty(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let form = DutyForm {
        org: fields.own("org"),
        post: fields.own("post"),
        duty: fields.own("duty"),
        done_on: fields.own("done_on"),
        note: fields.own("note"),
    };
    app::access::record_duty(&web.app, &who.actor, who.now, &form).await?;
    Ok(who.go("/account/duties"))
}

/// What the list is narrowed to.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct DutyQuery {
    /// Code of a unit.
    org: String,
    /// Only duties with a gap, when not empty.
    gaps: String,
}

#[derive(askama::Template)]
#[template(path = "access/duties.html")]
struct DutiesPage {
    f: Frame,
    query: DutyQuery,
    report: DutyReport,
    orgs: Vec<Org>,
}

impl DutiesPage {
    /// The duties to show, each with whether its unit and post stand above it already.
    fn shown(&self) -> Vec<(bool, &app::access::DutyOfUnit)> {
        let mut above = None;
        let wanted = self.report.duties.iter();
        wanted
            .filter(|d| self.query.gaps.is_empty() || d.has_gap())
            .map(|d| {
                let place = Some((d.org.id, d.kind.code.as_str()));
                let is_first = above != place;
                above = place;
                (is_first, d)
            })
            .collect()
    }
}

pub(crate) async fn list_duties(
    State(web): State<Web>,
    Query(query): Query<DutyQuery>,
    who: Who,
) -> Answer {
    let report = app::access::duty_report(&web.app, &who.actor, who.now, &query.org).await?;
    let orgs = app::access::list_orgs(&web.app, &who.actor).await?;
    html(&DutiesPage {
        f: who.frame("duties"),
        query,
        report,
        orgs,
    })
}

pub(crate) async fn download_duties(
    State(web): State<Web>,
    Query(query): Query<DutyQuery>,
    who: Who,
) -> Result<axum::response::Response, Failure> {
    let file = app::reports::duties_csv(&web.app, &who.actor, who.now, &query.org).await?;
    Ok(crate::reports::download(file))
}
