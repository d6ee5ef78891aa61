//! Passkeys: the page on which people register and remove them, and signing in with one.
//!
//! Questions and answers are JSON between the script of the page and the browser's own window; what goes
//! wrong comes back as every failure does.

use super::device::{Peer, device_of, opened};
use super::oidc::{id_of, ways_path};
use crate::failure::Failure;
use crate::forms::{Fields, Sent};
use crate::frame::{Answer, Frame, Who, html};
use crate::guard::cookie;
use crate::state::Web;
use app::access::{Device, Doors, PasskeyQuestion, Ways};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use bytes::Bytes;
use domain::ids::UserId;
use std::sync::Arc;

/// The cookie of a browser that was asked for a passkey.
const COOKIE: &str = "huifang_passkey";
/// Seconds that it lives: as long as the question.
const COOKIE_SECONDS: u32 = 300;
const HOME: &str = "/account/passkeys";

#[derive(askama::Template)]
#[template(path = "access/ways.html")]
struct WaysPage {
    f: Frame,
    doors: Arc<Doors>,
    ways: Ways,
}

pub(crate) async fn show_own(State(web): State<Web>, who: Who) -> Answer {
    html(&WaysPage {
        ways: app::access::own_ways(&web.app, &who.actor).await?,
        doors: Arc::clone(web.app.doors()),
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

pub(crate) async fn ask_who(State(web): State<Web>, peer: Peer, headers: HeaderMap) -> Answer {
    demand_near(&web, &headers, &peer)?;
    let question = app::access::begin_passkey_sign_in(&web.app, web.now()).await?;
    Ok(ask(&web, question))
}

pub(crate) async fn sign_in(
    State(web): State<Web>,
    peer: Peer,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let device = demand_near(&web, &headers, &peer)?;
    let form = Fields::parse(&body);
    let browser = cookie(&headers, COOKIE).unwrap_or_default();
    let answer = form.get("answer");
    let signed_in =
        app::access::finish_passkey_sign_in(&web.app, web.now(), &browser, answer, &device).await?;
    // The script goes where a form would be sent, with the same cookies.
    let opened = opened(&web, &headers, &signed_in, form.get("next"));
    let to = opened.headers().get(header::LOCATION);
    let to = to.and_then(|t| t.to_str().ok()).unwrap_or("/");
    let mut answer = Json(serde_json::json!({ "to": to })).into_response();
    let cookies = opened.headers().get_all(header::SET_COOKIE).iter();
    for cookie in cookies.cloned().chain([no_cookie(COOKIE)]) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(answer)
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
fn demand_near(web: &Web, headers: &HeaderMap, peer: &Peer) -> Result<Device, Failure> {
    if is_from_elsewhere(headers) {
        return Err(Failure::Forged);
    }
    let device = device_of(web, peer, headers);
    limit(web, &device)?;
    Ok(device)
}

/// Keeps floods away: each question is a row, and each answer a computation.
pub(super) fn limit(web: &Web, device: &Device) -> Result<(), Failure> {
    let key = format!("from:{}", device.address);
    web.door_limiter.try_once(&key).map_err(Failure::TooMany)
}

/// Whether another site's page made the browser ask.
pub(super) fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    site.is_some_and(|s| s != "same-origin" && s != "none")
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
