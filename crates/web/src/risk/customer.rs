//! The risk of one customer: dimensions with their explanation, signals, measures, the credit file, and what
//! is confidential for those who may see it.

use super::signals::{cluster, days_open, measure_form, responses, why};
use super::{id_of, url};
use crate::forms::{Choice, Sent, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::risk::{DoneForm, EntryForm, FlagForm, Monitoring, RiskPage};
use axum::extract::{Path, State};
use domain::risk::{CreditEntryKind, CreditFlag, RiskLevel, RiskSignalKind, next_flag};
use store::risk::RiskSignalRow;

#[derive(askama::Template)]
#[template(path = "risk/customer.html")]
struct CustomerPage {
    f: Frame,
    page: RiskPage,
}

pub(crate) async fn show_risk(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    who: Who,
) -> Answer {
    let page = app::risk::risk_page(&web.app, &who.actor, who.now, &customer_no).await?;
    html(&CustomerPage {
        f: who.frame("risk"),
        page,
    })
}

impl CustomerPage {
    fn may_assess(&self) -> bool {
        self.f.may("risk.assess")
    }

    fn why(&self, s: &RiskSignalRow) -> String {
        why(&self.f, s)
    }

    fn days_open(&self, s: &RiskSignalRow) -> i64 {
        days_open(&self.f, s)
    }

    fn cluster(s: &RiskSignalRow) -> Vec<String> {
        cluster(s)
    }

    fn is_late(&self, day: &chrono::NaiveDate) -> bool {
        *day < self.f.today
    }

    /// Dimensions that the class asks for and nobody assessed.
    fn missing(&self, monitoring: &Monitoring) -> String {
        let names = monitoring.missing.iter();
        let names = names.map(|d| self.f.code("risk-dimension", d.as_str()));
        names.collect::<Vec<_>>().join(self.f.pick("、", ", "))
    }

    fn responses(&self) -> Vec<Choice> {
        responses(&self.f)
    }

    /// Kinds that the viewer may enter.
    fn kinds(&self) -> Vec<Choice> {
        let secret = self.f.may("risk.confidential");
        let all = RiskSignalKind::BY_HAND.iter();
        let shown = all.filter(|k| secret || !k.is_confidential());
        choices(&self.f, "risk-signal", shown.map(|k| k.as_str()), "")
    }

    fn levels(&self) -> Vec<Choice> {
        let codes = RiskLevel::ALL.iter().rev().map(|l| l.as_str());
        choices(&self.f, "risk-level", codes, "medium")
    }

    fn entry_kinds(&self) -> Vec<Choice> {
        let codes = CreditEntryKind::ALL.iter().map(|k| k.as_str());
        choices(&self.f, "credit-entry", codes, "")
    }

    /// Flags to which there is a way from the one in force.
    fn next_flags(&self) -> Vec<Choice> {
        let from = self.page.flag;
        let all = CreditFlag::ALL.iter();
        let open = all.filter(|to| next_flag(from, **to).is_ok());
        choices(&self.f, "credit-flag", open.map(|to| to.as_str()), "")
    }

    /// The viewer decides on the flag that waits.
    fn may_decide(&self) -> bool {
        let waiting = self.page.waiting();
        let user = self.f.session().and_then(|s| s.actor.user());
        let other = waiting.is_some_and(|w| Some(w.asked_by_id) != user);
        other && self.f.may("risk.confirm")
    }
}

pub(crate) async fn add_measure(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let form = measure_form(&fields);
    app::risk::add_risk_measure(&web.app, &who.actor, who.now, &customer_no, &form).await?;
    Ok(who.go(&url(&customer_no)))
}

pub(crate) async fn finish_measure(
    State(web): State<Web>,
    Path(measure): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let id = id_of(&measure)?;
    let form = DoneForm {
        evidence: fields.own("evidence"),
        effect: fields.own("effect"),
    };
    let (app, actor, now) = (&web.app, &who.actor, who.now);
    let customer_no = app::risk::finish_risk_measure(app, actor, now, id, &form).await?;
    Ok(who.go(&url(&customer_no)))
}

pub(crate) async fn add_entry(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let form = EntryForm {
        kind: fields.own("kind"),
        source: fields.own("source"),
        noted_on: fields.own("noted_on"),
        words: fields.own("entry_text"),
    };
    app::risk::add_credit_entry(&web.app, &who.actor, who.now, &customer_no, &form).await?;
    Ok(who.go(&url(&customer_no)))
}

pub(crate) async fn ask_flag(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let form = FlagForm {
        flag: fields.own("credit_flag"),
        reason: fields.own("reason"),
    };
    app::risk::ask_flag(&web.app, &who.actor, who.now, &customer_no, &form).await?;
    Ok(who.go(&url(&customer_no)))
}

pub(crate) async fn decide_flag(
    State(web): State<Web>,
    Path(flag): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let id = id_of(&flag)?;
    let agree = match fields.get("decision") {
        "agree" => true,
        "refuse" => false,
        _ => return Err(app::Error::invalid("decision", "unknown-code").into()),
    };
    let (app, actor, now) = (&web.app, &who.actor, who.now);
    let customer_no = app::risk::decide_credit_flag(app, actor, now, id, agree).await?;
    Ok(who.go(&url(&customer_no)))
}
