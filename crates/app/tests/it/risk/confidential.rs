//! Money laundering: who hears of it, grades, the two dates, checks before payments.

use super::{assessed, write};
use app::Error;
use app::risk as r;
use domain::access::{Actor, Permission};
use domain::risk::{RiskDimension, RiskLevel};
use rstest::rstest;
use testkit::{Engine, Portfolio, TestApp, at, day, row};

/// Factors that make a high grade.
const HIGH: [(&str, &str); 4] = [
    ("risk.aml.customer", "high"),
    ("risk.aml.geography", "low"),
    ("risk.aml.business", "high"),
    ("risk.aml.occupation", "low"),
];

fn hint() -> r::SignalForm {
    r::SignalForm {
        kind: "aml_hint".into(),
        level: "high".into(),
        words: "交易与身份明显不符".into(),
        ..Default::default()
    }
}

/// 反洗钱法 35: nobody without the right learns of a hint, a grade, a measure; every look is recorded.
#[rstest]
#[tokio::test]
async fn what_is_confidential_is_not_tipped_off(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let second = t
        .person("second_officer", "compliance_officer", "000")
        .await;
    let officer = &p.compliance;
    let may: Vec<_> = p
        .all()
        .into_iter()
        .filter(|a| a.may(Permission::RiskConfidential))
        .map(|a| a.name.clone())
        .collect();
    assert_eq!(may, ["compliance"]);
    let denied = r::enter_risk_signal(&t.app, &p.manager, t.now, "C50-ZHOU", &hint()).await;
    assert!(matches!(denied, Err(Error::Denied(_))));
    let signal = r::enter_risk_signal(&t.app, officer, t.now, "C50-ZHOU", &hint()).await;
    let signal = signal.unwrap();
    let measure = r::MeasureForm {
        measure: "加强交易监测".into(),
        owner: "compliance".into(),
        due_on: "2024-03-29".into(),
        confidential: "true".into(),
    };
    r::add_risk_measure(&t.app, officer, t.now, "C50-ZHOU", &measure)
        .await
        .unwrap();
    let denied = write(&t, &p.manager, t.now, "C50-ZHOU", ("aml", &HIGH)).await;
    assert!(matches!(denied, Err(Error::Denied(_))));
    assessed(&t, (officer, &second), t.now, "C50-ZHOU", ("aml", &HIGH)).await;

    let looked = t.audited("risk.confidential_viewed").await;
    for actor in [
        &p.manager,
        &p.operations_cq,
        &p.leader_cq,
        &p.inspector,
        &p.executive,
    ] {
        silent(&t, actor).await;
        let form = r::ResponseForm {
            response: "no_risk".into(),
            words: "x".into(),
            ..Default::default()
        };
        let handled = r::handle_risk_signal(&t.app, actor, t.now, signal, &form).await;
        assert!(matches!(handled, Err(Error::NotFound | Error::Denied(_))));
        let grades = r::aml_overview(&t.app, actor, t.now, &r::AmlQuery::default()).await;
        assert!(matches!(grades, Err(Error::Denied(_))));
        let form = r::assessment_page(&t.app, actor, t.now, "C50-ZHOU", "aml").await;
        assert!(matches!(form, Err(Error::Denied(_))));
    }
    assert_eq!(t.audited("risk.confidential_viewed").await, looked);
    let page = r::risk_page(&t.app, &second, t.now, "C50-ZHOU")
        .await
        .unwrap();
    let grade = page.aml.unwrap().grade.current.unwrap();
    assert_eq!(grade.level, RiskLevel::High);
    assert_eq!(grade.review_on, Some(day("2024-09-05")));
    assert_eq!((page.overall, page.signals.len()), (None, 1));
    assert_eq!(t.audited("risk.confidential_viewed").await, looked + 1);
    the_log_is_silent(&t).await;
}

/// The log says that something was written, not what of.
async fn the_log_is_silent(t: &TestApp) {
    assert_eq!(t.audited("risk.assessment_confirmed").await, 1);
    // That the pack `company/aml-grading` was added tells of nobody.
    let told = "SELECT COUNT(*) FROM audit_entries WHERE detail LIKE '%aml%' AND action <> 'rules.pack_added'";
    assert_eq!(t.database.number(told).await, 0);
}

/// Nothing of it stands on any page, in any number.
async fn silent(t: &TestApp, actor: &Actor) {
    let page = r::risk_page(&t.app, actor, t.now, "C50-ZHOU")
        .await
        .unwrap();
    assert!(page.aml.is_none() && page.signals.is_empty() && page.measures.is_empty());
    assert!(page.overall.is_none() && page.history.is_empty());
    let dimensions = page.dimensions.iter();
    assert!(
        dimensions
            .clone()
            .all(|d| d.dimension != RiskDimension::Aml)
    );
    assert!(
        dimensions
            .clone()
            .all(|d| d.current.is_none() && d.open.is_none())
    );
    let all = r::RiskQuery {
        view: "all".into(),
        ..Default::default()
    };
    let list = r::list_risk_signals(&t.app, actor, &all, None)
        .await
        .unwrap();
    assert_eq!((list.page.rows.len(), list.count), (0, 0));
    for view in ["due", "waiting", "measures", "flags"] {
        let query = r::ReviewQuery {
            view: view.into(),
            ..Default::default()
        };
        let later = at("2025-03-05 10:00");
        let found = r::list_reviews(&t.app, actor, later, &query).await.unwrap();
        assert!(found.assessments.rows.is_empty() && found.measures.rows.is_empty());
    }
    let (_, flags) = r::customer_flags(&t.app, actor, t.now, "C50-ZHOU")
        .await
        .unwrap();
    assert_eq!((flags.level, flags.signals), (None, 0));
}

/// 令〔2025〕第11号 13 and 51: payments from ten thousand on are checked; the two dates of existing customers.
#[rstest]
#[tokio::test]
async fn existing_customers_and_payments_are_worked_off(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mut portfolio = Portfolio::small();
    for (id, amount, on) in [
        ("X1", "10000.00", "2026-01-05"),
        ("X2", "9999.99", "2026-01-06"),
        ("X3", "50000.00", "2025-12-31"),
    ] {
        portfolio.events.add(row([
            ("event_id", id),
            ("type", "surrendered"),
            ("occurred_at", &format!("{on}T10:00:00+08:00")),
            ("policy_no", "P50-ZHOU"),
            ("amount", amount),
        ]));
    }
    let t = TestApp::with(engine, &portfolio).await;
    payments(&t).await;
    grades(&t).await;
}

async fn look(t: &TestApp, now: &str, view: &str) -> r::AmlOverview {
    let query = r::AmlQuery {
        view: view.into(),
        ..Default::default()
    };
    let officer = &t.people().compliance;
    let found = r::aml_overview(&t.app, officer, at(now), &query).await;
    found.unwrap()
}

/// A morning after the rule came into force.
const NOW: &str = "2026-02-02 10:00";

async fn payments(t: &TestApp) {
    let (officer, now) = (&t.people().compliance, NOW);
    let before = look(t, "2025-12-31 10:00", "payments").await;
    assert!(before.remediation.is_none() && before.payments.rows.is_empty());
    let found = look(t, now, "payments").await;
    let dates = found.remediation.unwrap();
    assert_eq!(
        (dates.high_due, dates.all_due),
        (day("2026-06-30"), day("2027-12-31"))
    );
    assert_eq!(found.payments.rows.len(), 1);
    let payment = &found.payments.rows[0];
    assert_eq!(payment.amount_fen, Some(1_000_000));
    let check = r::CheckForm {
        result: "verified".into(),
        words: "核对身份证原件与联网核查结果".into(),
    };
    let done = r::check_payment(&t.app, officer, at(now), payment.event, &check).await;
    done.unwrap();
    let again = r::check_payment(&t.app, officer, at(now), payment.event, &check).await;
    assert!(matches!(again, Err(Error::NotFound)));
    assert!(look(t, now, "payments").await.payments.rows.is_empty());
}

async fn grades(t: &TestApp) {
    let p = t.people();
    let second = t
        .person("second_officer", "compliance_officer", "000")
        .await;
    let (officer, now) = (&p.compliance, NOW);
    let found = look(t, now, "ungraded").await;
    let customers = found.counts.customers;
    assert!(customers >= 6 && found.counts.graded == 0);
    let listed = i64::try_from(found.ungraded.rows.len());
    assert_eq!(listed.unwrap(), customers);
    // Graded before the rule: to be looked at again, first of all who was high.
    let both = (officer, &second);
    assessed(t, both, at("2025-11-03 10:00"), "C50-ZHOU", ("aml", &HIGH)).await;
    let found = look(t, now, "high").await;
    assert_eq!(found.ungraded.rows.len(), 1);
    assert_eq!((found.counts.high, found.counts.high_graded), (1, 0));
    assessed(t, both, at(now), "C50-ZHOU", ("aml", &HIGH)).await;
    let found = look(t, now, "high").await;
    assert!(found.ungraded.rows.is_empty());
    assert_eq!((found.counts.graded, found.counts.high_graded), (1, 1));
    let page = r::risk_page(&t.app, officer, at(now), "C50-ZHOU")
        .await
        .unwrap();
    assert_eq!(page.aml.unwrap().checks.len(), 1);
}
