//! Numbered lists of bancassurance problem cases.

use crate::ticket_work::post;
use crate::tickets::problem;
use app::Error;
use app::tickets::{
    ListForm, ProblemListPage, StepForm, find_list, list_lists, list_sheet, make_list,
    preview_list, read_list, take_step,
};
use domain::tickets::TicketState as T;
use rstest::rstest;
use testkit::{Engine, TestApp, at, day, invalid, refused};

fn march(org: &str) -> ListForm {
    ListForm {
        org: org.into(),
        from: "2024-03-01".into(),
        to: "2024-03-11".into(),
        ..ListForm::default()
    }
}

/// TKT-03, TKT-04, C-28: a wrong number is item 1; unprocessed after three working days it is item 6 as well.
/// The list has a number, goes to the posts of the rules and stays as it was while the case goes on.
#[rstest]
#[tokio::test]
async fn a_list_stays_as_it_was_made(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let sql = "UPDATE policies SET channel = 'bancassurance' WHERE policy_no = 'P50-ZHOU'";
    t.database.execute(sql).await;
    post(&t, "50", "quality_supervision", "inspector").await;
    post(&t, "50", "channel_management", "manager").await;
    let (id, ticket) = problem(&t, "contact_phone", "negative").await;
    t.issue(&p.leader_cq, t.now, ticket, p.sales_cq.user().unwrap())
        .await
        .unwrap();
    assert_eq!(t.tickets(id).await[0].listed_after, Some(day("2024-03-08")));
    let now = at("2024-03-11 09:00");
    let looked = preview_list(&t.app, &p.operations_cq, now, &march("50"))
        .await
        .unwrap();
    let items: Vec<_> = looked
        .iter()
        .map(|r| (r.seq, r.item, r.occurred_on))
        .collect();
    assert_eq!(
        items,
        [(1, 1, day("2024-03-05")), (2, 6, day("2024-03-09"))]
    );
    let number = make_list(&t.app, &p.operations_cq, now, &march("50"))
        .await
        .unwrap();
    assert!(number.starts_with("PL-2024-"), "{number}");
    let made = find_list(&t.app, &p.operations_cq, &number).await.unwrap();
    assert_eq!(made.rows, looked);
    assert_eq!(
        (
            made.head.penalty_rule.as_str(),
            made.head.penalty_article.as_str()
        ),
        ("银行代理渠道业务品质管理办法", "问题件")
    );
    sent_to_posts(&made);
    read_list(&t.app, &p.inspector, now, &number).await.unwrap();
    read_list(&t.app, &p.leader_cq, now, &number).await.unwrap();
    let form = StepForm {
        step: "correct_contact".into(),
        mobile: "13900500009".into(),
        ..Default::default()
    };
    let state = take_step(&t.app, &p.sales_cq, now, ticket, &form)
        .await
        .unwrap();
    assert_eq!(state, T::Corrected);
    let after = find_list(&t.app, &p.operations_cq, &number).await.unwrap();
    assert_eq!(after.rows, looked, "as it was made");
    assert_eq!(
        after
            .recipients
            .iter()
            .filter(|r| r.read_at.is_some())
            .count(),
        1
    );
    assert_eq!(t.audited("ticket.list_read").await, 1);
}

/// The quality supervision post got it, channel management a copy; nobody has read it.
fn sent_to_posts(made: &ProblemListPage) {
    let sent: Vec<_> = made
        .recipients
        .iter()
        .map(|r| {
            (
                r.name.as_str(),
                r.post.as_str(),
                r.is_copy,
                r.read_at.is_some(),
            )
        })
        .collect();
    assert_eq!(
        sent,
        [
            ("inspector", "quality_supervision", false, false),
            ("manager", "channel_management", true, false),
        ]
    );
}

/// TKT-04, SEC-02: branch operations make lists, of their own units; others read or do not.
#[rstest]
#[tokio::test]
async fn who_makes_and_takes_lists(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let now = at("2024-03-11 09:00");
    let denied = make_list(&t.app, &p.leader_cq, now, &march("50")).await;
    assert!(matches!(denied, Err(Error::Denied(_))));
    let foreign = make_list(&t.app, &p.operations_cq, now, &march("37")).await;
    assert_eq!(invalid(foreign), [("org".into(), "unknown-org".into())]);
    let empty = make_list(&t.app, &p.operations_cq, now, &march("50")).await;
    assert_eq!(refused(empty), "problem-list-empty");
    let sql = "UPDATE policies SET channel = 'bancassurance' WHERE policy_no = 'P50-ZHOU'";
    t.database.execute(sql).await;
    problem(&t, "contact_phone", "negative").await;
    let number = make_list(&t.app, &p.operations_cq, now, &march("50"))
        .await
        .unwrap();
    let seen = async |by| list_lists(&t.app, by, "").await.unwrap().rows.len();
    assert_eq!(seen(&p.leader_cq).await, 1);
    assert_eq!(seen(&p.operations_sd).await, 0);
    assert_eq!(seen(&p.caller_cq).await, 0, "callers see an own list only");
    let hidden = find_list(&t.app, &p.operations_sd, &number).await;
    assert!(matches!(hidden, Err(Error::NotFound)));
    let heads = vec!["序号".to_owned()];
    let say = |_: &str, code: &str| code.to_owned();
    let sheet = list_sheet(&t.app, &p.operations_cq, now, &number, &heads, say).await;
    assert!(sheet.unwrap().starts_with(b"PK"));
    let denied = list_sheet(&t.app, &p.sales_cq, now, &number, &heads, say).await;
    assert!(matches!(denied, Err(Error::Denied(_))));
}

/// TKT-13: departments are told of every case of a period with its result, an opinion and a plan.
#[rstest]
#[tokio::test]
async fn departments_are_told_of_results_and_plans(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    post(&t, "50", "responsible_department", "sales_cq").await;
    post(&t, "50", "service_centre_head", "manager").await;
    problem(&t, "contact_phone", "negative").await;
    let now = at("2024-03-11 09:00");
    let banc = make_list(&t.app, &p.operations_cq, now, &march("50")).await;
    assert_eq!(
        refused(banc),
        "problem-list-empty",
        "no case of bancassurance"
    );
    let silent = ListForm {
        kind: "departments".into(),
        ..march("50")
    };
    let fields: Vec<_> = invalid(make_list(&t.app, &p.operations_cq, now, &silent).await)
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    assert_eq!(fields, ["opinion", "plan"]);
    let form = ListForm {
        opinion: "电话错误集中在新单录入环节".into(),
        plan: "录单时当场拨测，四月起执行".into(),
        ..silent
    };
    let number = make_list(&t.app, &p.operations_cq, now, &form)
        .await
        .unwrap();
    let page = read_list(&t.app, &p.sales_cq, now, &number).await.unwrap();
    assert_eq!(page.head.kind.as_str(), "departments");
    assert_eq!(page.head.plan, "录单时当场拨测，四月起执行");
    assert_eq!(page.rows.len(), 1);
    assert_eq!(page.rows[0].item, 8, "not solved yet");
    let got: Vec<_> = page
        .recipients
        .iter()
        .map(|r| (r.post.as_str(), r.is_copy, r.read_at.is_some()))
        .collect();
    assert_eq!(
        got,
        [
            ("responsible_department", false, true),
            ("service_centre_head", true, false)
        ]
    );
}
