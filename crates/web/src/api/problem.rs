//! What went wrong, as systems read it: RFC 9457, `application/problem+json`.
//!
//! Handlers return a [`Problem`]. It travels in the extensions of the response to [`show`], which
//! knows the language and the address that was asked for.

use crate::failure::{Failure, app_words};
use crate::state::Web;
use crate::texts::Locale;
use app::Error;
use axum::extract::{OriginalUri, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Where the kinds of problem are explained.
const KINDS: &str = "/api/docs#problem-";
/// Media type of problems.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// Why a request was not answered as asked.
#[derive(Clone, Debug)]
pub(crate) enum Problem {
    /// What the use case said.
    App(Arc<Error>),
    /// No token, or none that is good.
    Unauthenticated,
    /// A session without the token against forged requests.
    Forged,
    /// Too many requests; wait this many seconds.
    TooMany(u64),
    /// The body or the query cannot be read.
    Unreadable(String),
    /// The body is too large.
    TooLarge,
    /// The body is not JSON.
    MediaType,
    /// The address exists, the method does not.
    Method,
    /// `If-Match` names an older version.
    Outdated,
    /// `If-Match` is needed.
    VersionMissing,
    /// The key belongs to another request.
    KeyOfAnother,
    /// The request of the key is being done at this moment.
    KeyUnderWay,
    /// The key is none, or the caller has none.
    KeyUnusable,
}

/// The kinds of problem by the end of their address, as the documentation lists them, each with the
/// status that it comes with.
pub(crate) const ALL: [(&str, u16); 18] = [
    ("unauthenticated", 401),
    ("forged", 403),
    ("denied", 403),
    ("not-found", 404),
    ("method", 405),
    ("conflict", 409),
    ("key-under-way", 409),
    ("outdated", 412),
    ("too-large", 413),
    ("media-type", 415),
    ("unreadable", 400),
    ("key-unusable", 400),
    ("invalid", 422),
    ("refused", 422),
    ("key-of-another", 422),
    ("version-missing", 428),
    ("too-many", 429),
    ("unavailable", 503),
];

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::App(Arc::new(error))
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::SignInFirst => Self::Unauthenticated,
            Failure::Forged => Self::Forged,
            Failure::TooMany(seconds) => Self::TooMany(seconds),
            Failure::Unreadable(what) => Self::Unreadable(what),
            Failure::App(error) => Self::App(error),
        }
    }
}

impl Problem {
    /// There is no such record in sight.
    pub(crate) fn not_found() -> Self {
        Error::NotFound.into()
    }

    /// One field that cannot be taken.
    pub(crate) fn field(field: &str, code: &str) -> Self {
        Error::invalid(field, code).into()
    }

    /// The kind and the status.
    fn kind(&self) -> (&'static str, StatusCode) {
        match self {
            Self::Unauthenticated => ("unauthenticated", StatusCode::UNAUTHORIZED),
            Self::Forged => ("forged", StatusCode::FORBIDDEN),
            Self::TooMany(_) => ("too-many", StatusCode::TOO_MANY_REQUESTS),
            Self::Unreadable(_) => ("unreadable", StatusCode::BAD_REQUEST),
            Self::TooLarge => ("too-large", StatusCode::PAYLOAD_TOO_LARGE),
            Self::MediaType => ("media-type", StatusCode::UNSUPPORTED_MEDIA_TYPE),
            Self::Method => ("method", StatusCode::METHOD_NOT_ALLOWED),
            Self::Outdated => ("outdated", StatusCode::PRECONDITION_FAILED),
            Self::VersionMissing => ("version-missing", StatusCode::PRECONDITION_REQUIRED),
            Self::KeyOfAnother => ("key-of-another", StatusCode::UNPROCESSABLE_ENTITY),
            Self::KeyUnderWay => ("key-under-way", StatusCode::CONFLICT),
            Self::KeyUnusable => ("key-unusable", StatusCode::BAD_REQUEST),
            Self::App(error) => match **error {
                Error::Denied(_) => ("denied", StatusCode::FORBIDDEN),
                Error::NotFound => ("not-found", StatusCode::NOT_FOUND),
                Error::Conflict => ("conflict", StatusCode::CONFLICT),
                Error::Invalid(_) => ("invalid", StatusCode::UNPROCESSABLE_ENTITY),
                Error::Refused(_) => ("refused", StatusCode::UNPROCESSABLE_ENTITY),
                Error::Unavailable(_) => ("unavailable", StatusCode::SERVICE_UNAVAILABLE),
                Error::Fault(_) => ("fault", StatusCode::INTERNAL_SERVER_ERROR),
            },
        }
    }

    /// What happened, and more about it.
    fn words(&self, locale: Locale, reference: &str) -> (String, String) {
        if let Self::App(error) = self {
            let (title, hint) = app_words(locale, error, reference);
            if matches!(**error, Error::Refused(_)) {
                return (locale.say("api-problem-refused"), title);
            }
            return (title, hint);
        }
        let (kind, _) = self.kind();
        let title = locale.code("api-problem", kind);
        let detail = match self {
            Self::TooMany(seconds) => {
                locale.say_with("failure-too-many-hint", &[("seconds", (*seconds).into())])
            }
            Self::Unreadable(what) => what.clone(),
            _ => locale.code("api-problem-hint", kind),
        };
        (title, detail)
    }

    /// The code of a refusal.
    fn code(&self) -> Option<String> {
        match self {
            Self::App(error) => match &**error {
                Error::Refused(refusal) => Some(refusal.code.to_owned()),
                Error::Denied(right) => Some(right.as_str().to_owned()),
                _ => None,
            },
            _ => None,
        }
    }

    fn fields(&self, locale: Locale) -> Vec<ProblemField> {
        let Self::App(error) = self else {
            return Vec::new();
        };
        let Error::Invalid(problems) = &**error else {
            return Vec::new();
        };
        let told = problems.iter().map(|p| ProblemField {
            field: p.field.clone(),
            code: p.code.clone(),
            message: locale.code("problem", &p.code),
        });
        told.collect()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.kind().1.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// What went wrong (RFC 9457). The words are in the language of `Accept-Language`, Chinese or English.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemJson {
    /// Kind of problem: an address that explains it.
    #[serde(rename = "type")]
    #[schema(example = "/api/docs#problem-refused")]
    kind: String,
    /// The kind in words.
    title: String,
    /// HTTP status.
    status: u16,
    /// What happened this time.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    detail: String,
    /// The address that was asked for.
    instance: String,
    /// Code of the rule that refused, or of the right that is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "callback-wrong-state")]
    code: Option<String>,
    /// What to quote to the administrator.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    reference: String,
    /// Fields that cannot be taken, all of them at once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    fields: Vec<ProblemField>,
}

/// A field that cannot be taken.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProblemField {
    /// Name of the field in the body or the query.
    field: String,
    /// Code of what is wrong.
    #[schema(example = "unknown-code")]
    code: String,
    /// What is wrong, in words.
    message: String,
}

/// Gives every answer that is a failure its body.
pub(crate) async fn show(State(web): State<Web>, request: Request, next: Next) -> Response {
    let accepted = request.headers().get(header::ACCEPT_LANGUAGE);
    let locale = accepted
        .and_then(|h| h.to_str().ok())
        .map_or_else(Locale::default, Locale::accepted);
    let original = request.extensions().get::<OriginalUri>();
    let uri = original.map_or_else(|| request.uri(), |uri| &uri.0);
    let instance = uri.path().to_owned();
    let mut response = next.run(request).await;
    let problem = match response.extensions_mut().remove::<Problem>() {
        Some(problem) => problem,
        None => match unexplained(response.status()) {
            Some(problem) => problem,
            None => {
                response
                    .headers_mut()
                    .entry(header::CACHE_CONTROL)
                    .or_insert(HeaderValue::from_static("no-store"));
                return response;
            }
        },
    };
    let allow = response.headers_mut().remove(header::ALLOW);
    let mut answer = problem_answer(&web, &problem, locale, instance);
    if let Some(allow) = allow {
        answer.headers_mut().insert(header::ALLOW, allow);
    }
    answer
}

/// Failures that the router itself answers.
fn unexplained(status: StatusCode) -> Option<Problem> {
    match status {
        StatusCode::METHOD_NOT_ALLOWED => Some(Problem::Method),
        StatusCode::PAYLOAD_TOO_LARGE => Some(Problem::TooLarge),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Some(Problem::MediaType),
        StatusCode::NOT_FOUND => Some(Problem::not_found()),
        s if s.is_client_error() => Some(Problem::Unreadable(String::new())),
        s if s.is_server_error() => Some(Error::Fault(format!("status {s}")).into()),
        _ => None,
    }
}

fn problem_answer(web: &Web, problem: &Problem, locale: Locale, instance: String) -> Response {
    let reference = reference(web, problem);
    let (title, detail) = problem.words(locale, &reference);
    let (kind, status) = problem.kind();
    let body = ProblemJson {
        kind: format!("{KINDS}{kind}"),
        status: status.as_u16(),
        code: problem.code(),
        fields: problem.fields(locale),
        title,
        detail,
        instance,
        reference,
    };
    let text = serde_json::to_string(&body).unwrap_or_default();
    let headers = [
        (header::CONTENT_TYPE, MEDIA_TYPE),
        (header::CONTENT_LANGUAGE, locale.tag()),
        (header::CACHE_CONTROL, "no-store"),
        (header::VARY, "accept-language"),
    ];
    let mut answer = (status, headers, text).into_response();
    let headers = answer.headers_mut();
    match problem {
        Problem::Unauthenticated => {
            let challenge = HeaderValue::from_static("Bearer realm=\"huifang\"");
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        Problem::TooMany(seconds) => {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
        }
        _ => {}
    }
    answer
}

/// Logs what nobody expected under an id that the caller sees too.
fn reference(web: &Web, problem: &Problem) -> String {
    let Problem::App(error) = problem else {
        return String::new();
    };
    let (Error::Fault(what) | Error::Unavailable(what)) = &**error else {
        return String::new();
    };
    let id = web.app.store().ids().next(web.now());
    let short = id.simple().to_string()[20..].to_owned();
    tracing::error!(reference = %short, %what, "API request failed");
    short
}
