//! Saved views of lists: filters under a name, each user's own.

use crate::failure::Failure;
use crate::forms::Sent;
use crate::frame::Answer;
use crate::state::Web;
use app::Error;
use axum::extract::{Path, State};

/// Lists that keep views; the address of each is its name.
const LISTS: [&str; 2] = ["callbacks", "tickets"];

/// The list that a form names.
fn list_of(name: &str) -> Result<&'static str, Failure> {
    let found = LISTS.iter().find(|l| **l == name).copied();
    found.ok_or_else(|| Error::invalid("list", "unknown-code").into())
}

pub(crate) async fn save_view(State(web): State<Web>, Sent(who, form): Sent) -> Answer {
    let list = list_of(form.get("list"))?;
    let (name, query) = (form.get("name"), form.get("query"));
    app::access::save_view(&web.app, &who.actor, who.now, list, name, query).await?;
    Ok(who.go(&format!("/{list}?{query}")))
}

pub(crate) async fn delete_view(
    State(web): State<Web>,
    Path(view): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let list = list_of(form.get("list"))?;
    let id = uuid::Uuid::try_parse(&view).map_err(|_| Failure::not_found())?;
    app::access::delete_view(&web.app, &who.actor, who.now, id).await?;
    Ok(who.go(&format!("/{list}")))
}
