//! Customer risk: assessments by two persons, reviews, signals from planted portfolios, credit files, what is
//! confidential, registers.

mod assessments;
mod confidential;
mod gone;
mod monitored;
mod registers;
mod signals;

use app::risk as r;
use domain::access::Actor;
use domain::risk::AssessmentState;
use domain::time::Instant;
use testkit::TestApp;
use uuid::Uuid;

/// Facts that make a high credit risk.
const POOR: [(&str, &str); 3] = [
    ("risk.credit.payment", "arrears"),
    ("risk.credit.rating", "poor"),
    ("risk.credit.court", "true"),
];

fn form(dimension: &str, answers: &[(&str, &str)]) -> r::AssessmentForm {
    let answers = answers.iter();
    r::AssessmentForm {
        dimension: dimension.into(),
        answers: answers
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect(),
        content: "经营正常，近期有逾期缴费".into(),
    }
}

async fn write(
    t: &TestApp,
    by: &Actor,
    now: Instant,
    customer: &str,
    (dimension, answers): (&str, &[(&str, &str)]),
) -> app::Result<Uuid> {
    r::save_assessment(&t.app, by, now, customer, &form(dimension, answers)).await
}

async fn step(
    t: &TestApp,
    by: &Actor,
    now: Instant,
    id: Uuid,
    step: &str,
) -> app::Result<AssessmentState> {
    let form = r::StepForm {
        step: step.into(),
        reason: "请补充依据".into(),
        version: None,
    };
    let row = r::take_assessment_step(&t.app, by, now, id, &form).await?;
    Ok(row.state)
}

/// Written by one person, confirmed by another.
async fn assessed(
    t: &TestApp,
    (writer, confirmer): (&Actor, &Actor),
    now: Instant,
    customer: &str,
    what: (&str, &[(&str, &str)]),
) -> Uuid {
    let id = write(t, writer, now, customer, what).await.unwrap();
    step(t, writer, now, id, "submit").await.unwrap();
    step(t, confirmer, now, id, "confirm").await.unwrap();
    id
}
