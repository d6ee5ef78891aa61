//! Who calls the API: a client with its token, or a person with the session of the pages.

use super::problem::Problem;
use crate::access::address_of;
use crate::guard::{cookie, session_cookie};
use crate::state::Web;
use axum::Extension;
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::access::{Actor, ActorKind};
use domain::time::Instant;
use std::net::SocketAddr;
use subtle::ConstantTimeEq as _;

/// The header that carries a person's token against forged requests.
const TOKEN_HEADER: &str = "x-csrf-token";

/// Who calls, and what of the request every handler needs.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The caller as an actor.
    pub(crate) actor: Actor,
    /// The present moment.
    pub(crate) now: Instant,
    /// Path of the request.
    pub(crate) path: String,
    /// Query of the request.
    pub(crate) query: String,
    /// The versions that the caller saw.
    pub(crate) if_match: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Self>().cloned();
        caller.ok_or(Problem::Unauthenticated)
    }
}

/// Lets only known callers in, and none too often.
pub(crate) async fn authenticate(
    State(web): State<Web>,
    mut request: Request,
    next: Next,
) -> Response {
    if has_nul(request.uri().path()) || request.uri().query().is_some_and(has_nul) {
        return Problem::Unreadable(String::new()).into_response();
    }
    let now = web.now();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.copied().map(Extension);
    let address = address_of(&web, &peer, request.headers());
    let asked = recognise(&web, now, request.method(), request.headers(), &address);
    let actor = match asked.await {
        Ok(actor) => actor,
        Err(problem) => return problem.into_response(),
    };
    let key = match actor.kind {
        ActorKind::Client(id) => format!("client {id}"),
        _ => format!("user {}", actor.name),
    };
    if let Err(seconds) = web.api_limiter.try_once(&key) {
        return Problem::TooMany(seconds).into_response();
    }
    let if_match = request.headers().get(header::IF_MATCH);
    let caller = Caller {
        actor,
        now,
        path: request.uri().path().to_owned(),
        query: request.uri().query().unwrap_or_default().to_owned(),
        if_match: if_match.and_then(|h| h.to_str().ok()).map(str::to_owned),
    };
    request.extensions_mut().insert(caller);
    next.run(request).await
}

/// A NUL stands in no text of ours; databases disagree about it.
fn has_nul(text: &str) -> bool {
    text.contains("%00")
}

async fn recognise(
    web: &Web,
    now: Instant,
    method: &Method,
    headers: &HeaderMap,
    address: &str,
) -> Result<Actor, Problem> {
    if let Some(authorization) = headers.get(header::AUTHORIZATION) {
        let token = authorization
            .to_str()
            .ok()
            .and_then(|text| text.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim());
        let Some(token) = token.filter(|t| !t.is_empty()) else {
            return Err(Problem::Unauthenticated);
        };
        let actor = app::access::authenticate_client(&web.app, now, token, address).await?;
        return actor.ok_or(Problem::Unauthenticated);
    }
    let Some(token) = cookie(headers, session_cookie(web)) else {
        return Err(Problem::Unauthenticated);
    };
    let session = app::access::authenticate(&web.app, now, &token).await?;
    // Who still owes a new password or a second factor uses nothing else.
    let session = session.filter(|s| s.owes.is_none());
    let session = session.ok_or(Problem::Unauthenticated)?;
    let sent = headers.get(TOKEN_HEADER).map_or(&[][..], |h| h.as_bytes());
    if !method.is_safe() && !bool::from(session.csrf_token.as_bytes().ct_eq(sent)) {
        return Err(Problem::Forged);
    }
    Ok(session.actor)
}
