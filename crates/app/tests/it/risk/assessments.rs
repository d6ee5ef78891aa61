//! The life of an assessment, what it explains, when the customer is looked at again, the credit flag.

use super::{POOR, assessed, step, write};
use app::Error;
use app::risk as r;
use domain::risk::{AssessmentState, CreditFlag, FlagState, RiskDimension, RiskLevel};
use rstest::rstest;
use testkit::{Engine, TestApp, at, day, invalid, refused};

/// RSK-01, RSK-02: four dimensions on a form made by the pack; two persons; measures by class; history.
#[rstest]
#[tokio::test]
async fn risk_assessments_take_two_persons(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let (writer, manager, officer) = (&p.operations_cq, &p.manager, &p.compliance);
    let wrong = [("risk.credit.payment", "never")];
    let wrong = write(&t, writer, t.now, "C50-ZHOU", ("credit", &wrong)).await;
    assert_eq!(
        invalid(wrong),
        [("risk.credit.payment".to_owned(), "unknown-code".to_owned())]
    );
    let other = write(&t, writer, t.now, "C37-SUN", ("credit", &POOR)).await;
    assert!(matches!(other, Err(Error::NotFound)));
    let id = write(&t, writer, t.now, "C50-ZHOU", ("credit", &POOR)).await;
    let id = id.unwrap();
    explains_itself(&t).await;

    let early = step(&t, manager, t.now, id, "confirm").await;
    assert_eq!(refused(early), "risk-wrong-state");
    step(&t, writer, t.now, id, "submit").await.unwrap();
    let denied = step(&t, writer, t.now, id, "confirm").await;
    assert!(matches!(denied, Err(Error::Denied(_))));
    let back = step(&t, manager, t.now, id, "return").await.unwrap();
    assert_eq!(back, AssessmentState::Draft);
    // Who writes it anew has written it.
    let again = write(&t, manager, t.now, "C50-ZHOU", ("credit", &POOR)).await;
    assert_eq!(again.unwrap(), id);
    step(&t, manager, t.now, id, "submit").await.unwrap();
    let own = step(&t, manager, t.now, id, "confirm").await;
    assert_eq!(refused(own), "risk-same-person");
    let done = step(&t, officer, t.now, id, "confirm").await.unwrap();
    assert_eq!(done, AssessmentState::Confirmed);

    comes_into_force(&t).await;
}

/// The worst dimension is the level of the customer; a later assessment supersedes.
async fn comes_into_force(t: &TestApp) {
    let p = t.people();
    let (writer, manager) = (&p.operations_cq, &p.manager);
    let low: [(&str, &str); 3] = [
        ("risk.market.exposure", "low"),
        ("risk.market.industry", "stable"),
        ("risk.market.region", "steady"),
    ];
    assessed(t, (writer, manager), t.now, "C50-ZHOU", ("market", &low)).await;
    let page = r::risk_page(&t.app, writer, t.now, "C50-ZHOU")
        .await
        .unwrap();
    assert_eq!(page.overall, Some(RiskLevel::High), "the worst dimension");
    assert_eq!(page.review_on, Some(day("2024-06-05")));
    assert!(page.control.unwrap().contains("每季度复评"));
    let measures = &page.measures;
    assert_eq!(measures.len(), 1, "attached by class, for a low risk none");
    assert_eq!(measures[0].due_on, day("2024-06-05"));

    let better = [("risk.credit.payment", "on_time")];
    let later = at("2024-06-05 10:00");
    assessed(t, (writer, manager), later, "C50-ZHOU", ("credit", &better)).await;
    let page = r::risk_page(&t.app, writer, later, "C50-ZHOU")
        .await
        .unwrap();
    assert_eq!(page.overall, Some(RiskLevel::Low));
    assert_eq!(page.history.len(), 1);
    assert_eq!(page.history[0].state, AssessmentState::Superseded);
}

/// The draft says how it came to its level, and what nobody is asked.
async fn explains_itself(t: &TestApp) {
    let writer = &t.people().operations_cq;
    let page = r::assessment_page(&t.app, writer, t.now, "C50-ZHOU", "credit").await;
    let page = page.unwrap();
    let explained = page.explanation.as_ref().unwrap();
    assert_eq!(explained.points, 8_000);
    assert_eq!(explained.class.label.zh, "高风险");
    let terms: Vec<_> = explained
        .terms
        .iter()
        .map(|t| (t.actual.zh.as_str(), t.contribution))
        .collect();
    let expected = [
        ("有欠费", 3_000),
        ("较差", 2_000),
        ("0 件", 0),
        ("是", 3_000),
    ];
    assert_eq!(terms, expected);
    assert!(
        explained
            .changes
            .iter()
            .any(|c| c.class_label.zh == "中风险")
    );
    let lapses = page.fields.iter().find(|f| f.name == "risk.credit.lapses");
    assert!(lapses.unwrap().known, "nobody is asked what is known");
    assert!(!page.may_confirm);
}

/// RSK-03: quarterly, half-yearly, yearly; what falls on a holiday moves to the next working day.
#[rstest]
#[tokio::test]
async fn risk_reviews_come_round(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let medium = [
        ("risk.credit.payment", "arrears"),
        ("risk.credit.rating", "good"),
    ];
    let low = [
        ("risk.credit.payment", "on_time"),
        ("risk.credit.rating", "good"),
    ];
    for (customer, now, answers, next) in [
        // National Day; the first working day after it is 8 October.
        ("C50-ZHOU", "2024-07-01 10:00", &POOR[..], "2024-10-08"),
        // Half a year from a Thursday in spring is a Sunday.
        ("C50-LI", "2024-03-08 10:00", &medium, "2024-09-09"),
        // 28 February 2025 is a Friday.
        ("C50-HE", "2024-02-29 10:00", &low, "2025-02-28"),
    ] {
        let now = at(now);
        let both = (&p.operations_cq, &p.manager);
        assessed(&t, both, now, customer, ("credit", answers)).await;
        let page = r::risk_page(&t.app, &p.manager, now, customer).await;
        assert_eq!(page.unwrap().review_on, Some(day(next)), "{customer}");
    }
    let due = async |now: &str, view: &str| {
        let query = r::ReviewQuery {
            view: view.into(),
            ..Default::default()
        };
        let found = r::list_reviews(&t.app, &p.operations_cq, at(now), &query).await;
        let rows = found.unwrap().assessments.rows.into_iter();
        rows.map(|a| a.of.customer_no).collect::<Vec<_>>()
    };
    assert_eq!(due("2024-08-09 10:00", "due").await, [""; 0]);
    assert_eq!(due("2024-08-10 10:00", "due").await, ["C50-LI"]);
    assert_eq!(due("2024-09-09 10:00", "overdue").await, [""; 0]);
    assert_eq!(due("2024-09-10 10:00", "overdue").await, ["C50-LI"]);
    assert_eq!(due("2024-09-10 10:00", "due").await, ["C50-LI", "C50-ZHOU"]);
    let query = r::ReviewQuery {
        view: "due".into(),
        ..Default::default()
    };
    let other = r::list_reviews(&t.app, &p.operations_sd, at("2025-09-10 10:00"), &query).await;
    assert!(other.unwrap().assessments.rows.is_empty());
}

/// RSK-05, RSK-06: the credit file, the flag in its cycle with a second person, what underwriting is told.
#[rstest]
#[tokio::test]
async fn credit_flags_go_round(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let (asks, decides) = (&p.operations_cq, &p.manager);
    let entry = r::EntryForm {
        kind: "court".into(),
        source: "中国执行信息公开网".into(),
        noted_on: "2024-03-01".into(),
        words: "列为被执行人".into(),
    };
    r::add_credit_entry(&t.app, asks, t.now, "C50-CORP", &entry)
        .await
        .unwrap();
    let ask = async |by, flag: &str| {
        let form = r::FlagForm {
            flag: flag.into(),
            reason: "被列为被执行人".into(),
        };
        r::ask_flag(&t.app, by, t.now, "C50-CORP", &form).await
    };
    assert_eq!(refused(ask(asks, "poor").await), "risk-no-way");
    assert_eq!(ask(asks, "watch").await.unwrap(), FlagState::InForce);
    assert_eq!(ask(decides, "poor").await.unwrap(), FlagState::Waiting);
    assert_eq!(refused(ask(asks, "normal").await), "risk-flag-waits");
    let page = r::risk_page(&t.app, decides, t.now, "C50-CORP")
        .await
        .unwrap();
    assert_eq!((page.flag, page.entries.len()), (CreditFlag::Watch, 1));
    let waiting = page.waiting().unwrap().id;
    let own = r::decide_credit_flag(&t.app, decides, t.now, waiting, true).await;
    assert_eq!(refused(own), "risk-same-person");
    let agreed = r::decide_credit_flag(&t.app, &p.compliance, t.now, waiting, true).await;
    assert_eq!(agreed.unwrap(), "C50-CORP");
    let twice = r::decide_credit_flag(&t.app, &p.compliance, t.now, waiting, false).await;
    assert!(
        matches!(twice, Err(Error::Conflict | Error::NotFound)),
        "{twice:?}"
    );
    let flags = r::customer_flags(&t.app, asks, t.now, "C50-CORP").await;
    let (_, flags) = flags.unwrap();
    assert_eq!(flags.credit, CreditFlag::Poor);
    assert!(flags.effect.unwrap().contains("谨慎承保或提高保险费率"));
    // A poor flag lifts the credit risk, whatever else is answered.
    let good = [
        ("risk.credit.payment", "on_time"),
        ("risk.credit.rating", "good"),
    ];
    assessed(&t, (asks, decides), t.now, "C50-CORP", ("credit", &good)).await;
    let page = r::risk_page(&t.app, asks, t.now, "C50-CORP").await.unwrap();
    assert_eq!(page.overall, Some(RiskLevel::High));
    let credit = &page.dimensions[0];
    assert_eq!(credit.dimension, RiskDimension::Credit);
    assert!(credit.explanation.as_ref().unwrap().floor.is_some());
    let sales = r::risk_page(&t.app, &p.sales_cq, t.now, "C50-CORP").await;
    assert!(matches!(sales, Err(Error::Denied(_))));
}
