//! Symposia and satisfaction-survey events: the list and one of them.

use super::id_of;
use crate::forms::{Choice, Fields, Sent, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::visits::{Attendance, GatheringForm, GatheringPage};
use axum::extract::{Path, RawQuery, State};
use domain::ids::GatheringId;
use domain::visits::{GatheringKind, GatheringState};
use store::Page;
use store::visits::GatheringRow;

#[derive(askama::Template)]
#[template(path = "visits/gatherings.html")]
struct ListPage {
    f: Frame,
    list: Page<GatheringRow>,
    after: String,
}

#[derive(askama::Template)]
#[template(path = "visits/gathering.html")]
struct OnePage {
    f: Frame,
    page: GatheringPage,
}

pub(crate) async fn list_gatherings(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let after = Fields::parse(raw.unwrap_or_default().as_bytes()).own("after");
    let list = app::visits::list_gatherings(&web.app, &who.actor, &after).await?;
    html(&ListPage {
        f: who.frame("visits"),
        list,
        after,
    })
}

fn url(id: GatheringId) -> String {
    format!("/gatherings/{id}")
}

pub(crate) async fn create_gathering(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let form = GatheringForm {
        kind: fields.own("kind"),
        title: fields.own("title"),
        place: fields.own("place"),
        begins_at: fields.own("begins_at"),
    };
    let id = app::visits::create_gathering(&web.app, &who.actor, who.now, &form).await?;
    Ok(who.go(&url(id)))
}

pub(crate) async fn show_gathering(
    State(web): State<Web>,
    Path(id): Path<String>,
    who: Who,
) -> Answer {
    let id = GatheringId(id_of(&id)?);
    let page = app::visits::gathering_page(&web.app, &who.actor, who.now, id).await?;
    html(&OnePage {
        f: who.frame("visits"),
        page,
    })
}

pub(crate) async fn add_participant(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let id = GatheringId(id_of(&id)?);
    let number = fields.get("customer_no");
    app::visits::add_participant(&web.app, &who.actor, who.now, id, number).await?;
    Ok(who.go(&url(id)))
}

pub(crate) async fn remove_participant(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let id = GatheringId(id_of(&id)?);
    let number = fields.get("customer_no");
    app::visits::remove_participant(&web.app, &who.actor, who.now, id, number).await?;
    Ok(who.go(&url(id)))
}

pub(crate) async fn hold_gathering(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let id = GatheringId(id_of(&id)?);
    let there = fields.all("there").into_iter().map(|number| {
        let remark = fields.own(&format!("remark_{number}"));
        (number, remark)
    });
    let attendance = Attendance {
        there: there.collect(),
        minutes: fields.own("minutes"),
        findings: fields.own("findings"),
    };
    app::visits::hold_gathering(&web.app, &who.actor, who.now, id, &attendance).await?;
    Ok(who.go(&url(id)))
}

pub(crate) async fn cancel_gathering(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let id = GatheringId(id_of(&id)?);
    let reason = fields.get("reason");
    app::visits::cancel_gathering(&web.app, &who.actor, who.now, id, reason).await?;
    Ok(who.go(&url(id)))
}

impl ListPage {
    fn kinds(&self) -> Vec<Choice> {
        let codes = GatheringKind::ALL.iter().map(|k| k.as_str());
        choices(&self.f, "gathering-kind", codes, "")
    }
}

impl OnePage {
    fn may_change(&self) -> bool {
        self.page.row.state == GatheringState::Planned && self.f.may("visits.make")
    }

    fn has_begun(&self) -> bool {
        self.page.row.begins_at <= self.f.now
    }
}
