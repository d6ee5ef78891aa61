//! The dashboard: what was due, late, succeeded and problematic, by day, unit and programme.

use super::charts::{self, Part};
use super::query_of;
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::reports::{Dashboard, DashboardDay, DashboardRow, Name, ReportQuery};
use axum::extract::State;
use domain::reports::Ratio;
use std::borrow::Borrow;
use store::reports::Tally;

/// Bars of a plot; more are in the table beside it.
const BARS_MAX: usize = 14;
/// A share in time below this is shown in red; nothing is decided by it.
const LOW: f64 = 0.95;

#[derive(askama::Template)]
#[template(path = "reports/dashboard.html")]
struct DashboardPage {
    f: Frame,
    board: Dashboard,
}

pub(crate) async fn show_dashboard(State(web): State<Web>, who: Who) -> Answer {
    let board = app::reports::dashboard(&web.app, &who.actor, who.now).await?;
    html(&DashboardPage {
        f: who.frame("dashboard"),
        board,
    })
}

impl DashboardPage {
    fn name<'n>(&self, name: &'n Name) -> &'n str {
        self.f.pick(&name.zh, &name.en)
    }

    /// The list of callbacks that are late, of all or of a programme or unit.
    fn late(&self, by: &str, row: &DashboardRow) -> String {
        let mut pairs = vec![("view", "overdue")];
        if !row.key.is_empty() {
            pairs.push((by, &row.key));
        }
        format!("/callbacks?{}", query_of(&pairs))
    }

    /// The report behind a row.
    fn report(&self, metric: &str, by: &str, row: &DashboardRow) -> String {
        let (from, to) = (self.board.from.to_string(), self.board.today.to_string());
        let mut pairs = vec![("from", from.as_str()), ("to", to.as_str())];
        let cut = if by == "org" { "programme" } else { "unit" };
        if !row.key.is_empty() {
            pairs.push((by, &row.key));
        }
        pairs.push(("by", cut));
        format!("/reports/{metric}?{}", query_of(&pairs))
    }

    fn parts<'d>(&self, tallies: &(impl Iterator<Item = &'d Tally> + Clone)) -> Vec<Part> {
        let part = |code: &str, color, value: fn(&Tally) -> i64| Part {
            name: self.f.code("tally", code),
            color,
            values: tallies.clone().map(value).collect(),
        };
        vec![
            part("in_time", charts::GOOD, |t| t.in_time),
            part("late", charts::SLOW, |t| t.made - t.in_time),
            part("not_completed", charts::REST, |t| t.not_completed),
            part("open", charts::BAD, |t| t.due - t.made - t.not_completed),
        ]
    }

    /// The two ways in which the dashboard is cut: name in addresses, title, rows.
    fn cuts(&self) -> [(&'static str, &'static str, &[DashboardRow]); 2] {
        [
            (
                "programme",
                "dashboard-by-programme",
                &self.board.by_programme,
            ),
            ("org", "dashboard-by-unit", &self.board.by_unit),
        ]
    }

    fn is_unit(&self, by: &str) -> bool {
        by == "org"
    }

    fn by_day(&self) -> String {
        let days: Vec<_> = self.board.days.iter().map(day_name).collect();
        let today = self.board.today.format("%m-%d").to_string();
        let parts = self.parts(&self.board.days.iter().map(|d| &d.tally));
        charts::columns(&days, &parts, Some(&today))
    }

    /// Where a click on a day leads.
    fn day_links(&self) -> String {
        let link = |day: &DashboardDay| {
            let day = day.day.to_string();
            let query = query_of(&[("due_from", &day), ("due_to", &day), ("view", "all")]);
            format!("/obligations?{query}")
        };
        let links: Vec<_> = self.board.days.iter().map(link).collect();
        serde_json::Value::from(links).to_string()
    }

    fn bars(&self, rows: &[DashboardRow]) -> String {
        let shown = &rows[..rows.len().min(BARS_MAX)];
        let names: Vec<_> = shown
            .iter()
            .map(|r| self.name(&r.name).to_owned())
            .collect();
        charts::rows(&names, &self.parts(&shown.iter().map(|r| &r.tally)))
    }

    /// Whether a share is below what it should be.
    fn is_low(ratio: impl Borrow<Ratio>) -> bool {
        ratio.borrow().value().is_some_and(|v| v < LOW)
    }

    fn percent(ratio: impl Borrow<Ratio>) -> String {
        ratio
            .borrow()
            .value()
            .map_or_else(|| "—".to_owned(), |v| format!("{:.1}%", v * 100.0))
    }
}

fn day_name(day: &DashboardDay) -> String {
    day.day.format("%m-%d").to_string()
}

/// The query of a report as an address has it.
pub(super) fn address(query: &ReportQuery) -> String {
    query_of(&[
        ("from", &query.from),
        ("to", &query.to),
        ("org", &query.org),
        ("programme", &query.programme),
        ("by", &query.by),
    ])
}
