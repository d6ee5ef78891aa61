//! Asking for a visit.

use crate::forms::{Choice, Fields, Sent, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::visits::{NewVisitForm, VisitSubject};
use axum::extract::{RawQuery, State};
use domain::visits::VisitPurpose;
use store::visits::FormattedRow;

#[derive(askama::Template)]
#[template(path = "visits/new.html")]
struct NewPage {
    f: Frame,
    form: NewVisitForm,
    subject: Option<VisitSubject>,
    questionnaires: Vec<FormattedRow>,
}

fn form_of(fields: &Fields) -> NewVisitForm {
    NewVisitForm {
        purpose: fields.own("purpose"),
        customer_no: fields.own("customer_no"),
        policy_no: fields.own("policy_no"),
        callback: fields.own("callback"),
        ticket: fields.own("ticket"),
        obligation: fields.own("obligation"),
        questionnaire: fields.own("questionnaire"),
        report: fields.own("report"),
    }
}

pub(crate) async fn show_new(State(web): State<Web>, RawQuery(raw): RawQuery, who: Who) -> Answer {
    let form = form_of(&Fields::parse(raw.unwrap_or_default().as_bytes()));
    let named = [
        &form.customer_no,
        &form.callback,
        &form.ticket,
        &form.obligation,
    ];
    let questionnaires = app::visits::ready_questionnaires(&web.app, &who.actor).await?;
    let subject = if named.iter().any(|n| !n.is_empty()) {
        Some(app::visits::visit_subject(&web.app, &who.actor, &form).await?)
    } else {
        None
    };
    html(&NewPage {
        f: who.frame("visits"),
        form,
        subject,
        questionnaires,
    })
}

pub(crate) async fn create_visit(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let form = form_of(&fields);
    let (_, number) = app::visits::request_visit(&web.app, &who.actor, who.now, &form).await?;
    Ok(who.go(&format!("/visits/{number}")))
}

impl NewPage {
    fn purposes(&self) -> Vec<Choice> {
        let suggested = self
            .subject
            .as_ref()
            .map_or(VisitPurpose::Other, |s| s.purpose);
        let fits = |p: &&VisitPurpose| match &self.subject {
            Some(s) if s.ticket.is_some() => {
                matches!(p, VisitPurpose::Clarification | VisitPurpose::Unresolved)
            }
            Some(s) if s.callback.is_some() => {
                matches!(p, VisitPurpose::SecondCallback | VisitPurpose::Unresolved)
            }
            _ => !p.is_confirmation() && !p.needs_decision(),
        };
        let codes = VisitPurpose::ALL.iter().filter(fits).map(|p| p.as_str());
        choices(&self.f, "visit-purpose", codes, suggested.as_str())
    }
}
