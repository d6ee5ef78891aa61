//! One contact: where it stands and why, its message, and a contact made by hand in its place.

use super::list;
use crate::forms::{Choice, Sent, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::care::{CarePage, RecordForm};
use axum::extract::{Path, State};

#[derive(askama::Template)]
#[template(path = "care/page.html")]
struct PageTemplate {
    f: Frame,
    page: CarePage,
}

pub(crate) async fn show_contact(
    State(web): State<Web>,
    Path(number): Path<String>,
    who: Who,
) -> Answer {
    let page = app::care::care_page(&web.app, &who.actor, who.now, &number).await?;
    html(&PageTemplate {
        f: who.frame("care"),
        page,
    })
}

pub(crate) async fn record_contact(
    State(web): State<Web>,
    Path(number): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let record = RecordForm {
        channel: form.own("channel"),
        note: form.own("note"),
    };
    app::care::record_contact(&web.app, &who.actor, who.now, &number, &record).await?;
    Ok(who.go(&format!("/care/{number}")))
}

impl PageTemplate {
    fn tone(&self) -> &'static str {
        list::tone(&self.page.row)
    }

    fn why(&self) -> String {
        list::why(&self.f, &self.page.row)
    }

    fn channels(&self) -> Vec<Choice> {
        let codes = self.page.by_hand.iter().map(|c| c.as_str());
        choices(&self.f, "contact-channel", codes, "")
    }
}
