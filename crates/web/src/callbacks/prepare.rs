//! What a caller looks at before the call: a page of its own, and a part of the callback's.

use super::id_of;
use crate::customers::timeline::{Line, lines};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::callbacks::Preparation;
use axum::extract::{Path, State};

#[derive(askama::Template)]
#[template(path = "callbacks/preparation.html", blocks = ["preparation"])]
struct PreparationPage {
    f: Frame,
    lines: Vec<Line>,
    known: Preparation,
}

pub(crate) async fn show_preparation(
    State(web): State<Web>,
    Path(id): Path<String>,
    who: Who,
) -> Answer {
    let company = &web.settings.company;
    let id = id_of(&id)?;
    let known = app::callbacks::preparation(&web.app, &who.actor, who.now, id, company).await?;
    let f = who.frame("callbacks");
    let page = PreparationPage {
        lines: lines(&f, &known.records),
        known,
        f,
    };
    if who.wants_part() {
        return html(&page.as_preparation());
    }
    html(&page)
}

impl PreparationPage {
    fn age(&self) -> Option<i32> {
        let born = self.known.page.customer.birth_date?;
        Some(domain::time::years_between(born, self.f.today))
    }
}
