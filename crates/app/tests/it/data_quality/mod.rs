//! The quality of what is known of customers: found, explained, cleaned up, verified.

mod contacts;
mod planted;
mod single;
mod work;

use app::data_quality as i;
use domain::access::Actor;
use domain::data_quality::{Check, Field, FindingState, Severity};
use domain::imports::ImportKind;
use rstest::rstest;
use testkit::{Engine, Portfolio, Table, TestApp, resident_id, row};

/// An individual customer without anything wrong, at an address of their own.
fn person(number: &str, name: &str, mobile: &str, address: &str) -> Vec<(&'static str, String)> {
    row([
        ("customer_no", number),
        ("kind", "individual"),
        ("name", name),
        ("sex", "male"),
        ("birth_date", "1980-05-06"),
        ("id_type", "resident_id"),
        ("id_no", &resident_id("500103", "19800506", 125)),
        ("id_expires_on", "2034-01-01"),
        ("nationality", "CHN"),
        ("mobile", mobile),
        ("address", address),
        ("occupation", "教师"),
        ("org_code", "5001"),
    ])
}

fn policy(holder: &str) -> Vec<(&'static str, String)> {
    let number = format!("P-{holder}");
    Portfolio::life_policy(&number, holder, "5001", "A5002", "2024-02-26", "2024-02-27")
}

/// Imports customers with a life policy each, and examines.
async fn with(t: &TestApp, people: Vec<Vec<(&'static str, String)>>) {
    let numbers: Vec<String> = people.iter().map(|p| p[0].1.clone()).collect();
    let report = t.import(ImportKind::Customers, &Table::new(people)).await;
    assert_eq!(report.tally.rejected, 0, "{:?}", report.rejections);
    let policies = numbers.iter().map(|n| policy(n));
    let report = t.import(ImportKind::Policies, &Table::new(policies)).await;
    assert_eq!(report.tally.rejected, 0, "{:?}", report.rejections);
    examine(t).await;
}

async fn examine(t: &TestApp) -> i::Examination {
    i::examine_due(&t.app, t.now, &|_| {}).await.unwrap()
}

/// What is open about a customer.
async fn open(t: &TestApp, number: &str) -> Vec<(Check, Field, Severity)> {
    let page = i::information_page(&t.app, &t.people().manager, t.now, number).await;
    let mut found: Vec<_> = page
        .unwrap()
        .findings
        .iter()
        .filter(|f| f.state == FindingState::Open)
        .map(|f| (f.check, f.field, f.severity))
        .collect();
    found.sort();
    found
}

fn home(n: usize) -> String {
    format!("重庆市渝中区人民路{n}号3栋1201室")
}

/// CUS-17: a number that unrelated policyholders share is found, a family's is not; when one changes the number,
/// the others are looked at again.
#[rstest]
#[tokio::test]
async fn a_number_of_unrelated_policyholders_is_found(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let shared = |n: usize| {
        let number = format!("S{n}");
        person(
            &number,
            &format!("赵钱孙{}", ["一", "二", "三", "四", "五", "六"][n]),
            "13912345601",
            &home(n),
        )
    };
    with(&t, (0..3).map(shared).collect()).await;
    assert_eq!(
        open(&t, "S0").await,
        Vec::new(),
        "three households are nothing"
    );
    let family = |n: usize| person(&format!("F{n}"), "钱大", "13912345602", &home(99));
    with(&t, (0..6).map(family).collect()).await;
    assert_eq!(open(&t, "F0").await, Vec::new(), "one household is nothing");
    with(&t, vec![shared(3)]).await;
    let alert = (Check::MobileShared, Field::Mobile, Severity::Alert);
    for number in ["S0", "S3"] {
        assert_eq!(
            open(&t, number).await,
            vec![alert],
            "{number}: a fourth household"
        );
    }
    with(&t, vec![shared(4), shared(5)]).await;
    let block = (Check::MobileShared, Field::Mobile, Severity::Block);
    assert_eq!(open(&t, "S0").await, vec![block], "six households");
    let done = examine(&t).await;
    assert_eq!(done.customers, 0, "nothing is looked at twice: {done:?}");
    for n in 0..3 {
        let mut other = shared(n);
        other.retain(|(column, _)| *column != "mobile");
        other.push(("mobile", format!("1391234570{n}")));
        t.import(ImportKind::Customers, &Table::new([other])).await;
    }
    examine(&t).await;
    assert_eq!(open(&t, "S0").await, Vec::new(), "the number was changed");
    assert_eq!(open(&t, "S4").await, Vec::new(), "three are left");
}

/// 保监发〔2013〕82号, 号码归属: a number of the company's own side is no customer's.
#[rstest]
#[tokio::test]
async fn numbers_of_the_own_side_are_found(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let agent = |code: &str, name: &str, mobile: &str| {
        row([
            ("agent_code", code),
            ("name", name),
            ("mobile", mobile),
            ("org_code", "5001"),
            ("kind", "salesperson"),
            ("status", "active"),
        ])
    };
    let agents = [
        agent("A5001", "陈东", "13712340001"),
        agent("A5002", "冯南", "13712340002"),
    ];
    t.import(ImportKind::Agents, &Table::new(agents)).await;
    let people = vec![
        person("N1", "吴一", "13712340001", &home(1)),
        person("N2", "吴二", "13712340002", &home(2)),
        person("N3", "冯南", "13712340002", &home(3)),
        person("N4", "吴四", "13912340009", &home(4)),
    ];
    with(&t, people).await;
    let only = |check, severity| vec![(check, Field::Mobile, severity)];
    assert_eq!(
        open(&t, "N1").await,
        only(Check::OwnNumber, Severity::Block)
    );
    assert_eq!(
        open(&t, "N2").await,
        only(Check::SellerNumber, Severity::Block)
    );
    assert_eq!(
        open(&t, "N3").await,
        only(Check::SelfPolicy, Severity::Hint)
    );
    assert_eq!(open(&t, "N4").await, Vec::new());
    let by = &t.people().operations_cq;
    let form = i::NumberForm {
        number: "139-1234-0009".into(),
        owner: "outlet".into(),
        label: "渝中营业部".into(),
    };
    i::add_own_number(&t.app, by, t.now, &form).await.unwrap();
    examine(&t).await;
    assert_eq!(
        open(&t, "N4").await,
        only(Check::OwnNumber, Severity::Block)
    );
    let list = i::list_own_numbers(&t.app, by, "").await.unwrap();
    assert!(!list.rows[0].number.to_string().contains("13912340009"));
    let removed = i::remove_own_number(&t.app, by, t.now, list.rows[0].id).await;
    removed.unwrap();
    let later = t.now + chrono::Duration::minutes(1);
    let changed = Table::new([agent("A5001", "陈东", "13712349999")]);
    t.import_at(later, ImportKind::Agents, &changed).await;
    examine(&t).await;
    assert_eq!(open(&t, "N4").await, Vec::new());
    assert_eq!(
        open(&t, "N1").await,
        Vec::new(),
        "the salesperson has another number"
    );
}

/// CUS-09: what is explained stays so until the facts change; what is put right ends.
#[rstest]
#[tokio::test]
async fn an_explanation_stands_until_the_facts_change(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    with(&t, vec![person("X1", "吴一", "13912340001", "家里")]).await;
    let alert = (Check::AddressDetail, Field::Address, Severity::Alert);
    assert_eq!(open(&t, "X1").await, vec![alert]);
    let (app, by) = (&t.app, &t.people().operations_cq);
    let page = i::information_page(app, by, t.now, "X1").await.unwrap();
    let finding = &page.findings[0];
    let form = i::ExplanationForm {
        words: "村里没有门牌".into(),
        version: finding.version,
    };
    let nobody = i::explain(app, &t.people().caller_cq, t.now, "X1", finding.id, &form).await;
    assert!(nobody.is_err(), "a caller does not explain");
    let wrong = i::explain(app, by, t.now, "C50-LI", finding.id, &form).await;
    assert!(wrong.is_err(), "it is not about that customer");
    i::explain(app, by, t.now, "X1", finding.id, &form)
        .await
        .unwrap();
    examine(&t).await;
    let page = i::information_page(app, by, t.now, "X1").await.unwrap();
    assert_eq!(page.findings[0].state, FindingState::Explained);
    assert_eq!(
        page.findings[0].explanation.as_deref(),
        Some("村里没有门牌")
    );
    assert_eq!(page.state.as_ref().unwrap().truth, 100);
    let raw = t
        .database
        .column(
            "SELECT CAST(COUNT(*) AS TEXT) FROM information_findings WHERE explanation IS NOT NULL",
        )
        .await;
    assert_eq!(raw, vec!["1"]);
    t.import(
        ImportKind::Customers,
        &Table::new([person("X1", "吴一", "13912340001", "老家")]),
    )
    .await;
    examine(&t).await;
    assert_eq!(open(&t, "X1").await, vec![alert], "the address changed");
    t.import(
        ImportKind::Customers,
        &Table::new([person("X1", "吴一", "13912340001", &home(1))]),
    )
    .await;
    examine(&t).await;
    let page = i::information_page(app, by, t.now, "X1").await.unwrap();
    assert_eq!(page.findings[0].state, FindingState::Cleaned);
}

/// Missing data and logic: each with its article and weight, both scores explained.
#[rstest]
#[tokio::test]
async fn what_is_missing_lowers_the_scores(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let mut bare = person("M1", "吴一", "13912340001", &home(1));
    bare.retain(|(column, _)| !["id_no", "id_type", "occupation", "nationality"].contains(column));
    let mut old = person("M2", "吴二", "13912340002", &home(2));
    old.retain(|(column, _)| *column != "id_expires_on");
    old.push(("id_expires_on", "2024-01-31".into()));
    with(&t, vec![bare, old]).await;
    let missing = |field, severity| (Check::Missing, field, severity);
    assert_eq!(
        open(&t, "M1").await,
        vec![
            missing(Field::IdType, Severity::Block),
            missing(Field::IdNo, Severity::Block),
            missing(Field::Nationality, Severity::Hint),
            missing(Field::Occupation, Severity::Hint),
        ]
    );
    let page = i::information_page(&t.app, &t.people().manager, t.now, "M1")
        .await
        .unwrap();
    let state = page.state.unwrap();
    assert_eq!((state.mandatory_missing, state.wanted_missing), (2, 2));
    assert_eq!(
        (state.completeness, state.truth, state.is_blocked),
        (45, 100, true)
    );
    assert_eq!(page.scores.len(), 2);
    assert!(
        page.findings[0].article.contains("录入完整"),
        "{}",
        page.findings[0].article
    );
    let expired = (Check::IdExpired, Field::IdExpiresOn, Severity::Alert);
    assert_eq!(open(&t, "M2").await, vec![expired]);
    let summary = i::summary(&t.app, &t.people().manager, t.now, state_id(&t, "M2").await);
    let summary = summary.await.unwrap().unwrap();
    assert_eq!((summary.truth, summary.open), (90, 1));
}

async fn state_id(t: &TestApp, number: &str) -> domain::ids::CustomerId {
    let scope = Actor::system()
        .scope(domain::access::Permission::CustomersRead)
        .unwrap();
    let found = store::customers::find_customer_by_number(t.app.store(), &scope, number).await;
    found.unwrap().unwrap().id
}
