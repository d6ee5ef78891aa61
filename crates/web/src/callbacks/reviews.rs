//! The supervisor's examination of callback records, guidance to callers, and notes on records.

use super::{id_of, url};
use crate::failure::Failure;
use crate::forms::{Fields, Sent, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::callbacks::{ReviewForm, ReviewPage};
use axum::extract::{Path, RawQuery, State};

#[derive(askama::Template)]
#[template(path = "callbacks/reviews.html")]
struct ReviewsPage {
    f: Frame,
    page: ReviewPage,
    after: String,
    here: String,
}

pub(crate) async fn list_reviews(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let after = Fields::parse(raw.as_bytes()).own("after");
    html(&ReviewsPage {
        page: app::callbacks::review_page(&web.app, &who.actor, who.now, &after).await?,
        here: without_page(&raw),
        f: who.frame("reviews"),
        after,
    })
}

pub(crate) async fn create_review(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let id = id_of(&id)?;
    let review = ReviewForm {
        record: form.own("record"),
        result: form.own("result"),
        guidance: form.own("guidance"),
    };
    app::callbacks::review_callback(&web.app, &who.actor, who.now, id, &review).await?;
    Ok(who.go(&url(id)))
}

pub(crate) async fn create_note(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let id = id_of(&id)?;
    let (attempt, words) = (form.get("attempt"), form.get("text"));
    app::callbacks::add_note(&web.app, &who.actor, who.now, id, attempt, words).await?;
    Ok(who.go(&url(id)))
}

pub(crate) async fn acknowledge_review(
    State(web): State<Web>,
    Path(review): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let id = uuid::Uuid::try_parse(&review).map_err(|_| Failure::not_found())?;
    app::callbacks::acknowledge(&web.app, &who.actor, who.now, id, form.get("reply")).await?;
    Ok(who.go("/reviews"))
}
