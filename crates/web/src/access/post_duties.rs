//! The duties of one's own posts.

use crate::forms::Sent;
use crate::frame::{Answer, Frame, Who, html};
use crate::menu::{self, Entry};
use crate::state::Web;
use app::access::{DutyForm, OwnPost};
use axum::extract::State;

#[derive(askama::Template)]
#[template(path = "access/account_duties.html")]
struct OwnDutiesPage {
    f: Frame,
    posts: Vec<OwnPost>,
}

impl OwnDutiesPage {
    /// Places of the menu at which a duty is done and that this person may open.
    fn places(&self, duty: &app::access::Duty) -> Vec<Entry> {
        let open = menu::everything(self.f.session());
        let at = duty.at.iter();
        at.filter_map(|name| open.iter().find(|e| e.name == name).copied())
            .collect()
    }
}

pub(crate) async fn list_own_duties(State(web): State<Web>, who: Who) -> Answer {
    let posts = app::access::list_own_posts(&web.app, &who.actor, who.now).await?;
    html(&OwnDutiesPage {
        f: who.frame("account"),
        posts,
    })
}

pub(crate) async fn record_duty(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let form = DutyForm {
        org: fields.own("org"),
        post: fields.own("post"),
        duty: fields.own("duty"),
        done_on: fields.own("done_on"),
        note: fields.own("note"),
    };
    app::access::record_duty(&web.app, &who.actor, who.now, &form).await?;
    Ok(who.go("/account/duties"))
}
