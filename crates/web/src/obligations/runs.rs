//! Extraction runs: what went in, what was excluded and why, what came out; starting one.

use crate::failure::Failure;
use crate::forms::{Fields, Sent};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::jobs::start_plan;
use app::obligations::ExtractionPage;
use axum::extract::{Path, RawQuery, State};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use store::Page;
use store::obligations::ExtractionRun;
use uuid::Uuid;

#[derive(askama::Template)]
#[template(path = "obligations/runs.html")]
struct RunsPage {
    f: Frame,
    page: Page<ExtractionRun>,
    after: String,
}

pub(crate) async fn list_runs(State(web): State<Web>, RawQuery(raw): RawQuery, who: Who) -> Answer {
    let query = Fields::parse(raw.unwrap_or_default().as_bytes());
    let after = query.own("after");
    let page = app::obligations::list_extractions(&web.app, &who.actor, &after).await?;
    html(&RunsPage {
        f: who.frame("extraction-runs"),
        page,
        after,
    })
}

pub(crate) async fn create_run(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let day = |name: &str| -> Result<Option<NaiveDate>, app::Error> {
        let text = fields.get(name).trim();
        if text.is_empty() {
            return Ok(None);
        }
        let date = text
            .parse()
            .map_err(|_| app::Error::invalid(name, "date"))?;
        Ok(Some(date))
    };
    let (since, as_of) = (day("since")?, day("as_of")?);
    if let (Some(since), Some(as_of)) = (since, as_of)
        && since > as_of
    {
        return Err(app::Error::invalid("since", "after-as-of").into());
    }
    let job = start_plan(&web.app, &who.actor, who.now, since, as_of).await?;
    Ok(who.go(&crate::jobs::url(job)))
}

/// What became of the candidates of a programme.
struct ProgrammeSums {
    code: String,
    candidates: i64,
    created: i64,
    /// Reasons with how many they excluded, the most frequent first.
    excluded: Vec<(String, i64)>,
}

#[derive(askama::Template)]
#[template(path = "obligations/run.html")]
struct RunPage {
    f: Frame,
    rules: std::sync::Arc<app::rules::Rules>,
    page: ExtractionPage,
    reason: String,
    after: String,
}

pub(crate) async fn show_run(
    State(web): State<Web>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let id = Uuid::try_parse(&id).map_err(|_| Failure::not_found())?;
    let query = Fields::parse(raw.unwrap_or_default().as_bytes());
    let (reason, after) = (query.own("reason"), query.own("after"));
    let page = app::obligations::extraction_page(&web.app, &who.actor, id, &reason, &after).await?;
    html(&RunPage {
        f: who.frame("extraction-runs"),
        rules: web.app.rules(),
        page,
        reason,
        after,
    })
}

fn tone(run: &ExtractionRun) -> &'static str {
    match run.state.as_str() {
        "finished" => "green",
        "failed" => "red",
        "interrupted" => "orange",
        _ => "blue",
    }
}

impl RunsPage {
    fn tone(run: &ExtractionRun) -> &'static str {
        tone(run)
    }

    fn is_any_running(&self) -> bool {
        self.page.rows.iter().any(|r| r.state == "running")
    }
}

impl RunPage {
    fn tone(&self) -> &'static str {
        tone(&self.page.run)
    }

    fn is_running(&self) -> bool {
        self.page.run.state == "running"
    }

    fn programmes(&self) -> Vec<ProgrammeSums> {
        let mut sums: BTreeMap<&str, ProgrammeSums> = BTreeMap::new();
        for row in &self.page.counts {
            let sum = sums.entry(&row.programme).or_insert_with(|| ProgrammeSums {
                code: row.programme.clone(),
                candidates: 0,
                created: 0,
                excluded: Vec::new(),
            });
            sum.candidates += row.count;
            if row.reason_code.is_empty() {
                sum.created += row.count;
            } else {
                sum.excluded.push((row.reason_code.clone(), row.count));
            }
        }
        let mut sums: Vec<_> = sums.into_values().collect();
        for sum in &mut sums {
            sum.excluded.sort_by_key(|(_, count)| -count);
        }
        sums
    }

    /// A reason in words, as the packs say it.
    fn words(&self, programme: &str, code: &str) -> String {
        let found = self.rules.book().find_reason(programme, code);
        found.map_or_else(|| code.to_owned(), |r| self.f.text(&r.text).to_owned())
    }

    /// The chosen reason in words; every row shown has it.
    fn chosen_reason(&self) -> String {
        let first = self.page.exclusions.rows.first();
        let programme = first.map_or("", |row| row.programme.as_str());
        self.words(programme, &self.reason)
    }

    fn event(&self, code: &str) -> String {
        self.f.code("event-type", code)
    }

    /// The address of this page with another reason.
    fn with_reason(&self, reason: &str) -> String {
        let mut writer = form_urlencoded::Serializer::new(String::new());
        writer.append_pair("reason", reason);
        format!(
            "/extraction-runs/{}?{}#excluded",
            self.page.run.id,
            writer.finish()
        )
    }
}
