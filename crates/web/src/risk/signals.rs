//! The list of early warnings, entering one, and what is done about it.

use super::{Tab, id_of, url};
use crate::forms::{Choice, Fields, Sent, choices, orgs, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use crate::texts::Said as _;
use app::Listed;
use app::risk::{MeasureForm, ResponseForm, RiskQuery, SignalDetail, SignalForm};
use axum::extract::{Path, RawQuery, State};
use domain::risk::{RiskLevel, RiskSignalKind, SignalResponse};
use store::access::UserRow;
use store::risk::RiskSignalRow;

const VIEWS: [&str; 4] = ["open", "handled", "fraud", "all"];

#[derive(askama::Template)]
#[template(path = "risk/list.html")]
struct ListPage {
    f: Frame,
    query: RiskQuery,
    list: Listed<RiskSignalRow>,
    orgs: Vec<Choice>,
    owners: Vec<UserRow>,
    here: String,
}

pub(crate) async fn list_signals(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let fields = Fields::parse(raw.as_bytes());
    let query = RiskQuery {
        view: fields.own("view"),
        kind: fields.own("kind"),
        level: fields.own("level"),
        org: fields.own("org"),
        after: fields.own("after"),
    };
    let (app, actor) = (&web.app, &who.actor);
    let f = who.frame("risk");
    let list = app::risk::list_risk_signals(app, actor, &query, None).await?;
    let owners = match f.may("risk.assess") && !list.page.rows.is_empty() {
        true => app::risk::list_risk_owners(app, actor).await?,
        false => Vec::new(),
    };
    html(&ListPage {
        orgs: orgs(&web, actor, &query.org).await?,
        here: without_page(&raw),
        list,
        owners,
        f,
        query,
    })
}

/// What a signal was found by, in words.
pub(super) fn why(f: &Frame, s: &RiskSignalRow) -> String {
    let detail = SignalDetail::read(s);
    if !detail.words.is_empty() || s.detail.is_none() {
        return detail.words;
    }
    let amount = f.money(&detail.amount_fen);
    f.locale.say_with(
        &format!("risk-why-{}", s.kind),
        &[
            ("count", detail.count.said()),
            ("days", detail.days.said()),
            ("amount", amount.as_str().said()),
        ],
    )
}

/// Customers of the cluster.
pub(super) fn cluster(s: &RiskSignalRow) -> Vec<String> {
    SignalDetail::read(s).customers
}

/// Days since a signal was found.
pub(super) fn days_open(f: &Frame, s: &RiskSignalRow) -> i64 {
    (f.today - s.found_on).num_days()
}

impl ListPage {
    fn tabs(&self) -> Vec<Tab> {
        super::tabs(&self.f)
    }

    fn why(&self, s: &RiskSignalRow) -> String {
        why(&self.f, s)
    }

    fn days_open(&self, s: &RiskSignalRow) -> i64 {
        days_open(&self.f, s)
    }

    fn views(&self) -> Vec<Choice> {
        let chosen = match self.query.view.as_str() {
            "" => "open",
            view => view,
        };
        choices(&self.f, "risk-view", VIEWS, chosen)
    }

    fn kinds(&self) -> Vec<Choice> {
        let secret = self.f.may("risk.confidential");
        let all = RiskSignalKind::ALL.iter();
        let shown = all.filter(|k| secret || !k.is_confidential());
        let codes = shown.map(|k| k.as_str());
        choices(&self.f, "risk-signal", codes, &self.query.kind)
    }

    fn levels(&self) -> Vec<Choice> {
        let codes = RiskLevel::ALL.iter().rev().map(|l| l.as_str());
        choices(&self.f, "risk-level", codes, &self.query.level)
    }

    fn responses(&self) -> Vec<Choice> {
        responses(&self.f)
    }
}

pub(super) fn responses(f: &Frame) -> Vec<Choice> {
    let codes = SignalResponse::ALL.iter().map(|r| r.as_str());
    choices(f, "risk-response", codes, "")
}

pub(super) fn measure_form(fields: &Fields) -> MeasureForm {
    MeasureForm {
        measure: fields.own("measure"),
        owner: fields.own("owner"),
        due_on: fields.own("due_on"),
        confidential: fields.own("confidential"),
    }
}

pub(crate) async fn respond(
    State(web): State<Web>,
    Path(signal): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let id = id_of(&signal)?;
    let form = ResponseForm {
        response: fields.own("response"),
        words: fields.own("handling"),
        measure: measure_form(&fields),
    };
    let (app, actor, now) = (&web.app, &who.actor, who.now);
    let customer_no = app::risk::handle_risk_signal(app, actor, now, id, &form).await?;
    let assess = form.response == SignalResponse::Assessment.as_str();
    let to_customer = assess || fields.get("from") == "customer";
    let to = match to_customer {
        true => url(&customer_no),
        false => "/risk".to_owned(),
    };
    Ok(who.go(&to))
}

pub(crate) async fn enter_signal(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let form = SignalForm {
        kind: fields.own("kind"),
        level: fields.own("risk_level"),
        happened_on: fields.own("happened_on"),
        words: fields.own("situation"),
    };
    app::risk::enter_risk_signal(&web.app, &who.actor, who.now, &customer_no, &form).await?;
    Ok(who.go(&url(&customer_no)))
}
