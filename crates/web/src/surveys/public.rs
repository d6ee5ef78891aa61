//! The page of those who answer: one form without a script, on a phone.

use crate::assets;
use crate::electronic::guest::{Guest, Look, broken};
use crate::electronic::public::kept_away;
use crate::failure::app_words;
use crate::forms::Fields;
use crate::guard::{cookie, secure};
use crate::state::Web;
use crate::texts::{Locale, Said};
use crate::when;
use app::Error;
use app::surveys::{AnswerSheet, FormScreen, Submitted, SurveyScreen};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use bytes::Bytes;
use chrono::NaiveDate;
use domain::surveys::{Question, QuestionKind};
use domain::time;

/// The cookie by which a browser remembers that it answered the link for everybody.
const DONE_COOKIE: &str = "huifang_survey_done";
/// Most questions that a sheet may hold, and a few more.
const QUESTIONS_MAX: usize = 64;

/// What is on the page.
enum Body {
    /// The questionnaire, with the places of mandatory questions that were left open.
    Form(Box<FormScreen>, Vec<usize>),
    /// Nothing to do here: the id of the message, and the day that it names.
    End(&'static str, String),
}

#[derive(askama::Template)]
#[template(path = "surveys/public.html")]
struct PublicPage {
    look: Look,
    home: String,
    company: String,
    problem: Option<String>,
    kept: Fields,
    body: Body,
}

impl PublicPage {
    fn say(&self, id: &str) -> String {
        self.look.locale.say(id)
    }

    fn say1(&self, id: &str, name: &'static str, value: impl Said) -> String {
        self.look.locale.say_with(id, &[(name, value.said())])
    }

    fn css(&self) -> String {
        assets::url("public.css")
    }

    fn mark(&self) -> String {
        assets::url("mark.svg")
    }

    fn other_tag(&self) -> &'static str {
        match self.look.locale {
            Locale::English => "zh-CN",
            Locale::Chinese => "en",
        }
    }

    fn until(&self, date: &NaiveDate) -> String {
        let format = match self.look.locale {
            Locale::English => "%Y-%m-%d",
            Locale::Chinese => "%-m月%-d日",
        };
        date.format(format).to_string()
    }

    fn kind(&self, question: &Question) -> &'static str {
        question.kind.as_str()
    }

    /// Ratings, from the best, with their words.
    fn ratings(&self) -> Vec<(usize, String)> {
        let words = |n: usize| (n, self.say(&format!("survey-rating-{n}")));
        (1..=5).rev().map(words).collect()
    }

    fn is_open(&self, question: &Question) -> bool {
        question.kind == QuestionKind::Open
    }

    fn is_chosen(&self, at: &usize, value: &usize) -> bool {
        let value = value.to_string();
        self.kept.all(&format!("q{at}")).contains(&value)
    }

    fn words(&self, at: &usize) -> &str {
        self.kept.get(&format!("q{at}"))
    }
}

fn render(status: StatusCode, page: &PublicPage) -> Response {
    use askama::Template as _;
    match page.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => broken(&error.to_string()),
    }
}

fn page(guest: &Guest, body: Body, problem: Option<String>, kept: Fields) -> PublicPage {
    PublicPage {
        look: guest.look,
        home: guest.home(),
        company: guest.visitor.company.clone(),
        problem,
        kept,
        body,
    }
}

fn ended(guest: &Guest, status: StatusCode, words: &'static str) -> Response {
    let body = Body::End(words, String::new());
    render(status, &page(guest, body, None, Fields::default()))
}

/// Many people may stand behind one address and answer the link for everybody, so that sending counts
/// no more than looking.
fn refusal(web: &Web, guest: &Guest) -> Option<Response> {
    let (status, words) = kept_away(web, guest, false)?;
    let words = if words == "reply-staff" {
        "survey-staff"
    } else {
        words
    };
    Some(ended(guest, status, words))
}

/// Whether the browser answered this survey before.
fn is_again(headers: &HeaderMap) -> bool {
    cookie(headers, DONE_COOKIE).is_some()
}

pub(crate) async fn show(State(web): State<Web>, headers: HeaderMap, guest: Guest) -> Response {
    if let Some(refusal) = refusal(&web, &guest) {
        return refusal;
    }
    if is_again(&headers) {
        return ended(&guest, StatusCode::OK, "survey-thanks");
    }
    again(&web, &guest, Vec::new(), None, Fields::default()).await
}

/// The survey as it stands, with what went wrong and what was filled in.
async fn again(
    web: &Web,
    guest: &Guest,
    open: Vec<usize>,
    problem: Option<String>,
    kept: Fields,
) -> Response {
    let screen = match app::surveys::open_survey(&web.app, web.now(), &guest.visitor.token).await {
        Ok(screen) => screen,
        Err(error) => return broken(&error.to_string()),
    };
    let mut status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let body = match screen {
        SurveyScreen::Unknown => {
            status = StatusCode::NOT_FOUND;
            Body::End("survey-unknown", String::new())
        }
        SurveyScreen::NotYet { from_on } => {
            let today = time::date_in_china(web.now());
            Body::End(
                "survey-not-yet",
                when::day(guest.look.locale, from_on, today),
            )
        }
        SurveyScreen::Over => Body::End("survey-ended", String::new()),
        SurveyScreen::Form(form) => Body::Form(form, open),
    };
    render(status, &page(guest, body, problem, kept))
}

pub(crate) async fn change_look(State(web): State<Web>, guest: Guest, body: Bytes) -> Response {
    if let Some(refusal) = refusal(&web, &guest) {
        return refusal;
    }
    let form = Fields::parse(&body);
    let mut look = guest.look;
    if let Some(locale) = Locale::from_tag(form.get("locale")) {
        look.locale = locale;
    }
    match form.get("size") {
        "large" => look.large = true,
        "normal" => look.large = false,
        _ => {}
    }
    guest.go_on_as(&web, look)
}

pub(crate) async fn submit(
    State(web): State<Web>,
    headers: HeaderMap,
    guest: Guest,
    body: Bytes,
) -> Response {
    if let Some(refusal) = refusal(&web, &guest) {
        return refusal;
    }
    let fields = Fields::parse(&body);
    let sheet = AnswerSheet {
        values: (0..QUESTIONS_MAX)
            .map(|n| fields.all(&format!("q{n}")))
            .collect(),
        seal: fields.own("seal"),
        is_again: is_again(&headers),
        anyway: fields.has("anyway"),
    };
    let locale = guest.look.locale;
    let (token, now) = (&guest.visitor.token, web.now());
    match app::surveys::submit_survey(&web.app, now, token, &sheet).await {
        Ok(Submitted::Taken { is_open }) => {
            let mut response = ended(&guest, StatusCode::OK, "survey-thanks");
            if is_open {
                let (home, end) = (guest.home(), secure(&web));
                let text = format!(
                    "{DONE_COOKIE}=1; Path={home}; Max-Age=31536000; HttpOnly; SameSite=Lax{end}"
                );
                if let Ok(value) = HeaderValue::from_str(&text) {
                    response.headers_mut().append(header::SET_COOKIE, value);
                }
            }
            response
        }
        Ok(Submitted::Open(open)) => {
            let count = i64::try_from(open.len()).unwrap_or(0);
            let problem = locale.say_with("survey-open-questions", &[("n", count.said())]);
            again(&web, &guest, open, Some(problem), fields).await
        }
        Err(Error::Fault(what) | Error::Unavailable(what)) => broken(&what),
        Err(Error::NotFound | Error::Conflict) => {
            ended(&guest, StatusCode::NOT_FOUND, "survey-unknown")
        }
        Err(error) => {
            let problem = app_words(locale, &error, "").0;
            again(&web, &guest, Vec::new(), Some(problem), fields).await
        }
    }
}
