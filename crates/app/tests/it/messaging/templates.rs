//! Texts: written by one person, approved by another, used from then on.

use super::{begin, send, want};
use app::approvals::decide;
use app::messaging::{
    TemplateForm, change_draft, draft_template, list_templates, propose_template, template_page,
};
use domain::access::ApprovalStep;
use domain::messaging::TemplateState;
use rstest::rstest;
use testkit::{Engine, invalid, refused};

fn form(body: &str) -> TemplateForm {
    TemplateForm {
        code: "birthday".into(),
        channel: "sms".into(),
        purpose: String::new(),
        label: "生日祝福".into(),
        title: String::new(),
        body: body.into(),
    }
}

#[rstest]
#[tokio::test]
async fn a_text_is_used_when_a_second_person_agrees(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, sink) = begin(engine).await;
    let p = t.people();
    let id = draft_template(&t.app, &p.manager, t.now, &form("{salutation}，生日快乐！"))
        .await
        .unwrap();
    let unknown = change_draft(&t.app, &p.manager, t.now, id, &form("{weather}")).await;
    assert_eq!(
        invalid(unknown),
        [("body".to_owned(), "template-value".to_owned())]
    );
    let words = form("{salutation}，{company}祝您生日快乐！");
    change_draft(&t.app, &p.manager, t.now, id, &words)
        .await
        .unwrap();
    let approval = propose_template(&t.app, &p.manager, t.now, id, "更简短")
        .await
        .unwrap();
    let late = change_draft(&t.app, &p.manager, t.now, id, &words).await;
    assert_eq!(refused(late), "template-state");
    let own = decide(
        &t.app,
        &p.manager,
        t.now,
        approval,
        ApprovalStep::Approve,
        "",
    )
    .await;
    assert_eq!(refused(own), "duty-proposer");
    want(&t, t.now, "C50-ZHOU", "birthday").await;
    decide(
        &t.app,
        &p.compliance,
        t.now,
        approval,
        ApprovalStep::Approve,
        "同意",
    )
    .await
    .unwrap();
    want(&t, t.now, "C37-SUN", "birthday").await;
    send(&t.app, t.now).await;
    let mut bodies: Vec<_> = sink.handed().into_iter().map(|o| o.body).collect();
    bodies.sort();
    // What was wanted before goes out in the words of that time.
    assert_eq!(
        bodies,
        [
            "【测试人寿】孙先生，测试人寿祝您生日快乐！",
            "【测试人寿】尊敬的周女士，测试人寿祝您生日快乐，身体健康，平安顺遂！",
        ]
    );
    let (view, versions) = template_page(&t.app, &p.leader_cq, id).await.unwrap();
    assert!(view.is_in_use);
    assert_eq!(view.row.approved_by.as_deref(), Some("compliance"));
    assert_eq!(versions.len(), 2);
}

#[tokio::test]
async fn a_refused_text_is_not_used() {
    let (t, _) = begin(Engine::Sqlite).await;
    let p = t.people();
    let id = draft_template(&t.app, &p.compliance, t.now, &form("生日快乐"))
        .await
        .unwrap();
    let approval = propose_template(&t.app, &p.compliance, t.now, id, "试用")
        .await
        .unwrap();
    decide(
        &t.app,
        &p.manager,
        t.now,
        approval,
        ApprovalStep::Refuse,
        "太随意",
    )
    .await
    .unwrap();
    let (view, _) = template_page(&t.app, &p.manager, id).await.unwrap();
    assert_eq!(view.row.state, TemplateState::Refused);
    assert!(!view.is_in_use);
    let used = list_templates(&t.app, &p.manager).await.unwrap();
    let used = used
        .iter()
        .filter(|v| v.row.code == "birthday" && v.is_in_use);
    assert_eq!(used.map(|v| v.row.version).collect::<Vec<_>>(), [1]);
    let caller = draft_template(&t.app, &p.caller_cq, t.now, &form("生日快乐")).await;
    assert!(matches!(caller, Err(app::Error::Denied(_))));
    let bad = TemplateForm {
        code: "Bad code".into(),
        ..form("x")
    };
    let answer = draft_template(&t.app, &p.manager, t.now, &bad).await;
    assert_eq!(invalid(answer)[0].1, "template-code");
}
