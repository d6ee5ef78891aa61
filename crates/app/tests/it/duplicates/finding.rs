//! What is found, explained, decided and found again.

use super::{compare, pairs, second_zhou};
use app::duplicates::{
    DecisionForm, DuplicateQuery, customer_duplicates, decide, decide_many, duplicate_page,
    estimate_page, list_duplicates, summary,
};
use app::keys::RotationForm;
use domain::duplicates::{Field, Grade, Level, PairState};
use domain::imports::ImportKind;
use rstest::rstest;
use testkit::{Engine, Table, TestApp, invalid, refused};

fn form(decision: &str, reason: &str) -> DecisionForm {
    DecisionForm {
        decision: decision.into(),
        reason: reason.into(),
        version: None,
    }
}

/// CUS-09, CUS-17: a second record of a customer is found, says why, and is asked about once.
#[rstest]
#[tokio::test]
async fn a_second_record_is_found_and_decided_on(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    compare(&t).await;
    assert!(pairs(&t).await.is_empty(), "nobody is there twice");
    let table = Table::new([second_zhou()]);
    t.import(ImportKind::Customers, &table).await;
    let report = compare(&t).await;
    assert_eq!((report.customers, report.found), (1, [1, 0, 0]));
    assert_eq!(compare(&t).await.customers, 0, "nothing waits");
    let found = pairs(&t).await;
    let pair = &found[0];
    assert_eq!(pair.grade, Grade::Certain);
    assert_eq!(
        pair.vector.level(Field::IdNo),
        Level::Equal,
        "fifteen digits"
    );
    assert_eq!(pair.vector.level(Field::Name), Level::Sound);
    assert_eq!(pair.vector.level(Field::Mobile), Level::Near);
    let p = t.people();
    let query = DuplicateQuery {
        field: "name=sound".into(),
        probability: "99".into(),
        org: "50".into(),
        ..DuplicateQuery::default()
    };
    let listed = list_duplicates(&t.app, &p.operations_cq, t.now, &query, None).await;
    assert_eq!(listed.unwrap().count, 1);
    let page = duplicate_page(&t.app, &p.manager, t.now, pair.id)
        .await
        .unwrap();
    let sum: i64 = page.explained.iter().map(|e| e.weight).sum();
    let more = page
        .household
        .expect("at one address, two of one household are nearer");
    assert_eq!(sum + more, pair.weight, "the explanation adds up");
    let shown = format!("{:?}", page.lines);
    assert!(
        !shown.contains("500103800506122") && !shown.contains("周闽"),
        "{shown}"
    );
    let told = summary(&t.app, &p.manager, t.now, pair.low.id)
        .await
        .unwrap();
    assert_eq!((told.waiting, told.absorbed.len()), (1, 0));
}

/// A decision stands until what agrees changes; what is postponed comes back on a day of the pack.
#[rstest]
#[tokio::test]
async fn a_decision_stands_until_what_agrees_changes(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let table = Table::new([second_zhou()]);
    t.import(ImportKind::Customers, &table).await;
    compare(&t).await;
    let (p, pair) = (t.people(), pairs(&t).await.remove(0));
    // Two customers: not asked again, even when everything is compared anew.
    let missing = decide(&t.app, &p.manager, t.now, pair.id, &form("different", " ")).await;
    assert_eq!(invalid(missing), [("reason".into(), "missing".into())]);
    decide(
        &t.app,
        &p.manager,
        t.now,
        pair.id,
        &form("different", "姐妹"),
    )
    .await
    .unwrap();
    let again = decide(
        &t.app,
        &p.manager,
        t.now,
        pair.id,
        &form("different", "姐妹"),
    )
    .await;
    assert_eq!(refused(again), "duplicate-already");
    app::duplicates::ask_for_all(&t.app, &p.manager, t.now)
        .await
        .unwrap();
    compare(&t).await;
    let kept = pairs(&t).await;
    assert_eq!(kept[0].state, PairState::Different);
    assert_eq!(kept[0].reason.as_deref(), Some("姐妹"));
    // What agrees has changed: asked again.
    let mut table = table;
    table.set("C50-ZHOU2", "mobile", "13800500001");
    t.import(ImportKind::Customers, &table).await;
    compare(&t).await;
    assert_eq!(pairs(&t).await[0].state, PairState::Open);
    // Unsure until a day, and many at once.
    let ids = [pair.id, uuid::Uuid::nil()];
    let many = decide_many(&t.app, &p.manager, t.now, &ids, &form("unsure", "待核实")).await;
    assert_eq!((many.as_ref().unwrap().decided, many.unwrap().left), (1, 1));
    let waiting = DuplicateQuery::default();
    let count = async |days: i64| {
        let now = t.now + chrono::TimeDelta::days(days);
        let listed = list_duplicates(&t.app, &p.manager, now, &waiting, None).await;
        listed.unwrap().count
    };
    assert_eq!(
        (count(29).await, count(30).await),
        (0, 1),
        "postponed by the pack"
    );
    let of_one = customer_duplicates(&t.app, &p.manager, t.now, "C50-ZHOU")
        .await
        .unwrap();
    assert_eq!((of_one.pairs.len(), of_one.merges.len()), (1, 0));
}

/// A pair that agrees no more is gone unless somebody decided on it.
#[rstest]
#[tokio::test]
async fn what_agrees_no_more_is_gone(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let mut table = Table::new([second_zhou()]);
    t.import(ImportKind::Customers, &table).await;
    compare(&t).await;
    assert_eq!(pairs(&t).await.len(), 1);
    for (column, value) in [
        ("name", "钱多多"),
        ("id_no", "G1234567"),
        ("mobile", "13911112222"),
        ("birth_date", "1961-01-01"),
    ] {
        table.set("C50-ZHOU2", column, value);
    }
    t.import(ImportKind::Customers, &table).await;
    assert_eq!(compare(&t).await.removed, 1);
    assert!(pairs(&t).await.is_empty());
}

/// Keys that too many share are left out and told of; new keys of indexes find the same again.
#[rstest]
#[tokio::test]
async fn large_blocks_are_told_of_and_keys_are_exchanged(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let mut table = Table::new([second_zhou()]);
    for n in 0..61 {
        table.add(testkit::row([
            ("customer_no", &format!("C50-MANY{n}")),
            ("kind", "individual"),
            (
                "name",
                &format!("客{}", char::from_u32(0x4e00 + n * 37).unwrap()),
            ),
            ("mobile", "13800009999"),
            ("org_code", "5001"),
        ]));
    }
    t.import(ImportKind::Customers, &table).await;
    let report = compare(&t).await;
    assert_eq!(report.oversized, 1);
    let p = t.people();
    let page = estimate_page(&t.app, &p.manager, t.now).await.unwrap();
    assert_eq!(
        (page.oversized[0].kind.as_str(), page.oversized[0].largest),
        ("mobile", 61)
    );
    assert!(
        page.estimate.random > 1_000 && page.customers > 60,
        "{}",
        page.estimate.random
    );
    let before = t
        .database
        .number("SELECT COUNT(*) FROM duplicate_keys")
        .await;
    let hashes = "SELECT CAST(hash AS TEXT) FROM duplicate_keys ORDER BY hash";
    let old = t.database.column(hashes).await;
    let rotation = RotationForm {
        what: "index".into(),
        reason: "年度更换".into(),
        confirmation: "index".into(),
    };
    app::keys::rotate(&t.app, &p.administrator, t.now, &rotation)
        .await
        .unwrap();
    compare(&t).await;
    assert_eq!(
        t.database
            .number("SELECT COUNT(*) FROM duplicate_keys")
            .await,
        before
    );
    let new = t.database.column(hashes).await;
    assert!(
        new.iter().all(|hash| !old.contains(hash)),
        "hashed with the new key"
    );
    assert_eq!(
        pairs(&t)
            .await
            .iter()
            .filter(|p| p.grade == Grade::Certain)
            .count(),
        1
    );
}
