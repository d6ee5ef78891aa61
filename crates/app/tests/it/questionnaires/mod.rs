//! Questionnaires that people write: their life, two at one draft, which one is used, the glossary.

mod choice;
mod editing;
mod life;

use app::questionnaires::drafts::{Beginning, create_draft, find_version};
use app::questionnaires::steps::{StepForm, take_step};
use domain::access::Actor;
use domain::ids::QuestionnaireId;
use testkit::TestApp;
use uuid::Uuid;

/// The version of a questionnaire in force.
fn version(t: &TestApp, code: &str) -> QuestionnaireId {
    let scripts = t.app.scripts();
    let on = domain::time::date_in_china(t.now);
    scripts.in_effect(code, on).unwrap().id
}

/// A draft from the version in force of a questionnaire, as its next version or under another code.
async fn draft(t: &TestApp, by: &Actor, from: &str, code: Option<&str>) -> Uuid {
    let id = version(t, from).0;
    let beginning = Beginning::From(id, code.map(str::to_owned));
    create_draft(&t.app, by, t.now, beginning).await.unwrap()
}

/// Takes a step with the text as it is.
async fn step(
    t: &TestApp,
    by: &Actor,
    id: Uuid,
    step: &str,
    change: impl FnOnce(&mut StepForm),
) -> app::Result<()> {
    let view = find_version(&t.app, &t.people().compliance, t.now, id).await;
    let mut form = StepForm {
        step: step.into(),
        hash: view.unwrap().draft.map(|d| d.hash).unwrap_or_default(),
        reason: "理由".into(),
        ..StepForm::default()
    };
    change(&mut form);
    take_step(&t.app, by, t.now, id, &form).await
}

/// Reviewed by the manager, approved by the executive from a day on.
async fn approve(t: &TestApp, id: Uuid, from: &str) -> app::Result<()> {
    let p = t.people();
    step(t, &p.manager, id, "review", |_| {}).await?;
    step(t, &p.executive, id, "approve", |f| f.day = from.into()).await
}
