//! Flags to underwriting and claims: what waits for agreement, what holds, what is over.

use crate::forms::{self, Choice, Fields, Sent, choices, orgs, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::service::{FlagQuery, FlagStepForm};
use axum::extract::{Path, RawQuery, State};
use domain::service::FlagKind;
use store::Page;
use store::service::FlagRow;

const VIEWS: [&str; 4] = ["waiting", "holding", "over", "all"];

#[derive(askama::Template)]
#[template(path = "service/flags.html")]
struct ListPage {
    f: Frame,
    query: FlagQuery,
    list: Page<FlagRow>,
    orgs: Vec<Choice>,
    here: String,
}

pub(crate) async fn list_flags(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let fields = Fields::parse(raw.as_bytes());
    let query = FlagQuery {
        view: fields.own("view"),
        flag: fields.own("flag"),
        org: fields.own("org"),
        after: fields.own("after"),
    };
    html(&ListPage {
        list: app::service::list_flags(&web.app, &who.actor, &query).await?,
        orgs: orgs(&web, &who.actor, &query.org).await?,
        here: without_page(&raw),
        f: who.frame("customer-flags"),
        query,
    })
}

impl ListPage {
    fn views(&self) -> Vec<Choice> {
        let here = match self.query.view.as_str() {
            "" => "waiting",
            view => view,
        };
        choices(&self.f, "flag-view", VIEWS, here)
    }

    fn kinds(&self) -> Vec<Choice> {
        let codes = FlagKind::ALL.iter().map(|k| k.as_str());
        choices(&self.f, "customer-flag-kind", codes, &self.query.flag)
    }

    /// The viewer may decide on it: another person asked.
    fn may_decide(&self, row: &FlagRow) -> bool {
        let waits = matches!(row.state.as_str(), "asked" | "withdrawal_asked");
        let own = self.f.session().map(|s| s.user.id);
        waits && self.f.may("flags.decide") && (own.is_none() || row.asked_by != own)
    }

    fn may_withdraw(&self, row: &FlagRow) -> bool {
        let is_hand = row.source.as_str() == "hand";
        is_hand && row.state.as_str() == "raised" && self.f.may("service.keep")
    }
}

pub(crate) async fn take_step(
    State(web): State<Web>,
    Path(item): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let item = forms::id(&item)?;
    let form = FlagStepForm {
        step: fields.own("step"),
        reason: fields.own("reason"),
    };
    app::service::decide_flag(&web.app, &who.actor, who.now, item, &form).await?;
    Ok(who.go("/customer-flags"))
}
