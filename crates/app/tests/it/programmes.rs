//! Programmes of customers: set off by the calendar, and by events that concern no policy.

use app::obligations::{PlanReport, PlanRequest, explain, plan};
use domain::access::Actor;
use domain::imports::ImportKind;
use domain::time::Instant;
use rstest::rstest;
use testkit::{Engine, Portfolio, Table, TestApp, at, day, row};

const PLANNED: &str = "SELECT o.programme || ' ' || c.customer_no || ' ' || CAST(o.earliest_on AS TEXT) || ' ' \
     || CAST(o.due_on AS TEXT) || ' ' || o.status \
     FROM obligations o JOIN customers c ON c.id = o.customer_id WHERE o.policy_id IS NULL ORDER BY 1";

/// A portfolio in which one person is of high value, an organisation cooperates and is a key account.
fn portfolio() -> Portfolio {
    let mut portfolio = Portfolio::small();
    portfolio
        .customers
        .set("C50-ZHOU", "value_class", "high")
        .set("C50-LI", "value_class", "medium")
        .set("C50-HE", "value_class", "low")
        .set("C50-CORP", "relationship_stage", "under_contract")
        .set("C50-CORP", "key_account", "true")
        .set("C50-CORP", "shareholder_related", "true");
    portfolio
}

async fn plan_at(t: &TestApp, now: Instant) -> PlanReport {
    let request = PlanRequest {
        since: Some(day("2024-01-01")),
        ..PlanRequest::default()
    };
    plan(&t.app, &Actor::shell("tests"), now, request, &|_| {})
        .await
        .unwrap()
}

async fn planned(t: &TestApp, programme: &str) -> Vec<String> {
    let all = t.database.column(PLANNED).await;
    let head = format!("{programme} ");
    let mine = all.iter().filter_map(|line| line.strip_prefix(&head));
    mine.map(str::to_owned).collect()
}

/// VF-HIGH, VF-MED, VF-LOW, OV-KEY, OV-SHR, SL-COOP; CBK-60, CBK-15: periods begin one after the
/// other, over holidays, make-up working days and 29 February; a planner that slept catches up.
#[rstest]
#[tokio::test]
async fn the_calendar_sets_programmes_off(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::empty(engine).await;
    t.import_all(&portfolio()).await;
    plan_at(&t, at("2024-02-29 10:00")).await;
    let high = ["C50-ZHOU 2024-01-01 2024-03-31 open"];
    assert_eq!(planned(&t, "VF-HIGH").await, high);
    let medium = ["C50-LI 2024-01-01 2024-06-30 open"];
    assert_eq!(planned(&t, "VF-MED").await, medium);
    let low = ["C50-HE 2024-01-01 2024-12-31 open"];
    assert_eq!(planned(&t, "VF-LOW").await, low);
    let key = ["C50-CORP 2024-01-01 2024-12-31 open"];
    assert_eq!(planned(&t, "OV-KEY").await, key);
    let coop = [
        "C50-CORP 2024-01-02 2024-01-04 open",
        "C50-CORP 2024-02-01 2024-02-04 open",
    ];
    assert_eq!(planned(&t, "SL-COOP").await, coop, "a Sunday is made up");
    // Until the next period begins there is nothing to do.
    let idle = plan_at(&t, at("2024-02-29 11:00")).await;
    assert_eq!((idle.sums.looked_at, idle.sums.created), (0, 0));
    // In March, in June, and then not before the National Day holiday.
    for (moment, created) in [
        ("2024-03-01 10:00", 1),
        ("2024-03-31 10:00", 0),
        ("2024-04-01 10:00", 2),
    ] {
        plan_at(&t, at(moment)).await;
        assert_eq!(new_by_calendar(&t, moment).await, created, "{moment}");
    }
    plan_at(&t, at("2024-10-01 10:00")).await;
    let high = [
        "C50-ZHOU 2024-01-01 2024-03-31 open",
        "C50-ZHOU 2024-04-01 2024-06-30 open",
        "C50-ZHOU 2024-07-01 2024-09-30 open",
        "C50-ZHOU 2024-10-01 2024-12-31 open",
    ];
    assert_eq!(planned(&t, "VF-HIGH").await, high);
    let coop = planned(&t, "SL-COOP").await;
    assert_eq!(coop.len(), 10);
    for line in [
        "C50-CORP 2024-05-06 2024-05-08 open",
        "C50-CORP 2024-06-03 2024-06-05 open",
        "C50-CORP 2024-10-08 2024-10-10 open",
    ] {
        assert!(coop.iter().any(|l| l == line), "{line} in {coop:#?}");
    }
    let visits = [
        "C50-CORP 2024-01-01 2024-06-30 open",
        "C50-CORP 2024-07-01 2024-12-31 open",
    ];
    assert_eq!(planned(&t, "OV-SHR").await, visits);
    let again = plan_at(&t, at("2024-10-01 11:00")).await;
    assert_eq!((again.sums.looked_at, again.sums.created), (0, 0));
}

/// Obligations of the calendar that were made on the day of a moment.
async fn new_by_calendar(t: &TestApp, moment: &str) -> usize {
    let made = at(moment).timestamp_millis();
    let sql = format!(
        "SELECT programme FROM obligations WHERE created_at = {made} AND trigger_type LIKE 'every%'"
    );
    t.database.column(&sql).await.len()
}

/// C-14: when everything is looked at again, nothing of the calendar appears twice or moves;
/// what exists can be explained.
#[rstest]
#[tokio::test]
async fn looking_again_changes_nothing(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::empty(engine).await;
    t.import_all(&portfolio()).await;
    plan_at(&t, at("2024-10-01 10:00")).await;
    let before = t.database.column(PLANNED).await;
    let mut customers = portfolio().customers;
    customers.set("C50-ZHOU", "occupation", "教师");
    t.import(ImportKind::Customers, &customers).await;
    let again = plan_at(&t, at("2024-10-02 10:00")).await;
    assert!(again.sums.looked_at > 0);
    let sums = (again.sums.created, again.sums.redated, again.sums.cancelled);
    assert_eq!(sums, (0, 0, 0));
    assert_eq!(t.database.column(PLANNED).await, before);
    let numbers = "SELECT number FROM obligations WHERE policy_id IS NULL ORDER BY 1";
    for number in t.database.column(numbers).await {
        let found = explain(&t.app, &Actor::system(), t.now, &number).await;
        let explanation = found.unwrap();
        let due = explanation.trace.dates.iter().find(|d| d.name == "due");
        assert_eq!(due.unwrap().date, explanation.obligation.due_on, "{number}");
    }
    // Visits are other work than callbacks.
    let calls = "SELECT COUNT(*) FROM obligations g LEFT JOIN callbacks b ON b.obligation_id = g.id \
                 WHERE (g.kind = 'callback') <> (b.id IS NOT NULL)";
    assert_eq!(t.database.number(calls).await, 0);
}

/// SEG-13: another class has another programme from the period under way; what was owed for earlier
/// periods stays.
#[rstest]
#[tokio::test]
async fn a_change_of_class_leaves_earlier_periods_alone(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::empty(engine).await;
    t.import_all(&portfolio()).await;
    plan_at(&t, at("2024-02-29 10:00")).await;
    plan_at(&t, at("2024-05-10 10:00")).await;
    let mut customers = portfolio().customers;
    customers.set("C50-ZHOU", "value_class", "medium");
    t.import_at(at("2024-05-11 09:00"), ImportKind::Customers, &customers)
        .await;
    plan_at(&t, at("2024-05-11 10:00")).await;
    let high = [
        "C50-ZHOU 2024-01-01 2024-03-31 open",
        "C50-ZHOU 2024-04-01 2024-06-30 cancelled",
    ];
    assert_eq!(planned(&t, "VF-HIGH").await, high);
    let medium = planned(&t, "VF-MED").await;
    assert_eq!(
        medium.last().unwrap(),
        "C50-ZHOU 2024-01-01 2024-06-30 open"
    );
}

/// What the events below set off.
const BY_EVENTS: [(&str, &str); 5] = [
    ("SL-VISIT", "C50-ZHOU 2024-02-28 2024-02-29 open"),
    ("GN-1W", "C50-ZHOU 2024-02-22 2024-02-29 open"),
    ("SC-COMP", "C50-LI 2024-02-22 2024-02-29 open"),
    ("GN-PLAN", "C50-LI 2024-02-29 2024-03-31 open"),
    ("KA-SPEC", "C37-SUN 2024-02-29 2024-03-31 open"),
];

fn event(id: &str, kind: &str, occurred_at: &str, customer: &str) -> Vec<(&'static str, String)> {
    row([
        ("event_id", id),
        ("type", kind),
        ("occurred_at", occurred_at),
        ("customer_no", customer),
    ])
}

/// SL-VISIT, GN-1W, SC-COMP, GN-PLAN, KA-SPEC; CBK-34, CBK-58, CBK-59, CBK-61: what concerns a customer
/// and no policy is owed too, each by its own date (C-15).
#[rstest]
#[tokio::test]
async fn events_of_customers_set_programmes_off(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::empty(engine).await;
    let mut portfolio = portfolio();
    portfolio.customers.set("C37-SUN", "large", "true");
    t.import_all(&portfolio).await;
    let events = Table::new([
        event(
            "V1",
            "sales_visit_ended",
            "2024-02-28T14:30:00+08:00",
            "C50-ZHOU",
        ),
        event(
            "S1",
            "service_completed",
            "2024-02-22T09:00:00+08:00",
            "C50-ZHOU",
        ),
        event(
            "C1",
            "complaint_resolved",
            "2024-02-22T09:00:00+08:00",
            "C50-LI",
        ),
        event(
            "L1",
            "planned_contact",
            "2024-02-29T09:00:00+08:00",
            "C50-LI",
        ),
        event(
            "L2",
            "planned_contact",
            "2024-02-29T09:00:00+08:00",
            "C37-SUN",
        ),
        event(
            "L3",
            "planned_contact",
            "2024-03-20T09:00:00+08:00",
            "C50-HE",
        ),
    ]);
    t.import(ImportKind::Events, &events).await;
    plan_at(&t, at("2024-03-05 10:00")).await;
    for (programme, expected) in BY_EVENTS {
        assert_eq!(planned(&t, programme).await, [expected], "{programme}");
    }
    let due = "SELECT due_at FROM obligations WHERE programme = 'SL-VISIT'";
    let hour = at("2024-02-29 14:30").timestamp_millis();
    assert_eq!(t.database.number(due).await, hour);
    let again = plan_at(&t, at("2024-03-05 11:00")).await;
    assert_eq!((again.sums.looked_at, again.sums.created), (0, 0));
    // What is planned for later comes on its day, without anything being imported.
    plan_at(&t, at("2024-03-20 10:00")).await;
    assert_eq!(
        planned(&t, "GN-PLAN").await,
        [
            "C50-HE 2024-03-20 2024-03-31 open",
            "C50-LI 2024-02-29 2024-03-31 open",
        ]
    );
}

/// SC-NEW, SC-LOST; CBK-59: the first policy makes a new customer, a year without one a lost customer.
#[rstest]
#[tokio::test]
async fn policies_make_customers_new_and_lost(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::empty(engine).await;
    t.import_all(&portfolio()).await;
    plan_at(&t, at("2024-03-05 10:00")).await;
    let new = planned(&t, "SC-NEW").await;
    assert!(
        new.contains(&"C50-ZHOU 2024-02-26 2024-02-27 open".to_owned()),
        "{new:#?}"
    );
    assert!(
        !new.iter().any(|l| l.starts_with("C50-LI")),
        "a customer since 2023"
    );
    let second = planned(&t, "SC-NEW2").await;
    assert!(
        second.contains(&"C50-ZHOU 2024-02-27 2024-03-26 open".to_owned()),
        "{second:#?}"
    );
    // The organisation's only policy ends on 31 August 2024.
    for (moment, expected) in [("2025-01-02 10:00", 0), ("2026-01-05 10:00", 1)] {
        plan_at(&t, at(moment)).await;
        let lost = planned(&t, "SC-LOST").await;
        let corp = lost.iter().filter(|l| l.starts_with("C50-CORP"));
        assert_eq!(corp.count(), expected, "{moment}: {lost:#?}");
    }
    assert!(
        planned(&t, "SC-LOST")
            .await
            .contains(&"C50-CORP 2026-01-01 2026-12-31 open".to_owned())
    );
}

/// CBK-01: a kind of work that nobody carries out is an error of the pack.
#[test]
fn an_unknown_kind_does_not_load() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let text = read("rulepacks/company/customer-visits.toml");
    let source = rules::Source {
        name: "visits.toml".into(),
        text: text.replacen("kind = \"visit\"", "kind = \"dance\"", 1),
    };
    let schema = rules::FactSchema::parse(&read("rulepacks/facts.toml")).unwrap();
    let calendar = rules::Calendar::parse(&read("calendars/cn.toml")).unwrap();
    let (schema, calendar) = (schema.into(), calendar.into());
    let book = rules::RuleBook::load(schema, calendar, &[source]).unwrap();
    let findings = app::rules::discharges(&book, day("2024-03-05")).unwrap_err();
    let said: Vec<_> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "visits.toml: programme OV-KEY, kind: unknown kind \"dance\"; known: callback, message, visit"
        ]
    );
}
