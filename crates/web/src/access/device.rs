//! The browser at the door: its address, what it kept of earlier sign-ins, and what it is given when a
//! session begins. Every way of signing in passes here.

use crate::guard::{cookie, secure, session_cookie};
use crate::state::Web;
use app::access::{DEVICE_LIFE, Device, SignedIn};
use axum::Extension;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// Who is at the other end of the connection.
pub(crate) type Peer = Option<Extension<ConnectInfo<SocketAddr>>>;

/// The cookie of tokens by which people's devices are known, one for each person of a shared desk.
const DEVICE_COOKIE: &str = "huifang_devices";
/// The cookie of somebody who still has to give a code.
pub(super) const HALF_COOKIE: &str = "huifang_half";
/// Tokens that a browser keeps, the newest first.
const DEVICES_MAX: usize = 8;
/// The header in which proxies name those before them.
const FORWARDED: &str = "x-forwarded-for";

/// The address of a browser. What proxies say counts only where it was set by one that is trusted; of an
/// IPv6 address the network counts, because a household has billions of them.
pub(crate) fn address_of(web: &Web, peer: &Peer, headers: &HeaderMap) -> String {
    let Some(Extension(ConnectInfo(peer))) = peer else {
        return String::new();
    };
    let trusted = &web.app.policy().trusted_proxies;
    let mut address = peer.ip().to_canonical();
    let said = headers.get_all(FORWARDED).into_iter();
    let said: Vec<&str> = said
        .filter_map(|h| h.to_str().ok())
        .flat_map(|h| h.split(','))
        .collect();
    for hop in said.iter().rev() {
        if !trusted.contains(&address) {
            break;
        }
        let Ok(before) = hop.trim().parse::<IpAddr>() else {
            break;
        };
        address = before.to_canonical();
    }
    match address {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) if v6.is_loopback() => v6.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

/// The device of a request.
pub(super) fn device_of(web: &Web, peer: &Peer, headers: &HeaderMap) -> Device {
    let user_agent = headers.get(header::USER_AGENT);
    Device {
        user_agent: user_agent
            .and_then(|h| h.to_str().ok())
            .unwrap_or_default()
            .to_owned(),
        address: address_of(web, peer, headers),
        known: kept(headers),
    }
}

fn kept(headers: &HeaderMap) -> Vec<String> {
    let cookie = cookie(headers, DEVICE_COOKIE).unwrap_or_default();
    let tokens = cookie.split('.').filter(|t| !t.is_empty());
    tokens.take(DEVICES_MAX).map(str::to_owned).collect()
}

/// A cookie that scripts cannot read; no seconds take it away.
pub(super) fn set(web: &Web, name: &str, value: &str, seconds: i64) -> Option<HeaderValue> {
    let end = secure(web);
    let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{end}");
    HeaderValue::from_str(&text).ok()
}

/// The answer to somebody whose session has begun: the cookies, and on to where they wanted to go.
pub(super) fn opened(web: &Web, headers: &HeaderMap, signed_in: &SignedIn, next: &str) -> Response {
    let life = web.app.policy().session_life.num_seconds();
    let mut cookies = vec![
        set(web, session_cookie(web), &signed_in.token.0, life),
        set(web, HALF_COOKIE, "", 0),
    ];
    if let Some(new) = &signed_in.device {
        let mut tokens = vec![new.0.clone()];
        tokens.extend(kept(headers).into_iter().take(DEVICES_MAX - 1));
        let life = DEVICE_LIFE.num_seconds();
        cookies.push(set(web, DEVICE_COOKIE, &tokens.join("."), life));
    }
    let next = if is_own_path(next) { next } else { "/" };
    let mut response = Redirect::to(next).into_response();
    for cookie in cookies.into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Only paths of our own as they stand in a header: no other host, no scheme, no blanks or controls.
pub(super) fn is_own_path(path: &str) -> bool {
    let other_host = path.starts_with("//") || path.starts_with("/\\");
    path.starts_with('/') && !other_host && path.chars().all(|c| c.is_ascii_graphic())
}
