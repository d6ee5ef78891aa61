//! Signals: what is found in planted portfolios and what is not, once and not again, and what is done about it.

use app::risk as r;
use app::{Error, risk::watch_risks};
use domain::imports::ImportKind;
use domain::risk::{RiskLevel, RiskSignalKind, SignalResponse};
use rstest::rstest;
use std::collections::BTreeSet;
use store::risk::RiskSignalRow;
use testkit::{Engine, Portfolio, Table, TestApp, refused, row};

fn customer(portfolio: &mut Portfolio, number: &str, mobile: &str) {
    portfolio.customers.add(row([
        ("customer_no", number),
        ("kind", "individual"),
        ("name", "张三"),
        ("mobile", mobile),
        ("org_code", "5001"),
    ]));
    let policy = format!("P-{number}");
    let mut life = Portfolio::life_policy(&policy, number, "5001", "", "2023-01-10", "2023-01-12");
    life.retain(|(column, _)| *column != "agent_code");
    portfolio.policies.add(life);
}

fn surrender(number: &str, on: &str) -> Vec<(&'static str, String)> {
    row([
        ("event_id", &format!("S-{number}-{on}")),
        ("type", "surrendered"),
        ("occurred_at", &format!("{on}T10:00:00+08:00")),
        ("policy_no", &format!("P-{number}")),
        ("amount", "5000.00"),
    ])
}

async fn signals(t: &TestApp, view: &str) -> Vec<RiskSignalRow> {
    let query = r::RiskQuery {
        view: view.into(),
        ..Default::default()
    };
    let found = r::list_risk_signals(&t.app, &t.people().manager, &query, None).await;
    found.unwrap().page.rows
}

async fn of_kind(t: &TestApp, kind: RiskSignalKind) -> BTreeSet<String> {
    let all = signals(t, "all").await.into_iter();
    let own = all.filter(|s| s.kind == kind);
    own.map(|s| s.of.customer_no).collect()
}

/// A ring of four behind one number, and what looks like one; who belongs to it.
fn with_a_ring() -> (Portfolio, BTreeSet<String>) {
    let mut portfolio = Portfolio::small();
    let mut planted = BTreeSet::new();
    for n in 1..=4 {
        let number = format!("RING-{n}");
        customer(&mut portfolio, &number, "13911110000");
        portfolio
            .events
            .add(surrender(&number, &format!("2024-02-0{n}")));
        planted.insert(number);
    }
    // One of the ring's number who did nothing.
    customer(&mut portfolio, "QUIET", "13911110000");
    // Families of two, of which both surrendered; a number of four who did nothing of the kind.
    for n in 1..=6 {
        let number = format!("FAM-{n}");
        customer(&mut portfolio, &number, &format!("1392222000{}", n / 2));
        portfolio.events.add(surrender(&number, "2024-02-20"));
    }
    // Single ones, and a number of four over years.
    for n in 1..=9 {
        customer(
            &mut portfolio,
            &format!("ONE-{n}"),
            &format!("1393333000{n}"),
        );
        portfolio
            .events
            .add(surrender(&format!("ONE-{n}"), "2024-02-21"));
    }
    for (n, on) in [(1, "2023-04-01"), (2, "2023-08-01"), (3, "2023-12-01")] {
        customer(&mut portfolio, &format!("SLOW-{n}"), "13944440000");
        portfolio.events.add(surrender(&format!("SLOW-{n}"), on));
    }
    (portfolio, planted)
}

/// RSK-04, RSK-10: a ring behind one number is found, whole and alone, among families, busy numbers and single
/// surrenders; it grows with its last member; looking again changes nothing.
#[rstest]
#[tokio::test]
async fn agency_surrenders_are_found_and_nothing_else(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (portfolio, mut planted) = with_a_ring();
    let t = TestApp::with(engine, &portfolio).await;
    let watched = watch_risks(&t.app, t.now).await.unwrap();
    // Six of the small portfolio, 4 and 1 of the ring's number, 6 in families, 9 single, 3 over years.
    assert_eq!((watched.customers, watched.signals), (29, 4));
    let ring = RiskSignalKind::AgencySurrender;
    assert_eq!(
        of_kind(&t, ring).await,
        planted,
        "precision and recall are one"
    );
    let again = watch_risks(&t.app, t.now).await.unwrap();
    assert_eq!(again.signals, 0);

    // The third of a family: now the two before are told of, too.
    let mut more = Portfolio::default();
    customer(&mut more, "FAM-7", "13922220001");
    t.import(ImportKind::Customers, &more.customers).await;
    t.import(ImportKind::Policies, &more.policies).await;
    t.import(
        ImportKind::Events,
        &Table::new([surrender("FAM-7", "2024-03-04")]),
    )
    .await;
    watch_risks(&t.app, t.now).await.unwrap();
    let family = ["FAM-2", "FAM-3", "FAM-7"].map(str::to_owned);
    planted.extend(family);
    assert_eq!(of_kind(&t, ring).await, planted);
    let fraud = signals(&t, "fraud").await;
    let told = fraud.iter().find(|s| s.of.customer_no == "RING-1").unwrap();
    let detail = r::SignalDetail::read(told);
    assert_eq!((detail.count, detail.days), (4, 90));
    assert_eq!(detail.customers.len(), 4);
    assert!(told.level == RiskLevel::High && told.raised_by.is_empty());
    let other = r::RiskQuery::default();
    let other = r::list_risk_signals(&t.app, &t.people().leader_sd, &other, None).await;
    assert_eq!(other.unwrap().count, 0);
}

/// Lapses, a large surrender, quick claims.
fn with_trouble() -> Portfolio {
    let mut portfolio = Portfolio::small();
    for (id, kind, policy, on, amount) in [
        ("L1", "lapsed", "P50-LI", "2024-01-10", ""),
        ("L2", "lapsed", "P50-CAR", "2024-02-10", ""),
        ("S1", "surrendered", "P50-ZHOU", "2024-03-01", "200000.00"),
        ("C1", "claim_registered", "P50-CORP", "2024-01-10", ""),
        ("C2", "claim_registered", "P50-CORP", "2024-02-10", ""),
        ("C3", "claim_registered", "P50-CORP", "2024-03-02", ""),
    ] {
        portfolio.events.add(row([
            ("event_id", id),
            ("type", kind),
            ("occurred_at", &format!("{on}T10:00:00+08:00")),
            ("policy_no", policy),
            ("claim_no", if kind == "claim_registered" { id } else { "" }),
            ("amount", amount),
        ]));
    }
    portfolio
}

/// RSK-04: lapses, large surrenders, quick claims; each is answered once, with who, when and why.
#[rstest]
#[tokio::test]
async fn signals_are_answered_before_the_risk_grows(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let portfolio = with_trouble();
    let t = TestApp::with(engine, &portfolio).await;
    watch_risks(&t.app, t.now).await.unwrap();
    let found: BTreeSet<_> = signals(&t, "open")
        .await
        .into_iter()
        .map(|s| (s.of.customer_no, s.kind))
        .collect();
    let expected = BTreeSet::from([
        ("C50-LI".to_owned(), RiskSignalKind::Lapses),
        ("C50-ZHOU".to_owned(), RiskSignalKind::LargeSurrender),
        ("C50-CORP".to_owned(), RiskSignalKind::QuickClaims),
    ]);
    assert_eq!(found, expected);
    is_answered_once(&t).await;
    // What was answered is not told again.
    store_again(&t).await;
    assert_eq!(watch_risks(&t.app, t.now).await.unwrap().signals, 0);
}

/// A measure is the answer; it is carried out, with evidence and effect.
async fn is_answered_once(t: &TestApp) {
    let p = t.people();
    let by = &p.operations_cq;
    let page = r::risk_page(&t.app, by, t.now, "C50-LI").await.unwrap();
    let signal = page.signals[0].id;
    let answer = async |actor, response: &str, owner: &str| {
        let form = r::ResponseForm {
            response: response.into(),
            words: "客户资金周转困难，已沟通复效".into(),
            measure: r::MeasureForm {
                measure: "一个月内协助办理复效".into(),
                owner: owner.into(),
                due_on: "2024-04-03".into(),
                ..Default::default()
            },
        };
        r::handle_risk_signal(&t.app, actor, t.now, signal, &form).await
    };
    assert!(matches!(
        answer(&p.leader_cq, "explained", "").await,
        Err(Error::Denied(_))
    ));
    assert!(matches!(
        answer(&p.operations_sd, "explained", "").await,
        Err(Error::NotFound)
    ));
    assert!(matches!(
        answer(by, "measure", "nobody").await,
        Err(Error::Invalid(_))
    ));
    answer(by, "measure", "operations_cq").await.unwrap();
    assert_eq!(
        refused(answer(by, "no_risk", "").await),
        "risk-signal-handled"
    );
    let page = r::risk_page(&t.app, by, t.now, "C50-LI").await.unwrap();
    let row = &page.signals[0];
    assert_eq!(row.response, Some(SignalResponse::Measure));
    assert_eq!(row.handled_by.as_deref(), Some(by.name.as_str()));
    let measure = page.measures[0].id;
    let done = r::DoneForm {
        evidence: "复效批单".into(),
        effect: "两张保单已复效".into(),
    };
    r::finish_risk_measure(&t.app, by, t.now, measure, &done)
        .await
        .unwrap();
    let twice = r::finish_risk_measure(&t.app, by, t.now, measure, &done).await;
    assert!(matches!(twice, Err(Error::Conflict)));
}

/// Everybody is looked at once more.
async fn store_again(t: &TestApp) {
    let work = t.app.store().begin(t.now).await.unwrap();
    let derived = store::customers::Derived::RiskSignals;
    store::customers::enqueue_derived_for_all(&work, derived)
        .await
        .unwrap();
    let by = domain::access::Actor::system();
    let entry = store::AuditEntry::new(&by, "risk.again", "derivation", None::<uuid::Uuid>);
    work.commit(entry).await.unwrap();
}
