//! Payout callbacks: the problem list and the follow-up list, on screen and on paper, the table of
//! servicing items, and what is recorded on one callback.

use super::{id_of, url};
use crate::forms::{Choice, Fields, Sent, choices, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::callbacks::{PayoutForm, PayoutQuery, PayoutView};
use app::rules::ServiceItem;
use axum::extract::{Path, RawQuery, State};
use domain::callbacks::PayoutList;
use store::Page;

#[derive(askama::Template)]
#[template(path = "callbacks/payouts.html")]
struct ListPage {
    f: Frame,
    query: PayoutQuery,
    page: Page<PayoutView>,
    here: String,
}

/// The lists that go to other posts.
pub(crate) async fn list_payouts(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let fields = Fields::parse(raw.as_bytes());
    let query = PayoutQuery {
        view: fields.own("view"),
        from: fields.own("from"),
        to: fields.own("to"),
        after: fields.own("after"),
    };
    html(&ListPage {
        page: app::callbacks::payouts(&web.app, &who.actor, &query).await?,
        f: who.frame("payouts"),
        here: without_page(&raw),
        query,
    })
}

impl ListPage {
    fn views(&self) -> Vec<Choice> {
        let here = if self.query.view.is_empty() {
            PayoutList::Problems.as_str()
        } else {
            &self.query.view
        };
        let codes = PayoutList::ALL.iter().map(|l| l.as_str());
        choices(&self.f, "payout-list", codes, here)
    }

    fn is_follow_up(&self) -> bool {
        self.query.view == PayoutList::FollowUps.as_str()
    }

    fn title(&self) -> String {
        let views = self.views();
        let chosen = views.into_iter().find(|v| v.chosen);
        chosen.map_or_else(String::new, |v| v.label)
    }
}

#[derive(askama::Template)]
#[template(path = "callbacks/service_items.html")]
struct ItemsPage {
    f: Frame,
    items: Vec<ServiceItem>,
}

/// The table of servicing items.
pub(crate) async fn show_items(State(web): State<Web>, who: Who) -> Answer {
    html(&ItemsPage {
        items: app::callbacks::service_items(&web.app, &who.actor)?,
        f: who.frame("payouts"),
    })
}

/// Records something about the payout of one callback.
pub(crate) async fn record_payout(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let id = id_of(&id)?;
    let recorded = PayoutForm {
        step: form.own("step"),
        item: form.own("item"),
        text: form.own("text"),
        explained: form.is_ticked("explained"),
        answer: form.own("answer"),
    };
    app::callbacks::record_payout(&web.app, &who.actor, who.now, id, &recorded).await?;
    Ok(who.go(&url(id)))
}
