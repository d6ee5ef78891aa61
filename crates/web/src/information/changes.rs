//! Corrections that wait for a second person: the list, one of them, deciding.

use super::{name_of, names, value_of};
use crate::failure::Failure;
use crate::forms::{Choice, Fields, Sent, choices, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::Error;
use app::information::{ChangeList, ChangeQuery, ChangeView};
use axum::extract::{Path, RawQuery, State};
use domain::access::{ApprovalStep, Permission};
use domain::information::ChangeState;
use uuid::Uuid;

const VIEWS: [&str; 5] = ["", "approved", "refused", "withdrawn", "all"];

#[derive(askama::Template)]
#[template(path = "information/changes.html")]
struct ListPage {
    f: Frame,
    query: ChangeQuery,
    list: ChangeList,
    here: String,
}

pub(crate) async fn list_changes(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let fields = Fields::parse(raw.as_bytes());
    let query = ChangeQuery {
        view: fields.own("view"),
        after: fields.own("after"),
    };
    html(&ListPage {
        list: app::information::list_changes(&web.app, &who.actor, &query).await?,
        here: without_page(&raw),
        f: who.frame("information-changes"),
        query,
    })
}

/// Colour of a state.
fn tone(state: ChangeState) -> &'static str {
    match state {
        ChangeState::Pending => "orange",
        ChangeState::Approved => "green",
        ChangeState::Refused => "red",
        ChangeState::Withdrawn => "secondary",
    }
}

impl ListPage {
    fn views(&self) -> Vec<Choice> {
        let named = VIEWS.map(|v| if v.is_empty() { "pending" } else { v });
        let chosen = match self.query.view.as_str() {
            "" => "pending",
            view => view,
        };
        choices(&self.f, "information-view", named, chosen)
    }

    fn fields(&self, row: &store::information::ChangeRow) -> String {
        names(&self.f, &row.fields)
    }

    fn tone(state: &ChangeState) -> &'static str {
        tone(*state)
    }
}

#[derive(askama::Template)]
#[template(path = "information/change.html")]
struct ChangePage {
    f: Frame,
    view: ChangeView,
}

fn id_of(text: &str) -> Result<Uuid, Failure> {
    Uuid::try_parse(text).map_err(|_| Failure::not_found())
}

pub(crate) async fn show_change(
    State(web): State<Web>,
    Path(id): Path<String>,
    who: Who,
) -> Answer {
    let view = app::information::find_change(&web.app, &who.actor, who.now, id_of(&id)?).await?;
    html(&ChangePage {
        f: who.frame("information-changes"),
        view,
    })
}

pub(crate) async fn decide_change(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let id = id_of(&id)?;
    let step = match form.get("step") {
        "approve" => ApprovalStep::Approve,
        "refuse" => ApprovalStep::Refuse,
        "withdraw" => ApprovalStep::Withdraw,
        _ => {
            who.actor
                .demand(Permission::InformationApprove)
                .map_err(Error::from)?;
            return Err(Error::invalid("step", "unknown-code").into());
        }
    };
    let note = form.get("note");
    app::information::decide_change(&web.app, &who.actor, who.now, id, step, note).await?;
    Ok(who.go(&format!("/information-changes/{id}")))
}

impl ChangePage {
    fn tone(&self) -> &'static str {
        tone(self.view.row.state)
    }

    fn is_pending(&self) -> bool {
        self.view.row.state == ChangeState::Pending
    }

    /// Fact, what stands there, what is to stand there.
    fn lines(&self) -> Vec<(String, String, String)> {
        let lines = self.view.lines.iter();
        let words = lines.map(|(field, old, new)| {
            let value = |v: &Option<String>| value_of(&self.f, *field, v.as_deref());
            (name_of(&self.f, *field), value(old), value(new))
        });
        words.collect()
    }
}
