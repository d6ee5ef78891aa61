//! Signs of records that were entered late, forged or concealed: why each was flagged, and what a person
//! says of it.

use crate::failure::Failure;
use crate::forms::{Choice, Fields, Sent, choices, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::callbacks::SignalQuery;
use axum::extract::{Path, RawQuery, State};
use domain::callbacks::{SignalKind, SignalState};
use store::Page;
use store::callbacks::SignalRow;

#[derive(askama::Template)]
#[template(path = "callbacks/signals.html")]
struct SignalsPage {
    f: Frame,
    query: SignalQuery,
    signals: Page<SignalRow>,
    here: String,
}

pub(crate) async fn list_signals(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let fields = Fields::parse(raw.as_bytes());
    let query = SignalQuery {
        state: fields.own("state"),
        kind: fields.own("kind"),
        after: fields.own("after"),
    };
    html(&SignalsPage {
        signals: app::callbacks::list_record_signals(&web.app, &who.actor, &query).await?,
        here: without_page(&raw),
        f: who.frame("record-signals"),
        query,
    })
}

pub(crate) async fn decide_signal(
    State(web): State<Web>,
    Path(signal): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let id = uuid::Uuid::try_parse(&signal).map_err(|_| Failure::not_found())?;
    let (state, reason) = (form.get("state"), form.get("reason"));
    let (actor, now) = (&who.actor, who.now);
    app::callbacks::decide_record_signal(&web.app, actor, now, id, state, reason).await?;
    Ok(who.go("/record-signals"))
}

/// What was measured against what would have been in order, in words.
pub(super) fn why(f: &Frame, s: &SignalRow) -> String {
    let unit = f.code("signal-unit", s.kind.unit());
    let measured = format!("{} {unit}", s.measured);
    let allowed = format!("{} {unit}", s.allowed);
    f.say2(
        &format!("signal-why-{}", s.kind),
        "measured",
        measured.as_str(),
        "allowed",
        allowed.as_str(),
    )
}

impl SignalsPage {
    fn why(&self, s: &SignalRow) -> String {
        why(&self.f, s)
    }

    fn states(&self) -> Vec<Choice> {
        let codes = SignalState::ALL.iter().map(|s| s.as_str());
        let chosen = match self.query.state.as_str() {
            "" => "open",
            state => state,
        };
        choices(&self.f, "signal-state", codes.chain(["all"]), chosen)
    }

    fn kinds(&self) -> Vec<Choice> {
        let codes = SignalKind::ALL.iter().map(|k| k.as_str());
        choices(&self.f, "signal", codes, &self.query.kind)
    }
}
