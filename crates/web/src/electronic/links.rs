//! Links as people of the company see them: sending, taking back, the evidence.

use crate::callbacks::read_query;
use crate::failure::Failure;
use crate::forms::{Choice, Fields, Sent, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::electronic::{
    ChainState, Evidence, EvidenceLine, LinkList, LinkQuery, OfferForm, OfferReport, OfferTarget,
};
use axum::extract::{Path, RawQuery, State};
use domain::electronic::LinkState;
use domain::ids::{CallbackId, LinkId};
use store::electronic::LinkRow;
use uuid::Uuid;

/// Views of the list.
const VIEWS: [&str; 3] = ["all", "out", "expired"];

#[derive(askama::Template)]
#[template(path = "electronic/list.html")]
struct ListPage {
    f: Frame,
    query: LinkQuery,
    list: LinkList,
}

#[derive(askama::Template)]
#[template(path = "electronic/of_callback.html", blocks = ["links"])]
struct OfCallbackPage {
    f: Frame,
    callback: CallbackId,
    links: Vec<LinkRow>,
}

#[derive(askama::Template)]
#[template(path = "electronic/sent.html")]
struct SentPage {
    f: Frame,
    report: OfferReport,
    back: String,
}

#[derive(askama::Template)]
#[template(path = "electronic/evidence.html")]
struct EvidencePage {
    f: Frame,
    page: Evidence,
}

fn id_of(text: &str) -> Result<Uuid, Failure> {
    Uuid::try_parse(text).map_err(|_| Failure::not_found())
}

pub(crate) async fn list_links(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let fields = Fields::parse(raw.unwrap_or_default().as_bytes());
    let query = LinkQuery {
        view: fields.own("view"),
        state: fields.own("state"),
        after: fields.own("after"),
    };
    let list = app::electronic::list_links(&web.app, &who.actor, who.now, &query).await?;
    html(&ListPage {
        f: who.frame("electronic"),
        query,
        list,
    })
}

/// The links of one callback: a page of its own, and a part of the callback's.
pub(crate) async fn show_of_callback(
    State(web): State<Web>,
    Path(id): Path<String>,
    who: Who,
) -> Answer {
    let callback = CallbackId(id_of(&id)?);
    // Whoever may not see the callback learns nothing of its links, not even that there are none.
    app::callbacks::find_callback(&web.app, &who.actor, &id).await?;
    let links = app::electronic::links_of_callback(&web.app, &who.actor, callback).await?;
    let page = OfCallbackPage {
        f: who.frame("callbacks"),
        callback,
        links,
    };
    if who.wants_part() {
        return html(&page.as_links());
    }
    html(&page)
}

pub(crate) async fn send_link(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let id = CallbackId(id_of(&id)?);
    let form = OfferForm {
        reason: form.own("reason"),
        by_email: form.is_ticked("by_email"),
    };
    app::electronic::offer(&web.app, &who.actor, who.now, id, &form).await?;
    Ok(who.go(&crate::callbacks::url(id)))
}

/// Sends links to the chosen callbacks of the list, or to all that its filter finds.
pub(crate) async fn send_links(State(web): State<Web>, Sent(who, form): Sent) -> Answer {
    let query = form.own("query");
    let target = if form.get("target") == "filter" {
        OfferTarget::Filter(read_query(&Fields::parse(query.as_bytes())))
    } else {
        let ids: Result<Vec<_>, _> = form.all("id").iter().map(|id| id_of(id)).collect();
        OfferTarget::Ids(ids?.into_iter().map(CallbackId).collect())
    };
    let report = app::electronic::offer_many(&web.app, &who.actor, who.now, &target).await?;
    html(&SentPage {
        f: who.frame("callbacks"),
        report,
        back: format!("/callbacks?{query}"),
    })
}

pub(crate) async fn revoke_link(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let (id, reason) = (LinkId(id_of(&id)?), form.get("reason"));
    let callback = app::electronic::revoke(&web.app, &who.actor, who.now, id, reason).await?;
    Ok(who.go(&crate::callbacks::url(callback)))
}

pub(crate) async fn show_evidence(
    State(web): State<Web>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let id = LinkId(id_of(&id)?);
    let check = Fields::parse(raw.unwrap_or_default().as_bytes()).has("check");
    let page = app::electronic::evidence_page(&web.app, &who.actor, who.now, id, check).await?;
    html(&EvidencePage {
        f: who.frame("electronic"),
        page,
    })
}

/// Where a link stands, in words; one whose time is over says so.
fn state_words(f: &Frame, link: &LinkRow) -> String {
    if link.link.is_expired(f.now) {
        return f.say("electronic-expired");
    }
    f.code("link-state", link.link.state.as_str())
}

fn tone(f: &Frame, link: &LinkRow) -> &'static str {
    match link.link.state {
        LinkState::Submitted => "green",
        LinkState::Locked | LinkState::NotThePerson => "red",
        LinkState::PhoneWanted => "orange",
        LinkState::Revoked => "secondary",
        _ if link.link.is_expired(f.now) => "orange",
        LinkState::Sent | LinkState::Opened | LinkState::Identified => "blue",
    }
}

impl ListPage {
    fn views(&self) -> Vec<(&'static str, String, bool)> {
        let here = if self.query.view.is_empty() {
            "all"
        } else {
            self.query.view.as_str()
        };
        let named = VIEWS
            .iter()
            .map(|v| (*v, self.f.code("electronic-view", v), *v == here));
        named.collect()
    }

    fn states(&self) -> Vec<Choice> {
        let codes = LinkState::ALL.iter().map(|s| s.as_str());
        choices(&self.f, "link-state", codes, &self.query.state)
    }
}

impl OfCallbackPage {
    /// Whether the customer turned the electronic way down before.
    fn needs_reason(&self) -> bool {
        self.links.iter().any(|l| l.link.state.leads_to_phone())
    }
}

impl EvidencePage {
    fn verdict(&self) -> Option<(String, &'static str)> {
        let n = self.page.lines.len();
        Some(match self.page.chain? {
            ChainState::Sound => (self.f.say1("electronic-sound", "n", n), "good"),
            ChainState::Emptied => (self.f.say("electronic-emptied"), "good"),
            ChainState::Broken(at) => (self.f.say1("electronic-broken", "n", at), "danger"),
        })
    }

    fn is_wordy(line: &EvidenceLine) -> bool {
        !line.agent.is_empty()
    }
}
