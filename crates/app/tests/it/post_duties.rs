//! Duties of posts: who has them, who can do them, what is on record (ORG-04 to ORG-06).

use app::access::{
    DutyForm, HolderForm, duty_report, give_post, list_own_posts, record_duty, set_post, unit_page,
};
use app::reports::duties_csv;
use rstest::rstest;
use testkit::{Engine, TestApp, invalid, refused};

/// Gives a post of the Chongqing branch to somebody.
async fn give(t: &TestApp, kind: &str, username: &str) {
    let admin = &t.people().administrator;
    set_post(&t.app, admin, t.now, "50", kind, "1")
        .await
        .unwrap();
    let page = unit_page(&t.app, admin, t.now, "50").await.unwrap();
    let post = page.posts.iter().find(|p| p.row.kind == kind).unwrap();
    let form = HolderForm {
        username: username.into(),
        ..HolderForm::default()
    };
    give_post(&t.app, admin, t.now, "50", post.row.id, &form)
        .await
        .unwrap();
}

#[rstest]
#[tokio::test]
async fn a_holder_sees_and_records_duties(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let (p, now) = (t.people(), t.now);
    give(&t, "branch_operations", "operations_cq").await;
    let own = async || list_own_posts(&t.app, &p.operations_cq, now).await.unwrap();
    let post = &own().await[0];
    assert_eq!(post.duties.len(), 2);
    assert!(
        post.duties
            .iter()
            .all(|d| d.lacks.is_empty() && d.last.is_none())
    );
    assert!(
        list_own_posts(&t.app, &p.operations_sd, now)
            .await
            .unwrap()
            .is_empty()
    );

    let form = DutyForm {
        org: post.row.org_id.to_string(),
        post: "branch_operations".into(),
        duty: "second_callbacks".into(),
        done_on: String::new(),
        note: "  三季度失败件二次回访全部办结  ".into(),
    };
    let wrong = DutyForm {
        done_on: "2999-01-01".into(),
        note: String::new(),
        ..form.clone()
    };
    let problems = invalid(record_duty(&t.app, &p.operations_cq, now, &wrong).await);
    let fields: Vec<_> = problems.iter().map(|p| p.0.as_str()).collect();
    assert_eq!(fields, ["done_on", "note"]);
    let strange = DutyForm {
        duty: "astronomy".into(),
        ..form.clone()
    };
    assert_eq!(
        invalid(record_duty(&t.app, &p.operations_cq, now, &strange).await)[0].0,
        "duty"
    );
    assert_eq!(
        refused(record_duty(&t.app, &p.operations_sd, now, &form).await),
        "post-not-held"
    );

    record_duty(&t.app, &p.operations_cq, now, &form)
        .await
        .unwrap();
    let page = own().await;
    let last = page[0].duties[0].last.as_ref().unwrap();
    assert_eq!(last.note, "三季度失败件二次回访全部办结");
    assert_eq!(last.records, 1);
    assert!(
        page[0].duties[1].last.is_none(),
        "each duty has its own record"
    );
    let said = "SELECT COUNT(*) FROM audit_entries WHERE action = 'access.duty_recorded'";
    assert_eq!(t.database.number(said).await, 1);
}

#[rstest]
#[tokio::test]
async fn gaps_are_seen(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let (p, now) = (t.people(), t.now);
    let admin = &p.administrator;
    set_post(&t.app, admin, now, "50", "clarifier", "1")
        .await
        .unwrap();
    give(&t, "branch_operations", "caller_cq").await;
    give(&t, "quality_supervision", "operations_cq").await;
    let report = duty_report(&t.app, &p.executive, now, "").await.unwrap();
    let of = |duty: &str| report.duties.iter().find(|d| d.duty.code == duty).unwrap();
    assert!(of("clarification").holders.is_empty() && of("clarification").has_gap());
    assert_eq!(
        of("problem_lists").unable,
        of("problem_lists").holders,
        "a caller lacks the right"
    );
    assert!(!of("bancassurance_list").has_gap());
    assert_eq!(report.gaps, 3);
    // Another branch sees nothing of it.
    let other = duty_report(&t.app, &p.operations_sd, now, "")
        .await
        .unwrap();
    assert!(other.duties.is_empty());
    assert_eq!(
        invalid(duty_report(&t.app, &p.operations_sd, now, "50").await)[0].0,
        "org"
    );
    let file = duties_csv(&t.app, &p.operations_cq, now, "").await.unwrap();
    let text = String::from_utf8(file.bytes).unwrap();
    assert_eq!(text.lines().count(), 1 + report.duties.len());
}
