//! Keys: what there is, how far an exchange has come, and the order to exchange them.

use crate::forms::{Fields, Sent};
use crate::frame::{Answer, Frame, Who, html};
use crate::jobs;
use crate::state::Web;
use app::keys::{KeyView, KeysStatus, Rotated, RotationForm, rotate, status};
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::routing::{get, post};
use domain::jobs::JobState;
use store::jobs::JobRow;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/system/keys", get(show_keys))
        .route("/system/keys/rotations", post(create_rotation))
}

#[derive(askama::Template)]
#[template(path = "keys/page.html")]
struct KeysPage {
    f: Frame,
    state: KeysStatus,
    is_counted: bool,
}

/// The keys; values are counted only when that is asked for, because it reads all of them.
async fn show_keys(State(web): State<Web>, RawQuery(raw): RawQuery, who: Who) -> Answer {
    let query = Fields::parse(raw.unwrap_or_default().as_bytes());
    let is_counted = query.is_ticked("count");
    let state = status(&web.app, &who.actor, is_counted).await?;
    html(&KeysPage {
        f: who.frame("keys"),
        state,
        is_counted,
    })
}

async fn create_rotation(State(web): State<Web>, Sent(who, form): Sent) -> Answer {
    let form = RotationForm {
        what: form.own("what"),
        reason: form.own("reason"),
        confirmation: form.own("confirmation"),
    };
    let job = rotate(&web.app, &who.actor, who.now, &form).await?;
    Ok(who.go(&jobs::url(job)))
}

impl KeysPage {
    fn kinds(&self) -> Vec<&'static str> {
        Rotated::ALL.iter().map(|r| r.as_str()).collect()
    }

    fn stands(key: &KeyView) -> (&'static str, &'static str) {
        match (key.key.destroyed_at, key.is_present) {
            (Some(_), _) => ("destroyed", "secondary"),
            (None, true) => ("present", "green"),
            (None, false) => ("older", "orange"),
        }
    }

    fn values(key: &KeyView) -> String {
        key.values.map_or_else(|| "—".to_owned(), |n| n.to_string())
    }

    /// The work that goes on, or waits for its time.
    fn under_way(&self) -> Option<&JobRow> {
        let is_under_way = |j: &&JobRow| matches!(j.state, JobState::Queued | JobState::Running);
        self.state.jobs.iter().find(is_under_way)
    }

    fn percent(job: &JobRow) -> i64 {
        match job.total {
            Some(total) if total > 0 => (job.done * 100 / total).clamp(0, 100),
            _ => 0,
        }
    }

    fn tone(job: &JobRow) -> &'static str {
        match job.state {
            JobState::Queued => "secondary",
            JobState::Running => "blue",
            JobState::Finished => "green",
            JobState::Dead => "red",
        }
    }
}
