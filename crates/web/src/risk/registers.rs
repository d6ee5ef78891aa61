//! The registers of market risks and operational errors, and the standardised processes.

use super::{Tab, id_of};
use crate::forms::{Choice, Fields, Sent, choices, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::risk::{ErrorForm, MarketForm, ProcessForm};
use axum::extract::{Path, RawQuery, State};
use domain::risk::ErrorKind;
use store::Page;
use store::access::UserRow;
use store::risk::{ErrorRow, MarketRow, ProcessRow};

const VIEWS: [&str; 2] = ["open", "all"];

/// Which part of a register, from the address.
struct Asked {
    view: String,
    after: String,
    here: String,
}

impl Asked {
    fn read(raw: Option<String>) -> Self {
        let raw = raw.unwrap_or_default();
        let fields = Fields::parse(raw.as_bytes());
        Self {
            view: fields.own("view"),
            after: fields.own("after"),
            here: without_page(&raw),
        }
    }

    fn is_open(&self) -> bool {
        self.view != "all"
    }

    fn views(&self, f: &Frame) -> Vec<Choice> {
        let chosen = if self.is_open() { "open" } else { "all" };
        choices(f, "risk-register", VIEWS, chosen)
    }
}

/// Who can see to something; nobody for who writes nothing.
async fn owners(web: &Web, who: &Who) -> Result<Vec<UserRow>, crate::failure::Failure> {
    if !who.actor.may(domain::access::Permission::RiskAssess) {
        return Ok(Vec::new());
    }
    Ok(app::risk::list_risk_owners(&web.app, &who.actor).await?)
}

#[derive(askama::Template)]
#[template(path = "risk/market.html")]
struct MarketPage {
    f: Frame,
    asked: Asked,
    list: Page<MarketRow>,
    owners: Vec<UserRow>,
}

impl MarketPage {
    fn tabs(&self) -> Vec<Tab> {
        super::tabs(&self.f)
    }

    fn views(&self) -> Vec<Choice> {
        self.asked.views(&self.f)
    }

    fn is_late(&self, day: &chrono::NaiveDate) -> bool {
        *day < self.f.today
    }
}

pub(crate) async fn list_market(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let asked = Asked::read(raw);
    let (app, actor) = (&web.app, &who.actor);
    let list = app::risk::list_market_risks(app, actor, asked.is_open(), &asked.after).await?;
    html(&MarketPage {
        owners: owners(&web, &who).await?,
        f: who.frame("risk"),
        asked,
        list,
    })
}

pub(crate) async fn add_market(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let form = MarketForm {
        indicator: fields.own("indicator"),
        observed_on: fields.own("observed_on"),
        observation: fields.own("observation"),
        effect: fields.own("effect"),
        adjustment: fields.own("adjustment"),
        owner: fields.own("owner"),
        due_on: fields.own("due_on"),
    };
    app::risk::add_market_risk(&web.app, &who.actor, who.now, &form).await?;
    Ok(who.go("/risk/market"))
}

pub(crate) async fn finish_market(
    State(web): State<Web>,
    Path(entry): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let (id, words) = (id_of(&entry)?, fields.get("completion"));
    app::risk::finish_market_risk(&web.app, &who.actor, who.now, id, words).await?;
    Ok(who.go("/risk/market"))
}

#[derive(askama::Template)]
#[template(path = "risk/errors.html")]
struct ErrorsPage {
    f: Frame,
    asked: Asked,
    list: Page<ErrorRow>,
    processes: Vec<ProcessRow>,
    owners: Vec<UserRow>,
}

impl ErrorsPage {
    fn tabs(&self) -> Vec<Tab> {
        super::tabs(&self.f)
    }

    fn views(&self) -> Vec<Choice> {
        self.asked.views(&self.f)
    }

    fn kinds(&self) -> Vec<Choice> {
        let codes = ErrorKind::ALL.iter().map(|k| k.as_str());
        choices(&self.f, "risk-error", codes, "")
    }

    fn is_late(&self, day: &chrono::NaiveDate) -> bool {
        *day < self.f.today
    }
}

pub(crate) async fn list_errors(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let asked = Asked::read(raw);
    let (app, actor) = (&web.app, &who.actor);
    let list = app::risk::list_errors(app, actor, asked.is_open(), &asked.after).await?;
    html(&ErrorsPage {
        processes: app::risk::list_processes(app, actor).await?,
        owners: owners(&web, &who).await?,
        f: who.frame("risk"),
        asked,
        list,
    })
}

pub(crate) async fn add_error(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let form = ErrorForm {
        kind: fields.own("kind"),
        process: fields.own("process"),
        happened_on: fields.own("happened_on"),
        cause: fields.own("error_cause"),
        effect: fields.own("effect"),
        remedy: fields.own("remedy"),
        needs_training: fields.is_ticked("needs_training"),
        owner: fields.own("owner"),
        due_on: fields.own("due_on"),
    };
    app::risk::add_error(&web.app, &who.actor, who.now, &form).await?;
    Ok(who.go("/risk/errors"))
}

pub(crate) async fn finish_error(
    State(web): State<Web>,
    Path(entry): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let (id, words) = (id_of(&entry)?, fields.get("completion"));
    app::risk::finish_error(&web.app, &who.actor, who.now, id, words).await?;
    Ok(who.go("/risk/errors"))
}

pub(crate) async fn add_process(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let form = ProcessForm {
        process: fields.own("process"),
        standard: fields.own("standard"),
        is_sensitive: fields.is_ticked("is_sensitive"),
        owner: fields.own("owner"),
    };
    app::risk::add_process(&web.app, &who.actor, who.now, &form).await?;
    Ok(who.go("/risk/errors"))
}
