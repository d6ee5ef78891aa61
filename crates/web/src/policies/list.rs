//! The list of policies, with filters in the address.

use crate::forms::{Choice, Fields, choices, orgs, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::Listed;
use app::policies::PolicyQuery;
use axum::extract::{RawQuery, State};
use domain::policies::{Channel, Line, PolicyStatus, ProductClass};
use store::policies::PolicyRow;

#[derive(askama::Template)]
#[template(path = "policies/list.html")]
struct ListPage {
    f: Frame,
    query: PolicyQuery,
    list: Listed<PolicyRow>,
    orgs: Vec<Choice>,
    here: String,
}

pub(crate) async fn list_policies(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let query = read(&Fields::parse(raw.as_bytes()));
    let list = app::policies::list_policies(&web.app, &who.actor, &query).await?;
    html(&ListPage {
        orgs: orgs(&web, &who.actor, &query.org).await?,
        here: without_page(&raw),
        f: who.frame("policies"),
        query,
        list,
    })
}

/// Filters as the address has them.
fn read(fields: &Fields) -> PolicyQuery {
    PolicyQuery {
        line: fields.own("line"),
        product_class: fields.own("product_class"),
        channel: fields.own("channel"),
        status: fields.own("status"),
        customer: fields.own("customer"),
        agent: fields.own("agent"),
        issued_from: fields.own("issued_from"),
        issued_to: fields.own("issued_to"),
        without_receipt: fields.own("without_receipt"),
        org: fields.own("org"),
        after: fields.own("after"),
    }
}

impl ListPage {
    fn lines(&self) -> Vec<Choice> {
        let codes = Line::ALL.iter().map(|c| c.as_str());
        choices(&self.f, "line", codes, &self.query.line)
    }

    fn classes(&self) -> Vec<Choice> {
        let codes = ProductClass::ALL.iter().map(|c| c.as_str());
        choices(&self.f, "product-class", codes, &self.query.product_class)
    }

    fn channels(&self) -> Vec<Choice> {
        let codes = Channel::ALL.iter().map(|c| c.as_str());
        choices(&self.f, "channel", codes, &self.query.channel)
    }

    fn statuses(&self) -> Vec<Choice> {
        let codes = PolicyStatus::ALL.iter().map(|c| c.as_str());
        choices(&self.f, "policy-status", codes, &self.query.status)
    }

    fn is_filtered(&self) -> bool {
        let q = &self.query;
        [
            &q.line,
            &q.product_class,
            &q.channel,
            &q.status,
            &q.customer,
            &q.agent,
            &q.issued_from,
            &q.issued_to,
            &q.without_receipt,
            &q.org,
        ]
        .iter()
        .any(|f| !f.is_empty())
    }
}
