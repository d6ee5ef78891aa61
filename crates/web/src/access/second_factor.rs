//! Setting up the second factor, and the page at the door on which its code is given.

use super::device::{HALF_COOKIE, Peer, device_of, opened, set};
use super::sign_in::{demand_own_page, limit_tries, sign_in_page};
use crate::failure::Failure;
use crate::forms::{Fields, Sent};
use crate::frame::{Answer, Anyone, Frame, Who, html};
use crate::guard::cookie;
use crate::state::Web;
use app::Error;
use app::access::FactorState;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use qrcode::{Color, QrCode};
use std::fmt::Write as _;

/// White modules around a QR code, without which telephones do not find it.
const QUIET: usize = 4;

#[derive(askama::Template)]
#[template(path = "access/second_step.html")]
struct SecondStepPage {
    f: Frame,
    problem: Option<String>,
    next: String,
}

/// Leads somebody who gave the password to the page for the code.
pub(super) fn ask_for_code(web: &Web, token: &str, next: &str) -> Response {
    let query: String = form_urlencoded::Serializer::new(String::new())
        .append_pair("next", next)
        .finish();
    let mut response = Redirect::to(&format!("/sign-in/code?{query}")).into_response();
    // The half session ends by itself in minutes; the browser forgets it when it is closed.
    if let Some(cookie) = set(web, HALF_COOKIE, token, 600) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

pub(crate) async fn show_second_step(
    RawQuery(query): RawQuery,
    anyone: Anyone,
    headers: HeaderMap,
) -> Answer {
    if cookie(&headers, HALF_COOKIE).is_none() {
        return Ok(Redirect::to("/sign-in").into_response());
    }
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    html(&SecondStepPage {
        f: anyone.frame,
        problem: None,
        next: query.own("next"),
    })
}

pub(crate) async fn take_code(
    State(web): State<Web>,
    peer: Peer,
    anyone: Anyone,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    demand_own_page(&headers)?;
    let form = Fields::parse(&body);
    let device = device_of(&web, &peer, &headers);
    let token = cookie(&headers, HALF_COOKIE).unwrap_or_default();
    limit_tries(&web, &token, &device.address)?;
    let code = form.get("one_time_code");
    let refusal =
        match app::access::finish_sign_in(&web.app, web.now(), &token, code, &device).await {
            Ok(signed_in) => return Ok(opened(&web, &headers, &signed_in, form.get("next"))),
            Err(Error::Refused(refusal)) => refusal,
            Err(error) => return Err(error.into()),
        };
    let id = format!("refusal-{}", refusal.code);
    let problem = anyone.frame.say1(&id, "detail", &refusal.detail);
    if refusal.code == "sign-in-begin-again" {
        let next = form.own("next");
        return sign_in_page(&web, anyone.frame, problem, String::new(), next);
    }
    let page = SecondStepPage {
        f: anyone.frame,
        problem: Some(problem),
        next: form.own("next"),
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, html(&page)?).into_response())
}

#[derive(askama::Template)]
#[template(path = "access/account_second_factor.html")]
struct SecondFactorPage {
    f: Frame,
    state: FactorState,
}

pub(crate) async fn show_second_factor(State(web): State<Web>, who: Who) -> Answer {
    let state = app::access::second_factor_state(&web.app, &who.actor).await?;
    html(&SecondFactorPage {
        f: who.frame("account"),
        state,
    })
}

pub(crate) async fn begin_enrolment(State(web): State<Web>, Sent(who, _): Sent) -> Answer {
    app::access::begin_enrolment(&web.app, &who.actor, who.now).await?;
    Ok(who.go("/account/second-factor/enrolment"))
}

#[derive(askama::Template)]
#[template(path = "access/account_enrolment.html")]
struct EnrolmentPage {
    f: Frame,
    secret: String,
    /// Modules along one side, the quiet ones included.
    side: usize,
    /// The dark modules as the path of an SVG.
    path: String,
}

pub(crate) async fn show_enrolment(State(web): State<Web>, who: Who) -> Answer {
    let f = who.frame("account");
    let issuer = format!("{} {}", f.company, f.say("product"));
    let enrolment = match app::access::find_enrolment(&web.app, &who.actor, &issuer).await {
        Err(Error::NotFound) => {
            return Ok(Redirect::to("/account/second-factor").into_response());
        }
        other => other?,
    };
    let code = QrCode::new(enrolment.url.as_bytes());
    let code = code.map_err(|e| Failure::fault(e.to_string()))?;
    html(&EnrolmentPage {
        secret: enrolment.secret,
        side: code.width() + 2 * QUIET,
        path: path_of(&code),
        f,
    })
}

fn path_of(code: &QrCode) -> String {
    let width = code.width();
    let mut path = String::new();
    for (at, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (x, y) = (at % width + QUIET, at / width + QUIET);
            let _ = write!(path, "M{x} {y}h1v1h-1z");
        }
    }
    path
}

#[derive(askama::Template)]
#[template(path = "access/recovery_codes.html")]
struct CodesPage {
    f: Frame,
    codes: Vec<String>,
}

impl CodesPage {
    fn all(&self) -> String {
        self.codes.join("\n")
    }
}

pub(crate) async fn confirm_enrolment(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let code = fields.get("one_time_code");
    let codes = app::access::confirm_enrolment(&web.app, &who.actor, who.now, code).await?;
    html(&CodesPage {
        f: who.frame("account"),
        codes,
    })
}

pub(crate) async fn renew_codes(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let code = fields.get("one_time_code");
    let codes = app::access::renew_recovery_codes(&web.app, &who.actor, who.now, code).await?;
    html(&CodesPage {
        f: who.frame("account"),
        codes,
    })
}

pub(crate) async fn remove_second_factor(
    State(web): State<Web>,
    Sent(who, fields): Sent,
) -> Answer {
    let code = fields.get("one_time_code");
    app::access::remove_second_factor(&web.app, &who.actor, who.now, code).await?;
    Ok(who.go("/account/second-factor"))
}
