//! Plan against done, privileges, recommendations, and what destruction leaves.

use super::{begin, rate};
use app::service as s;
use domain::access::Actor;
use rstest::rstest;
use testkit::{Engine, TestApp, day, invalid, refused};

fn item(kind: &str, subject: &str) -> s::ItemForm {
    s::ItemForm {
        kind: kind.into(),
        subject: subject.into(),
        text: "关注养老与子女教育".into(),
        channel: "phone".into(),
        ..Default::default()
    }
}

async fn plan(t: &TestApp, customer_no: &str) -> s::PlanPage {
    let by = &t.people().operations_cq;
    s::service_plan(&t.app, by, t.now, customer_no)
        .await
        .unwrap()
}

async fn give(t: &TestApp, by: &Actor, customer_no: &str, user: &str) {
    let form = s::AssignForm {
        customer_no: customer_no.into(),
        user: user.into(),
        ..Default::default()
    };
    s::assign(&t.app, by, t.now, &form).await.unwrap();
}

/// Plans from the first of the year on; by itself, the first import looks sixty days back, which is after the quarter
/// began.
async fn plan_callbacks_of_year(t: &TestApp) {
    let request = app::obligations::PlanRequest {
        since: Some(day("2024-01-01")),
        ..Default::default()
    };
    app::obligations::plan(&t.app, &Actor::shell("tests"), t.now, request, &|_| {})
        .await
        .unwrap();
}

fn line<'p>(plan: &'p s::PlanPage, code: &str) -> &'p s::Line {
    let mut lines = plan.lines.iter();
    lines.find(|l| l.entitled.code == code).unwrap()
}

/// SEG-05, SEG-06: what the class owes by today stands against what was done, each with its article; privileges are
/// counted by year.
#[rstest]
#[tokio::test]
async fn the_plan_of_a_class_against_what_was_done(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = begin(engine).await;
    plan_callbacks_of_year(&t).await;
    let by = &t.people().operations_cq;
    give(&t, by, "C50-ZHOU", "operations_cq").await;
    let before = plan(&t, "C50-ZHOU").await;
    let contacts = line(&before, "contacts_per_year");
    assert_eq!(
        (contacts.per_year, contacts.owed, contacts.done),
        (12, 2, 0)
    );
    assert_eq!(contacts.gap(), 2);
    let callbacks = line(&before, "callbacks_programme");
    assert_eq!(callbacks.entitled.source.article, "三（二）1");
    let quarter = (callbacks.owed, callbacks.done);
    assert_eq!(quarter, (1, 0), "the first quarter");
    assert_eq!(before.next_contact_on, Some(day("2024-04-04")));
    let said = s::ItemForm {
        done_on: "2024-03-04".into(),
        ..item("contact", "")
    };
    s::add_item(&t.app, by, t.now, "C50-ZHOU", &said)
        .await
        .unwrap();
    let after = plan(&t, "C50-ZHOU").await;
    assert_eq!(line(&after, "contacts_per_year").done, 1);
    assert_eq!(after.next_contact_on, Some(day("2024-04-03")));
    let late = s::ItemForm {
        done_on: "2024-03-06".into(),
        ..item("contact", "")
    };
    let late = s::add_item(&t.app, by, t.now, "C50-ZHOU", &late).await;
    assert_eq!(invalid(late), [("done_on".into(), "future".into())]);
    let step = s::add_item(&t.app, by, t.now, "C50-ZHOU", &item("step", "")).await;
    assert_eq!(invalid(step), [("due_on".into(), "missing".into())]);
    // One health check a year; medium value has none.
    let check = item("privilege", "health_check");
    s::add_item(&t.app, by, t.now, "C50-ZHOU", &check)
        .await
        .unwrap();
    let twice = s::add_item(&t.app, by, t.now, "C50-ZHOU", &check).await;
    assert_eq!(refused(twice), "privilege-used-up");
    let other = s::add_item(&t.app, by, t.now, "C50-LI", &check).await;
    assert_eq!(refused(other), "privilege-not-of-class");
    let claim = item("privilege", "priority_claim");
    for _ in 0..3 {
        s::add_item(&t.app, by, t.now, "C50-ZHOU", &claim)
            .await
            .unwrap();
    }
    let summary = s::service_summary(&t.app, by, t.now, &after.customer).await;
    let summary = summary.unwrap().unwrap();
    assert_eq!(summary.person.as_deref(), Some("operations cq"));
    assert!(!summary.is_unserved && summary.gaps > 0);
    // The report counts the same.
    let (manager, year) = (&t.people().manager, s::ReportQuery::default());
    let report = s::service_report(&t.app, manager, t.now, &year).await;
    let report = report.unwrap();
    let high = report.classes.iter().find(|c| c.value_class == "high");
    let high = high.unwrap();
    assert_eq!((high.customers, high.in_charge), (2, 1));
    assert_eq!((high.contacts, high.privileges), (1, 4));
    assert_eq!((high.callbacks_owed, high.callbacks_done), (2, 0));
    let csv = s::report_csv(&t.app, manager, t.now, &year).await;
    assert!(String::from_utf8(csv.unwrap()).unwrap().contains(",high,"));
}

/// SEG-07, SEG-12: nothing is recommended without consent or beyond the risk that the customer bears; what became
/// of it is noted once.
#[rstest]
#[tokio::test]
async fn recommendations_suit_the_customer(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = begin(engine).await;
    let by = &t.people().operations_cq;
    rate(&t, "C50-LI", "risk_tolerance", "low").await;
    let product = |risk: &str| s::ItemForm {
        product_risk: risk.into(),
        ..item("recommendation", "稳盈年金")
    };
    let add = async |risk: &str| s::add_item(&t.app, by, t.now, "C50-LI", &product(risk)).await;
    assert_eq!(
        refused(add("low").await),
        "recommendation-barred",
        "no consent"
    );
    let consent = app::messaging::ConsentForm {
        topic: "marketing".into(),
        given: true,
        source: "recorded_call".into(),
        note: "电话中同意".into(),
    };
    app::messaging::record_consent(&t.app, by, t.now, "C50-LI", &consent)
        .await
        .unwrap();
    assert_eq!(
        refused(add("high").await),
        "recommendation-barred",
        "too risky"
    );
    let id = add("low").await.unwrap();
    let page = plan(&t, "C50-LI").await;
    let findings: Vec<_> = page.items.rows[0]
        .findings
        .iter()
        .map(|f| f.as_str())
        .collect();
    assert_eq!(findings, ["needs_unknown", "income_unknown"]);
    let done = |outcome: &str| s::OutcomeForm {
        outcome: outcome.into(),
        ..Default::default()
    };
    let silent = s::finish_item(&t.app, by, t.now, id, &done("declined")).await;
    assert_eq!(invalid(silent), [("result".into(), "missing".into())]);
    s::finish_item(&t.app, by, t.now, id, &done("accepted"))
        .await
        .unwrap();
    let again = s::finish_item(&t.app, by, t.now, id, &done("accepted")).await;
    assert!(matches!(again, Err(app::Error::Conflict)));
    let other = &t.people().operations_sd;
    let foreign = s::finish_item(&t.app, other, t.now, id, &done("dropped")).await;
    assert!(matches!(foreign, Err(app::Error::NotFound)));
}

/// SEC-10: what was written about a customer goes with the customer's data.
#[rstest]
#[tokio::test]
async fn the_register_goes_with_the_customer(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = begin(engine).await;
    let by = &t.people().operations_cq;
    let need = item("need", "");
    s::add_item(&t.app, by, t.now, "C50-ZHOU", &need)
        .await
        .unwrap();
    let flag = s::FlagForm {
        flag: "strengthened_claim_review".into(),
        reason: "多次小额理赔".into(),
    };
    s::ask_flag(&t.app, by, t.now, "C50-ZHOU", &flag)
        .await
        .unwrap();
    let customer = plan(&t, "C50-ZHOU").await.customer;
    let work = t.app.store().begin(t.now).await.unwrap();
    store::retention::erase_customer(&work, customer.id)
        .await
        .unwrap();
    let entry = store::AuditEntry::new(by, "customer.erased", "customer", customer.id.0);
    work.commit(entry).await.unwrap();
    for left in [
        "SELECT COUNT(*) FROM service_items WHERE text IS NOT NULL",
        "SELECT COUNT(*) FROM customer_flags WHERE reason IS NOT NULL",
    ] {
        assert_eq!(t.database.number(left).await, 0, "{left}");
    }
    let again = s::add_item(&t.app, by, t.now, "C50-ZHOU", &need).await;
    assert_eq!(refused(again), "service-erased");
}
