//! What goes to the core system: what waits, what it took over, what it refused.

use super::{name_of, value_of};
use crate::failure::Failure;
use crate::forms::{Choice, Fields, Sent, choices, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::information::CoreList;
use axum::extract::{Path, RawQuery, State};
use domain::customers::CustomerKind;
use domain::information::CoreState;
use store::information::CoreRow;
use uuid::Uuid;

const VIEWS: [&str; 5] = ["waiting", "refused", "accepted", "settled", "all"];

#[derive(askama::Template)]
#[template(path = "information/core.html")]
struct CorePage {
    f: Frame,
    view: String,
    after: String,
    list: CoreList,
    here: String,
}

pub(crate) async fn list_core_changes(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let fields = Fields::parse(raw.as_bytes());
    let (view, after) = (fields.own("view"), fields.own("after"));
    html(&CorePage {
        list: app::information::list_core_changes(&web.app, &who.actor, &view, &after).await?,
        here: without_page(&raw),
        f: who.frame("core-changes"),
        view,
        after,
    })
}

/// Hands a refused change over again, or settles it.
pub(crate) async fn step(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let id = Uuid::try_parse(&id).map_err(|_| Failure::not_found())?;
    let step = form.get("step");
    app::information::step_core_change(&web.app, &who.actor, who.now, id, step).await?;
    Ok(who.go("/core-changes?view=refused"))
}

impl CorePage {
    fn views(&self) -> Vec<Choice> {
        let chosen = match self.view.as_str() {
            "" => "waiting",
            view => view,
        };
        choices(&self.f, "core-view", VIEWS, chosen)
    }

    fn name(&self, row: &CoreRow) -> String {
        name_of(&self.f, row.field)
    }

    fn value(&self, row: &CoreRow) -> String {
        let shown = row
            .value
            .as_ref()
            .map(|v| v.shown(row.field, CustomerKind::Individual));
        value_of(&self.f, row.field, shown.as_deref())
    }

    fn tone(row: &CoreRow) -> &'static str {
        match row.state {
            CoreState::Waiting => "orange",
            CoreState::Accepted => "green",
            CoreState::Refused => "red",
            CoreState::Settled => "secondary",
        }
    }

    fn is_refused(row: &CoreRow) -> bool {
        row.state == CoreState::Refused
    }
}
