//! Showing a personal field in full, for a stated purpose.

use crate::forms::Sent;
use crate::frame::{Answer, Frame, html};
use crate::state::Web;
use app::customers::{RevealForm, Revealed};
use axum::extract::{Path, State};

#[derive(askama::Template)]
#[template(path = "customers/disclosure.html", blocks = ["value"])]
struct DisclosurePage {
    f: Frame,
    customer_no: String,
    revealed: Revealed,
}

pub(crate) async fn create_disclosure(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let wanted = RevealForm {
        field: form.own("field"),
        purpose: form.own("purpose"),
        note: form.own("note"),
    };
    let revealed =
        app::customers::reveal(&web.app, &who.actor, who.now, &customer_no, &wanted).await?;
    let page = DisclosurePage {
        f: who.frame("customers"),
        customer_no,
        revealed,
    };
    if who.wants_part() {
        html(&page.as_value())
    } else {
        html(&page)
    }
}
