//! Lists of obligations, extraction runs and the audit log.

use app::Error;
use app::audit::{AuditQuery, list_audit_entries};
use app::obligations::{
    ObligationQuery, extraction_page, list_extractions, list_obligations, obligation_page,
};
use domain::access::Actor;
use rstest::rstest;
use testkit::{Engine, TestApp, at};

#[rstest]
#[tokio::test]
async fn obligations_are_listed_by_due_date_and_opened(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let actor = &t.people().leader_cq;
    let all = ObligationQuery::default();
    let listed = list_obligations(&t.app, actor, t.now, &all).await.unwrap();
    let due: Vec<_> = listed.page.rows.iter().map(|o| o.due_on).collect();
    assert!(due.len() > 2 && due.is_sorted() && due.iter().all(Option::is_some));
    let foreign = ObligationQuery {
        org: "37".into(),
        ..all.clone()
    };
    let refused = list_obligations(&t.app, actor, t.now, &foreign).await;
    assert!(matches!(refused, Err(Error::Invalid(_))));
    let overdue = ObligationQuery {
        view: "overdue".into(),
        programme: "NB-CQ".into(),
        ..all
    };
    let later = at("2024-04-10 10:00");
    let late = list_obligations(&t.app, actor, later, &overdue)
        .await
        .unwrap();
    assert!(
        late.page
            .rows
            .iter()
            .any(|o| o.policy_no.as_deref() == Some("P50-ZHOU"))
    );
    let number = &late.page.rows[0].number;
    let page = obligation_page(&t.app, actor, t.now, &number.to_lowercase())
        .await
        .unwrap();
    assert_eq!(&page.explanation.obligation.number, number);
    assert!(page.customer.is_some() && page.policy.is_some() && page.callback.is_some());
    let stranger = obligation_page(&t.app, &t.people().leader_sd, t.now, number).await;
    assert!(matches!(stranger, Err(Error::NotFound)));
}

#[rstest]
#[tokio::test]
async fn a_run_says_what_was_excluded_and_why(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let shell = Actor::shell("tests");
    let runs = list_extractions(&t.app, &shell, "").await.unwrap();
    let run = runs.rows.last().unwrap();
    let page = extraction_page(&t.app, &shell, run.id, "", "")
        .await
        .unwrap();
    let excluded: i64 = page
        .counts
        .iter()
        .filter(|c| !c.reason_code.is_empty())
        .map(|c| c.count)
        .sum();
    assert_eq!(excluded, page.run.sums.excluded);
    assert_eq!(i64::try_from(page.exclusions.rows.len()).unwrap(), excluded);
    let none = extraction_page(&t.app, &shell, uuid::Uuid::nil(), "", "").await;
    assert!(matches!(none, Err(Error::NotFound)));
}

#[rstest]
#[tokio::test]
async fn the_log_is_read_by_who_may_and_reading_is_an_entry(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let officer = &t.people().compliance;
    let query = AuditQuery {
        action: "access.".into(),
        ..Default::default()
    };
    let page = list_audit_entries(&t.app, officer, t.now, &query)
        .await
        .unwrap();
    assert!(!page.rows.is_empty() && page.rows.iter().all(|r| r.action.starts_with("access.")));
    let read = AuditQuery {
        action: "audit.read".into(),
        actor: officer.name.clone(),
        from: "2024-03-05".into(),
        to: "2024-03-05".into(),
        ..Default::default()
    };
    let page = list_audit_entries(&t.app, officer, t.now, &read)
        .await
        .unwrap();
    assert_eq!(page.rows.len(), 1);
    let denied = list_audit_entries(&t.app, &t.people().leader_cq, t.now, &read).await;
    assert!(matches!(denied, Err(Error::Denied(_))));
}
