//! The watch list: customers of low value who may come to be worth more.

use super::people;
use crate::forms::{self, Choice, Fields, Sent, choices, orgs, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::service::{WatchForm, WatchQuery, WatchStepForm};
use axum::extract::{Path, RawQuery, State};
use store::Page;
use store::access::UserRow;
use store::service::WatchedRow;

const VIEWS: [&str; 6] = ["open", "mine", "nobody", "promoted", "dropped", "all"];

#[derive(askama::Template)]
#[template(path = "service/watch.html")]
struct ListPage {
    f: Frame,
    query: WatchQuery,
    list: Page<WatchedRow>,
    orgs: Vec<Choice>,
    users: Vec<UserRow>,
    here: String,
    /// The customer whom a page proposed.
    proposed: String,
}

pub(crate) async fn list_watched(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let fields = Fields::parse(raw.as_bytes());
    let query = WatchQuery {
        view: fields.own("view"),
        org: fields.own("org"),
        after: fields.own("after"),
    };
    let (app, actor) = (&web.app, &who.actor);
    let f = who.frame("watch-list");
    let users = if f.may("service.assign") {
        app::service::list_people(app, actor).await?
    } else {
        Vec::new()
    };
    html(&ListPage {
        list: app::service::list_watched(app, actor, &query, None).await?,
        orgs: orgs(&web, actor, &query.org).await?,
        here: without_page(&raw),
        proposed: fields.own("customer"),
        f,
        query,
        users,
    })
}

impl ListPage {
    fn views(&self) -> Vec<Choice> {
        let here = match self.query.view.as_str() {
            "" => "open",
            view => view,
        };
        choices(&self.f, "watch-view", VIEWS, here)
    }

    fn people(&self) -> Vec<Choice> {
        let own = self.f.session().map_or("", |s| s.user.username.as_str());
        people(&self.users, own)
    }

    /// Who keeps the list without giving work to others takes customers themselves.
    fn own_name(&self) -> &str {
        self.f.session().map_or("", |s| s.user.username.as_str())
    }
}

pub(crate) async fn watch(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let form = WatchForm {
        customer_no: fields.own("customer_no"),
        reason: fields.own("reason"),
        owner: fields.own("owner"),
    };
    app::service::watch(&web.app, &who.actor, who.now, &form).await?;
    Ok(who.go("/watch-list"))
}

fn step(fields: &Fields) -> WatchStepForm {
    WatchStepForm {
        owner: fields.own("owner"),
        reason: fields.own("reason"),
    }
}

pub(crate) async fn give(
    State(web): State<Web>,
    Path(item): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let item = forms::id(&item)?;
    app::service::give_watched(&web.app, &who.actor, who.now, item, &step(&fields)).await?;
    Ok(who.go("/watch-list"))
}

pub(crate) async fn end(
    State(web): State<Web>,
    Path(item): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let item = forms::id(&item)?;
    app::service::end_watching(&web.app, &who.actor, who.now, item, &step(&fields)).await?;
    Ok(who.go("/watch-list"))
}
