//! The form for a customer whom the core system does not know yet.

use super::edit::{Input, form_of, input, sources};
use crate::forms::{Choice, Fields, Sent, choices, orgs};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::Error;
use app::information::{Demands, NewCustomerForm};
use axum::extract::{RawQuery, State};
use domain::access::Permission;
use domain::customers::{CustomerField, CustomerKind, FactGroup};
use domain::information::Demand;

#[derive(askama::Template)]
#[template(path = "information/new.html")]
struct NewPage {
    f: Frame,
    kind: CustomerKind,
    orgs: Vec<Choice>,
    groups: Vec<(FactGroup, Vec<Input>)>,
}

pub(crate) async fn show_new(State(web): State<Web>, RawQuery(raw): RawQuery, who: Who) -> Answer {
    who.actor
        .demand(Permission::CustomersEdit)
        .map_err(Error::from)?;
    let query = Fields::parse(raw.unwrap_or_default().as_bytes());
    let kind = CustomerKind::parse(query.get("kind")).unwrap_or(CustomerKind::Individual);
    let orgs = orgs(&web, &who.actor, "").await?;
    let f = who.frame("customers");
    let rules = web.app.rules();
    let demands = Demands::new(&rules, kind, Vec::new(), f.today);
    let of = |group: FactGroup| {
        let all = CustomerField::ALL
            .iter()
            .copied()
            .filter(|c| c.is_entered() && c.group() == group);
        let asked = all
            .map(|c| (c, demands.of(c)))
            .filter(|(_, d)| *d != Demand::NotAsked);
        (
            group,
            asked
                .map(|(c, d)| input(&f, c, None, d))
                .collect::<Vec<_>>(),
        )
    };
    let groups = FactGroup::ALL.iter().copied().map(of);
    let groups = groups.filter(|(_, inputs)| !inputs.is_empty()).collect();
    html(&NewPage {
        kind,
        orgs,
        groups,
        f,
    })
}

pub(crate) async fn create_customer(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let form = NewCustomerForm {
        kind: fields.own("kind"),
        org: fields.own("org"),
        facts: form_of(&fields),
        is_another: fields.is_ticked("another"),
    };
    let number = app::information::create_customer(&web.app, &who.actor, who.now, &form).await?;
    Ok(who.go(&format!("/customers/{number}/information")))
}

impl NewPage {
    fn kinds(&self) -> Vec<Choice> {
        let codes = CustomerKind::ALL.iter().map(|k| k.as_str());
        choices(&self.f, "customer-kind", codes, self.kind.as_str())
    }

    fn sources(&self) -> Vec<Choice> {
        sources(&self.f)
    }
}
