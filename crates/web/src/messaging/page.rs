//! One message: its words, where it stands and why, its history, and what may be done about it.

use super::list;
use crate::forms::Sent;
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::messaging::MessagePage;
use axum::extract::{Path, State};

#[derive(askama::Template)]
#[template(path = "messaging/page.html")]
struct PageTemplate {
    f: Frame,
    page: MessagePage,
}

pub(crate) async fn show_message(
    State(web): State<Web>,
    Path(number): Path<String>,
    who: Who,
) -> Answer {
    let page = app::messaging::message_page(&web.app, &who.actor, who.now, &number).await?;
    html(&PageTemplate {
        f: who.frame("messages"),
        page,
    })
}

pub(crate) async fn cancel_message(
    State(web): State<Web>,
    Path(number): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let reason = form.get("reason");
    app::messaging::cancel_message(&web.app, &who.actor, who.now, &number, reason).await?;
    Ok(who.go(&format!("/messages/{number}")))
}

pub(crate) async fn resend_message(
    State(web): State<Web>,
    Path(number): Path<String>,
    Sent(who, _): Sent,
) -> Answer {
    app::messaging::resend_message(&web.app, &who.actor, who.now, &number).await?;
    Ok(who.go(&format!("/messages/{number}")))
}

impl PageTemplate {
    fn tone(&self) -> &'static str {
        list::tone(&self.page.view)
    }

    fn why(&self) -> String {
        list::why(&self.f, &self.page.view)
    }

    fn next_slot(&self) -> String {
        list::next_slot(&self.f, &self.page.view)
    }

    /// The page of what it is about, where there is one.
    fn about(&self) -> Option<String> {
        let row = &self.page.view.row;
        let id = row.about_id?;
        match row.about_kind.as_str() {
            "ticket" => Some(format!("/tickets/{id}")),
            "survey" => Some(format!("/surveys/{id}")),
            "callback" => Some(format!("/callbacks/{id}")),
            "contact" => Some(format!("/care/{id}")),
            _ => None,
        }
    }
}
