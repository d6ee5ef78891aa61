//! Classes that are set by hand, and those that files bring.

use super::{classes, classify_at, spans};
use app::Result;
use app::approvals::{decide, find_approval};
use app::obligations::{PlanRequest, plan};
use app::segments::{OverrideForm, ask_override, classes_page, end_override_early};
use domain::access::{Actor, ApprovalStep, Permission};
use domain::imports::ImportKind;
use domain::time::Instant;
use rstest::rstest;
use testkit::{Engine, Portfolio, TestApp, at, day, invalid, refused};
use uuid::Uuid;

async fn ask(t: &TestApp, by: &Actor, now: Instant, class: &str, until: &str) -> Result<Uuid> {
    let form = OverrideForm {
        model: "value".into(),
        class: class.into(),
        until_on: until.into(),
        reason: "企业主，配偶名下保单未归集".into(),
    };
    let asked = ask_override(&t.app, by, now, "C50-LI", &form).await?;
    Ok(asked.approval.unwrap())
}

async fn step(t: &TestApp, by: &Actor, now: Instant, id: Uuid, step: ApprovalStep) -> Result<()> {
    decide(&t.app, by, now, id, step, "不足").await
}

/// SEG-03: what may be asked for, and by whom.
#[rstest]
#[tokio::test]
async fn not_every_class_may_be_asked_for(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let (p, now) = (t.people(), t.now);
    classify_at(&t, now, false).await;
    let leader = &p.leader_cq;
    let form = OverrideForm::default();
    let empty = ask_override(&t.app, leader, now, "C50-LI", &form).await;
    let fields: Vec<_> = invalid(empty).into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["model", "class", "until_on", "reason"]);
    let elsewhere = ask(&t, &p.leader_sd, now, "high", "2024-12-31").await;
    assert!(matches!(elsewhere, Err(app::Error::NotFound)));
    let denied = ask(&t, &p.caller_cq, now, "high", "2024-12-31").await;
    assert!(matches!(
        denied,
        Err(app::Error::Denied(Permission::ClassesOverride))
    ));
    let same = ask(&t, leader, now, "medium", "2024-12-31").await;
    assert_eq!(refused(same), "override-same");
    let past = ask(&t, leader, now, "high", "2024-03-04").await;
    assert_eq!(refused(past), "override-past");
    let long = ask(&t, leader, now, "high", "2025-12-31").await;
    assert_eq!(refused(long), "override-too-long");
}

/// SEG-03, §4.16: a class set by hand needs a reason, a last day and a second person; it ends by itself, or
/// early; all of it stays in the history.
#[rstest]
#[tokio::test]
async fn a_class_set_by_hand_lives_and_ends(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let (p, now) = (t.people(), t.now);
    classify_at(&t, now, false).await;
    let computed = classes(&t, "C50-LI").await;
    assert_eq!(computed, "medium medium");
    let (leader, second) = (&p.leader_cq, &p.compliance);

    let first = ask(&t, leader, now, "high", "2024-03-10").await.unwrap();
    let twice = ask(&t, leader, now, "low", "2024-03-10").await;
    assert_eq!(refused(twice), "override-waits");
    let own = step(&t, leader, now, first, ApprovalStep::Approve).await;
    assert!(own.is_err());
    step(&t, second, now, first, ApprovalStep::Refuse)
        .await
        .unwrap();
    classify_at(&t, now, false).await;
    assert_eq!(
        classes(&t, "C50-LI").await,
        computed,
        "a refusal changes nothing"
    );

    let asked = ask(&t, leader, now, "high", "2024-03-10").await.unwrap();
    let seen = find_approval(&t.app, second, now, asked).await.unwrap();
    assert!(seen.may_decide && !seen.row.payload.contains("企业主") && seen.row.reason.is_empty());
    step(&t, second, now, asked, ApprovalStep::Approve)
        .await
        .unwrap();
    classify_at(&t, now, false).await;
    assert_eq!(classes(&t, "C50-LI").await, "high medium");
    let page = classes_page(&t.app, leader, now, "C50-LI").await.unwrap();
    let set = page.models[0].set.as_ref().unwrap();
    assert_eq!(set.reason.as_deref(), Some("企业主，配偶名下保单未归集"));
    assert_eq!(page.refused.len(), 1);

    // On its last day it counts, on the next it does not.
    classify_at(&t, at("2024-03-10 20:00"), false).await;
    assert_eq!(classes(&t, "C50-LI").await, "high medium");
    let ended = classify_at(&t, at("2024-03-11 01:00"), false).await;
    assert_eq!(ended.overrides_ended, 1);
    assert_eq!(classes(&t, "C50-LI").await, computed);
    ended_early(&t).await;
}

/// Another one, ended before its last day.
async fn ended_early(t: &TestApp) {
    let (leader, second) = (&t.people().leader_cq, &t.people().compliance);
    let later = at("2024-03-11 09:00");
    let third = ask(t, leader, later, "high", "2024-06-30").await.unwrap();
    step(t, second, later, third, ApprovalStep::Approve)
        .await
        .unwrap();
    classify_at(t, at("2024-03-12 09:00"), false).await;
    let on = at("2024-03-14 09:00");
    let which = ("C50-LI", "value");
    let silent = end_override_early(&t.app, leader, on, which, " ").await;
    assert_eq!(invalid(silent)[0].0, "reason");
    end_override_early(&t.app, leader, on, which, "保单已归集")
        .await
        .unwrap();
    classify_at(t, on, false).await;
    assert_eq!(
        spans(t, "C50-LI").await,
        [
            "medium computed 2024-03-05 2024-03-05",
            "high overridden 2024-03-05 2024-03-11",
            "medium computed 2024-03-11 2024-03-12",
            "high overridden 2024-03-12 2024-03-14",
            "medium computed 2024-03-14 -",
        ]
    );
    let again = end_override_early(&t.app, leader, on, which, "再次").await;
    assert!(matches!(again, Err(app::Error::NotFound)));
    let sealed = "SELECT COUNT(*) FROM class_overrides WHERE reason IS NOT NULL";
    assert_eq!(t.database.number(sealed).await, 3);
}

/// SEG-03: a file's class counts until a model gives one, and never overwrites it; contacts by class follow.
#[rstest]
#[tokio::test]
async fn a_file_does_not_overwrite_what_a_model_gives(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::empty(engine).await;
    let mut portfolio = Portfolio::small();
    portfolio
        .customers
        .set("C50-LI", "value_class", "high")
        .set("C50-HE", "value_class", "high");
    t.import(ImportKind::Orgs, &portfolio.orgs).await;
    t.import(ImportKind::Customers, &portfolio.customers).await;
    assert_eq!(classes(&t, "C50-LI").await, "high -");
    classify_at(&t, t.now, false).await;
    assert_eq!(
        classes(&t, "C50-LI").await,
        "high low",
        "who has no policy is not scored by value"
    );
    t.import_all(&portfolio).await;
    classify_at(&t, t.now, false).await;
    assert_eq!(classes(&t, "C50-LI").await, "medium medium");
    portfolio.customers.set("C50-LI", "value_class", "low");
    t.import(ImportKind::Customers, &portfolio.customers).await;
    assert_eq!(classes(&t, "C50-LI").await, "medium medium");
    let said = "SELECT imported_value_class FROM customers WHERE customer_no = 'C50-LI'";
    assert_eq!(t.database.column(said).await, ["low"]);
    classify_at(&t, t.now, false).await;
    assert_eq!(classes(&t, "C50-LI").await, "medium medium");
    let request = PlanRequest {
        since: Some(day("2024-01-01")),
        ..PlanRequest::default()
    };
    plan(&t.app, &Actor::shell("tests"), t.now, request, &|_| {})
        .await
        .unwrap();
    let owed = "SELECT o.programme FROM obligations o JOIN customers c ON c.id = o.customer_id \
                WHERE c.customer_no = 'C50-LI' AND o.programme LIKE 'VF-%' AND o.status = 'open'";
    assert_eq!(t.database.column(owed).await, ["VF-MED"]);
}
