//! What went wrong, and how pages say it: what happened, what was kept, what to do.
//!
//! Handlers return a [`Failure`]. It travels in the extensions of the response to [`show`], which
//! knows the language and whether a page, a fragment or a form asked.

use crate::frame::{Anyone, Frame, frame_of_request, html};
use crate::state::Web;
use crate::texts::Locale;
use app::{Error, FieldProblem};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;
use std::sync::Arc;

/// Why a request was not answered as asked.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// Nobody is signed in.
    SignInFirst,
    /// The form does not carry the token of the session.
    Forged,
    /// Too many tries; wait this many seconds.
    TooMany(u64),
    /// The body or the query cannot be read.
    Unreadable(String),
    /// What the use case said.
    App(Arc<Error>),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::App(Arc::new(error))
    }
}

impl Failure {
    /// Something nobody expected.
    pub(crate) fn fault(what: impl Into<String>) -> Self {
        Error::Fault(what.into()).into()
    }

    /// The page or record does not exist, or is not in sight.
    pub(crate) fn not_found() -> Self {
        Error::NotFound.into()
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::SignInFirst => StatusCode::UNAUTHORIZED,
            Self::Forged => StatusCode::FORBIDDEN,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unreadable(_) => StatusCode::BAD_REQUEST,
            Self::App(error) => match **error {
                Error::Denied(_) => StatusCode::FORBIDDEN,
                Error::NotFound => StatusCode::NOT_FOUND,
                Error::Conflict => StatusCode::CONFLICT,
                Error::Invalid(_) | Error::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
                Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
                Error::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
            },
        }
    }

    /// An answer without a page, where there is no frame yet.
    pub(crate) fn plain(self) -> Response {
        if let Self::App(error) = &self
            && let Error::Fault(what) | Error::Unavailable(what) = &**error
        {
            tracing::error!(%what, "request failed before its page");
        }
        self.status().into_response()
    }

    fn problems(&self) -> &[FieldProblem] {
        match self {
            Self::App(error) => match &**error {
                Error::Invalid(problems) => problems,
                _ => &[],
            },
            _ => &[],
        }
    }

    /// What happened, and what to do.
    fn words(&self, locale: Locale, reference: &str) -> (String, String) {
        match self {
            Self::SignInFirst => (locale.say("failure-sign-in"), String::new()),
            Self::Forged => (
                locale.say("failure-forged"),
                locale.say("failure-forged-hint"),
            ),
            Self::TooMany(seconds) => (
                locale.say("failure-too-many"),
                locale.say_with("failure-too-many-hint", &[("seconds", (*seconds).into())]),
            ),
            Self::Unreadable(what) => (locale.say("failure-unreadable"), what.clone()),
            Self::App(error) => app_words(locale, error, reference),
        }
    }
}

/// What a use case said, in words.
pub(crate) fn app_words(locale: Locale, error: &Error, reference: &str) -> (String, String) {
    match error {
        Error::Denied(permission) => {
            let right = locale.code("permission", permission.as_str());
            let hint = locale.say_with("failure-denied-hint", &[("right", right.into())]);
            (locale.say("failure-denied"), hint)
        }
        Error::NotFound => (
            locale.say("failure-not-found"),
            locale.say("failure-not-found-hint"),
        ),
        Error::Conflict => (
            locale.say("failure-conflict"),
            locale.say("failure-conflict-hint"),
        ),
        Error::Invalid(_) => (locale.say("failure-invalid"), String::new()),
        Error::Refused(refusal) => {
            let id = format!("refusal-{}", refusal.code);
            let values = [("detail", refusal.detail.as_str().into())];
            (locale.say_with(&id, &values), String::new())
        }
        Error::Unavailable(_) => (
            locale.say("failure-unavailable"),
            locale.say("failure-unavailable-hint"),
        ),
        Error::Fault(_) => {
            let hint = locale.say_with("failure-fault-hint", &[("reference", reference.into())]);
            (locale.say("failure-fault"), hint)
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// A failure as scripts on the page read it.
#[derive(Debug, Serialize)]
struct Told {
    title: String,
    hint: String,
    fields: Vec<ToldField>,
}

#[derive(Debug, Serialize)]
struct ToldField {
    field: String,
    message: String,
}

#[derive(askama::Template)]
#[template(path = "failure.html")]
struct FailurePage {
    f: Frame,
    status: u16,
    title: String,
    hint: String,
    fields: Vec<ToldField>,
}

/// Turns a failure into a page, or into data for the script of the page that asked.
pub(crate) async fn show(State(web): State<Web>, request: Request, next: Next) -> Response {
    let frame = frame_of_request(&request);
    let method = request.method().clone();
    let response = next.run(request).await;
    let Some(failure) = response.extensions().get::<Failure>().cloned() else {
        return response;
    };
    let Some(frame) = frame else {
        return failure.plain();
    };
    let status = failure.status();
    if matches!(failure, Failure::SignInFirst) {
        let path = if method == axum::http::Method::GET {
            frame.path.as_str()
        } else {
            "/"
        };
        let to = format!("/sign-in?next={}", escape(path));
        return if frame.partial {
            (StatusCode::UNAUTHORIZED, [("hx-redirect", to)]).into_response()
        } else {
            Redirect::to(&to).into_response()
        };
    }
    let reference = reference(&web, &failure, &frame);
    let (title, hint) = failure.words(frame.locale, &reference);
    let fields = failure.problems().iter().map(|p| ToldField {
        field: p.field.clone(),
        message: frame.locale.code("problem", &p.code),
    });
    let fields: Vec<_> = fields.collect();
    if frame.partial {
        return (
            status,
            Json(Told {
                title,
                hint,
                fields,
            }),
        )
            .into_response();
    }
    let page = FailurePage {
        f: frame,
        status: status.as_u16(),
        title,
        hint,
        fields,
    };
    match html(&page) {
        Ok(body) => (status, body).into_response(),
        Err(failure) => failure.plain(),
    }
}

/// Logs what nobody expected under an id that the user sees too.
fn reference(web: &Web, failure: &Failure, frame: &Frame) -> String {
    let Failure::App(error) = failure else {
        return String::new();
    };
    let (Error::Fault(what) | Error::Unavailable(what)) = &**error else {
        return String::new();
    };
    let id = web.app.store().ids().next(frame.now);
    let short = id.simple().to_string()[20..].to_owned();
    tracing::error!(reference = %short, %what, "request failed");
    short
}

/// Escapes a path for use in a query.
fn escape(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => {
                out.push(char::from(byte));
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

/// What is asked for where there is nothing.
pub(crate) async fn no_such_page(_: Anyone) -> Failure {
    Failure::not_found()
}
