//! The customers in one's own charge.

use crate::forms::{Choice, Fields, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::service::{Mine, MineQuery, MineView};
use axum::extract::{RawQuery, State};

#[derive(askama::Template)]
#[template(path = "service/mine.html")]
struct Page {
    f: Frame,
    query: MineQuery,
    rows: Vec<Mine>,
}

pub(crate) async fn show_mine(State(web): State<Web>, RawQuery(raw): RawQuery, who: Who) -> Answer {
    let fields = Fields::parse(raw.unwrap_or_default().as_bytes());
    let query = MineQuery {
        view: fields.own("view"),
    };
    html(&Page {
        rows: app::service::my_customers(&web.app, &who.actor, who.now, &query).await?,
        f: who.frame("my-customers"),
        query,
    })
}

impl Page {
    fn views(&self) -> Vec<Choice> {
        let here = match self.query.view.as_str() {
            "" => "all",
            view => view,
        };
        let codes = MineView::ALL.iter().map(|(code, _)| *code);
        choices(&self.f, "mine-view", codes, here)
    }
}
