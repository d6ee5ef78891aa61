//! Results: how many questionnaires count, what they add up to, what was written.
//!
//! Those of an anonymous survey are shown when collection has ended and enough count, so that nobody
//! learns one answer from the difference of two readings or from a handful.

use super::find;
use crate::listing::{self, PAGE_ROWS};
use crate::{App, Error, Refusal, Result};
use domain::access::{Actor, Permission};
use domain::surveys::{
    ItemResult, QuestionKind, SurveyIdentity, SurveyState, Verdict, item_results, parse_form,
};
use domain::time::{self, Instant};
use store::surveys::{self as rows, SurveyRow, WordsRow};
use store::{AuditEntry, Page};

/// Why results are not shown, or that they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// They are.
    Yes,
    /// Collection goes on.
    Running,
    /// Fewer count than needed.
    TooFew {
        /// How many are needed.
        needed: i64,
    },
}

/// The results of a survey.
#[derive(Clone, Debug)]
pub struct ResultsPage {
    /// The survey.
    pub row: SurveyRow,
    /// Customers who were invited.
    pub invited: i64,
    /// Questionnaires by verdict, every verdict once.
    pub verdicts: Vec<(Verdict, i64)>,
    /// Questionnaires that came in.
    pub received: i64,
    /// Of those, the ones that count.
    pub valid: i64,
    /// Whether the rest is shown.
    pub shown: Shown,
    /// Question by question; empty when not shown.
    pub items: Vec<ItemResult>,
    /// The open question whose words are listed, from nought.
    pub question: Option<usize>,
    /// What was written to it.
    pub words: Page<WordsRow>,
}

/// The results of a survey in sight; `question` is the place of the open question whose words are
/// listed, the first when empty.
///
/// # Errors
/// When the actor may not, or it is not in sight.
pub async fn survey_results(
    app: &App,
    actor: &Actor,
    now: Instant,
    key: &str,
    (question, after): (&str, &str),
) -> Result<ResultsPage> {
    let scope = actor.scope(Permission::SurveysRead)?;
    let db = app.store();
    let row = find(db, &scope, key).await?;
    let found = rows::count_verdicts(db, row.id).await?;
    let of = |verdict: &Verdict| found.iter().find(|(v, _)| v == verdict).map_or(0, |f| f.1);
    let verdicts: Vec<_> = Verdict::ALL.iter().map(|v| (*v, of(v))).collect();
    let valid = of(&Verdict::Valid);
    let shown = shown(app, &row, valid, now);
    let mut page = ResultsPage {
        invited: rows::count_invitations(db, row.id).await?,
        received: verdicts.iter().map(|(_, n)| n).sum(),
        valid,
        verdicts,
        shown,
        items: Vec::new(),
        question: None,
        words: Page::empty(),
        row,
    };
    if shown == Shown::Yes {
        fill(app, &mut page, question, after).await?;
    }
    Ok(page)
}

fn shown(app: &App, row: &SurveyRow, valid: i64, now: Instant) -> Shown {
    if row.launched_on.is_none() || row.state == SurveyState::Running {
        return Shown::Running;
    }
    let today = time::date_in_china(now);
    let needed = app
        .rules()
        .setting("survey_results_min", today)
        .unwrap_or(i64::MAX);
    if row.identity == SurveyIdentity::Anonymous && valid < needed {
        return Shown::TooFew { needed };
    }
    Shown::Yes
}

async fn fill(app: &App, page: &mut ResultsPage, question: &str, after: &str) -> Result<()> {
    let (db, id) = (app.store(), page.row.id);
    let text = page.row.questionnaire.as_deref().unwrap_or_default();
    let questions = parse_form(text).map_err(|e| Error::Fault(e.to_string()))?;
    let chosen = rows::count_chosen(db, id).await?;
    let answered = rows::count_answered(db, id).await?;
    let place = |at: usize| i64::try_from(at).unwrap_or(-1);
    page.items = item_results(
        &questions,
        |at, value| {
            let hit = chosen.iter().find(|c| (c.0, c.1) == (place(at), value));
            hit.map_or(0, |c| c.2)
        },
        |at| {
            answered
                .iter()
                .find(|a| a.0 == place(at))
                .map_or(0, |a| a.1)
        },
    );
    let is_open = |at: &usize| {
        questions
            .get(*at)
            .is_some_and(|q| q.kind == QuestionKind::Open)
    };
    let wanted = question.parse().ok().filter(is_open);
    page.question = wanted.or_else(|| (0..questions.len()).find(is_open));
    if let Some(at) = page.question {
        let after = listing::after(after)?;
        page.words = rows::list_words(db, id, place(at), after.as_ref(), PAGE_ROWS).await?;
    }
    Ok(())
}

/// The results as a table, one line an option; recorded.
///
/// # Errors
/// When the actor may not take data out, or results are not shown.
pub async fn results_csv(
    app: &App,
    actor: &Actor,
    now: Instant,
    key: &str,
) -> Result<(String, Vec<u8>)> {
    actor.demand(Permission::DataExport)?;
    let page = survey_results(app, actor, now, key, ("", "")).await?;
    if page.shown != Shown::Yes {
        return Err(Refusal::new("survey-results-hidden").into());
    }
    let bytes = table(&page).map_err(|e| Error::Fault(format!("results file: {e}")))?;
    let work = app.store().begin(now).await?;
    let detail = serde_json::json!({ "number": page.row.number, "valid": page.valid });
    let entry = AuditEntry::new(actor, "survey.results_exported", "survey", page.row.id.0);
    work.commit(entry.detail(detail)).await?;
    Ok((page.row.number, bytes))
}

fn table(page: &ResultsPage) -> std::result::Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "question_no",
        "question",
        "option",
        "count",
        "answered",
        "share",
        "mean",
    ])?;
    for (verdict, count) in &page.verdicts {
        let count = count.to_string();
        writer.write_record(["0", "questionnaires", verdict.as_str(), &count, "", "", ""])?;
    }
    for (number, item) in (1..).zip(&page.items) {
        let number = number.to_string();
        let words = listing::harmless(&item.question.words);
        let answered = item.answered.to_string();
        let mean = item
            .mean_hundredths
            .map(|m| format!("{}.{:02}", m / 100, m % 100));
        let mean = mean.unwrap_or_default();
        if item.options.is_empty() {
            writer.write_record([number.as_str(), &words, "", &answered, &answered, "", ""])?;
        }
        for option in &item.options {
            let (label, count) = (listing::harmless(&option.label), option.count.to_string());
            let share = format!("{}.{:03}", option.per_mille / 1000, option.per_mille % 1000);
            let cells = [
                number.as_str(),
                &words,
                &label,
                &count,
                &answered,
                &share,
                &mean,
            ];
            writer.write_record(cells)?;
        }
    }
    writer.into_inner().map_err(|e| e.into_error().into())
}
