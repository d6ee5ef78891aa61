//! Customers found by the sound, the initials or a part of their names, in the units that see them; the keys
//! follow changes, exchanged keys and destruction.

use app::customers::{SearchResult, refresh_search_keys, search, suggest};
use app::jobs::run_due;
use app::keys::{RotationForm, rotate};
use chrono::Duration;
use domain::access::Actor;
use domain::imports::ImportKind;
use rstest::rstest;
use testkit::{Engine, Portfolio, Table, TestApp, row};

fn customer(number: &str, kind: &str, name: &str, org: &str) -> Vec<(&'static str, String)> {
    row([
        ("customer_no", number),
        ("kind", kind),
        ("name", name),
        ("org_code", org),
    ])
}

/// Names in two provinces; one customer of Shandong has a policy in Chongqing.
async fn with_names(engine: Engine) -> TestApp {
    let t = TestApp::with_portfolio(engine).await;
    let person = |number, name, org| customer(number, "individual", name, org);
    let table = Table::new([
        person("N-1", "张伟明", "5001"),
        person("N-2", "章为民", "5001"),
        person("N-3", "张大明", "5001"),
        person("N-4", "张伟", "5001"),
        person("N-5", "曾莉", "5001"),
        person("N-6", "张伟明", "3701"),
        person("N-7", "李秀英", "3701"),
        customer("N-8", "group", "山东鲁能2号工程有限公司", "3701"),
        customer("N-9", "group", "渝能工程股份有限公司", "5001"),
    ]);
    t.import(ImportKind::Customers, &table).await;
    let policy =
        Portfolio::life_policy("P-N-7", "N-7", "5001", "A5001", "2024-02-20", "2024-02-25");
    t.import(ImportKind::Policies, &Table::new([policy])).await;
    refresh_search_keys(&t.app, t.now).await.unwrap();
    t
}

fn shown(found: &SearchResult) -> Vec<(String, &'static str)> {
    let customers = found.customers.iter();
    customers
        .map(|c| (c.row.customer_no.clone(), c.why))
        .collect()
}

async fn find(t: &TestApp, actor: &Actor, term: &str) -> Vec<(String, &'static str)> {
    shown(&search(&t.app, actor, t.now, term).await.unwrap())
}

fn expected(rows: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    rows.iter()
        .map(|(no, why)| ((*no).to_owned(), *why))
        .collect()
}

#[rstest]
#[tokio::test]
async fn people_are_found_as_they_are_remembered(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = with_names(engine).await;
    let leader = &t.people().leader_cq;
    let cases: &[(&str, &[(&str, &'static str)])] = &[
        // The name first, then what sounds alike, then what is one character off.
        (
            "张伟明",
            &[
                ("N-1", "name"),
                ("N-2", "homophone"),
                ("N-4", "one_off"),
                ("N-3", "one_off"),
            ],
        ),
        ("zwm", &[("N-2", "initials"), ("N-1", "initials")]),
        ("zhangweiming", &[("N-2", "pinyin"), ("N-1", "pinyin")]),
        ("zang wei min", &[("N-2", "pinyin"), ("N-1", "pinyin")]),
        ("伟明", &[("N-1", "part")]),
        ("zeng li", &[("N-5", "pinyin")]),
        ("鲁能", &[]),
        ("工程", &[("N-9", "part")]),
        ("渝能", &[("N-9", "leading")]),
        // Of another unit, with a policy here.
        ("李秀", &[("N-7", "part")]),
        ("lxy", &[("N-7", "initials")]),
    ];
    for (term, rows) in cases {
        assert_eq!(find(&t, leader, term).await, expected(rows), "{term}");
    }
    let shandong = &t.people().leader_sd;
    assert_eq!(
        find(&t, shandong, "鲁能").await,
        expected(&[("N-8", "part")])
    );
    assert_eq!(
        find(&t, shandong, "张伟明").await,
        expected(&[("N-6", "name")])
    );
    let everywhere = find(&t, &Actor::shell("tests"), "张伟明").await;
    assert_eq!(everywhere.len(), 5, "{everywhere:?}");
    // A caller sees the own list, on which nobody of them is.
    assert_eq!(find(&t, &t.people().caller_cq, "zwm").await, []);
    let few = suggest(&t.app, leader, t.now, "zhang").await.unwrap();
    assert!(few.customers.len() <= 8);
    let again = refresh_search_keys(&t.app, t.now).await.unwrap();
    assert_eq!(again, 0, "nothing is worked out twice");
}

#[rstest]
#[tokio::test]
async fn keys_follow_the_name(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = with_names(engine).await;
    let leader = &t.people().leader_cq;
    let renamed = Table::new([customer("N-5", "individual", "欧阳静", "5001")]);
    t.import(ImportKind::Customers, &renamed).await;
    refresh_search_keys(&t.app, t.now).await.unwrap();
    assert_eq!(find(&t, leader, "zengli").await, []);
    assert_eq!(
        find(&t, leader, "ouyangjing").await,
        expected(&[("N-5", "pinyin")])
    );
    // Nothing of the names lies in the table in the clear, and every customer has keys.
    let keys = "SELECT COUNT(DISTINCT customer_id) FROM search_keys";
    assert_eq!(t.database.number(keys).await, 9 + 6);
}

#[rstest]
#[tokio::test]
async fn keys_are_made_anew_when_the_index_key_is_exchanged(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = with_names(engine).await;
    let sums =
        "SELECT COUNT(*) FROM search_keys WHERE name_key IN (SELECT name_key FROM search_keys)";
    let before = t.database.number(sums).await;
    let old = t
        .database
        .column("SELECT CAST(MIN(name_key) AS TEXT) FROM search_keys")
        .await;
    let order = RotationForm {
        what: "index".into(),
        reason: "每年更换".into(),
        confirmation: "index".into(),
    };
    let actor = Actor::shell("tests");
    rotate(&t.app, &actor, t.now, &order).await.unwrap();
    // Found meanwhile, under either key.
    assert_eq!(find(&t, &t.people().leader_cq, "zwm").await.len(), 2);
    let later = t.now + Duration::minutes(11);
    run_due(&t.app, &move || t.now).await.unwrap();
    run_due(&t.app, &move || later).await.unwrap();
    let live =
        "SELECT COUNT(*) FROM encryption_keys WHERE purpose = 'index' AND destroyed_at IS NULL";
    assert_eq!(t.database.number(live).await, 1, "the older key is gone");
    assert_eq!(t.database.number(sums).await, before);
    let new = t
        .database
        .column("SELECT CAST(MIN(name_key) AS TEXT) FROM search_keys")
        .await;
    assert_ne!(old, new);
    assert_eq!(find(&t, &t.people().leader_cq, "zwm").await.len(), 2);
}
