//! One's own account: password, second factor, sessions, notices.

use crate::failure::Failure;
use crate::forms::Sent;
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::access::PasswordForm;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use domain::access::{Owed, device_name};
use domain::time::Instant;
use store::access::{NoticeRow, SessionRow, SignInRow};
use uuid::Uuid;

/// The tabs of the account: name, which the message `account-tab-<name>` has, and address.
const TABS: &[(&str, &str)] = &[
    ("password", "/account/password"),
    ("second-factor", "/account/second-factor"),
    ("passkeys", "/account/passkeys"),
    ("sessions", "/account/sessions"),
    ("notices", "/account/notices"),
    ("duties", "/account/duties"),
];

/// The tabs of the account.
pub(crate) fn account_tabs() -> &'static [(&'static str, &'static str)] {
    TABS
}

/// A notice in words.
pub(crate) fn told(f: &Frame, notice: &NoticeRow) -> String {
    let id = format!("notice-{}", notice.kind);
    f.say1(&id, "detail", &notice.detail)
}

pub(crate) async fn show_account(_: Who) -> Answer {
    Ok(Redirect::to(TABS[0].1).into_response())
}

#[derive(askama::Template)]
#[template(path = "access/account_password.html")]
struct PasswordPage {
    f: Frame,
    length_min: usize,
    history: usize,
    set_at: Instant,
    until: Option<Instant>,
}

pub(crate) async fn show_password(State(web): State<Web>, who: Who) -> Answer {
    let f = who.frame("account");
    let policy = web.app.policy();
    let set_at = f.session().map_or(f.now, |s| s.user.password_set_at);
    html(&PasswordPage {
        length_min: policy.password_length_min,
        history: policy.password_history,
        set_at,
        until: policy.password_life.map(|life| set_at + life),
        f,
    })
}

impl PasswordPage {
    fn is_owed(&self) -> bool {
        let owes = self.f.session().and_then(|s| s.owes);
        owes == Some(Owed::Password)
    }
}

pub(crate) async fn change_password(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let form = PasswordForm {
        current: fields.own("current_password"),
        new: fields.own("new_password"),
        again: fields.own("new_password_again"),
    };
    let kept = who.frame("account").session().map(|s| s.id);
    let kept = kept.unwrap_or_default();
    app::access::change_own_password(&web.app, &who.actor, who.now, kept, &form).await?;
    Ok(who.go("/account/notices"))
}

#[derive(askama::Template)]
#[template(path = "access/account_sessions.html")]
struct SessionsPage {
    f: Frame,
    sessions: Vec<SessionRow>,
    sign_ins: Vec<SignIn>,
}

/// Somebody signing in or failing to, as the page shows it.
struct SignIn {
    at: Instant,
    good: bool,
    means: String,
    device: String,
    address: String,
}

impl SignIn {
    fn of(row: &SignInRow) -> Self {
        let detail: serde_json::Value = serde_json::from_str(&row.detail).unwrap_or_default();
        let said = |name: &str| detail[name].as_str().unwrap_or_default().to_owned();
        Self {
            at: row.at,
            good: row.action == "access.signed_in",
            means: said("means"),
            device: said("device"),
            address: said("address"),
        }
    }
}

pub(crate) async fn list_sessions(State(web): State<Web>, who: Who) -> Answer {
    let sessions = app::access::list_own_sessions(&web.app, &who.actor, who.now).await?;
    let sign_ins = app::access::list_own_sign_ins(&web.app, &who.actor).await?;
    html(&SessionsPage {
        f: who.frame("account"),
        sessions,
        sign_ins: sign_ins.iter().map(SignIn::of).collect(),
    })
}

impl SessionsPage {
    fn is_this(&self, session: &SessionRow) -> bool {
        self.f.session().is_some_and(|s| s.id == session.id)
    }

    fn device(&self, session: &SessionRow) -> String {
        device_name(&session.user_agent)
    }
}

pub(crate) async fn end_session(
    State(web): State<Web>,
    Path(id): Path<String>,
    Sent(who, _): Sent,
) -> Answer {
    let id = Uuid::try_parse(&id).map_err(|_| Failure::not_found())?;
    app::access::end_own_session(&web.app, &who.actor, who.now, id).await?;
    Ok(who.go("/account/sessions"))
}

pub(crate) async fn end_other_sessions(State(web): State<Web>, Sent(who, _): Sent) -> Answer {
    let kept = who.frame("account").session().map(|s| s.id);
    let kept = kept.unwrap_or_default();
    app::access::end_other_sessions(&web.app, &who.actor, who.now, kept).await?;
    Ok(who.go("/account/sessions"))
}

#[derive(askama::Template)]
#[template(path = "access/account_notices.html")]
struct NoticesPage {
    f: Frame,
    notices: Vec<NoticeRow>,
}

pub(crate) async fn list_notices(State(web): State<Web>, who: Who) -> Answer {
    let notices = app::access::list_notices(&web.app, &who.actor).await?;
    html(&NoticesPage {
        f: who.frame("account"),
        notices,
    })
}

impl NoticesPage {
    fn has_unread(&self) -> bool {
        self.notices.iter().any(|n| n.read_at.is_none())
    }
}

pub(crate) async fn read_notices(State(web): State<Web>, Sent(who, _): Sent) -> Answer {
    app::access::read_notices(&web.app, &who.actor, who.now).await?;
    Ok(who.go("/account/notices"))
}
