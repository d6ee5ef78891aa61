//! Headers that keep browsers strict, and limits on trying.

use crate::state::Web;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::num::NonZeroU32;

/// No inline script or style, nothing from elsewhere, no framing.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

/// Sign-ins under a name from an address that may follow each other at once, and then in a minute.
const TRIES: NonZeroU32 = NonZeroU32::new(10).expect("ten is more than zero");
/// The same of everybody at an address: a floor of callers begins its shift behind one.
const TRIES_OF_ADDRESS: NonZeroU32 = NonZeroU32::new(240).expect("more than zero");

/// What browsers may ask people for or measure: nothing. What is not named here is for this site alone
/// by default, as security keys are.
const PERMISSIONS: &str = "accelerometer=(), ambient-light-sensor=(), autoplay=(), bluetooth=(), \
     browsing-topics=(), camera=(), display-capture=(), encrypted-media=(), gamepad=(), geolocation=(), \
     gyroscope=(), hid=(), idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), \
     payment=(), picture-in-picture=(), screen-wake-lock=(), serial=(), usb=(), web-share=(), \
     window-management=(), xr-spatial-tracking=()";

/// Browsers that were here once come over HTTPS only, for a year.
const TRANSPORT: &str = "max-age=31536000";

/// Headers of every answer. A handler may say otherwise; only static files do, about keeping copies.
const HEADERS: [(HeaderName, &str); 11] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // Nearly everything here is somebody's data: no copy is kept unless a handler says so.
    (header::CACHE_CONTROL, "no-store"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-embedder-policy"),
        "require-corp",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (HeaderName::from_static("origin-agent-cluster"), "?1"),
    (
        HeaderName::from_static("x-permitted-cross-domain-policies"),
        "none",
    ),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS),
];

/// Sets the headers of every answer.
pub(crate) async fn set_headers(State(web): State<Web>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    if web.settings.secure_cookies {
        let value = HeaderValue::from_static(TRANSPORT);
        headers.insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
    response
}

/// Refuses addresses with a NUL, which stands in no text of ours: databases disagree about it.
pub(crate) async fn refuse_nul(request: Request, next: Next) -> Response {
    let address = request.uri().path_and_query().map_or("", |p| p.as_str());
    if address.contains("%00") {
        return StatusCode::BAD_REQUEST.into_response();
    }
    next.run(request).await
}

/// Requests of an API caller that may follow each other at once, and then in a minute.
const REQUESTS: NonZeroU32 = NonZeroU32::new(1200).expect("more than zero");

/// The cookie of a session. Over HTTPS its name keeps browsers from taking it from another host, path
/// or a connection in the clear.
pub(crate) fn session_cookie(web: &Web) -> &'static str {
    match web.settings.secure_cookies {
        true => "__Host-huifang_session",
        false => "huifang_session",
    }
}

/// What cookies end with: over HTTPS they travel over HTTPS only.
pub(crate) fn secure(web: &Web) -> &'static str {
    match web.settings.secure_cookies {
        true => "; Secure",
        false => "",
    }
}

/// The value of a cookie.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::COOKIE).into_iter();
    all.filter_map(|h| h.to_str().ok())
        .flat_map(|h| h.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// Limits how often a name or an address may try to sign in, or an API caller may ask.
#[derive(Debug)]
pub(crate) struct Limiter(DefaultKeyedRateLimiter<String>);

impl Limiter {
    /// A limiter that has seen nobody.
    pub(crate) fn new() -> Self {
        Self(RateLimiter::keyed(Quota::per_minute(TRIES)))
    }

    /// A limiter of everybody who stands at the door at one address.
    pub(crate) fn of_door() -> Self {
        Self(RateLimiter::keyed(Quota::per_minute(TRIES_OF_ADDRESS)))
    }

    /// A limiter of API callers.
    pub(crate) fn of_api() -> Self {
        Self(RateLimiter::keyed(Quota::per_minute(REQUESTS)))
    }

    /// Counts a try; says how many seconds to wait when there were too many.
    pub(crate) fn try_once(&self, key: &str) -> Result<(), u64> {
        // Names that were tried long ago are forgotten, so that trying many fills no memory.
        if self.0.len() > 10_000 {
            self.0.retain_recent();
        }
        let wait = |until: governor::NotUntil<_>| {
            until
                .wait_time_from(DefaultClock::default().now())
                .as_secs()
                + 1
        };
        self.0.check_key(&key.to_owned()).map_err(wait)
    }
}
