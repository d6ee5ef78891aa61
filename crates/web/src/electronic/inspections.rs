//! Samples of electronic callbacks and their inspection.

use crate::failure::Failure;
use crate::forms::{Fields, Sent};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::electronic::{DrawForm, InspectionForm, SamplePage};
use axum::extract::{Path, RawQuery, State};
use store::Page;
use store::electronic::SampleRow;
use uuid::Uuid;

#[derive(askama::Template)]
#[template(path = "electronic/samples.html")]
struct SamplesPage {
    f: Frame,
    page: Page<SampleRow>,
}

#[derive(askama::Template)]
#[template(path = "electronic/sample.html")]
struct OneSamplePage {
    f: Frame,
    page: SamplePage,
}

pub(crate) async fn list_samples(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let fields = Fields::parse(raw.unwrap_or_default().as_bytes());
    let page = app::electronic::list_samples(&web.app, &who.actor, fields.get("after")).await?;
    html(&SamplesPage {
        f: who.frame("electronic-samples"),
        page,
    })
}

pub(crate) async fn draw_sample(State(web): State<Web>, Sent(who, form): Sent) -> Answer {
    let form = DrawForm {
        from: form.own("from"),
        to: form.own("to"),
        per_mille: form.own("per_mille"),
    };
    let id = app::electronic::draw(&web.app, &who.actor, who.now, &form).await?;
    Ok(who.go(&url(id)))
}

fn url(id: Uuid) -> String {
    format!("/electronic/samples/{id}")
}

pub(crate) async fn show_sample(
    State(web): State<Web>,
    Path(id): Path<String>,
    who: Who,
) -> Answer {
    let id = Uuid::try_parse(&id).map_err(|_| Failure::not_found())?;
    let page = app::electronic::sample_page(&web.app, &who.actor, id).await?;
    html(&OneSamplePage {
        f: who.frame("electronic-samples"),
        page,
    })
}

pub(crate) async fn save_inspection(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let id = Uuid::try_parse(&id).map_err(|_| Failure::not_found())?;
    let form = InspectionForm {
        verdict: form.own("verdict"),
        finding: form.own("finding"),
    };
    let sample = app::electronic::inspect(&web.app, &who.actor, who.now, id, &form).await?;
    Ok(who.go(&url(sample)))
}
