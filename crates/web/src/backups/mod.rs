//! Backups: the last good one and its age, the plan, what became of each.

use crate::forms::Sent;
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::backups::{BackupOverview, overview, start_backup};
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::backups::BackupState;
use store::backups::BackupRun;

const PATH: &str = "/system/backups";

pub(crate) fn routes() -> Router<Web> {
    Router::new().route(PATH, get(show_backups).post(create_backup))
}

#[derive(askama::Template)]
#[template(path = "backups/list.html")]
struct BackupsPage {
    f: Frame,
    seen: BackupOverview,
}

async fn show_backups(State(web): State<Web>, who: Who) -> Answer {
    let seen = overview(&web.app, &who.actor, who.now).await?;
    html(&BackupsPage {
        f: who.frame("backups"),
        seen,
    })
}

async fn create_backup(State(web): State<Web>, Sent(who, _): Sent) -> Answer {
    start_backup(&web.app, &who.actor, who.now).await?;
    Ok(who.go(PATH))
}

/// A size as people read it.
fn size(bytes: &Option<i64>) -> String {
    let Some(bytes) = *bytes else {
        return "—".to_owned();
    };
    let mut value = bytes as f64;
    for unit in ["B", "KiB", "MiB"] {
        if value < 1024.0 {
            return format!("{value:.0} {unit}");
        }
        value /= 1024.0;
    }
    format!("{value:.1} GiB")
}

impl BackupsPage {
    fn size(run: &BackupRun) -> String {
        size(&run.size_bytes)
    }

    /// Only the last part of the path: the folder stands in the plan.
    fn file(run: &BackupRun) -> &str {
        run.file.rsplit(['/', '\\']).next().unwrap_or(&run.file)
    }

    fn tone(run: &BackupRun) -> &'static str {
        match (run.state, &run.error, run.verified_at) {
            (BackupState::Running, ..) => "blue",
            (BackupState::Failed, ..) | (_, Some(_), _) => "red",
            (_, None, Some(_)) => "green",
            _ => "secondary",
        }
    }

    /// What a run came to: a code.
    fn outcome(run: &BackupRun) -> &'static str {
        match (run.state, &run.error, run.verified_at) {
            (BackupState::Running, ..) => "running",
            (BackupState::Failed, ..) => "failed",
            (_, Some(_), _) => "not-restorable",
            _ if run.removed_at.is_some() => "removed",
            (_, None, Some(_)) => "verified",
            _ => "written",
        }
    }

    fn seconds(run: &BackupRun) -> Option<i64> {
        run.finished_at
            .map(|end| (end - run.started_at).num_seconds())
    }

    fn hours(&self) -> i64 {
        self.seen.age.map_or(0, |age| age.num_hours())
    }

    fn warn_hours(&self) -> i64 {
        let plan = self.seen.plan.as_ref();
        plan.map_or(0, |p| p.warn_after.num_hours())
    }

    fn folder(&self) -> String {
        let plan = self.seen.plan.as_ref();
        plan.map_or_else(String::new, |p| p.folder.display().to_string())
    }

    fn at(&self) -> String {
        let plan = self.seen.plan.as_ref();
        plan.map_or_else(String::new, |p| p.at.format("%H:%M").to_string())
    }

    fn keeps(&self) -> String {
        let Some(plan) = &self.seen.plan else {
            return String::new();
        };
        let r = plan.retention;
        let values = [
            ("days", r.daily),
            ("weeks", r.weekly),
            ("months", r.monthly),
        ];
        let values = values.map(|(name, n)| (name, n.into()));
        self.f.locale.say_with("backups-keeps", &values)
    }
}
