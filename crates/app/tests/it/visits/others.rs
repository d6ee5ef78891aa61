//! Formatted questionnaires and gatherings.

use super::{STROKES, form, portfolio, schedule};
use app::Error;
use app::visits::{self as v, NewVisitForm};
use domain::access::{Actor, Permission};
use domain::visits::{FormattedState, GatheringState};
use rstest::rstest;
use testkit::{Engine, TestApp, invalid, refused};

/// QST-14: a formatted questionnaire goes through different persons before a visit may use it, and its
/// questions are answered in the form.
#[rstest]
#[tokio::test]
async fn a_formatted_questionnaire_goes_its_way(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with(engine, &portfolio()).await;
    let p = t.people();
    let draft = v::FormattedForm {
        title: "风险查勘问卷".into(),
        department: "承保部".into(),
        reason: "了解防灾建议落实情况".into(),
        questions: "防灾建议落实了吗？\n\n还需要哪些保障？".into(),
    };
    let author = &p.sales_cq;
    let id = v::create_formatted(&t.app, author, t.now, &draft)
        .await
        .unwrap();
    let take = async |by: &Actor, name: &str| {
        v::take_chain_step(&t.app, by, t.now, id, (name, "意见")).await
    };
    assert_eq!(
        refused(take(&p.manager, "head_agrees").await),
        "formatted-wrong-state"
    );
    take(author, "submit").await.unwrap();
    assert_eq!(
        take(&p.manager, "return").await.unwrap(),
        FormattedState::Drafted
    );
    take(author, "submit").await.unwrap();
    take(&p.manager, "head_agrees").await.unwrap();
    let denied = take(&p.manager, "executive_agrees").await;
    assert!(matches!(
        denied,
        Err(Error::Denied(Permission::VisitsEndorse))
    ));
    take(&p.executive, "executive_agrees").await.unwrap();
    assert!(
        v::ready_questionnaires(&t.app, author)
            .await
            .unwrap()
            .is_empty()
    );
    take(&p.manager, "take_over").await.unwrap();
    assert_eq!(
        v::ready_questionnaires(&t.app, author).await.unwrap().len(),
        1
    );
    assert_eq!(
        refused(take(&p.manager, "finish").await),
        "formatted-not-carried-out"
    );
    visited_with(&t, author, &id.0.to_string()).await;
    assert_eq!(
        take(&p.manager, "finish").await.unwrap(),
        FormattedState::Executed
    );
}

/// A visit whose form takes the answers of a questionnaire.
async fn visited_with(t: &TestApp, author: &Actor, questionnaire: &str) {
    let asked = NewVisitForm {
        customer_no: "G50".into(),
        questionnaire: questionnaire.into(),
        ..Default::default()
    };
    let (visit, _) = v::request_visit(&t.app, author, t.now, &asked)
        .await
        .unwrap();
    schedule(t, author, visit).await.unwrap();
    let mut filled = form("insurance_contact", "yes");
    filled.answers = vec!["已落实".into()];
    let written = v::write_form(&t.app, author, t.now, visit, &filled)
        .await
        .unwrap();
    assert_eq!(written.missing, ["answers"]);
    filled.answers.push("货运险".into());
    v::write_form(&t.app, author, t.now, visit, &filled)
        .await
        .unwrap();
    v::sign_on_screen(&t.app, author, t.now, visit, STROKES)
        .await
        .unwrap();
    v::archive_visit(&t.app, author, t.now, visit)
        .await
        .unwrap();
}

/// VIS-07: a symposium is kept with participants, minutes and findings.
#[rstest]
#[tokio::test]
async fn a_symposium_is_kept(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with(engine, &portfolio()).await;
    let p = t.people();
    let by = &p.operations_cq;
    let form = v::GatheringForm {
        kind: "symposium".into(),
        title: "重点客户座谈会".into(),
        place: "分公司会议室".into(),
        begins_at: "2024-03-05T09:00".into(),
    };
    let id = v::create_gathering(&t.app, by, t.now, &form).await.unwrap();
    let unknown = v::add_participant(&t.app, by, t.now, id, "NOBODY").await;
    assert_eq!(
        invalid(unknown),
        [("customer_no".into(), "unknown-customer".into())]
    );
    v::add_participant(&t.app, by, t.now, id, "G50")
        .await
        .unwrap();
    v::add_participant(&t.app, by, t.now, id, "C50-ZHOU")
        .await
        .unwrap();
    v::add_participant(&t.app, by, t.now, id, "C50-LI")
        .await
        .unwrap();
    v::remove_participant(&t.app, by, t.now, id, "C50-LI")
        .await
        .unwrap();
    let mut record = v::Attendance {
        minutes: "介绍理赔流程".into(),
        findings: "理赔材料清单不清楚".into(),
        ..Default::default()
    };
    let empty = v::hold_gathering(&t.app, by, t.now, id, &record).await;
    assert_eq!(refused(empty), "gathering-nobody-there");
    record.there = vec![("G50".into(), "希望简化材料".into())];
    let held = v::hold_gathering(&t.app, by, t.now, id, &record)
        .await
        .unwrap();
    assert_eq!(held, GatheringState::Held);
    let page = v::gathering_page(&t.app, &p.manager, t.now, id)
        .await
        .unwrap();
    assert_eq!((page.row.participants, page.row.attended), (2, 1));
    assert_eq!(page.row.findings.as_deref(), Some("理赔材料清单不清楚"));
    let late = v::add_participant(&t.app, by, t.now, id, "C50-LI").await;
    assert_eq!(refused(late), "gathering-wrong-state");
    let foreign = v::gathering_page(&t.app, &p.operations_sd, t.now, id).await;
    assert!(matches!(foreign, Err(Error::NotFound)));
}
