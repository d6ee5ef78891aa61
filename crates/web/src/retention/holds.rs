//! Legal holds: the list, placing and lifting.

use crate::forms::{Choice, Fields, Sent, choices, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::retention::{HoldForm, HoldList, HoldQuery};
use axum::extract::{Path, RawQuery, State};
use domain::retention::{HoldKind, HoldSubject};

/// Views of the list.
const VIEWS: [&str; 3] = ["standing", "review", "lifted"];

#[derive(askama::Template)]
#[template(path = "retention/holds.html")]
struct HoldsPage {
    f: Frame,
    list: HoldList,
    query: HoldQuery,
    here: String,
    /// What the form begins with, when it was opened from a customer or policy.
    subject: String,
    number: String,
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
        kind: fields.own("kind"),
        after: fields.own("after"),
    };
    html(&HoldsPage {
        list: app::retention::list_holds(&web.app, &who.actor, who.now, &query).await?,
        f: who.frame("retention"),
        here: without_page(&raw),
        subject: fields.own("subject"),
        number: fields.own("number"),
        query,
    })
}

pub(crate) async fn create_hold(State(web): State<Web>, Sent(who, form): Sent) -> Answer {
    let hold = HoldForm {
        subject: form.own("subject"),
        number: form.own("number"),
        from_on: form.own("from_on"),
        until_on: form.own("until_on"),
        kind: form.own("kind"),
        authority: form.own("authority"),
        document_no: form.own("document_no"),
        reason: form.own("reason"),
        effective_on: form.own("effective_on"),
        review_on: form.own("review_on"),
    };
    app::retention::place(&web.app, &who.actor, who.now, &hold).await?;
    Ok(who.go("/retention/holds"))
}

pub(crate) async fn lift_hold(
    State(web): State<Web>,
    Path(number): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let reason = form.get("reason");
    app::retention::lift(&web.app, &who.actor, who.now, &number, reason).await?;
    Ok(who.go("/retention/holds"))
}

impl HoldsPage {
    fn view(&self) -> &str {
        match self.query.view.as_str() {
            "" => "standing",
            view => view,
        }
    }

    fn views(&self) -> Vec<Choice> {
        choices(&self.f, "hold-view", VIEWS, self.view())
    }

    fn kinds(&self, chosen: &str) -> Vec<Choice> {
        let codes = HoldKind::ALL.iter().map(|k| k.as_str());
        choices(&self.f, "hold-kind", codes, chosen)
    }

    fn subjects(&self) -> Vec<Choice> {
        let codes = HoldSubject::ALL.iter().map(|k| k.as_str());
        choices(&self.f, "hold-subject", codes, &self.subject)
    }
}
