//! Sales visits: the list, and registering a slip on the way.

use crate::forms::{Choice, Fields, Sent, choices, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::Listed;
use app::visits::{SlipForm, SlipQuery};
use axum::extract::{RawQuery, State};
use domain::customers::RelationshipStage;
use domain::visits::SlipStanding;
use store::visits::SlipRow;

/// Views of those who register slips.
const OWN: [&str; 2] = ["mine", "results"];
/// Views of everybody.
const VIEWS: [&str; 7] = [
    "open",
    "callback",
    "missed",
    "escalated",
    "suspected",
    "findings",
    "closed",
];

#[derive(askama::Template)]
#[template(path = "visits/slips.html")]
struct ListPage {
    f: Frame,
    query: SlipQuery,
    list: Listed<SlipRow>,
    confirmed: Vec<(String, i64)>,
    here: String,
}

pub(crate) async fn list_slips(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let fields = Fields::parse(raw.as_bytes());
    let query = SlipQuery {
        view: fields.own("view"),
        after: fields.own("after"),
    };
    let (list, confirmed) = app::visits::list_slips(&web.app, &who.actor, who.now, &query).await?;
    html(&ListPage {
        here: without_page(&raw),
        f: who.frame("field-slips"),
        query,
        list,
        confirmed,
    })
}

pub(crate) async fn register_slip(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let form = SlipForm {
        customer_no: fields.own("customer_no"),
        category: fields.own("category"),
        customer_name: fields.own("customer_name"),
        business_type: fields.own("business_type"),
        contact_name: fields.own("contact_name"),
        contact_title: fields.own("contact_title"),
        contact_phone: fields.own("contact_phone"),
        planned_at: fields.own("planned_at"),
    };
    let (_, number) = app::visits::register_slip(&web.app, &who.actor, who.now, &form).await?;
    Ok(who.go(&format!("/field-slips/{number}")))
}

impl ListPage {
    fn view(&self) -> &str {
        match self.query.view.as_str() {
            "" if self.f.may("slips.register") => "mine",
            "" => "open",
            view => view,
        }
    }

    fn views(&self) -> Vec<Choice> {
        let own = OWN.iter().filter(|_| self.f.may("slips.register"));
        let codes = own.chain(&VIEWS).copied();
        choices(&self.f, "slip-view", codes, self.view())
    }

    fn categories(&self) -> Vec<Choice> {
        let codes = RelationshipStage::ALL
            .iter()
            .filter(|s| s.as_str() != "lost");
        let codes = codes.map(|s| s.as_str());
        choices(&self.f, "relationship-stage", codes, "")
    }

    fn standing(&self, slip: &SlipRow) -> SlipStanding {
        // Who has read of a result does not matter in lists.
        slip.decision_view(Vec::new()).standing(self.f.now)
    }
}

/// Colour of a standing.
pub(super) fn tone(standing: &SlipStanding) -> &'static str {
    match standing {
        SlipStanding::Registered => "blue",
        SlipStanding::CallbackDue | SlipStanding::CalledBack => "orange",
        SlipStanding::Missed | SlipStanding::Escalated => "red",
        SlipStanding::Closed => "green",
        SlipStanding::Cancelled => "secondary",
    }
}
