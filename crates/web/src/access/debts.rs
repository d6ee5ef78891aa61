//! What people have to do before anything else: replace a password that somebody else set, or set up a
//! second factor.

use crate::frame::frame_of_request;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use domain::access::Owed;

/// Pages that stay open whatever somebody owes.
const ALWAYS_OPEN: [&str; 3] = ["/session/end", "/preferences", "/sign-in"];

/// Leads people who owe something to the page on which they do it.
pub(crate) async fn pay_first(request: Request, next: Next) -> Response {
    let frame = frame_of_request(&request);
    let owed = frame
        .as_ref()
        .and_then(|f| f.session())
        .and_then(|s| s.owes);
    let Some(owed) = owed else {
        return next.run(request).await;
    };
    let place = match owed {
        Owed::Password => "/account/password",
        Owed::SecondFactor => "/account/second-factor",
    };
    let path = request.uri().path();
    if path.starts_with(place) || ALWAYS_OPEN.contains(&path) {
        return next.run(request).await;
    }
    if frame.is_some_and(|f| f.partial) {
        return (StatusCode::FORBIDDEN, [("hx-redirect", place)]).into_response();
    }
    Redirect::to(place).into_response()
}
