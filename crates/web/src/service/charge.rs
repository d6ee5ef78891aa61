//! Customers whose class asks for a person in charge: the worklist, giving them, handing over.

use super::people;
use crate::forms::{Choice, Fields, Sent, choices, orgs, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::Listed;
use app::service::{AssignForm, HandoverForm, ServedQuery};
use axum::extract::{RawQuery, State};
use domain::customers::{SpokenLanguage, ValueClass};
use domain::service::ChargeView;
use store::access::UserRow;
use store::service::ServedRow;

#[derive(askama::Template)]
#[template(path = "service/charge.html")]
struct Page {
    f: Frame,
    query: ServedQuery,
    list: Listed<ServedRow>,
    classes: Vec<ValueClass>,
    orgs: Vec<Choice>,
    users: Vec<UserRow>,
    here: String,
}

fn query_of(fields: &Fields) -> ServedQuery {
    ServedQuery {
        view: fields.own("view"),
        class: fields.own("class"),
        org: fields.own("org"),
        language: fields.own("language"),
        user: fields.own("user"),
        after: fields.own("after"),
    }
}

pub(crate) async fn list_served(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let query = query_of(&Fields::parse(raw.as_bytes()));
    let (app, actor) = (&web.app, &who.actor);
    let (list, classes) = app::service::list_served(app, actor, who.now, &query).await?;
    let f = who.frame("service-customers");
    let users = if f.may("service.assign") {
        app::service::list_people(app, actor).await?
    } else {
        Vec::new()
    };
    html(&Page {
        orgs: orgs(&web, actor, &query.org).await?,
        here: without_page(&raw),
        f,
        query,
        list,
        classes,
        users,
    })
}

impl Page {
    fn views(&self) -> Vec<Choice> {
        let here = match self.query.view.as_str() {
            "" => "nobody",
            view => view,
        };
        let codes = ChargeView::ALL.iter().map(|v| v.as_str());
        choices(&self.f, "charge-view", codes, here)
    }

    fn class_choices(&self) -> Vec<Choice> {
        let codes = self.classes.iter().map(|c| c.as_str());
        choices(&self.f, "value-class", codes, &self.query.class)
    }

    fn languages(&self) -> Vec<Choice> {
        let codes = SpokenLanguage::ALL.iter().map(|l| l.as_str());
        choices(&self.f, "language", codes, &self.query.language)
    }

    fn people(&self) -> Vec<Choice> {
        people(&self.users, &self.query.user)
    }
}

pub(crate) async fn assign(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let query = Fields::parse(fields.get("query").as_bytes());
    let form = AssignForm {
        customers: fields.all("id"),
        customer_no: String::new(),
        all: fields.get("target") == "filter",
        query: query_of(&query),
        user: fields.own("to"),
        team: String::new(),
    };
    app::service::assign(&web.app, &who.actor, who.now, &form).await?;
    Ok(who.go(&format!("/service-customers?{}", fields.get("query"))))
}

pub(crate) async fn hand_over(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let form = HandoverForm {
        from: fields.own("from"),
        user: fields.own("user"),
    };
    app::service::hand_over(&web.app, &who.actor, who.now, &form).await?;
    Ok(who.go("/service-customers?view=somebody"))
}
