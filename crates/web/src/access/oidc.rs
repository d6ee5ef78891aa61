//! Signing in at a provider of identities, and linking identities to accounts.

use super::device::{Peer, device_of, opened};
use super::passkeys::{cookie_of, is_from_elsewhere, limit, no_cookie};
use crate::failure::Failure;
use crate::forms::{Fields, Sent};
use crate::frame::{Answer, Anyone, Frame, Who, html};
use crate::guard::cookie;
use crate::state::Web;
use app::Error;
use app::access::{Arrival, Departure, Doors, Returned, Ways};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::UserId;
use std::sync::Arc;
use store::access::UserRow;
use uuid::Uuid;

/// The cookie by which a browser is known again when it comes back from a provider.
const COOKIE: &str = "huifang_oidc";
/// Seconds that it lives: as long as somebody may be away.
const COOKIE_SECONDS: u32 = 600;
/// Where the linked identities stand.
const HOME: &str = "/account/passkeys";

#[derive(askama::Template)]
#[template(path = "access/oidc_failed.html")]
struct FailedPage {
    f: Frame,
    problem: String,
    back: &'static str,
}

pub(crate) async fn begin_sign_in(
    State(web): State<Web>,
    Path(code): Path<String>,
    RawQuery(query): RawQuery,
    peer: Peer,
    anyone: Anyone,
    headers: HeaderMap,
) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    limit(&web, &device_of(&web, &peer, &headers))?;
    let next = query.get("next");
    match app::access::begin_oidc_sign_in(&web.app, web.now(), &code, next).await {
        Ok(departure) => Ok(depart(&web, &departure)),
        Err(error) => failed(anyone.frame, error),
    }
}

pub(crate) async fn begin_link(
    State(web): State<Web>,
    Path(code): Path<String>,
    who: Who,
    headers: HeaderMap,
) -> Answer {
    // A link on somebody else's page must not begin this.
    if is_from_elsewhere(&headers) {
        return Err(Failure::Forged);
    }
    match app::access::begin_oidc_link(&web.app, &who.actor, who.now, &code).await {
        Ok(departure) => Ok(depart(&web, &departure)),
        Err(error) => failed(who.frame("account"), error),
    }
}

/// Sends the browser to the provider, with the cookie by which it is known when it comes back.
fn depart(web: &Web, departure: &Departure) -> Response {
    // It has to come with a click on another site, which a strict cookie would not.
    let kept = cookie_of(web, COOKIE, &departure.browser.0, COOKIE_SECONDS, "Lax");
    let headers = [
        (header::SET_COOKIE, kept),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, Redirect::to(&departure.url)).into_response()
}

pub(crate) async fn finish(
    State(web): State<Web>,
    RawQuery(query): RawQuery,
    peer: Peer,
    anyone: Anyone,
    headers: HeaderMap,
) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let some = |name: &str| query.has(name).then(|| query.own(name));
    let returned = Returned {
        state: query.own("state"),
        code: query.own("code"),
        issuer: some("iss"),
        error: some("error"),
    };
    let browser = cookie(&headers, COOKIE).unwrap_or_default();
    let actor = anyone.frame.session().map(|s| s.actor.clone());
    let device = device_of(&web, &peer, &headers);
    let arrival = app::access::finish_oidc(
        &web.app,
        actor.as_ref(),
        web.now(),
        &returned,
        &browser,
        &device,
    );
    let mut answer = match arrival.await {
        Ok(Arrival::SignedIn(signed_in, next)) => opened(&web, &headers, &signed_in, &next),
        Ok(Arrival::Linked) => Redirect::to(HOME).into_response(),
        Err(error) => failed(anyone.frame, error)?,
    };
    answer
        .headers_mut()
        .append(header::SET_COOKIE, no_cookie(COOKIE));
    Ok(answer)
}

/// Says why somebody did not come in, and what they can do.
fn failed(f: Frame, error: Error) -> Answer {
    let Error::Refused(refusal) = error else {
        return Err(error.into());
    };
    let id = format!("refusal-{}", refusal.code);
    let page = FailedPage {
        problem: f.say1(&id, "detail", &refusal.detail),
        back: if f.session().is_some() {
            HOME
        } else {
            "/sign-in"
        },
        f,
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, html(&page)?).into_response())
}

pub(crate) async fn unlink_own(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, _): Sent,
) -> Answer {
    app::access::unlink_own_identity(&web.app, &who.actor, who.now, id_of(&id)?).await?;
    Ok(who.go(HOME))
}

#[derive(askama::Template)]
#[template(path = "access/user_ways.html")]
struct UserWaysPage {
    f: Frame,
    user: UserRow,
    doors: Arc<Doors>,
    ways: Ways,
}

pub(crate) async fn show_ways(State(web): State<Web>, Path(id): Path<String>, who: Who) -> Answer {
    let id = UserId(id_of(&id)?);
    let (user, ways) = app::access::ways_of(&web.app, &who.actor, id).await?;
    html(&UserWaysPage {
        f: who.frame("users"),
        doors: Arc::clone(web.app.doors()),
        user,
        ways,
    })
}

pub(crate) async fn link(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let user = UserId(id_of(&id)?);
    let (provider, subject) = (form.get("provider"), form.get("identity_subject"));
    app::access::link_identity(&web.app, &who.actor, who.now, user, provider, subject).await?;
    Ok(who.go(&ways_path(user)))
}

pub(crate) async fn unlink(
    State(web): State<Web>,
    Path((id, identity)): Path<(String, String)>,
    Sent(who, _): Sent,
) -> Answer {
    let user = UserId(id_of(&id)?);
    let identity = id_of(&identity)?;
    app::access::unlink_identity(&web.app, &who.actor, who.now, user, identity).await?;
    Ok(who.go(&ways_path(user)))
}

/// Where an administrator sees with what a user can sign in.
pub(super) fn ways_path(user: UserId) -> String {
    format!("/users/{user}/ways")
}

pub(super) fn id_of(text: &str) -> Result<Uuid, Failure> {
    Uuid::try_parse(text).map_err(|_| Failure::not_found())
}
