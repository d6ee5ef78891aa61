//! CUS-07: customers by the flags that they carry, with date and who says so.

use super::customer;
use app::customers::{CustomerQuery, list_customers};
use app::information::{FlaggedBy, MarkForm, flags_of, information_page, set_flag};
use domain::access::Actor;
use domain::time::Instant;
use rstest::rstest;
use std::collections::BTreeSet;
use testkit::{Engine, Portfolio, TestApp, at, day, invalid, row};

/// Issue, status, end of cover.
type Policy = (&'static str, &'static str, &'static str);

/// Customers at the limits of every flag on 5 March 2024; of each the policies: issue, status, end of cover.
const PEOPLE: [(&str, &str, &[Policy]); 10] = [
    ("D-1", "5001", &[("2023-12-06", "in_force", "")]),
    ("D-2", "5001", &[("2023-12-05", "in_force", "")]),
    ("D-3", "5001", &[("2020-03-06", "expired", "2023-03-05")]),
    ("D-4", "5001", &[("2020-03-07", "expired", "2023-03-06")]),
    (
        "D-5",
        "5001",
        &[
            ("2015-01-01", "expired", "2020-01-01"),
            ("2021-01-01", "in_force", ""),
        ],
    ),
    (
        "D-6",
        "5001",
        &[("2020-03-01", "surrendered", "2023-02-28")],
    ),
    (
        "D-7",
        "5001",
        &[
            ("2015-01-01", "expired", "2020-01-01"),
            ("2021-01-01", "terminated", "2024-02-01"),
        ],
    ),
    ("D-8", "5001", &[]),
    (
        "D-9",
        "5001",
        &[
            ("2023-01-01", "in_force", ""),
            ("2024-02-01", "in_force", ""),
        ],
    ),
    ("D-37", "3701", &[("2023-12-06", "in_force", "")]),
];

fn portfolio() -> Portfolio {
    let mut portfolio = Portfolio::small();
    for (number, org, policies) in PEOPLE {
        portfolio.customers.add(row([
            ("customer_no", number),
            ("kind", "individual"),
            ("name", "郑和平"),
            ("org_code", org),
            (
                "key_account",
                if number == "D-8" { "true" } else { "false" },
            ),
        ]));
        for (n, (issued, status, ends)) in policies.iter().enumerate() {
            let policy = format!("P-{number}-{n}");
            let agent = if org == "5001" { "A5001" } else { "" };
            let mut policy = Portfolio::life_policy(&policy, number, org, agent, issued, issued);
            policy.retain(|(column, _)| *column != "status");
            policy.push(("status", (*status).to_owned()));
            policy.push(("expiry_date", (*ends).to_owned()));
            portfolio.policies.add(policy);
        }
    }
    portfolio
}

/// Numbers of the customers that a filter finds.
async fn found(t: &TestApp, by: &Actor, now: Instant, flag: &str) -> BTreeSet<String> {
    let query = CustomerQuery {
        flag: flag.into(),
        ..CustomerQuery::default()
    };
    let listed = list_customers(&t.app, by, now, &query).await.unwrap();
    let numbers = listed.page.rows.iter().map(|c| c.customer_no.clone());
    let numbers: BTreeSet<_> = numbers.collect();
    assert_eq!(
        listed.count,
        i64::try_from(numbers.len()).unwrap(),
        "{flag}"
    );
    numbers
}

/// Numbers of the customers whose own pages carry a flag.
async fn carried(t: &TestApp, by: &Actor, now: Instant, flag: &str) -> BTreeSet<String> {
    let mut carried = BTreeSet::new();
    for number in t.database.column("SELECT customer_no FROM customers").await {
        let page = information_page(&t.app, by, now, &number, "")
            .await
            .unwrap();
        if page.derived.iter().any(|d| d.code == flag) {
            carried.insert(number);
        }
    }
    carried
}

/// A complaint of the group, at half past midnight in China.
async fn complain(t: &TestApp) {
    let p = t.people();
    let id = t.callback("P50-CORP", "CP-SET").await;
    t.assign(&p.leader_cq, id, &p.sichuan_caller_cq).await;
    let answers = [("result_explained", "negative")];
    t.interview(&p.sichuan_caller_cq, t.now, id, &answers).await;
    let opened = at("2024-03-05 00:30").timestamp_millis();
    t.database
        .execute(&format!(
            "UPDATE tickets SET type = 'complaint', opened_at = {opened}"
        ))
        .await;
}

/// The list by a flag that follows from what happened shows whoever carries it on the own page, on the days
/// before and after each limit; a branch sees its own.
#[rstest]
#[tokio::test]
async fn a_list_by_flag_is_the_flag_of_every_page(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with(engine, &portfolio()).await;
    complain(&t).await;
    let p = t.people();
    for (now, flag, with, without) in [
        ("2024-02-27 10:00", "lost", "", "D-6"),
        ("2024-02-28 10:00", "lost", "D-6", "D-3"),
        ("2024-03-04 23:30", "complainant", "", "C50-CORP"),
        ("2024-03-04 23:30", "lost", "D-6", "D-3"),
        ("2024-03-05 00:10", "complainant", "C50-CORP", "D-1"),
        ("2024-03-05 00:10", "new", "D-1", "D-2"),
        ("2024-03-05 23:50", "new", "D-37", "D-9"),
        ("2024-03-05 23:50", "lost", "D-3", "D-4"),
        ("2024-03-06 00:10", "new", "C50-ZHOU", "D-1"),
        ("2024-03-06 00:10", "lost", "D-4", "D-7"),
        ("2024-12-31 10:00", "lost", "D-4", "D-7"),
        ("2025-02-01 10:00", "lost", "D-7", "D-5"),
        ("2025-03-05 23:50", "complainant", "C50-CORP", "D-8"),
        ("2025-03-06 00:10", "complainant", "", "C50-CORP"),
    ] {
        let now = at(now);
        let listed = found(&t, &p.manager, now, flag).await;
        assert_eq!(
            listed,
            carried(&t, &p.manager, now, flag).await,
            "{flag} at {now}"
        );
        assert!(
            with.is_empty() || listed.contains(with),
            "{with} is {flag} at {now}"
        );
        assert!(
            !listed.contains(without),
            "{without} is not {flag} at {now}"
        );
        let both = [&p.leader_cq, &p.leader_sd];
        let (cq, sd) = (
            found(&t, both[0], now, flag).await,
            found(&t, both[1], now, flag).await,
        );
        assert!(cq.is_disjoint(&sd), "each branch its own");
        assert_eq!(cq.union(&sd).cloned().collect::<BTreeSet<_>>(), listed);
        assert!(!cq.contains("D-37") && !sd.contains("D-1"));
    }
    let unknown = CustomerQuery {
        flag: "nonsense".into(),
        ..CustomerQuery::default()
    };
    let unknown = list_customers(&t.app, &p.manager, t.now, &unknown).await;
    assert_eq!(invalid(unknown), [("flag".into(), "unknown-code".into())]);
}

/// Flags that people and files set are filtered by, too; each says since when and who says so.
#[rstest]
#[tokio::test]
async fn each_flag_says_since_when_and_by_whom(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with(engine, &portfolio()).await;
    let by = &t.people().leader_cq;
    let flag = MarkForm {
        flag: "cooperating".into(),
        on: "2024-03-01".into(),
        reason: "签有合作协议".into(),
        version: customer(&t, "D-1").await.version,
    };
    set_flag(&t.app, by, t.now, "D-1", &flag).await.unwrap();
    let only = |number: &str| BTreeSet::from([number.to_owned()]);
    assert_eq!(found(&t, by, t.now, "cooperating").await, only("D-1"));
    assert!(found(&t, by, t.now, "key_account").await.contains("D-8"));
    let rows = [customer(&t, "D-1").await, customer(&t, "D-8").await];
    let shown: Vec<_> = rows.iter().collect();
    let flags = flags_of(&t.app, by, t.now, &shown).await.unwrap();
    let of = |n: usize| &flags[&rows[n].id];
    let [helps, new] = of(0).as_slice() else {
        panic!("{:?}", of(0));
    };
    assert_eq!(
        (helps.code, helps.since_on, &helps.by),
        (
            "cooperating",
            day("2024-03-01"),
            &FlaggedBy::Person(by.name.clone())
        )
    );
    assert_eq!(
        (new.code, new.since_on, new.until_on),
        ("new", day("2023-12-06"), Some(day("2024-03-05")))
    );
    let FlaggedBy::Rule(title, article) = &new.by else {
        panic!("{:?}", new.by);
    };
    assert!(title.zh.starts_with("保险客户管理办法") && article == "标记");
    let [key] = of(1).as_slice() else {
        panic!("{:?}", of(1));
    };
    assert_eq!(
        (key.code, key.since_on, &key.by),
        ("key_account", day("2024-03-05"), &FlaggedBy::File)
    );
    let foreign = flags_of(&t.app, &t.people().leader_sd, t.now, &shown).await;
    let foreign = foreign.unwrap();
    assert!(foreign[&rows[0].id].is_empty(), "nothing of another branch");
}
