//! A report: its table with a total, each figure a link to the list behind it, and its files.

use super::charts;
use super::dashboard::address;
use super::list::usual_period;
use crate::failure::Failure;
use crate::forms::{Choice, Fields};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use crate::texts::Locale;
use app::reports::{Report, ReportFile, ReportFormat, ReportQuery, ReportRow};
use axum::extract::{Path, RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use chrono::{Datelike as _, Days, Months, NaiveDate};
use domain::reports::{Dimension, Figure, Metric, Ratio, Text};
use rules::Language;
use std::borrow::Borrow;
use store::orgs::Org;

/// Bars of the plot; the table has all rows.
const BARS_MAX: usize = 24;

#[derive(askama::Template)]
#[template(path = "reports/report.html")]
struct ReportPage {
    f: Frame,
    query: ReportQuery,
    report: Report,
    orgs: Vec<Org>,
    here: String,
}

/// Reads a report's query; without dates it is the present month, by unit.
pub(super) fn read(metric: &str, fields: &Fields, today: NaiveDate) -> ReportQuery {
    let (from, to) = usual_period(today);
    let or = |text: String, otherwise: NaiveDate| {
        if text.is_empty() {
            otherwise.to_string()
        } else {
            text
        }
    };
    ReportQuery {
        metric: metric.to_owned(),
        from: or(fields.own("from"), from),
        to: or(fields.own("to"), to),
        org: fields.own("org"),
        by: fields.own("by"),
        programme: fields.own("programme"),
    }
}

pub(crate) async fn show_report(
    State(web): State<Web>,
    Path(metric): Path<String>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    demand_metric(&metric)?;
    let f = who.frame("reports");
    let query = read(
        &metric,
        &Fields::parse(raw.unwrap_or_default().as_bytes()),
        f.today,
    );
    let report = app::reports::run_report(&web.app, &who.actor, who.now, &query).await?;
    html(&ReportPage {
        orgs: app::access::list_orgs(&web.app, &who.actor).await?,
        here: address(&query),
        f,
        query,
        report,
    })
}

fn demand_metric(name: &str) -> Result<(), Failure> {
    domain::reports::find_metric(name)
        .map(|_| ())
        .ok_or_else(Failure::not_found)
}

pub(crate) async fn download_report(
    State(web): State<Web>,
    Path(metric): Path<String>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    demand_metric(&metric)?;
    let f = who.frame("reports");
    let fields = Fields::parse(raw.unwrap_or_default().as_bytes());
    let query = read(&metric, &fields, f.today);
    let format = ReportFormat::parse(fields.get("format")).ok_or_else(Failure::not_found)?;
    let language = match f.locale {
        Locale::Chinese => Language::Zh,
        Locale::English => Language::En,
    };
    let (app, actor) = (&web.app, &who.actor);
    let how = (format, language);
    let file = app::reports::export_report(app, actor, who.now, &query, how, &|_, _| {}).await?;
    Ok(download(file))
}

/// A file to keep.
pub(super) fn download(file: ReportFile) -> Response {
    let headers = [
        (header::CONTENT_TYPE, file.content_type.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", file.name),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, file.bytes).into_response()
}

impl ReportPage {
    fn text(&self, text: impl Borrow<Text>) -> &'static str {
        let text = text.borrow();
        self.f.pick(text.zh, text.en)
    }

    fn metric(&self) -> &'static Metric {
        self.report.metric
    }

    fn row_name<'r>(&self, row: &'r ReportRow) -> &'r str {
        self.f.pick(&row.name.zh, &row.name.en)
    }

    fn by_title(&self) -> String {
        self.report
            .by
            .map_or_else(String::new, |by| self.text(by.title()).to_owned())
    }

    fn figure(&self, figure: &Figure) -> &'static str {
        self.text(figure.title())
    }

    fn count(&self, row: &ReportRow, figure: &Figure) -> i64 {
        self.report.count(row, *figure)
    }

    /// The list behind a figure of a row; without a row of the total.
    fn behind(&self, figure: &Figure, row: Option<&ReportRow>) -> String {
        let mut link = format!(
            "/reports/{}/list?{}&figure={}",
            self.query.metric,
            self.here,
            figure.as_str()
        );
        if let Some(row) = row {
            let mut writer = form_urlencoded::Serializer::new(link);
            writer.append_pair("key", &row.key);
            link = writer.finish();
        }
        link
    }

    fn file(&self, format: &str) -> String {
        format!(
            "/reports/{}/file?{}&format={format}",
            self.query.metric, self.here
        )
    }

    fn dimensions(&self) -> Vec<Choice> {
        let all = Dimension::ALL.iter().map(|by| Choice {
            value: by.as_str().to_owned(),
            label: self.text(by.title()).to_owned(),
            chosen: self.report.by == Some(*by),
        });
        all.collect()
    }

    fn programmes(&self) -> Vec<Choice> {
        let all = self.metric().programmes.iter().map(|code| Choice {
            value: (*code).to_owned(),
            label: format!("{code} {}", self.f.programme(code)),
            chosen: self.query.programme == *code,
        });
        all.collect()
    }

    fn percent(ratio: &Ratio) -> String {
        ratio.percent()
    }

    fn share(ratio: &Ratio) -> String {
        ratio
            .value()
            .map_or_else(String::new, |v| format!("{:.1}", v * 100.0))
    }

    /// Colour of a ratio against what it should reach.
    fn tone(&self, ratio: &Ratio) -> &'static str {
        match (ratio.value(), self.metric().target_percent) {
            (Some(v), Some(target)) if v * 100.0 < f64::from(target) => "danger",
            (Some(_), Some(_)) => "good",
            _ => "",
        }
    }

    /// Shares by row, where there are several rows with one.
    fn chart(&self) -> Option<String> {
        let rows: Vec<_> = self
            .report
            .rows
            .iter()
            .filter(|r| r.ratio.value().is_some())
            .take(BARS_MAX)
            .collect();
        if rows.len() < 2 {
            return None;
        }
        let names: Vec<_> = rows.iter().map(|r| self.row_name(r).to_owned()).collect();
        let shares: Vec<_> = rows.iter().map(|r| r.ratio.value()).collect();
        Some(charts::shares(
            &names,
            &shares,
            self.metric().target_percent,
        ))
    }

    fn is_tall(&self) -> bool {
        self.report.rows.len() > 8
    }

    /// Periods that people ask for again and again.
    fn periods(&self) -> Vec<(String, String, bool)> {
        let today = self.f.today;
        let month = today.with_day(1).unwrap_or(today);
        let last_month = month - Months::new(1);
        let quarter = month - Months::new(today.month0() % 3);
        let year = month - Months::new(today.month0());
        let spans = [
            ("month", month, today),
            ("last-month", last_month, month - Days::new(1)),
            ("quarter", quarter, today),
            (
                "last-quarter",
                quarter - Months::new(3),
                quarter - Days::new(1),
            ),
            ("year", year, today),
        ];
        let period = |(code, from, to): (&str, NaiveDate, NaiveDate)| {
            let query = ReportQuery {
                from: from.to_string(),
                to: to.to_string(),
                ..self.query.clone()
            };
            let on = query.from == self.query.from && query.to == self.query.to;
            let link = format!("/reports/{}?{}", self.query.metric, address(&query));
            (self.f.code("period", code), link, on)
        };
        spans.into_iter().map(period).collect()
    }
}
