//! The list of campaigns, and the form for a new one.

use super::url;
use crate::forms::{Choice, Fields, Sent, choices, orgs, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::Error;
use app::campaigns::{CampaignForm, CampaignQuery};
use axum::extract::{RawQuery, State};
use domain::access::Permission;
use domain::campaigns::CampaignState;
use store::Page;
use store::campaigns::CampaignRow;

const VIEWS: [&str; 4] = ["open", "to_confirm", "closed", "all"];

#[derive(askama::Template)]
#[template(path = "campaigns/list.html")]
struct ListPage {
    f: Frame,
    query: CampaignQuery,
    list: Page<CampaignRow>,
    orgs: Vec<Choice>,
    here: String,
}

pub(crate) async fn list_campaigns(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let fields = Fields::parse(raw.as_bytes());
    let query = CampaignQuery {
        view: fields.own("view"),
        org: fields.own("org"),
        after: fields.own("after"),
    };
    html(&ListPage {
        list: app::campaigns::list_campaigns(&web.app, &who.actor, &query, None).await?,
        orgs: orgs(&web, &who.actor, &query.org).await?,
        here: without_page(&raw),
        f: who.frame("campaigns"),
        query,
    })
}

impl ListPage {
    fn views(&self) -> Vec<Choice> {
        let view = match self.query.view.as_str() {
            "" => "open",
            view => view,
        };
        choices(&self.f, "campaign-view", VIEWS, view)
    }
}

/// Colour of a state.
pub(super) fn tone(state: &CampaignState) -> &'static str {
    match state {
        CampaignState::ToConfirm => "orange",
        CampaignState::Closed => "green",
        CampaignState::Cancelled => "secondary",
        CampaignState::Draft | CampaignState::Confirmed | CampaignState::Released => "blue",
    }
}

#[derive(askama::Template)]
#[template(path = "campaigns/new.html")]
struct NewPage {
    f: Frame,
    orgs: Vec<Choice>,
}

pub(crate) async fn show_new(State(web): State<Web>, who: Who) -> Answer {
    let right = Permission::CampaignsPlan;
    who.actor.demand(right).map_err(Error::from)?;
    let own = who.actor.org_id;
    let all = app::access::list_orgs(&web.app, &who.actor).await?;
    let choice = |o: store::orgs::Org| Choice {
        chosen: Some(o.id) == own,
        value: o.code,
        label: o.name,
    };
    html(&NewPage {
        orgs: all.into_iter().map(choice).collect(),
        f: who.frame("campaigns"),
    })
}

pub(super) fn form_of(fields: &Fields) -> CampaignForm {
    CampaignForm {
        org: fields.own("org"),
        title: fields.own("title"),
        goal: fields.own("goal"),
        starts_on: fields.own("starts_on"),
        ends_on: fields.own("ends_on"),
        version: fields.get("version").parse().ok(),
    }
}

pub(crate) async fn create_campaign(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let form = form_of(&fields);
    let (_, number) = app::campaigns::create_campaign(&web.app, &who.actor, who.now, &form).await?;
    Ok(who.go(&url(&number)))
}
