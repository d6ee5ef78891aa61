//! Three persons make a version; it counts on its days on every server; what has begun keeps its own.

use super::{approve, draft, step, version};
use app::callbacks::call_page;
use app::questionnaires::drafts::{export_text, find_version, list_versions};
use domain::access::Actor;
use domain::questionnaires::ScriptStep as S;
use domain::rules::VersionState;
use rstest::rstest;
use testkit::{Engine, TestApp, at, refused};
use uuid::Uuid;

/// QST-01: a draft becomes a version by two more persons; every step is kept; it is never edited.
#[rstest]
#[tokio::test]
async fn three_persons_make_a_questionnaire(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = draft(&t, &p.compliance, "nb-cq", None).await;
    let own = step(&t, &p.compliance, id, "review", |_| {}).await;
    assert_eq!(refused(own), "rules-own-text");
    let early = step(&t, &p.executive, id, "approve", |_| {}).await;
    assert_eq!(refused(early), "rules-wrong-state");
    let other = step(&t, &p.manager, id, "review", |f| f.hash = "0".into()).await;
    assert_eq!(refused(other), "rules-other-text");
    step(&t, &p.manager, id, "review", |_| {}).await.unwrap();
    let twice = step(&t, &p.manager, id, "approve", |_| {}).await;
    assert_eq!(refused(twice), "rules-reviewer-approves");
    let denied = step(&t, &p.caller_cq, id, "approve", |_| {}).await;
    assert!(matches!(denied, Err(app::Error::Denied(_))), "{denied:?}");
    step(&t, &p.executive, id, "send_back", |_| {})
        .await
        .unwrap();
    let before = version(&t, "nb-cq");
    assert_ne!(before.0, id, "a draft does not count");
    approve(&t, id, "").await.unwrap();
    assert_eq!(version(&t, "nb-cq").0, id);
    let view = find_version(&t.app, &p.compliance, t.now, id)
        .await
        .unwrap();
    assert_eq!(view.state, VersionState::Effective);
    let steps: Vec<_> = view.steps.iter().map(|s| s.step).collect();
    let expected = [
        S::Drafted,
        S::Reviewed,
        S::SentBack,
        S::Reviewed,
        S::Approved,
    ];
    assert_eq!(steps, expected);
    let old = find_version(&t.app, &p.compliance, t.now, before.0).await;
    assert_eq!(old.unwrap().state, VersionState::Superseded);
    let again = step(&t, &p.compliance, id, "withdraw", |_| {}).await;
    assert_eq!(refused(again), "rules-wrong-state");
    assert_eq!(t.audited("questionnaire.approved").await, 1);
    // What was exported reads as what is stored.
    let (name, text) = export_text(&t.app, &p.caller_cq, t.now, id).await.unwrap();
    assert_eq!(name, "nb-cq.toml");
    let read = app::questionnaires::read_text(&text).unwrap();
    assert_eq!(
        (read.items, read.terms),
        (view.script.items, view.script.terms)
    );
}

/// An approval counts at once on every server; an interview that has begun keeps its version.
#[rstest]
#[tokio::test]
async fn what_has_begun_keeps_its_version(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let now = at("2024-03-05 10:30");
    let first = t.callback("P50-ZHOU", "NB-CQ").await;
    let second = t.callback("P50-LI", "NB-CQ").await;
    for id in [first, second] {
        t.assign(&p.leader_cq, id, &p.caller_cq).await;
    }
    t.start(&p.caller_cq, now, first).await.unwrap();
    let old = version(&t, "nb-cq");
    let other = t.restart().await;
    let id = draft(&t, &p.compliance, "nb-cq", None).await;
    approve(&t, id, "").await.unwrap();
    let page = call_page(&t.app, &p.caller_cq, now, first, "惠民人寿")
        .await
        .unwrap();
    assert_eq!(page.attempt.questionnaire_id, Some(old));
    t.answer_all(&p.caller_cq, now, first, &[]).await;
    // The other server has read nothing since, and still asks with the new version.
    let form = app::callbacks::StartForm {
        channel: String::new(),
    };
    app::callbacks::start_attempt(&other, &p.caller_cq, now, second, &form)
        .await
        .unwrap();
    let page = call_page(&other, &p.caller_cq, now, second, "惠民人寿")
        .await
        .unwrap();
    assert_eq!(page.attempt.questionnaire_id, Some(id.into()));
    let page = app::callbacks::callback_page(&t.app, &p.leader_cq, now, first)
        .await
        .unwrap();
    assert!(page.answers.iter().all(|a| !a.title.zh.is_empty()));
}

/// Days: a version waits for its first day, an ended one is not used and nothing comes back before it.
#[rstest]
#[tokio::test]
async fn versions_count_on_their_days(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let old = version(&t, "pc-ren");
    let id = draft(&t, &p.compliance, "pc-ren", None).await;
    let today = domain::time::date_in_china(t.now);
    let tomorrow = today.succ_opt().unwrap();
    approve(&t, id, &tomorrow.to_string()).await.unwrap();
    assert_eq!(version(&t, "pc-ren"), old);
    let state = |id: Uuid| {
        let (t, p) = (&t, &p.compliance);
        async move { find_version(&t.app, p, t.now, id).await.unwrap().state }
    };
    assert_eq!(state(id).await, VersionState::Approved);
    assert_eq!(state(old.0).await, VersionState::Effective);
    let scripts = t.app.scripts();
    assert_eq!(scripts.in_effect("pc-ren", tomorrow).unwrap().id.0, id);
    assert_eq!(scripts.span(scripts.find(old).unwrap()).until, Some(today));
    let silent = step(&t, &p.executive, old.0, "end", |f| f.reason = String::new()).await;
    assert!(silent.is_err());
    let far = step(&t, &p.executive, old.0, "end", |f| {
        f.day = "2030-01-01".into();
    })
    .await;
    assert_eq!(refused(far), "questionnaire-end-day");
    let end = |f: &mut app::questionnaires::steps::StepForm| f.day = tomorrow.to_string();
    step(&t, &p.executive, id, "end", end).await.unwrap();
    let after = tomorrow.succ_opt().unwrap();
    assert!(t.app.scripts().in_effect("pc-ren", after).is_none());
    assert_eq!(t.audited("questionnaire.ended").await, 1);
    let list = list_versions(&t.app, &Actor::system(), t.now)
        .await
        .unwrap();
    assert!(list.iter().filter(|v| v.script.code == "pc-ren").count() == 2);
}

/// A questionnaire that a newer program brings waits for approval like any other, once.
#[rstest]
#[tokio::test]
async fn a_new_shipped_questionnaire_arrives_as_a_draft(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let gone = "(SELECT id FROM questionnaires WHERE code = 'pc-ren')";
    for table in [
        "questionnaire_steps WHERE version_id",
        "questionnaires WHERE id",
    ] {
        t.database
            .execute(&format!("DELETE FROM {table} IN {gone}"))
            .await;
    }
    let count = "SELECT COUNT(*) FROM questionnaire_drafts WHERE origin = 'shipped'";
    for _ in 0..2 {
        let app = t.restart().await;
        assert!(app.scripts().all().iter().all(|s| s.code != "pc-ren"));
        assert_eq!(t.database.number(count).await, 1);
    }
}
