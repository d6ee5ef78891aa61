//! Figures of the quality of information, each of which opens the list behind it.

use super::{tone, tone_of};
use crate::forms::{Choice, Fields, choices, orgs};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::data_quality::{Board, BoardQuery};
use axum::extract::{RawQuery, State};
use domain::data_quality::Severity;
use store::data_quality::BoardRow;

/// Colours that read on light and dark ground.
const GOOD: &str = "#0f9d8c";
const REST: &str = "#94a3b8";
/// What the lines of the board stand for.
const BY: [&str; 3] = ["unit", "channel", "agent"];

#[derive(askama::Template)]
#[template(path = "data_quality/board.html")]
struct BoardPage {
    f: Frame,
    query: BoardQuery,
    board: Board,
    orgs: Vec<Choice>,
}

pub(crate) async fn show_board(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let fields = Fields::parse(raw.unwrap_or_default().as_bytes());
    let query = BoardQuery {
        by: fields.own("by"),
        org: fields.own("org"),
    };
    html(&BoardPage {
        board: app::data_quality::board(&web.app, &who.actor, who.now, &query).await?,
        orgs: orgs(&web, &who.actor, &query.org).await?,
        f: who.frame("information-quality"),
        query,
    })
}

impl BoardPage {
    fn by(&self) -> &str {
        match self.query.by.as_str() {
            "" => "unit",
            by => by,
        }
    }

    fn cuts(&self) -> Vec<Choice> {
        choices(&self.f, "information-by", BY, self.by())
    }

    fn name(&self, row: &BoardRow) -> String {
        match (&row.code, &row.name) {
            (Some(code), None) => self.f.code("channel", code),
            (Some(_), Some(name)) => name.clone(),
            (None, _) => self.f.say("information-without-policies"),
        }
    }

    /// The list behind a line; channels have none.
    fn behind(&self, row: &BoardRow) -> Option<String> {
        let code = row.code.as_ref()?;
        match self.by() {
            "unit" => Some(format!("/information-quality/findings?org={code}")),
            "agent" => Some(format!("/information-quality/findings?agent={code}")),
            _ => None,
        }
    }

    fn mean(&self, sum: &i64, row: &BoardRow) -> i64 {
        if row.customers == 0 {
            0
        } else {
            sum / row.customers
        }
    }

    fn tone_of_mean(&self, which: &str) -> &'static str {
        tone_of(self.mean_of(which))
    }

    fn tone(&self, severity: &Severity) -> &'static str {
        tone(*severity)
    }

    fn open(&self) -> i64 {
        self.board.checks.iter().map(|c| c.open).sum()
    }

    fn blocking(&self) -> i64 {
        let blocks = self
            .board
            .checks
            .iter()
            .filter(|c| c.severity == Severity::Block);
        blocks.map(|c| c.open).sum()
    }

    fn overdue(&self) -> i64 {
        let month = self.f.today.format("%Y-%m").to_string();
        let past = self.board.due.iter().filter(|d| d.month < month);
        past.map(|d| d.n).sum()
    }

    fn due_soon(&self) -> i64 {
        let month = self.f.today.format("%Y-%m").to_string();
        let now = self.board.due.iter().filter(|d| d.month == month);
        now.map(|d| d.n).sum()
    }

    /// Months from this one on, and everything before as one line.
    fn months(&self) -> Vec<(String, i64)> {
        let month = self.f.today.format("%Y-%m").to_string();
        let coming = self.board.due.iter().filter(|d| d.month >= month);
        coming.map(|d| (d.month.clone(), d.n)).collect()
    }

    fn mean_of(&self, which: &str) -> i64 {
        let rows = self.board.rows.iter();
        let sum: i64 = rows
            .map(|r| {
                if which == "truth" {
                    r.truth
                } else {
                    r.completeness
                }
            })
            .sum();
        let customers: i64 = self.board.rows.iter().map(|r| r.customers).sum();
        if customers == 0 { 0 } else { sum / customers }
    }

    /// How both scores are spread, as a plot.
    fn spread(&self) -> String {
        let tenths = |at: usize| match at {
            10 => "100".to_owned(),
            at => format!("{}–{}", at * 10, at * 10 + 9),
        };
        let categories: Vec<String> = (0..11).map(tenths).collect();
        let series = |id: &str, color: &str, values: &[i64]| {
            serde_json::json!({
                "name": self.f.say(id), "type": "bar", "barMaxWidth": 22,
                "itemStyle": { "color": color }, "data": values,
            })
        };
        serde_json::json!({
            "tooltip": { "trigger": "axis", "axisPointer": { "type": "shadow" } },
            "xAxis": { "type": "category", "data": categories },
            "yAxis": { "type": "value", "minInterval": 1 },
            "series": [
                series("information-completeness", GOOD, &self.board.completeness),
                series("information-truth", REST, &self.board.truth),
            ],
        })
        .to_string()
    }
}
