//! One sales visit: ending it, its callback, who has read of it.

use super::slips::tone;
use crate::forms::Sent;
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use crate::when;
use app::visits::{CallForm, EndForm, SlipPage};
use axum::extract::{Path, State};
use domain::visits::{SlipOutcome, SlipState};
use store::visits::ReceiptRow;

#[derive(askama::Template)]
#[template(path = "visits/slip.html")]
struct PageTemplate {
    f: Frame,
    page: SlipPage,
}

#[derive(askama::Template)]
#[template(path = "visits/contact.html")]
struct ContactPart {
    name: String,
    phone: String,
}

pub(crate) async fn show_slip(State(web): State<Web>, Path(key): Path<String>, who: Who) -> Answer {
    let page = app::visits::slip_page(&web.app, &who.actor, who.now, &key).await?;
    html(&PageTemplate {
        f: who.frame("field-slips"),
        page,
    })
}

fn url(number: &str) -> String {
    format!("/field-slips/{number}")
}

pub(crate) async fn end_visit(
    State(web): State<Web>,
    Path(key): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let slip = app::visits::find_slip(&web.app, &who.actor, &key).await?;
    let form = EndForm {
        began_at: fields.own("began_at"),
        ended_at: fields.own("ended_at"),
        version: None,
    };
    app::visits::end_visit(&web.app, &who.actor, who.now, slip.id, &form).await?;
    Ok(who.go(&url(&slip.number)))
}

pub(crate) async fn cancel_slip(
    State(web): State<Web>,
    Path(key): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let slip = app::visits::find_slip(&web.app, &who.actor, &key).await?;
    let reason = fields.get("reason");
    app::visits::cancel_slip(&web.app, &who.actor, who.now, slip.id, reason).await?;
    Ok(who.go(&url(&slip.number)))
}

pub(crate) async fn record_call(
    State(web): State<Web>,
    Path(key): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let slip = app::visits::find_slip(&web.app, &who.actor, &key).await?;
    let form = CallForm {
        satisfaction: fields.own("satisfaction"),
        product_problems: fields.own("product_problems"),
        important: fields.own("important"),
        is_suspicious: fields.is_ticked("suspicious"),
    };
    app::visits::record_call(&web.app, &who.actor, who.now, slip.id, &form).await?;
    Ok(who.go(&url(&slip.number)))
}

pub(crate) async fn read_result(
    State(web): State<Web>,
    Path(key): Path<String>,
    Sent(who, _): Sent,
) -> Answer {
    let slip = app::visits::find_slip(&web.app, &who.actor, &key).await?;
    app::visits::read_result(&web.app, &who.actor, who.now, slip.id).await?;
    Ok(who.go(&url(&slip.number)))
}

pub(crate) async fn reveal_contact(
    State(web): State<Web>,
    Path(key): Path<String>,
    Sent(who, _): Sent,
) -> Answer {
    let slip = app::visits::find_slip(&web.app, &who.actor, &key).await?;
    let (name, phone) = app::visits::reveal_contact(&web.app, &who.actor, who.now, slip.id).await?;
    html(&ContactPart { name, phone })
}

pub(crate) async fn verify_suspicion(
    State(web): State<Web>,
    Path(key): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let slip = app::visits::find_slip(&web.app, &who.actor, &key).await?;
    let verdict = (fields.get("verdict") == "confirmed", fields.get("reason"));
    app::visits::verify_suspicion(&web.app, &who.actor, who.now, slip.id, verdict).await?;
    Ok(who.go(&url(&slip.number)))
}

impl PageTemplate {
    fn tone(&self) -> &'static str {
        tone(&self.page.standing)
    }

    fn may_end(&self) -> bool {
        self.page.is_own
            && self.page.slip.state == SlipState::Registered
            && self.f.may("slips.register")
    }

    fn now_field(&self) -> String {
        when::field(self.f.now)
    }

    fn began_field(&self) -> String {
        let planned = self.page.slip.planned_at.filter(|at| *at <= self.f.now);
        when::field(planned.unwrap_or(self.page.slip.registered_at))
    }

    fn is_same_day(&self, receipt: &ReceiptRow) -> bool {
        let called = self.page.slip.called_at;
        called.is_some_and(|at| SlipOutcome::is_fed_back_same_day(at, receipt.read_at))
    }

    fn is_called_late(&self) -> bool {
        match (self.page.slip.called_at, self.page.slip.callback_due_at) {
            (Some(called), Some(due)) => called > due,
            _ => false,
        }
    }
}
