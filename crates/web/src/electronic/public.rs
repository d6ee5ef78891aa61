//! The customer's own pages: plain forms without a script, one thing a screen.

use super::guest::{Guest, broken};
use super::page::{Made, ended, page, phone_page};
use crate::failure::app_words;
use crate::forms::Fields;
use crate::state::Web;
use crate::texts::Locale;
use app::Error;
use app::electronic::{AnswerForm, IdentityForm, PhoneForm, SubmitForm};
use axum::extract::{Multipart, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;

fn refusal(web: &Web, guest: &Guest, tries: bool) -> Option<Response> {
    let (status, words) = kept_away(web, guest, tries)?;
    Some(ended(guest, status, words))
}

/// Keeps floods, forged forms and people of the company away: the status and the words that they get
/// instead of a page.
pub(crate) fn kept_away(
    web: &Web,
    guest: &Guest,
    tries: bool,
) -> Option<(StatusCode, &'static str)> {
    if guest.is_staff {
        return Some((StatusCode::FORBIDDEN, "reply-staff"));
    }
    if guest.is_forged {
        return Some((StatusCode::FORBIDDEN, "reply-forged"));
    }
    let all = format!("reply:{}", guest.visitor.address);
    let one = format!("reply:{}:{}", guest.visitor.address, guest.visitor.token);
    let many =
        web.door_limiter.try_once(&all).is_err() || (tries && web.limiter.try_once(&one).is_err());
    if many {
        return Some((StatusCode::TOO_MANY_REQUESTS, "reply-too-many"));
    }
    None
}

/// The page of where the customer stands, with what went wrong.
async fn again(
    web: &Web,
    guest: &Guest,
    error: &Error,
    kept: Fields,
    item: Option<&str>,
) -> Response {
    let now = web.now();
    let locale = guest.look.locale;
    let problem = match error {
        Error::NotFound => None,
        Error::Invalid(problems) => {
            let said = problems.first().map(|p| locale.code("problem", &p.code));
            Some(said.unwrap_or_default())
        }
        Error::Fault(what) | Error::Unavailable(what) => return broken(what),
        other => Some(app_words(locale, other, "").0),
    };
    match app::electronic::visit(&web.app, now, &guest.visitor, item).await {
        Ok(screen) => page(
            Made {
                guest,
                now,
                problem,
                kept,
                start: true,
            },
            screen,
        ),
        Err(error) => broken(&error.to_string()),
    }
}

pub(crate) async fn show(
    State(web): State<Web>,
    RawQuery(query): RawQuery,
    guest: Guest,
) -> Response {
    if let Some(refusal) = refusal(&web, &guest, false) {
        return refusal;
    }
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let now = web.now();
    let item = Some(query.get("item")).filter(|i| !i.is_empty());
    match app::electronic::visit(&web.app, now, &guest.visitor, item).await {
        Ok(screen) => {
            let made = Made {
                guest: &guest,
                now,
                problem: None,
                kept: Fields::default(),
                start: query.has("start"),
            };
            page(made, screen)
        }
        Err(Error::Refused(refusal)) => {
            again(
                &web,
                &guest,
                &Error::Refused(refusal),
                Fields::default(),
                None,
            )
            .await
        }
        Err(error) => broken(&error.to_string()),
    }
}

pub(crate) async fn change_look(State(web): State<Web>, guest: Guest, body: Bytes) -> Response {
    if let Some(refusal) = refusal(&web, &guest, false) {
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

pub(crate) async fn check_identity(State(web): State<Web>, guest: Guest, body: Bytes) -> Response {
    if let Some(refusal) = refusal(&web, &guest, true) {
        return refusal;
    }
    let fields = Fields::parse(&body);
    let form = IdentityForm {
        name: fields.own("name"),
        id_tail: fields.own("id_tail"),
        birth_date: fields.own("birth_date"),
    };
    let now = web.now();
    match app::electronic::check_identity(&web.app, now, &guest.visitor, &form).await {
        Ok(token) => guest.go_on_with(&web, &token.0),
        Err(error) => again(&web, &guest, &error, fields, None).await,
    }
}

pub(crate) async fn check_code(State(web): State<Web>, guest: Guest, body: Bytes) -> Response {
    if let Some(refusal) = refusal(&web, &guest, true) {
        return refusal;
    }
    let fields = Fields::parse(&body);
    let (now, code) = (web.now(), fields.get("code"));
    match app::electronic::check_code(&web.app, now, &guest.visitor, code).await {
        Ok(()) => guest.go_on(),
        Err(error) => again(&web, &guest, &error, Fields::default(), None).await,
    }
}

pub(crate) async fn send_code(State(web): State<Web>, guest: Guest) -> Response {
    if let Some(refusal) = refusal(&web, &guest, true) {
        return refusal;
    }
    match app::electronic::send_code(&web.app, web.now(), &guest.visitor).await {
        Ok(()) => guest.go_on(),
        Err(error) => again(&web, &guest, &error, Fields::default(), None).await,
    }
}

pub(crate) async fn check_face(
    State(web): State<Web>,
    guest: Guest,
    mut form: Multipart,
) -> Response {
    if let Some(refusal) = refusal(&web, &guest, true) {
        return refusal;
    }
    let mut picture = Bytes::new();
    while let Ok(Some(part)) = form.next_field().await {
        if part.name() == Some("picture") {
            picture = part.bytes().await.unwrap_or_default();
        }
    }
    match app::electronic::check_face(&web.app, web.now(), &guest.visitor, picture).await {
        Ok(()) => guest.go_on(),
        Err(error) => again(&web, &guest, &error, Fields::default(), None).await,
    }
}

pub(crate) async fn answer_item(State(web): State<Web>, guest: Guest, body: Bytes) -> Response {
    if let Some(refusal) = refusal(&web, &guest, false) {
        return refusal;
    }
    let fields = Fields::parse(&body);
    let form = AnswerForm {
        item: fields.own("item"),
        shown: fields.get("shown").parse().unwrap_or_default(),
        answer: fields.own("answer"),
        rating: fields.get("rating").parse().ok(),
        words: fields.own("words"),
    };
    let now = web.now();
    match app::electronic::answer(&web.app, now, &guest.visitor, &form).await {
        Ok(()) => guest.go_on(),
        Err(error) => again(&web, &guest, &error, fields, Some(&form.item)).await,
    }
}

pub(crate) async fn submit(State(web): State<Web>, guest: Guest, body: Bytes) -> Response {
    if let Some(refusal) = refusal(&web, &guest, false) {
        return refusal;
    }
    let fields = Fields::parse(&body);
    let form = SubmitForm {
        shown: fields.get("shown").parse().unwrap_or_default(),
        confirmed: fields.is_ticked("confirm"),
    };
    match app::electronic::submit(&web.app, web.now(), &guest.visitor, form).await {
        Ok(_) => guest.go_on(),
        Err(error) => again(&web, &guest, &error, Fields::default(), None).await,
    }
}

pub(crate) async fn show_phone(State(web): State<Web>, guest: Guest) -> Response {
    match refusal(&web, &guest, false) {
        None => phone_page(web.now(), &guest, None),
        Some(refusal) => refusal,
    }
}

pub(crate) async fn want_phone(State(web): State<Web>, guest: Guest, body: Bytes) -> Response {
    if let Some(refusal) = refusal(&web, &guest, true) {
        return refusal;
    }
    let fields = Fields::parse(&body);
    let form = PhoneForm {
        day: fields.own("day"),
        hour: fields.own("hour"),
        wish: fields.own("wish"),
    };
    match app::electronic::want_phone(&web.app, web.now(), &guest.visitor, &form).await {
        Ok(()) => guest.go_on(),
        Err(Error::Invalid(problems)) => {
            let locale = guest.look.locale;
            let said = problems.first().map(|p| locale.code("problem", &p.code));
            phone_page(web.now(), &guest, said)
        }
        Err(error) => again(&web, &guest, &error, Fields::default(), None).await,
    }
}
