//! Cleaning up, verification, commission held back, own numbers.

use super::{id_of, tone_of};
use crate::forms::{Choice, Fields, Sent, choices, orgs, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::data_quality::{DueQuery, HoldQuery, NumberForm};
use axum::extract::{Path, RawQuery, State};
use domain::data_quality::NumberOwner;
use store::Page;
use store::data_quality::{CleanupRow, HoldRow, OwnNumberRow, VerifyRow};

#[derive(askama::Template)]
#[template(path = "data_quality/cleanups.html")]
struct CleanupsPage {
    f: Frame,
    list: Page<CleanupRow>,
    after: String,
    here: String,
}

pub(crate) async fn list_cleanups(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let after = Fields::parse(raw.as_bytes()).own("after");
    html(&CleanupsPage {
        list: app::data_quality::list_cleanups(&web.app, &who.actor, &after).await?,
        f: who.frame("information-quality"),
        here: without_page(&raw),
        after,
    })
}

impl CleanupsPage {
    fn is_over(&self, row: &CleanupRow) -> bool {
        row.progress.left() > 0 && row.due_on < self.f.today
    }
}

#[derive(askama::Template)]
#[template(path = "data_quality/verifications.html")]
struct DuePage {
    f: Frame,
    query: DueQuery,
    list: Page<VerifyRow>,
    orgs: Vec<Choice>,
    here: String,
}

/// The filters of a list of what is due.
pub(super) fn due_query(fields: &Fields) -> DueQuery {
    DueQuery {
        due: fields.own("due"),
        org: fields.own("org"),
        after: fields.own("after"),
    }
}

pub(crate) async fn list_due(State(web): State<Web>, RawQuery(raw): RawQuery, who: Who) -> Answer {
    let raw = raw.unwrap_or_default();
    let fields = Fields::parse(raw.as_bytes());
    let query = due_query(&fields);
    html(&DuePage {
        list: app::data_quality::list_due(&web.app, &who.actor, who.now, &query).await?,
        orgs: orgs(&web, &who.actor, &query.org).await?,
        f: who.frame("information-quality"),
        here: without_page(&raw),
        query,
    })
}

impl DuePage {
    fn is_overdue(&self, row: &VerifyRow) -> bool {
        row.verify_by < self.f.today
    }

    fn tone_of(&self, points: &i64) -> &'static str {
        tone_of(*points)
    }
}

#[derive(askama::Template)]
#[template(path = "data_quality/commissions.html")]
struct HoldsPage {
    f: Frame,
    query: HoldQuery,
    list: Page<HoldRow>,
    orgs: Vec<Choice>,
    here: String,
}

pub(crate) async fn list_holds(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let fields = Fields::parse(raw.as_bytes());
    let query = HoldQuery {
        view: fields.own("view"),
        agent: fields.own("agent"),
        org: fields.own("org"),
        after: fields.own("after"),
    };
    html(&HoldsPage {
        list: app::data_quality::list_holds(&web.app, &who.actor, &query).await?,
        orgs: orgs(&web, &who.actor, &query.org).await?,
        f: who.frame("information-quality"),
        here: without_page(&raw),
        query,
    })
}

impl HoldsPage {
    fn views(&self) -> Vec<Choice> {
        let chosen = match self.query.view.as_str() {
            "" => "held",
            view => view,
        };
        choices(&self.f, "commission-view", ["held", "released"], chosen)
    }
}

#[derive(askama::Template)]
#[template(path = "data_quality/own_numbers.html")]
struct NumbersPage {
    f: Frame,
    list: Page<OwnNumberRow>,
    after: String,
    here: String,
}

pub(crate) async fn list_own_numbers(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let after = Fields::parse(raw.as_bytes()).own("after");
    html(&NumbersPage {
        list: app::data_quality::list_own_numbers(&web.app, &who.actor, &after).await?,
        f: who.frame("information-quality"),
        here: without_page(&raw),
        after,
    })
}

impl NumbersPage {
    fn owners(&self) -> Vec<Choice> {
        let codes = NumberOwner::ALL.iter().map(|o| o.as_str());
        choices(&self.f, "number-owner", codes, NumberOwner::Outlet.as_str())
    }
}

pub(crate) async fn create_own_number(State(web): State<Web>, Sent(who, form): Sent) -> Answer {
    let number = NumberForm {
        number: form.own("number"),
        owner: form.own("owner"),
        label: form.own("label"),
    };
    app::data_quality::add_own_number(&web.app, &who.actor, who.now, &number).await?;
    Ok(who.go("/information-quality/own-numbers"))
}

pub(crate) async fn delete_own_number(
    State(web): State<Web>,
    Path(number): Path<String>,
    Sent(who, _): Sent,
) -> Answer {
    let id = id_of(&number)?;
    app::data_quality::remove_own_number(&web.app, &who.actor, who.now, id).await?;
    Ok(who.go("/information-quality/own-numbers"))
}
