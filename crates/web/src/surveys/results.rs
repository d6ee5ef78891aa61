//! The results of a survey, and the same as a file.

use crate::forms::Fields;
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::surveys::{ResultsPage, Shown};
use axum::extract::{Path, RawQuery, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use domain::surveys::{OptionResult, QuestionKind, SurveyIdentity};

#[derive(askama::Template)]
#[template(path = "surveys/results.html")]
struct Page {
    f: Frame,
    page: ResultsPage,
    after: String,
}

pub(crate) async fn show_results(
    State(web): State<Web>,
    Path(key): Path<String>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let fields = Fields::parse(raw.unwrap_or_default().as_bytes());
    let of = (fields.get("question"), fields.get("after"));
    let page = app::surveys::survey_results(&web.app, &who.actor, who.now, &key, of).await?;
    html(&Page {
        f: who.frame("surveys"),
        page,
        after: fields.own("after"),
    })
}

pub(crate) async fn download_results(
    State(web): State<Web>,
    Path(key): Path<String>,
    who: Who,
) -> Answer {
    let (number, bytes) = app::surveys::results_csv(&web.app, &who.actor, who.now, &key).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{number}.csv\""),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

/// Thousandths as a percentage with one decimal.
fn percent(per_mille: i64) -> String {
    format!("{}.{}%", per_mille / 10, per_mille % 10)
}

impl Page {
    fn share(&self, option: &OptionResult) -> String {
        percent(option.per_mille)
    }

    fn mean(&self, hundredths: &i64) -> String {
        format!("{}.{:02}", hundredths / 100, hundredths % 100)
    }

    fn valid_share(&self) -> String {
        let share = (self.page.valid * 1000).checked_div(self.page.received);
        share.map_or_else(|| "—".to_owned(), percent)
    }

    fn return_rate(&self) -> String {
        let share = (self.page.received * 1000).checked_div(self.page.invited);
        share.map_or_else(|| "—".to_owned(), percent)
    }

    fn is_open(&self, kind: &QuestionKind) -> bool {
        *kind == QuestionKind::Open
    }

    fn is_rating(&self, kind: &QuestionKind) -> bool {
        *kind == QuestionKind::Rate
    }

    fn is_anonymous(&self) -> bool {
        self.page.row.identity == SurveyIdentity::Anonymous
    }

    fn is_shown(&self) -> bool {
        self.page.shown == Shown::Yes
    }

    fn why_hidden(&self) -> String {
        match self.page.shown {
            Shown::TooFew { needed } => self.f.say1("survey-results-few", "n", needed),
            Shown::Running | Shown::Yes => self.f.say("survey-results-running"),
        }
    }

    fn here(&self) -> String {
        self.page
            .question
            .map_or_else(String::new, |q| format!("question={q}"))
    }
}
