//! The sign-in page, the session, preferences, and the page for the first administrator.

use super::device::{Peer, device_of, is_own_path, opened};
use super::second_factor::ask_for_code;
use crate::failure::Failure;
use crate::forms::{Fields, Sent};
use crate::frame::{Answer, Anyone, Frame, LOCALE_COOKIE, html};
use crate::guard::{cookie, secure, session_cookie};
use crate::state::{DemoAccount, Web};
use crate::texts::Locale;
use app::Error;
use app::access::{Doors, Step, UserForm};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use std::sync::Arc;

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

#[derive(askama::Template)]
#[template(path = "access/sign_in.html")]
struct SignInPage {
    f: Frame,
    problem: Option<String>,
    username: String,
    next: String,
    demo: Vec<DemoAccount>,
    doors: Arc<Doors>,
}

pub(crate) async fn show_sign_in(
    State(web): State<Web>,
    RawQuery(query): RawQuery,
    anyone: Anyone,
) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    if let Some(locale) = Locale::from_tag(query.get("locale")) {
        let kept = format!(
            "{LOCALE_COOKIE}={}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax{}",
            locale.tag(),
            secure(&web)
        );
        return Ok(([(header::SET_COOKIE, kept)], Redirect::to("/sign-in")).into_response());
    }
    if anyone.frame.session().is_some() {
        return Ok(Redirect::to("/").into_response());
    }
    html(&SignInPage {
        f: anyone.frame,
        problem: None,
        username: String::new(),
        next: query.own("next"),
        demo: web.settings.demo_accounts.clone(),
        doors: Arc::clone(web.app.doors()),
    })
}

/// Forms of the door carry no token, because nobody has a session yet: they have to come from here.
pub(super) fn demand_own_page(headers: &HeaderMap) -> Result<(), Failure> {
    let site = headers.get("sec-fetch-site");
    if site.is_some_and(|site| site == "cross-site") {
        return Err(Failure::Forged);
    }
    Ok(())
}

/// Keeps floods away before anything costly is done. What is counted under a name is counted with the
/// address, so that nobody can shut the door to others.
pub(super) fn limit_tries(web: &Web, name: &str, address: &str) -> Result<(), Failure> {
    let one = format!("one:{address}:{}", name.to_lowercase());
    web.limiter.try_once(&one).map_err(Failure::TooMany)?;
    let all = format!("from:{address}");
    web.door_limiter.try_once(&all).map_err(Failure::TooMany)
}

pub(crate) async fn create_session(
    State(web): State<Web>,
    peer: Peer,
    anyone: Anyone,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    demand_own_page(&headers)?;
    let form = Fields::parse(&body);
    let device = device_of(&web, &peer, &headers);
    let (name, password) = (form.get("username"), form.get("password"));
    limit_tries(&web, name, &device.address)?;
    let now = web.now();
    match app::access::begin_sign_in(&web.app, now, name, password, &device).await {
        Ok(step) => {
            // The session that this browser had ends; the new one has a token of its own.
            let old = cookie(&headers, session_cookie(&web));
            if let (Some(session), Some(old)) = (anyone.frame.session(), old) {
                app::access::sign_out(&web.app, &session.actor, now, &old).await?;
            }
            Ok(match step {
                Step::Open(signed_in) => opened(&web, &headers, &signed_in, form.get("next")),
                Step::SecondFactor(token) => ask_for_code(&web, &token.0, form.get("next")),
            })
        }
        Err(Error::Refused(refusal)) => {
            let id = format!("refusal-{}", refusal.code);
            let problem = anyone.frame.say1(&id, "detail", &refusal.detail);
            let next = form.own("next");
            sign_in_page(&web, anyone.frame, problem, name.to_owned(), next)
        }
        Err(error) => Err(error.into()),
    }
}

/// The sign-in page again, with what went wrong.
pub(super) fn sign_in_page(
    web: &Web,
    f: Frame,
    problem: String,
    username: String,
    next: String,
) -> Answer {
    let page = SignInPage {
        problem: Some(problem),
        username,
        next,
        demo: web.settings.demo_accounts.clone(),
        doors: Arc::clone(web.app.doors()),
        f,
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, html(&page)?).into_response())
}

pub(crate) async fn end_session(
    State(web): State<Web>,
    headers: HeaderMap,
    Sent(who, _): Sent,
) -> Answer {
    if let Some(token) = cookie(&headers, session_cookie(&web)) {
        app::access::sign_out(&web.app, &who.actor, who.now, &token).await?;
    }
    let gone = format!(
        "{}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{}",
        session_cookie(&web),
        secure(&web)
    );
    let headers = [
        (header::SET_COOKIE, gone.as_str()),
        // What the browser kept of pages goes too; the chosen language stays.
        (CLEAR_SITE_DATA, "\"cache\", \"storage\""),
    ];
    Ok((headers, Redirect::to("/sign-in")).into_response())
}

pub(crate) async fn set_preferences(State(web): State<Web>, Sent(who, form): Sent) -> Answer {
    let some = |name: &str| {
        Some(form.get(name))
            .filter(|v| !v.is_empty())
            .map(str::to_owned)
    };
    let (locale, theme) = (some("locale"), some("theme"));
    let now = who.now;
    app::access::set_preferences(
        &web.app,
        &who.actor,
        now,
        locale.as_deref(),
        theme.as_deref(),
    )
    .await?;
    let back = Some(form.get("back"))
        .filter(|b| is_own_path(b))
        .unwrap_or("/");
    Ok(who.go(back))
}

#[derive(askama::Template)]
#[template(path = "access/first_administrator.html")]
struct FirstAdministratorPage {
    f: Frame,
    token: String,
    username: String,
    display_name: String,
    length_min: usize,
    problems: Vec<String>,
}

pub(crate) async fn show_first_administrator(
    State(web): State<Web>,
    Path(token): Path<String>,
    anyone: Anyone,
) -> Answer {
    if !app::access::is_first_administrator_wanted(&web.app).await? {
        return Err(Failure::not_found());
    }
    html(&FirstAdministratorPage {
        f: anyone.frame,
        token,
        username: String::new(),
        display_name: String::new(),
        length_min: web.app.policy().password_length_min,
        problems: Vec::new(),
    })
}

pub(crate) async fn create_first_administrator(
    State(web): State<Web>,
    Path(token): Path<String>,
    anyone: Anyone,
    body: Bytes,
) -> Response {
    let fields = Fields::parse(&body);
    let form = UserForm {
        username: fields.own("username"),
        display_name: fields.own("display_name"),
        password: fields.own("password"),
        ..UserForm::default()
    };
    let problems =
        match app::access::create_first_administrator(&web.app, web.now(), &token, &form).await {
            Ok(()) => return Redirect::to("/sign-in").into_response(),
            Err(Error::Invalid(problems)) => problems,
            Err(error) => return Failure::from(error).into_response(),
        };
    let say = |p: &app::FieldProblem| {
        let (field, what) = (
            anyone.frame.code("field", &p.field),
            anyone.frame.code("problem", &p.code),
        );
        format!("{field}：{what}")
    };
    let page = FirstAdministratorPage {
        problems: problems.iter().map(say).collect(),
        token,
        username: form.username,
        display_name: form.display_name,
        length_min: web.app.policy().password_length_min,
        f: anyone.frame,
    };
    (StatusCode::UNPROCESSABLE_ENTITY, html(&page)).into_response()
}
