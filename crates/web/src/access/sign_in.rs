//! The sign-in page, the session, preferences, and the page for the first administrator.

use crate::failure::Failure;
use crate::forms::{Fields, Sent};
use crate::frame::{Answer, Anyone, Frame, LOCALE_COOKIE, html};
use crate::guard::{cookie, secure, session_cookie};
use crate::state::{DemoAccount, Web};
use crate::texts::Locale;
use app::Error;
use app::access::{Device, UserForm};
use axum::Extension;
use axum::extract::{ConnectInfo, Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use std::net::SocketAddr;

/// Seconds that the session's cookie lives: as long as the session at most.
const COOKIE_SECONDS: u32 = 12 * 3600;

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

#[derive(askama::Template)]
#[template(path = "access/sign_in.html")]
struct SignInPage {
    f: Frame,
    problem: Option<String>,
    username: String,
    next: String,
    demo: Vec<DemoAccount>,
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
    })
}

pub(crate) async fn create_session(
    State(web): State<Web>,
    address: Option<Extension<ConnectInfo<SocketAddr>>>,
    anyone: Anyone,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    if headers
        .get("sec-fetch-site")
        .is_some_and(|site| site == "cross-site")
    {
        return Err(Failure::Forged);
    }
    let form = Fields::parse(&body);
    let address = address.map_or_else(String::new, |Extension(ConnectInfo(a))| a.ip().to_string());
    for key in [
        format!("name:{}", form.get("username").to_lowercase()),
        format!("from:{address}"),
    ] {
        web.limiter.try_once(&key).map_err(Failure::TooMany)?;
    }
    let user_agent = headers
        .get(header::USER_AGENT)
        .and_then(|h| h.to_str().ok());
    let device = Device {
        user_agent: user_agent.unwrap_or_default().to_owned(),
        address,
    };
    let (name, password) = (form.get("username"), form.get("password"));
    match app::access::sign_in(&web.app, web.now(), name, password, &device).await {
        Ok(signed_in) => {
            let kept = format!(
                "{}={}; Path=/; Max-Age={COOKIE_SECONDS}; HttpOnly; SameSite=Lax{}",
                session_cookie(&web),
                signed_in.token.0,
                secure(&web)
            );
            let next = Some(form.get("next"))
                .filter(|n| is_own_path(n))
                .unwrap_or("/");
            Ok(([(header::SET_COOKIE, kept)], Redirect::to(next)).into_response())
        }
        Err(Error::Refused(refusal)) => {
            let id = format!("refusal-{}", refusal.code);
            let problem = anyone.frame.say1(&id, "detail", &refusal.detail);
            let page = SignInPage {
                problem: Some(problem),
                username: name.to_owned(),
                next: form.own("next"),
                demo: web.settings.demo_accounts.clone(),
                f: anyone.frame,
            };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, html(&page)?).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// Only paths of our own as they stand in a header: no other host, no scheme, no blanks or controls.
fn is_own_path(path: &str) -> bool {
    let other_host = path.starts_with("//") || path.starts_with("/\\");
    path.starts_with('/') && !other_host && path.chars().all(|c| c.is_ascii_graphic())
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
        f: anyone.frame,
    };
    (StatusCode::UNPROCESSABLE_ENTITY, html(&page)).into_response()
}
