//! Models change: tried out before, replayed after; the board of all classes.

use super::{classes, classify_at};
use crate::rule_life::{draft, next, step};
use app::rules::diff::{DiffTask, find_diff, latest_diff, start_diff};
use app::segments::{
    BoardQuery, ModelClasses, MovementQuery, class_board, classes_page, list_class_movements,
    replay,
};
use domain::access::Actor;
use domain::segments::{ClassModel, CustomerClass};
use rstest::rstest;
use testkit::{Engine, TestApp, at, day};
use uuid::Uuid;

/// The value model with its classes fifty and twenty points higher; its tests say so.
fn stricter(t: &TestApp) -> String {
    let text = next(t, "company/value-classes");
    let text = text
        .replace("from = 60", "from = 90")
        .replace("from = 30", "from = 50");
    text.replace(
        "expect = { points = 60, class = \"high\" }",
        "expect = { points = 60, class = \"medium\" }",
    )
    .replace(
        "expect = { points = 30, class = \"medium\" }",
        "expect = { points = 30, class = \"low\" }",
    )
}

/// A comparison by compliance, worked off.
async fn compared(t: &TestApp, task: DiffTask) -> Uuid {
    let (by, now) = (&t.people().compliance, t.now);
    let job = start_diff(&t.app, by, now, task).await.unwrap();
    let app = t.app.clone();
    let ran = tokio::spawn(async move { app::jobs::run_due(&app, &move || now).await });
    assert!(ran.await.unwrap().unwrap() >= 1);
    let view = app::jobs::find_job(&t.app, by, job).await.unwrap();
    view.run.unwrap()
}

/// GOV-01, SEG-03: a new model is tried out over the live book; nothing is written before it is approved, then
/// classes are what the trial said; what the old one gave is replayed from its facts and its text.
#[rstest]
#[tokio::test]
async fn a_new_model_is_tried_out_and_the_old_one_replayed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let (p, now) = (t.people(), t.now);
    classify_at(&t, now, false).await;
    assert_eq!(classes(&t, "C50-LI").await, "medium medium");
    let old = classes_page(&t.app, &p.manager, now, "C50-LI")
        .await
        .unwrap();
    let old = old.models[0].clone();
    assert!(!old.is_behind());
    let trace = old.trace.as_ref().unwrap();
    let changes: Vec<_> = trace.changes.iter().map(|c| c.class.as_str()).collect();
    assert!(
        !changes.is_empty() && !changes.contains(&"medium"),
        "{changes:?}"
    );

    let id = draft(&t, &p.compliance, stricter(&t)).await;
    let task = DiffTask {
        proposal: id,
        effective_from: Some(day("2024-03-05")),
        redate_open: false,
    };
    let made = compared(&t, task).await;
    let (row, diff) = find_diff(&t.app, &p.executive, made).await.unwrap();
    assert_eq!(diff.classes.len(), 1, "only the model by value is another");
    let tried = &diff.classes[0];
    assert_eq!(tried.model, "value");
    assert!(tried.cell("medium", "low") > 0, "{tried:?}");
    assert!(tried.examples.iter().any(|e| e.customer_no == "C50-LI"));
    assert_eq!(
        classes(&t, "C50-LI").await,
        "medium medium",
        "nothing is written"
    );
    let latest = latest_diff(&t.app, &p.executive, id, &row.hash)
        .await
        .unwrap();
    assert_eq!(latest.unwrap().0.id, row.id);

    step(&t, &p.manager, id, "review", |_| {}).await.unwrap();
    step(&t, &p.executive, id, "approve", |f| {
        f.effective_from = "2024-03-05".into();
    })
    .await
    .unwrap();
    let report = classify_at(&t, now, false).await;
    assert_eq!(report.changed, tried.moved());
    assert_eq!(classes(&t, "C50-LI").await, "low medium");
    for (class, at) in [("high", 0), ("medium", 1), ("low", 2)] {
        let said: u64 = ["high", "medium", "low"]
            .iter()
            .map(|from| tried.cell(from, class))
            .sum();
        let board = class_board(&t.app, &p.manager, now, &BoardQuery::default())
            .await
            .unwrap();
        assert_eq!(
            board.models[0].counts[at],
            i64::try_from(said).unwrap(),
            "{class}"
        );
    }
    replayed(&t, &old).await;
}

/// What the old model gave is worked out again.
async fn replayed(t: &TestApp, old: &ModelClasses) {
    let (manager, trace) = (&t.people().manager, old.trace.as_ref().unwrap());
    let kept = old.score.as_ref().unwrap();
    let (row, again) = replay(&t.app, manager, t.now, ("C50-LI", kept.id))
        .await
        .unwrap();
    assert_eq!((row.points, again.points), (kept.points, kept.points));
    assert_eq!(again.pack_hash, trace.pack_hash);
    assert_eq!(again.terms, trace.terms);
    assert_eq!(again.class.code, "medium");
    let rows =
        "SELECT COUNT(*) FROM customer_scores WHERE pack_hash NOT IN (SELECT hash FROM rule_packs)";
    assert_eq!(
        t.database.number(rows).await,
        0,
        "every score names a text that is kept"
    );
}

/// SEG-03: who had which class on one day and on another, and who fell; a branch sees its own.
#[rstest]
#[tokio::test]
async fn the_board_says_who_moved(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    classify_at(&t, t.now, false).await;
    t.database
        .execute("UPDATE policies SET status = 'lapsed' WHERE policy_no IN ('P50-LI', 'P37-SUN')")
        .await;
    classify_at(&t, at("2024-03-20 09:00"), true).await;
    assert_eq!(classes(&t, "C50-LI").await, "low medium");
    let query = BoardQuery {
        from: "2024-03-10".into(),
        to: "2024-03-20".into(),
        ..Default::default()
    };
    let now = at("2024-03-20 10:00");
    let board = class_board(&t.app, &p.manager, now, &query).await.unwrap();
    let value = board
        .models
        .iter()
        .find(|m| m.model == ClassModel::Value)
        .unwrap();
    let (high, medium, low) = (
        CustomerClass::High,
        CustomerClass::Medium,
        CustomerClass::Low,
    );
    assert_eq!(
        value.moved(Some(medium), Some(low)),
        2,
        "{:?}",
        value.matrix
    );
    assert_eq!(value.rose_and_fell(), (0, 2));
    assert_eq!(value.moved(Some(low), Some(high)), 0);
    let all: i64 = value.matrix.iter().map(|c| c.customers).sum();
    assert_eq!(all, value.counts[..3].iter().sum::<i64>());
    let drawn: i64 = value.histogram.iter().map(|h| h.customers).sum();
    assert_eq!(drawn, all, "everybody who is scored lies in the plot");
    let before = BoardQuery {
        from: "2024-03-01".into(),
        to: "2024-03-20".into(),
        ..Default::default()
    };
    let board = class_board(&t.app, &p.manager, now, &before).await.unwrap();
    assert!(board.models[0].moved(None, Some(low)) > 0);
    let stayed = value.moved(Some(low), Some(low));
    listed(&t, stayed).await;
}

/// Who fell, and how many stayed.
async fn listed(t: &TestApp, stayed_low: i64) {
    let (p, now) = (t.people(), at("2024-03-20 10:00"));
    let fallen = MovementQuery {
        view: "fallen".into(),
        from: "2024-03-10".into(),
        to: "2024-03-20".into(),
        ..Default::default()
    };
    let list = async |actor: &Actor| {
        let page = list_class_movements(&t.app, actor, now, &fallen)
            .await
            .unwrap();
        let mut numbers: Vec<_> = page.rows.into_iter().map(|r| r.customer_no).collect();
        numbers.sort();
        numbers
    };
    assert_eq!(list(&p.manager).await, ["C37-SUN", "C50-LI"]);
    assert_eq!(list(&p.leader_cq).await, ["C50-LI"]);
    let stayed = MovementQuery {
        before: "low".into(),
        class: "low".into(),
        view: String::new(),
        ..fallen.clone()
    };
    let page = list_class_movements(&t.app, &p.manager, now, &stayed)
        .await
        .unwrap();
    assert_eq!(i64::try_from(page.rows.len()).unwrap(), stayed_low);
}
