//! Steps of a request, and the copy that it needs.

use super::requests::url;
use crate::forms::Sent;
use crate::frame::Answer;
use crate::state::Web;
use app::retention::RequestStepForm;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse as _;

pub(crate) async fn take_step(
    State(web): State<Web>,
    Path(number): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let step = RequestStepForm {
        step: form.own("step"),
        method: form.own("method"),
        outcome: form.own("outcome"),
        ground: form.own("ground"),
        mobile: form.own("mobile"),
        mailing_address: form.own("mailing_address"),
        through: form.own("through"),
        text: form.own("text"),
    };
    app::retention::take_request_step(&web.app, &who.actor, who.now, &number, &step).await?;
    Ok(who.go(&url(&number)))
}

pub(crate) async fn create_copy(
    State(web): State<Web>,
    Path(number): Path<String>,
    Sent(who, _): Sent,
) -> Answer {
    app::retention::start_copy(&web.app, &who.actor, who.now, &number).await?;
    Ok(who.go(&url(&number)))
}

/// The copy for a stated purpose. It travels as the answer to a form, so that no address leads to it.
pub(crate) async fn download_copy(
    State(web): State<Web>,
    Path(number): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let (purpose, note) = (form.get("purpose"), form.get("note"));
    let (actor, now) = (&who.actor, who.now);
    let (name, bytes) =
        app::retention::open_copy(&web.app, actor, now, &number, purpose, note).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}
