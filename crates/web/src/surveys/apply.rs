//! The application for a survey, new or written anew.

use super::url;
use crate::forms::{Choice, Fields, Sent, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::surveys::{ApplicationForm, ApplicationHelp};
use axum::extract::{Path, State};
use domain::customers::CustomerKind;
use domain::surveys::{Counted, Platform, SurveyIdentity, SurveyKind};
use store::surveys::SurveyRow;

#[derive(askama::Template)]
#[template(path = "surveys/apply.html")]
struct ApplyPage {
    f: Frame,
    form: ApplicationForm,
    /// Where it goes.
    action: String,
    /// Title of the survey that is written anew.
    written: Option<String>,
    help: ApplicationHelp,
    orgs: Vec<Choice>,
}

fn form_of(fields: &Fields) -> ApplicationForm {
    ApplicationForm {
        kind: fields.own("kind"),
        identity: fields.own("identity"),
        platform: fields.own("platform"),
        department: fields.own("department"),
        title: fields.own("title"),
        purpose: fields.own("purpose"),
        draft: fields.own("draft"),
        respondents: fields.own("respondents"),
        scope_org: fields.own("scope_org"),
        customer_kind: fields.own("customer_kind"),
        sample_percent: fields.own("sample_percent"),
        from_on: fields.own("from_on"),
        to_on: fields.own("to_on"),
        time_points: fields.own("time_points"),
    }
}

fn form_from(row: &SurveyRow) -> ApplicationForm {
    ApplicationForm {
        kind: row.kind.as_str().into(),
        identity: row.identity.as_str().into(),
        platform: row.platform.as_str().into(),
        department: row.department.clone(),
        title: row.title.clone(),
        purpose: row.purpose.clone(),
        draft: row.draft.clone(),
        respondents: row.respondents.clone(),
        scope_org: row.scope_org_code.clone(),
        customer_kind: row.customer_kind.map_or("", CustomerKind::as_str).into(),
        sample_percent: row.sample_percent.to_string(),
        from_on: row.from_on.to_string(),
        to_on: row.to_on.to_string(),
        time_points: row.time_points.clone(),
    }
}

async fn page(
    web: &Web,
    who: &Who,
    form: ApplicationForm,
    written: Option<(String, String)>,
) -> Answer {
    let (written, action) = match written {
        Some((number, title)) => (Some(title), format!("{}/application", url(&number))),
        None => (None, "/surveys".to_owned()),
    };
    html(&ApplyPage {
        help: app::surveys::application_help(&web.app, &who.actor, who.now).await?,
        orgs: crate::forms::orgs(web, &who.actor, &form.scope_org).await?,
        f: who.frame("surveys"),
        form,
        action,
        written,
    })
}

pub(crate) async fn show_new(State(web): State<Web>, who: Who) -> Answer {
    let form = ApplicationForm {
        kind: SurveyKind::Routine.as_str().into(),
        identity: SurveyIdentity::Anonymous.as_str().into(),
        sample_percent: "100".into(),
        ..ApplicationForm::default()
    };
    page(&web, &who, form, None).await
}

pub(crate) async fn create_survey(State(web): State<Web>, Sent(who, fields): Sent) -> Answer {
    let form = form_of(&fields);
    let number = app::surveys::create_survey(&web.app, &who.actor, who.now, &form).await?;
    Ok(who.go(&url(&number)))
}

pub(crate) async fn show_application(
    State(web): State<Web>,
    Path(key): Path<String>,
    who: Who,
) -> Answer {
    let row = app::surveys::own_draft(&web.app, &who.actor, &key).await?;
    let written = (row.number.clone(), row.title.clone());
    page(&web, &who, form_from(&row), Some(written)).await
}

pub(crate) async fn write_application(
    State(web): State<Web>,
    Path(key): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let form = form_of(&fields);
    let number = app::surveys::write_survey(&web.app, &who.actor, who.now, &key, &form).await?;
    Ok(who.go(&url(&number)))
}

impl ApplyPage {
    fn kinds(&self) -> Vec<Choice> {
        let codes = SurveyKind::ALL.iter().map(|k| k.as_str());
        choices(&self.f, "survey-kind", codes, &self.form.kind)
    }

    fn identities(&self) -> Vec<Choice> {
        let codes = SurveyIdentity::ALL.iter().map(|k| k.as_str());
        choices(&self.f, "survey-identity", codes, &self.form.identity)
    }

    fn platforms(&self) -> Vec<Choice> {
        let codes = Platform::ALL.iter().map(|k| k.as_str());
        choices(&self.f, "survey-platform", codes, &self.form.platform)
    }

    fn customer_kinds(&self) -> Vec<Choice> {
        let codes = CustomerKind::ALL.iter().map(|k| k.as_str());
        choices(&self.f, "customer-kind", codes, &self.form.customer_kind)
    }

    fn used(&self, counted: &Counted) -> String {
        let (launched, limit) = (counted.launched, counted.limit);
        self.f.say2("survey-used", "n", launched, "limit", limit)
    }
}
