//! Weights in force beside those that the book suggests.

use super::{bits, chance};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::duplicates::EstimatePage;
use axum::extract::State;
use domain::duplicates::{Chances, Estimated};

#[derive(askama::Template)]
#[template(path = "duplicates/weights.html")]
struct WeightsPage {
    f: Frame,
    page: EstimatePage,
}

pub(crate) async fn show_weights(State(web): State<Web>, who: Who) -> Answer {
    html(&WeightsPage {
        page: app::duplicates::estimate_page(&web.app, &who.actor, who.now).await?,
        f: who.frame("duplicates"),
    })
}

impl WeightsPage {
    /// The weight that the book suggests, where it has seen the level on both sides.
    fn suggested(line: &Estimated) -> Option<String> {
        let chances = Chances {
            m: line.m?,
            u: line.u?,
        };
        Some(bits(&chances.weight()))
    }

    /// The weight in force.
    fn weight(line: &Estimated) -> String {
        bits(&line.in_force.weight())
    }

    fn or_dash(value: &Option<i64>) -> String {
        value.as_ref().map_or_else(|| "—".to_owned(), chance)
    }
}
