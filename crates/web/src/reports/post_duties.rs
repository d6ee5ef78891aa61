//! The duties of the posts of the units in sight.

use crate::failure::Failure;
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::access::DutyReport;
use axum::extract::{Query, State};
use serde::Deserialize;
use store::orgs::Org;

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
#[template(path = "reports/duties.html")]
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
    Ok(super::download(file))
}
