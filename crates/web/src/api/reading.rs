//! What requests carry: paths, queries and bodies, read strictly.

use super::problem::Problem;
use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use serde::de::DeserializeOwned;

/// The JSON body of a request. Fields that do not exist are an error, so that a misspelt one is
/// noticed.
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::MediaType);
        }
        let bytes =
            Bytes::from_request(request, state)
                .await
                .map_err(|rejection| match rejection {
                    BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => {
                        Problem::TooLarge
                    }
                    other => Problem::Unreadable(other.body_text()),
                })?;
        // A NUL stands in no text of ours; databases disagree about it.
        if bytes.windows(6).any(|w| w == b"\\u0000") {
            return Err(Problem::Unreadable("NUL".to_owned()));
        }
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|e| Problem::Unreadable(e.to_string()))
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|h| h.to_str().ok());
    let kind = kind.and_then(|k| k.split(';').next()).unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}

/// The query of a request.
#[derive(Debug)]
pub(crate) struct Asked<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Query::try_from_uri(&parts.uri)
            .map(|Query(query)| Self(query))
            .map_err(|e| Problem::Unreadable(e.body_text()))
    }
}

/// The one value in the path of a request. One that cannot be read names nothing that exists.
#[derive(Debug)]
pub(crate) struct Named(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(name)) => Ok(Self(name)),
            Err(_) => Err(Problem::not_found()),
        }
    }
}

impl Named {
    /// The value as an id.
    ///
    /// # Errors
    /// What is no id names nothing that exists.
    pub(crate) fn id(&self) -> Result<uuid::Uuid, Problem> {
        uuid::Uuid::try_parse(&self.0).map_err(|_| Problem::not_found())
    }
}
