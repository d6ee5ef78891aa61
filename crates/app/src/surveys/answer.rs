//! A customer's own page of a survey: opened by a token, sent once.
//!
//! Of an anonymous survey nothing is kept that leads from the answer to the person: the token goes in the
//! same transaction, the moment is a day, and the entry of the audit log names the survey alone.

use crate::access::hash_token;
use crate::{App, Error, Refusal, Result};
use domain::access::Actor;
use domain::surveys::{
    Given, Question, Rules, SurveyIdentity, SurveyState, Verdict, given_of, judge, parse_form,
};
use domain::time::{self, Instant};
use store::surveys::{self as rows, Door, NewAnswer, NewItem};
use store::{AuditEntry, Reads as _};
use subtle::ConstantTimeEq as _;

/// Bytes of a form's seal that are compared.
const SEAL_BYTES: usize = 16;
/// A form that was opened longer ago than this is shown anew, in seconds.
const FORM_SECONDS_MAX: i64 = 24 * 60 * 60;

/// What is on the screen.
#[derive(Clone, Debug)]
pub enum SurveyScreen {
    /// There is no such survey, or the token was spent.
    Unknown,
    /// It has not begun.
    NotYet {
        /// First day.
        from_on: chrono::NaiveDate,
    },
    /// It is over.
    Over,
    /// The questionnaire.
    Form(Box<FormScreen>),
}

/// The questionnaire on the screen.
#[derive(Clone, Debug)]
pub struct FormScreen {
    /// Title.
    pub title: String,
    /// Nobody can tell who answers.
    pub is_anonymous: bool,
    /// Last day.
    pub to_on: chrono::NaiveDate,
    /// The questions.
    pub questions: Vec<Question>,
    /// When the form was opened, sealed.
    pub seal: String,
}

/// What a customer sends.
#[derive(Clone, Debug, Default)]
pub struct AnswerSheet {
    /// Values by question.
    pub values: Vec<Vec<String>>,
    /// The seal of the form.
    pub seal: String,
    /// The browser says that it answered before.
    pub is_again: bool,
    /// To be sent although mandatory questions are open.
    pub anyway: bool,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submitted {
    /// It was taken.
    Taken {
        /// The link serves everybody; the browser remembers that it answered.
        is_open: bool,
    },
    /// Mandatory questions are open, by their place from nought: the customer looks once more.
    Open(Vec<usize>),
}

/// A form as it was opened: when, and a number drawn by chance.
struct Opened {
    at_millis: i64,
    nonce: String,
}

fn code_of(app: &App, token: &str, opened: &Opened) -> String {
    let contents = format!("{token}\n{}\n{}", opened.at_millis, opened.nonce);
    let code = app
        .store()
        .keys()
        .evidence_seal("survey form", contents.as_bytes());
    hex::encode(&code[..SEAL_BYTES])
}

fn seal(app: &App, token: &str, now: Instant) -> String {
    let opened = Opened {
        at_millis: now.timestamp_millis(),
        nonce: hex::encode(app.store().ids().bytes::<12>()),
    };
    let code = code_of(app, token, &opened);
    format!("{}.{}.{code}", opened.at_millis, opened.nonce)
}

fn unseal(app: &App, token: &str, seal: &str) -> Option<Opened> {
    let mut parts = seal.splitn(3, '.');
    let opened = Opened {
        at_millis: parts.next()?.parse().ok()?,
        nonce: parts.next()?.to_owned(),
    };
    let given = parts.next()?;
    let code = code_of(app, token, &opened);
    let same = code.as_bytes().ct_eq(given.as_bytes());
    bool::from(same).then_some(opened)
}

fn questions(door: &Door) -> Result<Vec<Question>> {
    let text = door.survey.questionnaire.as_deref().unwrap_or_default();
    parse_form(text).map_err(|e| Error::Fault(format!("survey {}: {e}", door.survey.number)))
}

/// Where a survey stands for those who answer.
fn standing(door: &Door, now: Instant) -> Option<SurveyScreen> {
    let (survey, today) = (&door.survey, time::date_in_china(now));
    if survey.state != SurveyState::Running || today > survey.to_on {
        return Some(SurveyScreen::Over);
    }
    (today < survey.from_on).then_some(SurveyScreen::NotYet {
        from_on: survey.from_on,
    })
}

/// Opens a survey.
///
/// # Errors
/// What the store says.
pub async fn open_survey(app: &App, now: Instant, token: &str) -> Result<SurveyScreen> {
    let found = rows::find_door(app.store(), token, &hash_token(token)).await?;
    let Some(door) = found else {
        return Ok(SurveyScreen::Unknown);
    };
    if let Some(screen) = standing(&door, now) {
        return Ok(screen);
    }
    Ok(SurveyScreen::Form(Box::new(FormScreen {
        questions: questions(&door)?,
        is_anonymous: door.survey.identity == SurveyIdentity::Anonymous,
        to_on: door.survey.to_on,
        title: door.survey.title,
        seal: seal(app, token, now),
    })))
}

/// Takes a questionnaire.
///
/// # Errors
/// [`Error::NotFound`] when the token was spent; [`Error::Refused`] when the survey does not run or the
/// form is stale.
pub async fn submit_survey(
    app: &App,
    now: Instant,
    token: &str,
    sheet: &AnswerSheet,
) -> Result<Submitted> {
    let work = app.store().begin(now).await?;
    let hash = hash_token(token);
    let door = rows::find_door(&work, token, &hash)
        .await?
        .ok_or(Error::NotFound)?;
    if standing(&door, now).is_some() {
        return Err(Refusal::new("survey-not-running").into());
    }
    let opened = unseal(app, token, &sheet.seal);
    let seconds = opened
        .as_ref()
        .map(|o| (now.timestamp_millis() - o.at_millis) / 1_000);
    let fresh = seconds.is_some_and(|s| (0..=FORM_SECONDS_MAX).contains(&s));
    let opened = opened.filter(|_| fresh);
    let opened = opened.ok_or_else(|| Refusal::new("survey-form-stale"))?;
    let questions = questions(&door)?;
    let empty = Vec::new();
    let values = |at: usize| sheet.values.get(at).unwrap_or(&empty);
    let given: Vec<_> = (0..)
        .zip(&questions)
        .map(|(at, q)| given_of(q, values(at)))
        .collect();
    let rules = Rules {
        seconds_per_question: app
            .rules()
            .setting("survey_seconds_per_question", time::date_in_china(now))
            .unwrap_or(0),
    };
    let verdict = judge(&questions, &given, seconds, sheet.is_again, rules);
    if verdict == Verdict::Incomplete && !sheet.anyway {
        work.roll_back().await?;
        return Ok(Submitted::Open(open_places(&questions, &given)));
    }
    let taken = Submitted::Taken {
        is_open: door.is_open,
    };
    let nonce = door.is_open.then_some(opened.nonce.as_str());
    if let Some(nonce) = nonce
        && rows::is_nonce_known(&work, nonce).await?
    {
        work.roll_back().await?;
        return Ok(taken);
    }
    if !door.is_open {
        rows::delete_token(&work, &hash).await?;
    }
    let items = items_of(&given);
    let answer = NewAnswer {
        survey: door.survey.id,
        on: time::date_in_china(now),
        verdict,
        nonce,
        invitation: door.invitation,
        items: &items,
    };
    rows::insert_answer(&work, &answer).await?;
    let respondent = Actor::visitor("受访客户");
    let entry = AuditEntry::new(&respondent, "survey.answered", "survey", door.survey.id.0);
    work.commit(entry).await?;
    Ok(taken)
}

fn open_places(questions: &[Question], given: &[Given]) -> Vec<usize> {
    let open = questions.iter().zip(given).enumerate();
    let open = open.filter(|(_, (q, g))| q.mandatory && g.is_empty());
    open.map(|(at, _)| at).collect()
}

fn items_of(given: &[Given]) -> Vec<NewItem<'_>> {
    let mut items = Vec::new();
    for (question, given) in (0..).zip(given) {
        for chosen in &given.chosen {
            items.push(NewItem {
                question,
                chosen: i64::try_from(*chosen).ok(),
                words: None,
            });
        }
        if !given.words.is_empty() {
            items.push(NewItem {
                question,
                chosen: None,
                words: Some(&given.words),
            });
        }
    }
    items
}
