//! One visit: what was asked, agreed, said and signed, and the steps that fit.

use super::list::tone;
use crate::forms::Sent;
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use crate::when;
use app::visits::{StepForm, VisitPage};
use axum::extract::{Path, State};
use domain::access::Permission;
use domain::visits::VisitState;
use store::access::UserRow;

#[derive(askama::Template)]
#[template(path = "visits/page.html")]
struct PageTemplate {
    f: Frame,
    page: VisitPage,
    visitors: Vec<UserRow>,
}

pub(crate) async fn show_visit(
    State(web): State<Web>,
    Path(key): Path<String>,
    who: Who,
) -> Answer {
    let page = app::visits::visit_page(&web.app, &who.actor, who.now, &key).await?;
    let may = who.actor.may(Permission::VisitsMake);
    let arranges = matches!(
        page.visit.state,
        VisitState::Approved | VisitState::Scheduled | VisitState::Rescheduled
    );
    let visitors = if may && arranges {
        app::visits::list_visitors(&web.app, &who.actor, &page.visit).await?
    } else {
        Vec::new()
    };
    html(&PageTemplate {
        f: who.frame("visits"),
        page,
        visitors,
    })
}

pub(crate) async fn take_step(
    State(web): State<Web>,
    Path(key): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let row = app::visits::find_visit(&web.app, &who.actor, &key).await?;
    let form = StepForm {
        step: fields.own("step"),
        reason: fields.own("reason"),
        visitor: fields.own("visitor"),
        appointment_at: fields.own("appointment_at"),
        place: fields.own("place"),
        agreed_with: fields.own("agreed_with"),
        guide: fields.own("guide"),
        version: None,
    };
    app::visits::take_step(&web.app, &who.actor, who.now, row.id, &form).await?;
    Ok(who.go(&format!("/visits/{}", row.number)))
}

pub(crate) async fn archive_visit(
    State(web): State<Web>,
    Path(key): Path<String>,
    Sent(who, _): Sent,
) -> Answer {
    let row = app::visits::find_visit(&web.app, &who.actor, &key).await?;
    app::visits::archive_visit(&web.app, &who.actor, who.now, row.id).await?;
    Ok(who.go(&format!("/visits/{}", row.number)))
}

impl PageTemplate {
    fn tone(&self) -> &'static str {
        tone(&self.page.visit.state)
    }

    fn is_own(&self) -> bool {
        let user = self.f.session().map(|s| s.user.id);
        user.is_some() && user == self.page.visit.visitor_id
    }

    fn may_write(&self) -> bool {
        self.page.visit.state.takes_form() && self.is_own() && self.f.may("visits.make")
    }

    /// Steps besides the form, the usual one first.
    fn steps(&self) -> Vec<&'static str> {
        let mut steps = Vec::new();
        let visit = &self.page.visit;
        let user = self.f.session().map(|s| s.user.id);
        let decides = self.f.may("visits.approve") && user != Some(visit.requested_by);
        if visit.state == VisitState::Requested && decides {
            steps.extend(["approve", "refuse"]);
        }
        if !self.f.may("visits.make") {
            return steps;
        }
        match visit.state {
            VisitState::Approved => steps.push("schedule"),
            VisitState::Scheduled | VisitState::Rescheduled => steps.push("reschedule"),
            _ => {}
        }
        if visit.state.is_open() && visit.state != VisitState::Signed {
            steps.push("prepare");
        }
        let made = matches!(visit.state, VisitState::Signed | VisitState::Archived);
        if made && visit.problem.is_some() && visit.followed_up_at.is_none() {
            steps.push("follow_up");
        }
        steps.push("note");
        if visit.state.is_open() && visit.visited_at.is_none() {
            steps.push("cancel");
        }
        steps
    }

    /// The step that is usually next stands open.
    fn is_main(&self, step: &str) -> bool {
        matches!(step, "approve" | "schedule") || (step == "follow_up" && self.steps()[0] == step)
    }

    fn appointment(&self) -> String {
        self.page
            .visit
            .appointment_at
            .map(when::field)
            .unwrap_or_default()
    }

    fn is_visitor(&self, user: &UserRow) -> bool {
        let session = self.f.session().map(|s| s.user.id);
        Some(user.id) == self.page.visit.visitor_id.or(session)
    }
}
