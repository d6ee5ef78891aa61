//! Who gets a case: the post that the rules name, the level, whoever caused it; and who may not.

use crate::ticket_work::post;
use crate::tickets::problem;
use app::tickets::{StepForm, proposal, ticket_page};
use domain::tickets::TicketState as T;
use rstest::rstest;
use testkit::{Engine, TestApp, refused};

/// TKT-07, TKT-10: the post that the rules name is proposed and gets the case; without a holder nobody does.
#[rstest]
#[tokio::test]
async fn cases_go_to_the_post(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let (id, ticket) = problem(&t, "knows_insurance", "question").await;
    let by_rules = StepForm {
        step: "issue".into(),
        handler: "by_rules".into(),
        ..Default::default()
    };
    let take =
        async || app::tickets::take_step(&t.app, &p.leader_cq, t.now, ticket, &by_rules).await;
    assert_eq!(refused(take().await), "ticket-nobody");
    post(&t, "50", "clarifier", "operations_cq").await;
    let row = t.tickets(id).await.remove(0);
    let proposed = proposal(&t.app, t.now, &row).await.unwrap().unwrap();
    assert_eq!(proposed.post.as_deref(), Some("clarifier"));
    assert_eq!(take().await.unwrap(), T::Issued);
    assert_eq!(t.tickets(id).await[0].handler_id, p.operations_cq.user());
}

/// TKT-07: in Shandong clarification cases belong to city level or lower, also when the branch issues them.
#[rstest]
#[tokio::test]
async fn clarification_stays_at_city_level(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let city = t.person("clarifier_jn", "branch_operations", "3701").await;
    let id = t.callback("P37-SUN", "NB-SD").await;
    t.assign(&p.leader_sd, id, &p.caller_sd).await;
    t.interview(&p.caller_sd, t.now, id, &[("exclusions", "unclear")])
        .await;
    let ticket = t.tickets(id).await.remove(0);
    let branch = t
        .issue(
            &p.leader_sd,
            t.now,
            ticket.id,
            p.operations_sd.user().unwrap(),
        )
        .await;
    assert_eq!(refused(branch), "ticket-level-too-high");
    let issued = t
        .issue(&p.leader_sd, t.now, ticket.id, city.user().unwrap())
        .await;
    assert_eq!(issued.unwrap(), T::Issued);
}

/// 2010 No. 4 article 18: whoever sells does not solve what a callback found, even if the policy is not theirs.
#[rstest]
#[tokio::test]
async fn people_who_sell_do_not_solve(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let seller = t.person("seller", "branch_sales", "50").await;
    let sql = "UPDATE users SET agent_id = (SELECT id FROM agents WHERE agent_code = 'A5002') \
               WHERE username = 'seller'";
    t.database.execute(sql).await;
    let (_, ticket) = problem(&t, "coverage", "unclear").await;
    let sold = t
        .issue(&p.leader_cq, t.now, ticket, seller.user().unwrap())
        .await;
    assert_eq!(refused(sold), "ticket-sales-barred");
    let inside = t.person("sales_office", "branch_sales", "50").await;
    let office = t
        .issue(&p.leader_cq, t.now, ticket, inside.user().unwrap())
        .await;
    assert_eq!(
        office.unwrap(),
        T::Issued,
        "the sales department itself may"
    );
}

/// TKT-11, C-08, TKT-12, C-20: in property insurance whoever caused the problem is proposed, the salesperson
/// too; what cannot be settled is transferred under the rule that the article names.
#[rstest]
#[tokio::test]
async fn whoever_caused_it_handles_it(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let sql = "UPDATE policies SET agent_id = (SELECT id FROM agents WHERE agent_code = 'A5001') \
               WHERE policy_no = 'P50-CORP'";
    t.database.execute(sql).await;
    let id = t.callback("P50-CORP", "CP-SET").await;
    t.assign(&p.leader_cq, id, &p.caller_cq).await;
    t.interview(&p.caller_cq, t.now, id, &[("result_explained", "negative")])
        .await;
    let ticket = t.tickets(id).await.remove(0);
    assert_eq!(ticket.cause.as_ref().unwrap().code, "A5001");
    assert_eq!(ticket.law_due_on, None);
    let proposed = proposal(&t.app, t.now, &ticket).await.unwrap().unwrap();
    assert_eq!(
        (proposed.why, Some(proposed.user)),
        ("cause", p.sales_cq.user())
    );
    t.issue(&p.leader_cq, t.now, ticket.id, proposed.user)
        .await
        .unwrap();
    let form = StepForm {
        step: "transfer".into(),
        handler: p.operations_cq.user().unwrap().0.to_string(),
        text: "理赔部门负责".into(),
        ..Default::default()
    };
    app::tickets::take_step(&t.app, &p.leader_cq, t.now, ticket.id, &form)
        .await
        .unwrap();
    let page = ticket_page(&t.app, &p.leader_cq, t.now, ticket.id)
        .await
        .unwrap();
    let note = page.entries.last().unwrap().note.clone().unwrap();
    assert_eq!(
        note,
        "《客户咨询、投诉转工单实施细则》（第五条第四项） 理赔部门负责"
    );
}
