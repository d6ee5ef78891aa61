//! Giving callbacks to callers from the list: chosen rows, or all that the filter finds.

use super::{id_of, list, url};
use crate::forms::{Fields, Sent};
use crate::frame::{Answer, Frame, html};
use crate::state::Web;
use app::Error;
use app::callbacks::{AssignReport, AssignTarget};
use axum::extract::{Path, State};
use domain::ids::UserId;

#[derive(askama::Template)]
#[template(path = "callbacks/assigned.html")]
struct AssignedPage {
    f: Frame,
    report: AssignReport,
    back: String,
}

pub(crate) async fn assign_callbacks(State(web): State<Web>, Sent(who, form): Sent) -> Answer {
    let query = form.own("query");
    let target = if form.get("target") == "filter" {
        AssignTarget::Filter(list::read(&Fields::parse(query.as_bytes())))
    } else {
        let ids: Result<Vec<_>, _> = form.all("id").iter().map(|id| id_of(id)).collect();
        AssignTarget::Ids(ids?)
    };
    let to = match form.get("assignee") {
        "" => None,
        id => {
            let id = uuid::Uuid::try_parse(id)
                .map_err(|_| Error::invalid("assignee", "unknown-user"))?;
            Some(UserId(id))
        }
    };
    let report = app::callbacks::assign(&web.app, &who.actor, who.now, &target, to).await?;
    let back = format!("/callbacks?{query}");
    if report.refused.is_empty() && !report.more {
        return Ok(who.go(&back));
    }
    html(&AssignedPage {
        f: who.frame("callbacks"),
        report,
        back,
    })
}

pub(crate) async fn unassign_callback(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, _): Sent,
) -> Answer {
    let id = id_of(&id)?;
    app::callbacks::unassign(&web.app, &who.actor, who.now, id).await?;
    Ok(who.go(&url(id)))
}
