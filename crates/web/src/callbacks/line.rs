//! The telephone beside the call page: dialling, how far the call is, hanging up.

use super::{id_of, url};
use crate::forms::Sent;
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::callbacks::LineView;
use axum::extract::{Path, State};
use domain::ids::CallbackId;
use domain::telephony::CallState;

/// What the telephone shows, on the call page and alone.
#[derive(askama::Template)]
#[template(path = "callbacks/_line.html")]
pub(super) struct LinePart {
    pub(super) f: Frame,
    pub(super) line: LineView,
    pub(super) callback: CallbackId,
}

impl LinePart {
    fn tone(&self) -> &'static str {
        match self.line.call.as_ref().map(|c| c.call.state) {
            Some(CallState::Answered) => "green",
            Some(CallState::Ended) | None => "secondary",
            Some(_) => "blue",
        }
    }

    /// Code of what to say about the call.
    fn state(&self) -> &'static str {
        let call = self.line.call.as_ref().map(|c| c.call);
        match call {
            Some(call) => call
                .end
                .map_or(call.state.as_str(), domain::telephony::CallEnd::as_str),
            None => "none",
        }
    }

    fn spoken(&self) -> String {
        let seconds = self.line.spoken_seconds;
        format!("{:02}:{:02}", seconds / 60, seconds % 60)
    }
}

/// The part that is asked for every other second.
pub(crate) async fn show_line(State(web): State<Web>, Path(id): Path<String>, who: Who) -> Answer {
    let id = id_of(&id)?;
    match app::callbacks::call_line(&web.app, &who.actor, who.now, id).await? {
        Some(line) if who.wants_part() => html(&LinePart {
            f: who.frame("callbacks"),
            line,
            callback: id,
        }),
        _ => Ok(who.go(&format!("{}/call", url(id)))),
    }
}

pub(crate) async fn dial(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let id = id_of(&id)?;
    app::callbacks::dial(&web.app, &who.actor, who.now, id, form.get("field")).await?;
    after(&web, who, id).await
}

pub(crate) async fn hang_up(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, _): Sent,
) -> Answer {
    let id = id_of(&id)?;
    app::callbacks::hang_up(&web.app, &who.actor, who.now, id).await?;
    after(&web, who, id).await
}

pub(crate) async fn set_extension(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let id = id_of(&id)?;
    let extension = form.get("extension");
    app::telephony::set_own_extension(&web.app, &who.actor, who.now, extension).await?;
    after(&web, who, id).await
}

async fn after(web: &Web, who: Who, id: CallbackId) -> Answer {
    if who.wants_part() {
        let line = app::callbacks::call_line(&web.app, &who.actor, who.now, id).await?;
        if let Some(line) = line {
            return html(&LinePart {
                f: who.frame("callbacks"),
                line,
                callback: id,
            });
        }
    }
    Ok(who.go(&format!("{}/call", url(id))))
}
