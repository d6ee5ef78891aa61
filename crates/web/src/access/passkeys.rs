//! Passkeys: the page on which people register and remove them, and signing in with one.
//!
//! Questions and answers are JSON between the script of the page and the browser's own window; what goes
//! wrong comes back as every failure does.

use super::oidc::{id_of, ways_path};
use super::sign_in::{COOKIE_SECONDS as SESSION_SECONDS, is_own_path};
use crate::failure::Failure;
use crate::forms::{Fields, Sent};
use crate::frame::{Answer, Frame, SESSION_COOKIE, Who, html};
use crate::guard::cookie;
use crate::state::Web;
use app::access::{Device, PasskeyQuestion, SignedIn, Ways};
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::{Extension, Json};
use bytes::Bytes;
use domain::ids::UserId;
use std::net::SocketAddr;

/// The cookie of a browser that was asked for a passkey.
const COOKIE: &str = "huifang_passkey";
/// Seconds that it lives: as long as the question.
const COOKIE_SECONDS: u32 = 300;
const HOME: &str = "/account/passkeys";

#[derive(askama::Template)]
#[template(path = "access/ways.html")]
struct WaysPage {
    f: Frame,
    ways: Ways,
}

pub(crate) async fn show_own(State(web): State<Web>, who: Who) -> Answer {
    html(&WaysPage {
        ways: app::access::own_ways(&web.app, &who.actor).await?,
        f: who.frame("account"),
    })
}

pub(crate) async fn ask_new(State(web): State<Web>, Sent(who, _): Sent) -> Answer {
    let question = app::access::begin_passkey(&web.app, &who.actor, who.now).await?;
    Ok(ask(&web, question))
}

pub(crate) async fn create(
    State(web): State<Web>,
    headers: HeaderMap,
    Sent(who, form): Sent,
) -> Answer {
    let browser = cookie(&headers, COOKIE).unwrap_or_default();
    let (name, answer) = (form.get("name"), form.get("answer"));
    app::access::finish_passkey(&web.app, &who.actor, who.now, &browser, name, answer).await?;
    let gone = AppendHeaders([(header::SET_COOKIE, no_cookie(COOKIE))]);
    Ok((gone, Json(serde_json::json!({ "to": HOME }))).into_response())
}

pub(crate) async fn remove_own(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, _): Sent,
) -> Answer {
    app::access::remove_own_passkey(&web.app, &who.actor, who.now, id_of(&id)?).await?;
    Ok(who.go(HOME))
}

pub(crate) async fn remove(
    State(web): State<Web>,
    Path((id, key)): Path<(String, String)>,
    Sent(who, _): Sent,
) -> Answer {
    let user = UserId(id_of(&id)?);
    app::access::remove_passkey(&web.app, &who.actor, who.now, user, id_of(&key)?).await?;
    Ok(who.go(&ways_path(user)))
}

pub(crate) async fn ask_who(
    State(web): State<Web>,
    address: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
) -> Answer {
    demand_near(&web, &headers, address)?;
    let question = app::access::begin_passkey_sign_in(&web.app, web.now()).await?;
    Ok(ask(&web, question))
}

pub(crate) async fn sign_in(
    State(web): State<Web>,
    address: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let device = demand_near(&web, &headers, address)?;
    let form = Fields::parse(&body);
    let browser = cookie(&headers, COOKIE).unwrap_or_default();
    let answer = form.get("answer");
    let signed_in =
        app::access::finish_passkey_sign_in(&web.app, web.now(), &browser, answer, &device).await?;
    let (cookies, to) = arrive(&web, &signed_in, form.get("next"));
    let gone = AppendHeaders([(header::SET_COOKIE, no_cookie(COOKIE))]);
    Ok((cookies, gone, Json(serde_json::json!({ "to": to }))).into_response())
}

fn ask(web: &Web, question: PasskeyQuestion) -> Response {
    let kept = cookie_of(web, COOKIE, &question.browser.0, COOKIE_SECONDS, "Strict");
    let headers = [
        (header::SET_COOKIE, kept),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, Json(question.options)).into_response()
}

/// Demands that one of our own pages asks, and not too often; gives the device.
fn demand_near(
    web: &Web,
    headers: &HeaderMap,
    address: Option<Extension<ConnectInfo<SocketAddr>>>,
) -> Result<Device, Failure> {
    if is_from_elsewhere(headers) {
        return Err(Failure::Forged);
    }
    let device = device(headers, address);
    let key = format!("passkey:{}", device.address);
    web.limiter.try_once(&key).map_err(Failure::TooMany)?;
    Ok(device)
}

/// Whether another site's page made the browser ask.
pub(super) fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    site.is_some_and(|s| s != "same-origin" && s != "none")
}

/// The device from which somebody signs in.
pub(super) fn device(
    headers: &HeaderMap,
    address: Option<Extension<ConnectInfo<SocketAddr>>>,
) -> Device {
    let user_agent = headers
        .get(header::USER_AGENT)
        .and_then(|h| h.to_str().ok());
    Device {
        user_agent: user_agent.unwrap_or_default().to_owned(),
        address: address.map_or_else(String::new, |Extension(ConnectInfo(a))| a.ip().to_string()),
    }
}

/// What a browser keeps of a session that has begun, and the page to show first.
pub(super) fn arrive(
    web: &Web,
    signed_in: &SignedIn,
    next: &str,
) -> (AppendHeaders<Vec<(header::HeaderName, String)>>, String) {
    let token = &signed_in.token.0;
    let session = cookie_of(web, SESSION_COOKIE, token, SESSION_SECONDS, "Lax");
    let next = if is_own_path(next) { next } else { "/" };
    let kept = AppendHeaders(vec![(header::SET_COOKIE, session)]);
    (kept, next.to_owned())
}

/// A cookie that scripts cannot read.
pub(super) fn cookie_of(web: &Web, name: &str, value: &str, seconds: u32, site: &str) -> String {
    let secure = if web.settings.secure_cookies {
        "; Secure"
    } else {
        ""
    };
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite={site}{secure}")
}

/// Takes a cookie away.
pub(super) fn no_cookie(name: &'static str) -> HeaderValue {
    let gone = format!("{name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    HeaderValue::from_str(&gone).unwrap_or_else(|_| HeaderValue::from_static(""))
}
