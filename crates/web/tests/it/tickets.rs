//! A ticket from issue to verification, each step by the person whose step it is.

use crate::browser::Site;
use axum::http::StatusCode;
use domain::questionnaires::ItemKind;
use rstest::rstest;
use testkit::{Engine, TestApp};

#[rstest]
#[tokio::test]
async fn a_ticket_goes_its_way(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let p = t.people();
    let callback = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, callback, &p.sichuan_caller_cq).await;
    t.start(&p.sichuan_caller_cq, t.now, callback)
        .await
        .unwrap();
    let page = app::callbacks::call_page(&t.app, &p.sichuan_caller_cq, t.now, callback, "惠民人寿")
        .await
        .unwrap();
    // A question that cannot be answered on the line is for clarification, which needs evidence.
    let doubtful = page.items.iter();
    let doubtful = doubtful.rev().find(|i| i.item.kind == ItemKind::Confirm);
    let doubtful = doubtful.unwrap().item.code.clone();
    let exceptions = [(doubtful.as_str(), "question")];
    let caller = &p.sichuan_caller_cq;
    t.answer_all(caller, t.now, callback, &exceptions).await;
    t.record(caller, t.now, callback).await.unwrap();
    t.finish(caller, t.now, callback, "finished").await.unwrap();
    let ticket = t.tickets(callback).await.remove(0).id;

    let path = format!("/tickets/{ticket}");
    let steps = format!("{path}/steps");
    let operations = p.operations_cq.user().unwrap().0.to_string();
    let mut leader = site.sign_in("leader_cq").await;
    let list = leader.read("/tickets?view=to_issue").await;
    assert!(list.contains(&path));
    let page = leader.read(&path).await;
    assert!(page.contains("operations cq"), "who may be given it");
    assert!(
        !page.contains("selling caller cq"),
        "the salesperson may not"
    );
    let issue = [("step", "issue"), ("handler", operations.as_str())];
    assert_eq!(leader.submit(&steps, &issue).await, path);

    let mut handler = site.sign_in("operations_cq").await;
    let list = handler.read("/tickets?view=mine").await;
    assert!(list.contains(&path) && list.contains("个工作日"));
    let page = handler.read(&path).await;
    assert!(page.contains("value=\"accept\""));
    assert!(!page.contains("value=\"judge_valid\""));
    handler.submit(&steps, &[("step", "accept")]).await;
    let feedback = [("step", "give_feedback"), ("text", "已逐条解释")];
    let answer = handler.post_part(&steps, &feedback).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(handler.read(&path).await.contains("请先上传佐证材料"));
    let kind = [("kind", "recording")];
    let evidence = format!("{path}/evidence");
    let sound = b"sound of an explanation";
    let answer = handler.post_file(&evidence, &kind, "talk.mp3", sound).await;
    assert_eq!(answer.location(), path, "{}", answer.text);
    let page = handler.read(&path).await;
    assert!(page.contains("talk.mp3") && page.contains("SHA-256"));
    handler.submit(&steps, &feedback).await;
    let own = handler.post(&steps, &[("step", "judge_valid")]).await;
    assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY);

    let list = leader.read("/tickets?view=to_judge").await;
    assert!(list.contains(&path));
    let page = leader.read(&path).await;
    assert!(page.contains("已逐条解释"));
    leader.submit(&steps, &[("step", "judge_valid")]).await;
    let page = leader.read(&path).await;
    assert!(page.contains("已核实"));
    let customer = leader.read("/customers/C50-ZHOU").await;
    assert!(customer.contains(&path), "the customer's page shows it");
    let unknown = leader.post(&steps, &[("step", "no-such-step")]).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
}
