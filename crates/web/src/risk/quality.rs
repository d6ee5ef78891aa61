//! The board of contract quality: open cases by unit and salesperson, and urging the sales department.

use super::Tab;
use crate::forms::Sent;
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::risk::UrgeForm;
use axum::extract::State;
use store::risk::QualityRow;

#[derive(askama::Template)]
#[template(path = "risk/quality.html")]
struct BoardPage {
    f: Frame,
    rows: Vec<QualityRow>,
}

pub(crate) async fn show_board(State(web): State<Web>, who: Who) -> Answer {
    html(&BoardPage {
        rows: app::risk::contract_quality(&web.app, &who.actor, who.now).await?,
        f: who.frame("risk"),
    })
}

impl BoardPage {
    fn tabs(&self) -> Vec<Tab> {
        super::tabs(&self.f)
    }

    /// The department may be urged: something is open, and the time of the last urging is over.
    fn may_urge(&self, r: &QualityRow) -> bool {
        let due = r.next_on.is_none_or(|next| next <= self.f.today);
        r.open > 0 && due && self.f.may("tickets.issue")
    }
}

pub(crate) async fn urge(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let form = UrgeForm {
        org: fields.own("org"),
        agent: fields.own("agent"),
        words: fields.own("urging"),
    };
    app::risk::urge_sales(&web.app, &who.actor, who.now, &form).await?;
    Ok(who.go("/risk/contract-quality"))
}
