//! Somebody behind a link: the browser, its language and size of type, and answers that no other site,
//! no cache and no search engine learns of.

use crate::access::address_of;
use crate::guard::{cookie, secure, session_cookie};
use crate::state::Web;
use crate::texts::Locale;
use app::electronic::Visitor;
use axum::Extension;
use axum::extract::{ConnectInfo, FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use std::convert::Infallible;
use std::net::SocketAddr;

/// The cookie of a customer's session.
const SESSION_COOKIE: &str = "huifang_reply";
/// The cookie of the language and the size of type that somebody chose.
const LOOK_COOKIE: &str = "huifang_reply_look";
/// Longest token that is looked for.
const TOKEN_MAX: usize = 64;

/// How the pages look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// Language.
    pub(crate) locale: Locale,
    /// Large type.
    pub(crate) large: bool,
}

/// Where the pages of electronic callbacks lie.
const CALLBACKS: &str = "/p/";
/// Where the pages of surveys lie.
const SURVEYS: &str = "/s/";

/// Somebody behind a link.
#[derive(Clone, Debug)]
pub(crate) struct Guest {
    /// Who it is, as far as it is known.
    pub(crate) visitor: Visitor,
    /// Which pages these are: the address above the token.
    place: &'static str,
    /// How the pages look.
    pub(crate) look: Look,
    /// The form comes from another site.
    pub(crate) is_forged: bool,
    /// Somebody of the company is signed in on this browser.
    pub(crate) is_staff: bool,
}

impl FromRequestParts<Web> for Guest {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Infallible> {
        let token = Path::<String>::from_request_parts(parts, web).await;
        let token = token.map(|Path(token)| token).unwrap_or_default();
        let headers = &parts.headers;
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map(|p| Extension(*p));
        let look = look_of(headers);
        let staff = match cookie(headers, session_cookie(web)) {
            Some(token) => app::access::authenticate(&web.app, web.now(), &token).await,
            None => Ok(None),
        };
        let agent = headers.get(header::USER_AGENT);
        let visitor = Visitor {
            token: token.chars().take(TOKEN_MAX).collect(),
            session: cookie(headers, SESSION_COOKIE),
            address: address_of(web, &peer, headers),
            user_agent: agent
                .and_then(|h| h.to_str().ok())
                .unwrap_or_default()
                .to_owned(),
            english: look.locale == Locale::English,
            company: web.settings.company.clone(),
        };
        let site = headers.get("sec-fetch-site");
        let is_survey = parts.uri.path().starts_with(SURVEYS);
        Ok(Self {
            visitor,
            place: if is_survey { SURVEYS } else { CALLBACKS },
            look,
            is_forged: site.is_some_and(|s| s == "cross-site"),
            is_staff: !matches!(staff, Ok(None)),
        })
    }
}

/// What somebody chose, else the language of the browser.
fn look_of(headers: &HeaderMap) -> Look {
    let chosen = cookie(headers, LOOK_COOKIE).unwrap_or_default();
    let (tag, size) = chosen.split_once('.').unwrap_or(("", ""));
    let accepted = headers.get(header::ACCEPT_LANGUAGE);
    let accepted = accepted.and_then(|h| h.to_str().ok());
    let locale = Locale::from_tag(tag)
        .unwrap_or_else(|| accepted.map_or_else(Locale::default, Locale::accepted));
    Look {
        locale,
        large: size == "large",
    }
}

impl Guest {
    /// Address of the customer's pages.
    pub(crate) fn home(&self) -> String {
        format!("{}{}", self.place, self.visitor.token)
    }

    /// On to the page of where the customer stands.
    pub(crate) fn go_on(&self) -> Response {
        Redirect::to(&self.home()).into_response()
    }

    /// On, with the session that has begun. The cookie ends with the browser, and is for these pages
    /// alone.
    pub(crate) fn go_on_with(&self, web: &Web, token: &str) -> Response {
        let (home, end) = (self.home(), secure(web));
        let text = format!("{SESSION_COOKIE}={token}; Path={home}; HttpOnly; SameSite=Lax{end}");
        let mut response = self.go_on();
        if let Ok(value) = HeaderValue::from_str(&text) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
        response
    }

    /// On, with another language or size of type.
    pub(crate) fn go_on_as(&self, web: &Web, look: Look) -> Response {
        let size = if look.large { "large" } else { "normal" };
        let (tag, end, place) = (look.locale.tag(), secure(web), self.place);
        let text = format!(
            "{LOOK_COOKIE}={tag}.{size}; Path={place}; Max-Age=31536000; HttpOnly; SameSite=Lax{end}"
        );
        let mut response = self.go_on();
        if let Ok(value) = HeaderValue::from_str(&text) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
        response
    }
}

/// An answer of these pages: nothing of it leaves.
pub(crate) async fn closed(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (
            HeaderName::from_static("x-robots-tag"),
            "noindex, nofollow, noarchive",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Something nobody expected, without a word of what it was.
pub(crate) fn broken(what: &str) -> Response {
    tracing::error!(%what, "a page of a customer failed");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
