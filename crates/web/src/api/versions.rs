//! Versions of records: `ETag` on the way out, `If-Match` on the way in.

use super::caller::Caller;
use super::problem::Problem;
use app::Error;
use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// Answers with a record under its version.
pub(crate) fn tagged<T: Serialize>(version: i64, body: T) -> Response {
    let mut response = Json(body).into_response();
    if let Ok(tag) = HeaderValue::try_from(tag(version)) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

fn tag(version: i64) -> String {
    format!("\"{version}\"")
}

impl Caller {
    /// The version that a write was meant for; nothing when the caller does not say, or takes any.
    ///
    /// # Errors
    /// [`Problem::Outdated`] when the record is at another version.
    pub(crate) fn expects(&self, version: i64) -> Result<Option<i64>, Problem> {
        let Some(named) = &self.if_match else {
            return Ok(None);
        };
        if named.trim() == "*" {
            return Ok(None);
        }
        let present = tag(version);
        if named.split(',').any(|t| t.trim() == present) {
            return Ok(Some(version));
        }
        Err(Problem::Outdated)
    }

    /// The version that a write was meant for, where the caller has to say.
    ///
    /// # Errors
    /// [`Problem::VersionMissing`] without `If-Match`; [`Problem::Outdated`] when the record is at
    /// another version.
    pub(crate) fn demands(&self, version: i64) -> Result<i64, Problem> {
        if self.if_match.is_none() {
            return Err(Problem::VersionMissing);
        }
        Ok(self.expects(version)?.unwrap_or(version))
    }

    /// What a use case said of a write: a conflict is an outdated version to those who named one.
    pub(crate) fn said(&self, error: Error) -> Problem {
        match error {
            Error::Conflict if self.if_match.is_some() => Problem::Outdated,
            other => other.into(),
        }
    }
}
