//! Standing in: who acts for whom, and acting for somebody.

use super::units::id;
use crate::failure::Failure;
use crate::forms::{Fields, Sent};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::access::{DelegationForm, Delegations, Session};
use axum::extract::{Path, RawQuery, State};
use store::access::DelegationRow;

#[derive(askama::Template)]
#[template(path = "access/delegations.html")]
struct DelegationsPage {
    f: Frame,
    delegations: Delegations,
}

impl DelegationsPage {
    fn user(&self) -> Option<domain::ids::UserId> {
        self.f.session().map(|s| s.user.id)
    }

    fn can_act(&self, row: &DelegationRow) -> bool {
        let acting = self.f.session().and_then(|s| s.acting.as_ref());
        Some(row.substitute) == self.user()
            && row.holds_on(self.f.today)
            && acting.is_none_or(|a| a.id != row.id)
    }

    fn state(&self, row: &DelegationRow) -> &'static str {
        if row.ended_at.is_some() || row.until_on < self.f.today {
            "over"
        } else if row.from_on > self.f.today {
            "to_come"
        } else {
            "holds"
        }
    }
}

pub(crate) async fn list_delegations(
    State(web): State<Web>,
    RawQuery(raw): RawQuery,
    who: Who,
) -> Answer {
    let query = Fields::parse(raw.unwrap_or_default().as_bytes());
    let after = query.get("after");
    let delegations = app::access::list_delegations(&web.app, &who.actor, who.now, after).await?;
    html(&DelegationsPage {
        f: who.frame("delegations"),
        delegations,
    })
}

pub(crate) async fn create_delegation(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let form = DelegationForm {
        principal: fields.own("principal"),
        substitute: fields.own("substitute"),
        from: fields.own("from"),
        until: fields.own("until"),
        reason: fields.own("reason"),
    };
    app::access::delegate(&web.app, &who.actor, who.now, &form).await?;
    Ok(who.go("/delegations"))
}

pub(crate) async fn end_delegation(
    State(web): State<Web>,
    Path(delegation): Path<String>,
    Sent(who, _): Sent,
) -> Answer {
    app::access::end_delegation(&web.app, &who.actor, who.now, id(&delegation)?).await?;
    Ok(who.go("/delegations"))
}

pub(crate) async fn begin_acting(
    State(web): State<Web>,
    Path(delegation): Path<String>,
    Sent(who, _): Sent,
) -> Answer {
    let delegation = id(&delegation)?;
    app::access::act_for(&web.app, &session(&who)?, who.now, Some(delegation)).await?;
    Ok(who.go("/"))
}

pub(crate) async fn stop_acting(State(web): State<Web>, Sent(who, _): Sent) -> Answer {
    app::access::act_for(&web.app, &session(&who)?, who.now, None).await?;
    Ok(who.go("/"))
}

fn session(who: &Who) -> Result<Session, Failure> {
    let frame = who.frame("delegations");
    frame.session().cloned().ok_or_else(Failure::not_found)
}
