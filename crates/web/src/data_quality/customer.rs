//! The quality of one customer's information.

use super::{id_of, tone, tone_of};
use crate::forms::{Choice, Sent, choices};
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::data_quality::{ExplanationForm, InformationPage, VerificationForm};
use axum::extract::{Path, State};
use domain::data_quality::{FindingState, Severity, VerifiedBy};
use store::data_quality::FindingRow;

#[derive(askama::Template)]
#[template(path = "data_quality/customer.html")]
struct QualityPage {
    f: Frame,
    page: InformationPage,
}

pub(crate) async fn show_quality(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    who: Who,
) -> Answer {
    let (app, actor) = (&web.app, &who.actor);
    let page = app::data_quality::information_page(app, actor, who.now, &customer_no).await?;
    html(&QualityPage {
        f: who.frame("customers"),
        page,
    })
}

pub(crate) async fn create_verification(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let verification = VerificationForm {
        on: form.own("on"),
        way: form.own("way"),
        note: form.own("note"),
    };
    let (app, actor) = (&web.app, &who.actor);
    app::data_quality::verify(app, actor, who.now, &customer_no, &verification).await?;
    Ok(who.go(&url(&customer_no)))
}

pub(crate) async fn create_explanation(
    State(web): State<Web>,
    Path((customer_no, finding)): Path<(String, String)>,
    Sent(who, form): Sent,
) -> Answer {
    let explanation = ExplanationForm {
        words: form.own("words"),
        // A version that cannot be read is none that anybody was shown.
        version: form.get("version").parse().unwrap_or(-1),
    };
    let (app, actor, id) = (&web.app, &who.actor, id_of(&finding)?);
    app::data_quality::explain(app, actor, who.now, &customer_no, id, &explanation).await?;
    Ok(who.go(&url(&customer_no)))
}

fn url(customer_no: &str) -> String {
    format!("/customers/{customer_no}/quality")
}

impl QualityPage {
    fn in_state(&self, state: FindingState) -> Vec<&FindingRow> {
        let rows = self.page.findings.iter();
        rows.filter(|f| f.state == state).collect()
    }

    fn open(&self) -> Vec<&FindingRow> {
        self.in_state(FindingState::Open)
    }

    fn explained(&self) -> Vec<&FindingRow> {
        self.in_state(FindingState::Explained)
    }

    fn cleaned(&self) -> Vec<&FindingRow> {
        self.in_state(FindingState::Cleaned)
    }

    fn tone(&self, severity: &Severity) -> &'static str {
        tone(*severity)
    }

    fn tone_of(&self, points: &i64) -> &'static str {
        tone_of(*points)
    }

    fn is_overdue(&self) -> bool {
        let state = self.page.state.as_ref();
        state.is_some_and(|s| s.verify_by < self.f.today)
    }

    fn ways(&self) -> Vec<Choice> {
        let by_hand = VerifiedBy::ALL
            .iter()
            .filter(|w| **w != VerifiedBy::Callback);
        let codes = by_hand.map(|w| w.as_str());
        choices(
            &self.f,
            "verified-by",
            codes,
            VerifiedBy::Telephone.as_str(),
        )
    }

    /// Hundredths of points as people read them.
    fn points(&self, hundredths: &i64) -> String {
        let (whole, part) = (hundredths / 100, (hundredths % 100).abs());
        if part == 0 {
            whole.to_string()
        } else {
            format!("{whole}.{part:02}")
        }
    }
}
