//! Callbacks that will come to the customers of a salesperson, who tells them so.

use super::id_of;
use crate::forms::{Fields, Sent};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::callbacks::ComingCallback;
use axum::extract::{Path, RawQuery, State};
use store::Page;

#[derive(askama::Template)]
#[template(path = "callbacks/coming.html")]
struct ComingPage {
    f: Frame,
    list: Page<ComingCallback>,
    after: String,
}

pub(crate) async fn list_coming(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let after = Fields::parse(raw.unwrap_or_default().as_bytes()).own("after");
    html(&ComingPage {
        list: app::callbacks::coming_callbacks(&web.app, &who.actor, &after).await?,
        f: who.frame("coming-callbacks"),
        after,
    })
}

pub(crate) async fn announce(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, _): Sent,
) -> Answer {
    let id = id_of(&id)?;
    app::callbacks::announce(&web.app, &who.actor, who.now, id).await?;
    Ok(who.go("/callbacks/coming"))
}
