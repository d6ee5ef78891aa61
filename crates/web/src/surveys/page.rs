//! One survey: where it stands, who is to do what, and the forms for it.

use super::url;
use crate::forms::Sent;
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::surveys::{CollationForm, MeasureForm, ReportForm, SurveyPage};
use axum::extract::{Path, State};
use domain::surveys::{SurveyState, SurveyStep};
use qrcode::{Color, QrCode};
use std::fmt::Write as _;
use store::surveys::{MeasureRow, PersonRow};
use uuid::Uuid;

/// Modules around a picture code, as its standard demands.
const QUIET: usize = 4;

/// The way of a survey as the page shows it: each stage with the states from which on it is reached.
const STAGES: [(&str, SurveyState); 8] = [
    ("apply", SurveyState::Submitted),
    ("approve", SurveyState::ExecutiveApproved),
    ("build", SurveyState::Built),
    ("confirm", SurveyState::Confirmed),
    ("collect", SurveyState::Closed),
    ("collate", SurveyState::Collated),
    ("report", SurveyState::MeasuresSet),
    ("archive", SurveyState::Archived),
];

#[derive(askama::Template)]
#[template(path = "surveys/page.html")]
struct OnePage {
    f: Frame,
    page: SurveyPage,
    /// The picture code of the link: length of a side and path.
    code: Option<(usize, String)>,
}

pub(crate) async fn show_survey(
    State(web): State<Web>,
    Path(key): Path<String>,
    who: Who,
) -> Answer {
    let page = app::surveys::survey_page(&web.app, &who.actor, who.now, &key).await?;
    html(&OnePage {
        code: page.link.as_deref().and_then(picture),
        f: who.frame("surveys"),
        page,
    })
}

fn picture(link: &str) -> Option<(usize, String)> {
    let code = QrCode::new(link.as_bytes()).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (at, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (x, y) = (at % width + QUIET, at / width + QUIET);
            let _ = write!(path, "M{x} {y}h1v1h-1z");
        }
    }
    Some((width + 2 * QUIET, path))
}

pub(crate) async fn take_step(
    State(web): State<Web>,
    Path(key): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let step = (fields.get("step"), fields.get("reason"));
    app::surveys::take_survey_step(&web.app, &who.actor, who.now, &key, step).await?;
    Ok(who.go(&url(&key)))
}

pub(crate) async fn build_questionnaire(
    State(web): State<Web>,
    Path(key): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let (actor, now) = (&who.actor, who.now);
    let text = fields.get("questionnaire");
    app::surveys::build_questionnaire(&web.app, actor, now, &key, text).await?;
    Ok(who.go(&url(&key)))
}

pub(crate) async fn collate(
    State(web): State<Web>,
    Path(key): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let form = CollationForm {
        departments: fields.all("departments"),
        operations_head: fields.own("operations_head"),
        office_head: fields.own("office_head"),
    };
    app::surveys::collate(&web.app, &who.actor, who.now, &key, &form).await?;
    Ok(who.go(&url(&key)))
}

pub(crate) async fn write_report(
    State(web): State<Web>,
    Path(key): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let form = ReportForm {
        report: fields.own("report"),
        feedback: fields.own("feedback"),
    };
    app::surveys::report_survey(&web.app, &who.actor, who.now, &key, &form).await?;
    Ok(who.go(&url(&key)))
}

pub(crate) async fn add_measure(
    State(web): State<Web>,
    Path(key): Path<String>,
    Sent(who, fields): Sent,
) -> Answer {
    let form = MeasureForm {
        department: fields.own("department"),
        measure: fields.own("measure"),
        owner: fields.own("owner"),
        due_on: fields.own("due_on"),
    };
    app::surveys::add_measure(&web.app, &who.actor, who.now, &key, &form).await?;
    Ok(who.go(&url(&key)))
}

pub(crate) async fn finish_measure(
    State(web): State<Web>,
    Path((key, item)): Path<(String, String)>,
    Sent(who, fields): Sent,
) -> Answer {
    let measure = Uuid::try_parse(&item).map_err(|_| crate::failure::Failure::not_found())?;
    let outcome = fields.get("outcome");
    let of = (key.as_str(), measure);
    app::surveys::finish_measure(&web.app, &who.actor, who.now, of, outcome).await?;
    Ok(who.go(&url(&key)))
}

impl OnePage {
    fn tone(&self) -> &'static str {
        super::tone(self.page.row.state)
    }

    /// Every stage with whether it was reached.
    fn stages(&self) -> Vec<(&'static str, bool)> {
        let state = self.page.row.state;
        let state = match state {
            // Given back: the way is as far as it was when it was built last.
            SurveyState::Returned => SurveyState::ManagerApproved,
            SurveyState::Rejected => SurveyState::Draft,
            other => other,
        };
        let reached = |(name, from): (&'static str, SurveyState)| (name, state >= from);
        STAGES.map(reached).to_vec()
    }

    /// Steps that need no more than a reason or note.
    fn plain_steps(&self) -> Vec<SurveyStep> {
        let own_form = [SurveyStep::Build, SurveyStep::Collate, SurveyStep::Report];
        let steps = self.page.steps.iter().copied();
        steps.filter(|s| !own_form.contains(s)).collect()
    }

    fn may(&self, step: &str) -> bool {
        self.page.steps.iter().any(|s| s.as_str() == step)
    }

    fn is_own_draft(&self) -> bool {
        self.page.row.state == SurveyState::Draft && self.may("submit")
    }

    fn needs_reason(&self, step: &SurveyStep) -> bool {
        let early = *step == SurveyStep::Close
            && domain::time::date_in_china(self.f.now) <= self.page.row.to_on;
        step.needs_reason() || early
    }

    fn is_mild(&self, step: &SurveyStep) -> bool {
        matches!(step, SurveyStep::Reject | SurveyStep::GiveBack) || self.needs_reason(step)
    }

    fn to_build(&self) -> &str {
        let row = &self.page.row;
        row.questionnaire.as_deref().unwrap_or(&row.draft)
    }

    fn is_launched(&self) -> bool {
        self.page.row.launched_on.is_some()
    }

    fn is_waiting_for_collation(&self) -> bool {
        matches!(
            self.page.row.state,
            SurveyState::Running | SurveyState::Closed
        )
    }

    /// Whether the viewer says what came of a measure.
    fn may_finish(&self, measure: &MeasureRow) -> bool {
        let user = self.f.session().map(|s| s.user.id);
        let own = user.is_some_and(|u| u.0 == measure.owner_id);
        measure.done_on.is_none() && (own || user == Some(self.page.row.requester))
    }

    fn label(&self, person: &PersonRow) -> String {
        format!("{} · {}", person.name, person.org_name)
    }

    fn over_limit(&self) -> Option<String> {
        let counted = self.page.counted.filter(|_| self.page.needs_manager)?;
        Some(
            self.f
                .say1("survey-over-limit-note", "limit", counted.limit),
        )
    }

    fn draft_problem(&self) -> Option<String> {
        use domain::surveys::FormError as E;
        let (code, n) = match self.page.draft_problem? {
            E::Empty => ("survey-form-empty", 0),
            E::OptionFirst(n) => ("survey-form-option-first", n),
            E::TooFewOptions(n) => ("survey-form-few-options", n),
            E::NoOptions(n) => ("survey-form-no-options", n),
            E::TooLong(n) => ("survey-form-too-long", n),
            E::TooMany => ("survey-form-too-many", 0),
            E::NothingMandatory => ("survey-form-nothing-mandatory", 0),
        };
        Some(self.f.say1(&format!("refusal-{code}"), "detail", n))
    }
}
