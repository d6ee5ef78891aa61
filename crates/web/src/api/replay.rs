//! `Idempotency-Key`: a request that is sent again gets the answer of the first time.

use super::BODY_BYTES_MAX;
use super::caller::Caller;
use super::problem::Problem;
use crate::state::Web;
use app::access::{Begun, begin_request, give_key_back, keep_answer};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::access::ActorKind;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use store::access::KeptAnswer;

/// The header of the key.
pub(crate) const KEY_HEADER: &str = "idempotency-key";
/// Says that an answer is the one of the first time.
const REPLAYED_HEADER: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Longest key.
const KEY_MAX: usize = 100;

/// Marks an answer that is never kept, because it shows personal data.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NeverKept;

/// An answer as it is written down.
#[derive(Debug, Serialize, Deserialize)]
struct Written {
    etag: Option<String>,
    location: Option<String>,
    body: String,
}

/// Answers a request that was answered before without doing anything again.
pub(crate) async fn replay(State(web): State<Web>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST || !request.headers().contains_key(KEY_HEADER) {
        return next.run(request).await;
    }
    match answer(&web, request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn answer(web: &Web, request: Request, next: Next) -> Result<Response, Problem> {
    let key = key_of(request.headers())?;
    let caller = request.extensions().get::<Caller>().cloned();
    let caller = caller.ok_or(Problem::Unauthenticated)?;
    if !matches!(caller.actor.kind, ActorKind::Client(_)) {
        return Err(Problem::KeyUnusable);
    }
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, BODY_BYTES_MAX)
        .await
        .map_err(|_| Problem::TooLarge)?;
    let hash = hash(&caller, &body);
    let (actor, now) = (&caller.actor, caller.now);
    match begin_request(&web.app, actor, now, &key, &hash).await? {
        Begun::New => {}
        Begun::Answered(kept) => return Ok(read(&kept)),
        Begun::UnderWay => return Err(Problem::KeyUnderWay),
        Begun::AnotherRequest => return Err(Problem::KeyOfAnother),
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    if !response.status().is_success() || response.extensions().get::<NeverKept>().is_some() {
        give_key_back(&web.app, actor, now, &key).await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX)
        .await
        .map_err(|e| Problem::from(app::Error::Fault(e.to_string())))?;
    let written = write(parts.status, &parts.headers, &body);
    keep_answer(&web.app, actor, now, &key, &written).await?;
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn key_of(headers: &HeaderMap) -> Result<String, Problem> {
    let key = headers.get(KEY_HEADER).and_then(|h| h.to_str().ok());
    let key = key.unwrap_or_default().trim();
    if key.is_empty() || key.len() > KEY_MAX {
        return Err(Problem::KeyUnusable);
    }
    Ok(key.to_owned())
}

fn hash(caller: &Caller, body: &Bytes) -> Vec<u8> {
    let mut hash = Sha256::new();
    for part in [&caller.path, &caller.query] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.update(body);
    hash.finalize().to_vec()
}

fn write(status: StatusCode, headers: &HeaderMap, body: &Bytes) -> KeptAnswer {
    let text = |name| {
        let value: Option<&HeaderValue> = headers.get(name);
        value.and_then(|v| v.to_str().ok()).map(str::to_owned)
    };
    let written = Written {
        etag: text(header::ETAG),
        location: text(header::LOCATION),
        body: String::from_utf8_lossy(body).into_owned(),
    };
    KeptAnswer {
        status: i64::from(status.as_u16()),
        body: serde_json::to_string(&written).unwrap_or_default(),
    }
}

fn read(kept: &KeptAnswer) -> Response {
    let status = u16::try_from(kept.status).ok();
    let status = status.and_then(|s| StatusCode::from_u16(s).ok());
    let written = serde_json::from_str::<Written>(&kept.body);
    let (Some(status), Ok(written)) = (status, written) else {
        return Problem::from(app::Error::Fault("a kept answer cannot be read".into()))
            .into_response();
    };
    let has_body = !written.body.is_empty();
    let mut response = (status, written.body).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    if has_body {
        let json = HeaderValue::from_static("application/json");
        headers.insert(header::CONTENT_TYPE, json);
    }
    for (name, value) in [
        (header::ETAG, written.etag),
        (header::LOCATION, written.location),
        (REPLAYED_HEADER, Some("true".to_owned())),
    ] {
        if let Some(value) = value.and_then(|v| HeaderValue::try_from(v).ok()) {
            headers.insert(name, value);
        }
    }
    response
}
