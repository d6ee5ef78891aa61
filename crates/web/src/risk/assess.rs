//! The form of an assessment, and the steps that it takes.

use super::{id_of, url};
use crate::forms::{Fields, Sent};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::risk::{AssessmentForm, AssessmentPage, StepForm};
use axum::extract::{Path, State};
use domain::risk::{AssessmentState, RiskDimension};

/// What the names of fields of the form begin with that are answers.
const ANSWER: &str = "answer.";

#[derive(askama::Template)]
#[template(path = "risk/assess.html")]
struct AssessPage {
    f: Frame,
    page: AssessmentPage,
}

pub(crate) async fn show_assessment(
    State(web): State<Web>,
    Path((customer_no, dimension)): Path<(String, String)>,
    who: Who,
) -> Answer {
    let (app, actor, now) = (&web.app, &who.actor, who.now);
    let page = app::risk::assessment_page(app, actor, now, &customer_no, &dimension).await?;
    html(&AssessPage {
        f: who.frame("risk"),
        page,
    })
}

impl AssessPage {
    /// The viewer may write the answers.
    fn may_write(&self) -> bool {
        let open = self.page.open.as_ref();
        let right = match self.page.dimension {
            RiskDimension::Aml => "risk.confidential",
            _ => "risk.assess",
        };
        self.f.may(right) && open.is_none_or(|r| r.state == AssessmentState::Draft)
    }

    fn is_submitted(&self) -> bool {
        let open = self.page.open.as_ref();
        open.is_some_and(|r| r.state == AssessmentState::Submitted)
    }
}

fn answers(fields: &Fields) -> std::collections::BTreeMap<String, String> {
    let pairs = fields.pairs();
    let named = pairs.filter_map(|(name, value)| Some((name.strip_prefix(ANSWER)?, value)));
    let given = named.filter(|(_, value)| !value.is_empty());
    given
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

pub(crate) async fn save_assessment(
    State(web): State<Web>,
    Path((customer_no, dimension)): Path<(String, String)>,
    Sent(who, fields): Sent,
) -> Answer {
    let form = AssessmentForm {
        answers: answers(&fields),
        content: fields.own("content"),
        dimension,
    };
    let (app, actor, now) = (&web.app, &who.actor, who.now);
    app::risk::save_assessment(app, actor, now, &customer_no, &form).await?;
    let to = format!("{}/{}", url(&customer_no), form.dimension);
    Ok(who.go(&to))
}

pub(crate) async fn take_step(
    State(web): State<Web>,
    Path(assessment): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let id = id_of(&assessment)?;
    let form = StepForm {
        step: fields.own("step"),
        reason: fields.own("reason"),
        version: fields.get("version").parse().ok(),
    };
    let row = app::risk::take_assessment_step(&web.app, &who.actor, who.now, id, &form).await?;
    Ok(who.go(&url(&row.of.customer_no)))
}
