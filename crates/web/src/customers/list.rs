//! The list of customers: filters in the address, masked facts.

use super::flags::{FlagTag, tags};
use crate::forms::{Choice, Fields, choices, orgs, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::Listed;
use app::customers::CustomerQuery;
use app::information::Flag;
use axum::extract::{RawQuery, State};
use domain::customers::{CustomerKind, RelationshipStage, SpokenLanguage};
use domain::ids::CustomerId;
use domain::information::{CustomerMark, DerivedMark};
use domain::segments::CustomerClass;
use std::collections::HashMap;
use store::customers::CustomerRow;

#[derive(askama::Template)]
#[template(path = "customers/list.html")]
struct ListPage {
    f: Frame,
    query: CustomerQuery,
    list: Listed<CustomerRow>,
    flags: HashMap<CustomerId, Vec<Flag>>,
    orgs: Vec<Choice>,
    here: String,
}

pub(crate) async fn list_customers(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let query = read(&Fields::parse(raw.as_bytes()));
    let list = app::customers::list_customers(&web.app, &who.actor, who.now, &query).await?;
    let shown: Vec<_> = list.page.rows.iter().collect();
    html(&ListPage {
        flags: app::information::flags_of(&web.app, &who.actor, who.now, &shown).await?,
        orgs: orgs(&web, &who.actor, &query.org).await?,
        here: without_page(&raw),
        f: who.frame("customers"),
        query,
        list,
    })
}

/// Filters as the address has them.
fn read(fields: &Fields) -> CustomerQuery {
    CustomerQuery {
        kind: fields.own("kind"),
        flag: fields.own("flag"),
        language: fields.own("language"),
        stage: fields.own("stage"),
        value_class: fields.own("value_class"),
        risk_class: fields.own("risk_class"),
        org: fields.own("org"),
        after: fields.own("after"),
    }
}

impl ListPage {
    fn kinds(&self) -> Vec<Choice> {
        let codes = CustomerKind::ALL.iter().map(|k| k.as_str());
        choices(&self.f, "customer-kind", codes, &self.query.kind)
    }

    fn flags(&self) -> Vec<Choice> {
        let set = CustomerMark::ALL.iter().map(|m| m.as_str());
        let codes = set.chain(DerivedMark::ALL.iter().map(|m| m.as_str()));
        choices(&self.f, "customer-flag", codes, &self.query.flag)
    }

    fn languages(&self) -> Vec<Choice> {
        let codes = SpokenLanguage::ALL.iter().map(|s| s.as_str());
        choices(&self.f, "language", codes, &self.query.language)
    }

    fn stages(&self) -> Vec<Choice> {
        let codes = RelationshipStage::ALL.iter().map(|s| s.as_str());
        choices(&self.f, "relationship-stage", codes, &self.query.stage)
    }

    fn value_classes(&self) -> Vec<Choice> {
        let codes = CustomerClass::ALL.iter().map(|c| c.as_str());
        choices(&self.f, "class-value", codes, &self.query.value_class)
    }

    fn risk_classes(&self) -> Vec<Choice> {
        let codes = CustomerClass::ALL.iter().map(|c| c.as_str());
        choices(&self.f, "class-risk", codes, &self.query.risk_class)
    }

    /// Flags of a customer in words.
    fn tags(&self, customer: &CustomerId) -> Vec<FlagTag> {
        let flags = self.flags.get(customer);
        tags(&self.f, flags.map_or(&[], Vec::as_slice))
    }

    fn is_filtered(&self) -> bool {
        let q = &self.query;
        let classes = [&q.value_class, &q.risk_class];
        [&q.kind, &q.flag, &q.language, &q.stage, &q.org]
            .iter()
            .chain(&classes)
            .any(|f| !f.is_empty())
    }
}
