//! One step for many tickets: chosen rows, or all that the filter finds.

use super::list;
use crate::failure::Failure;
use crate::forms::{Fields, Sent};
use crate::frame::{Answer, Frame, html};
use crate::state::Web;
use app::tickets::{BulkReport, BulkTarget, StepForm};
use axum::extract::State;
use domain::ids::TicketId;

#[derive(askama::Template)]
#[template(path = "tickets/bulk.html")]
struct BulkPage {
    f: Frame,
    step: String,
    report: BulkReport,
    back: String,
}

pub(crate) async fn take_steps(State(web): State<Web>, Sent(who, form): Sent) -> Answer {
    let query = form.own("query");
    let target = if form.get("target") == "filter" {
        BulkTarget::Filter(list::read(&Fields::parse(query.as_bytes())))
    } else {
        let ids = form.all("id");
        let ids: Result<Vec<_>, Failure> = ids.iter().map(|id| id_of(id)).collect();
        BulkTarget::Ids(ids?)
    };
    let step = StepForm {
        step: form.own("step"),
        handler: form.own("handler"),
        text: form.own("text"),
        ..StepForm::default()
    };
    let report = app::tickets::take_steps(&web.app, &who.actor, who.now, &target, &step).await?;
    let back = format!("/tickets?{query}");
    if report.refused.is_empty() && !report.more {
        return Ok(who.go(&back));
    }
    html(&BulkPage {
        f: who.frame("tickets"),
        step: step.step,
        report,
        back,
    })
}

fn id_of(text: &str) -> Result<TicketId, Failure> {
    uuid::Uuid::try_parse(text)
        .map(TicketId)
        .map_err(|_| Failure::not_found())
}
