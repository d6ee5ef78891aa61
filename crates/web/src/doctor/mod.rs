//! The state of the system: what is wrong, and what to do.

use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use crate::texts::{Locale, Said as _};
use app::doctor::{Check, examine, worst};
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::doctor::Verdict;

pub(crate) fn routes() -> Router<Web> {
    Router::new().route("/system/health", get(show_health))
}

#[derive(askama::Template)]
#[template(path = "doctor/health.html")]
struct HealthPage {
    f: Frame,
    checks: Vec<Check>,
}

async fn show_health(State(web): State<Web>, who: Who) -> Answer {
    let checks = examine(&web.app, &who.actor, who.now).await?;
    html(&HealthPage {
        f: who.frame("health"),
        checks,
    })
}

/// A finding in words.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What was looked at.
    pub title: String,
    /// What was found.
    pub what: String,
    /// What to do about it; nothing when it is as it should be.
    pub action: Option<String>,
}

fn find(locale: Locale, check: &Check) -> Finding {
    let id = format!("doctor-{}-{}", check.name, check.found);
    let values: Vec<_> = check.values.iter().map(|(n, v)| (*n, v.said())).collect();
    let action = format!("{id}-do");
    let said = locale.say_with(&action, &values);
    let is_wanted = matches!(check.verdict, Verdict::Warn | Verdict::Bad);
    Finding {
        title: locale.say(&format!("doctor-{}", check.name)),
        what: locale.say_with(&id, &values),
        action: (is_wanted && said != action).then_some(said),
    }
}

/// A finding in words, for the command line.
pub fn describe(check: &Check, english: bool) -> Finding {
    find(
        if english {
            Locale::English
        } else {
            Locale::Chinese
        },
        check,
    )
}

impl HealthPage {
    fn finding(&self, check: &Check) -> Finding {
        find(self.f.locale, check)
    }

    fn tone(check: &Check) -> &'static str {
        tone(check.verdict)
    }

    fn worst(&self) -> Verdict {
        worst(&self.checks)
    }

    fn worst_tone(&self) -> &'static str {
        tone(self.worst())
    }
}

fn tone(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "green",
        Verdict::Info => "secondary",
        Verdict::Warn => "orange",
        Verdict::Bad => "red",
    }
}
