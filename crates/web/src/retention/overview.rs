//! The overview, the schedule of terms, and why the records of one policy are kept.

use crate::forms::{Fields, without_page};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::retention::{PolicyTerms, RetentionPage, ScheduleLine, Source};
use axum::extract::{Path, RawQuery, State};
use domain::retention::{Basis, Kept, Start, Term};

#[derive(askama::Template)]
#[template(path = "retention/overview.html")]
struct OverviewPage {
    f: Frame,
    page: RetentionPage,
    after: String,
    here: String,
}

pub(crate) async fn show_retention(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let fields = Fields::parse(raw.as_bytes());
    let after = fields.own("after");
    html(&OverviewPage {
        page: app::retention::retention_page(&web.app, &who.actor, &after).await?,
        f: who.frame("retention"),
        here: without_page(&raw),
        after,
    })
}

impl OverviewPage {
    fn may_propose(&self) -> bool {
        let open = |s: &str| matches!(s, "proposed" | "submitted" | "approved");
        let rows = &self.page.batches.rows;
        self.f.may("retention.manage") && !rows.iter().any(|b| open(b.batch.state.as_str()))
    }
}

/// The tone of a batch's state.
pub(super) fn tone(state: &str) -> &'static str {
    match state {
        "executed" => "green",
        "submitted" | "proposed" => "orange",
        "approved" => "blue",
        _ => "secondary",
    }
}

#[derive(askama::Template)]
#[template(path = "retention/schedule.html")]
struct SchedulePage {
    f: Frame,
    lines: Vec<ScheduleLine>,
}

pub(crate) async fn show_schedule(State(web): State<Web>, who: Who) -> Answer {
    html(&SchedulePage {
        lines: app::retention::schedule(&web.app, &who.actor, who.now)?,
        f: who.frame("retention"),
    })
}

impl SchedulePage {
    fn kinds(&self, line: &ScheduleLine) -> String {
        let words: Vec<_> = line
            .kinds
            .iter()
            .map(|k| self.f.code("record-kind", k))
            .collect();
        words.join(self.f.pick("、", ", "))
    }

    fn clock(&self, line: &ScheduleLine) -> String {
        line.clock
            .map_or_else(|| "—".to_owned(), |c| self.f.code("clock", c.as_str()))
    }
}

#[derive(askama::Template)]
#[template(path = "retention/policy.html")]
struct PolicyPage {
    f: Frame,
    terms: PolicyTerms,
}

pub(crate) async fn show_policy_terms(
    State(web): State<Web>,
    Path(policy_no): Path<String>,
    who: Who,
) -> Answer {
    html(&PolicyPage {
        terms: app::retention::policy_terms(&web.app, &who.actor, who.now, &policy_no).await?,
        f: who.frame("retention"),
    })
}

impl PolicyPage {
    /// Until when, in words, with the tone of a tag.
    fn kept(&self, term: &Term<Source>) -> (&'static str, String) {
        match term.kept() {
            Kept::NoBasis => ("secondary", self.f.say("kept-no-basis")),
            Kept::Running(clock) => (
                "blue",
                self.f.say1(
                    "kept-running",
                    "clock",
                    self.f.code("clock", clock.as_str()),
                ),
            ),
            Kept::Undated(clock) => (
                "orange",
                self.f.say1(
                    "kept-undated",
                    "clock",
                    self.f.code("clock", clock.as_str()),
                ),
            ),
            Kept::Until(day) if day < self.f.today => {
                ("red", self.f.say1("kept-over", "day", day.to_string()))
            }
            Kept::Until(day) => ("green", self.f.say1("kept-until", "day", day.to_string())),
        }
    }

    fn start(&self, basis: &Basis<Source>) -> String {
        match basis.start {
            Start::Never => "—".to_owned(),
            Start::Open => self.f.say("start-open"),
            Start::Undated => self.f.say("start-undated"),
            Start::On(day) => day.to_string(),
        }
    }

    fn is_deciding(&self, term: &Term<Source>, basis: &Basis<Source>) -> bool {
        term.deciding() == Some(basis)
    }
}
