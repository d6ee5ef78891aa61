//! The workbench: what is mine, what is due, what is late, the next call.

use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use crate::when;
use app::callbacks::Workbench;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse as _;
use domain::access::Permission;

#[derive(askama::Template)]
#[template(path = "callbacks/workbench.html")]
struct WorkbenchPage {
    f: Frame,
    headline: String,
    bench: Workbench,
    views: Vec<store::access::SavedView>,
}

pub(crate) async fn show_workbench(State(web): State<Web>, who: Who) -> Answer {
    if !who.actor.may(Permission::CallbacksRead) {
        // Executives begin where their figures are.
        return Ok(who.go(if who.actor.may(Permission::ReportsRead) {
            "/dashboard"
        } else {
            "/users"
        }));
    }
    let bench = app::callbacks::workbench(&web.app, &who.actor, who.now).await?;
    let views = app::access::list_views(&web.app, &who.actor, "callbacks").await?;
    let f = who.frame("workbench");
    html(&WorkbenchPage {
        headline: when::headline(f.locale, f.today),
        bench,
        views,
        f,
    })
}

/// Numbers beside the menu: callbacks due or late, tickets due.
pub(crate) async fn read_badges(State(web): State<Web>, who: Who) -> Answer {
    if !who.actor.may(Permission::CallbacksRead) {
        return Ok(Json(serde_json::json!({})).into_response());
    }
    let (callbacks, tickets) = app::callbacks::badges(&web.app, &who.actor, who.now).await?;
    Ok(Json(serde_json::json!({ "callbacks": callbacks, "tickets": tickets })).into_response())
}

impl WorkbenchPage {
    /// Calls of the busiest caller, for the length of the bars.
    fn most_calls(&self) -> i64 {
        self.bench
            .callers
            .iter()
            .map(|c| c.attempts)
            .max()
            .unwrap_or(1)
            .max(1)
    }
}
