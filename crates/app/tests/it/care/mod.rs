//! Scheduled contacts, from the day on which they are owed to the proof that the customer was told.

mod telling;

use crate::messaging::send;
use crate::segments::classify_at;
use app::care::{CareQuery, list_care, take_up};
use domain::care::CareState as S;
use domain::imports::ImportKind;
use rstest::rstest;
use store::care::CareRow;
use testkit::{Engine, Portfolio, Sink, TestApp, at, row};

const PLANNED: &str = "SELECT o.programme || ' ' || COALESCE(p.policy_no, c.customer_no) || ' ' \
     || CAST(o.earliest_on AS TEXT) || ' ' || CAST(o.due_on AS TEXT) || ' ' || o.status FROM obligations o \
     JOIN customers c ON c.id = o.customer_id LEFT JOIN policies p ON p.id = o.policy_id \
     WHERE o.kind = 'message' ORDER BY 1";

/// On 5 March 2024 a premium falls due in thirty days, another in seven; a policy took effect yesterday,
/// and of a claim that was registered three weeks ago there is word to be given.
fn portfolio() -> Portfolio {
    let mut portfolio = Portfolio::small();
    portfolio
        .policies
        .set("P50-ZHOU", "effective_date", "2024-03-04")
        .set("P50-ZHOU", "next_premium_due_on", "2024-04-04")
        .set("P50-LI", "next_premium_due_on", "2024-03-12")
        .set("P37-SUN", "next_premium_due_on", "2024-04-05");
    portfolio.customers.set("C50-LI", "email", "li@example.com");
    portfolio.events.add(row([
        ("event_id", "E9"),
        ("type", "claim_registered"),
        ("occurred_at", "2024-02-13T10:00:00+08:00"),
        ("policy_no", "P50-CAR"),
        ("claim_no", "CL-9"),
    ]));
    portfolio
}

async fn begin(engine: Engine) -> (TestApp, Sink) {
    let mut t = TestApp::with(engine, &portfolio()).await;
    let sink = Sink::default();
    t.app = t.app.clone().with_outlets(sink.outlets());
    (t, sink)
}

async fn planned(t: &TestApp, programme: &str) -> Vec<String> {
    let all = t.database.column(PLANNED).await;
    let head = format!("{programme} ");
    let mine = all.iter().filter_map(|line| line.strip_prefix(&head));
    mine.map(str::to_owned).collect()
}

/// The contact of a programme with a policy or customer, the latest first.
async fn contact(t: &TestApp, programme: &str, of: &str) -> CareRow {
    let query = CareQuery {
        programme: programme.into(),
        ..CareQuery::default()
    };
    let list = list_care(&t.app, &t.people().manager, &query).await;
    let mut rows = list.unwrap().page.rows.into_iter();
    let found = rows.find(|r| r.policy_no.as_deref() == Some(of) || r.customer_no == of);
    found.unwrap_or_else(|| panic!("no {programme} of {of}"))
}

/// CT-EFF, CT-DUE, CT-CLM: each is owed from its day on, not a day before; dates move with what core
/// systems say, and a claim that is closed asks for no more.
#[rstest]
#[tokio::test]
async fn reminders_follow_their_dates(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (t, _) = begin(engine).await;
    let effective = planned(&t, "CT-EFF").await;
    assert!(effective.contains(&"P50-ZHOU 2024-03-04 2024-03-11 open".to_owned()));
    let first = [
        "P50-LI 2024-02-11 2024-03-04 open",
        "P50-ZHOU 2024-03-05 2024-03-27 open",
    ];
    assert_eq!(
        planned(&t, "CT-DUE").await,
        first,
        "P37-SUN is due a day later"
    );
    let last = ["P50-LI 2024-03-05 2024-03-12 open"];
    assert_eq!(planned(&t, "CT-DUE-LAST").await, last);
    let weekly = [
        "P50-CAR 2024-02-20 2024-02-26 open",
        "P50-CAR 2024-02-27 2024-03-04 open",
        "P50-CAR 2024-03-05 2024-03-11 open",
    ];
    assert_eq!(planned(&t, "CT-CLM").await, weekly);
    t.plan(at("2024-03-06 09:00")).await;
    let first = [
        "P37-SUN 2024-03-06 2024-03-28 open",
        "P50-LI 2024-02-11 2024-03-04 open",
        "P50-ZHOU 2024-03-05 2024-03-27 open",
    ];
    assert_eq!(planned(&t, "CT-DUE").await, first);
    // The premium was paid: the reminder that has not gone out falls away.
    let mut policies = portfolio().policies;
    policies.set("P50-ZHOU", "next_premium_due_on", "2025-04-04");
    let mut closed = portfolio().events;
    closed.add(row([
        ("event_id", "E10"),
        ("type", "claim_settled"),
        ("occurred_at", "2024-03-07T10:00:00+08:00"),
        ("policy_no", "P50-CAR"),
        ("claim_no", "CL-9"),
    ]));
    t.import(ImportKind::Policies, &policies).await;
    t.import(ImportKind::Events, &closed).await;
    t.plan(at("2024-03-12 09:00")).await;
    let due = planned(&t, "CT-DUE").await;
    assert!(
        due.contains(&"P50-ZHOU 2024-03-05 2024-03-27 cancelled".to_owned()),
        "{due:?}"
    );
    let weekly = planned(&t, "CT-CLM").await;
    assert_eq!(weekly.len(), 3, "{weekly:?}");
    assert!(
        weekly.iter().all(|line| line.ends_with("cancelled")),
        "{weekly:?}"
    );
    t.plan(at("2025-03-05 09:00")).await;
    let due = planned(&t, "CT-DUE").await;
    assert!(
        due.contains(&"P50-ZHOU 2025-03-05 2025-03-27 open".to_owned()),
        "{due:?}"
    );
}

/// CT-REV: a policy of more than a year is reviewed on each anniversary.
#[rstest]
#[tokio::test]
async fn reviews_come_round(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (t, sink) = begin(engine).await;
    assert!(planned(&t, "CT-REV").await.is_empty());
    let anniversary = at("2025-03-04 10:00");
    t.plan(anniversary).await;
    let reviews = planned(&t, "CT-REV").await;
    assert!(
        reviews.contains(&"P50-ZHOU 2025-03-04 2025-04-03 open".to_owned()),
        "{reviews:?}"
    );
    assert!(
        !reviews.iter().any(|line| line.starts_with("P50-SHORT")),
        "one year only"
    );
    take_up(&t.app, anniversary).await.unwrap();
    send(&t.app, anniversary).await;
    assert_eq!(contact(&t, "CT-REV", "P50-ZHOU").await.state, S::Done);
    let handed = sink.handed();
    assert!(handed.iter().any(|o| o.body.contains("已满一个保单年度")));
}

/// CT-BDAY, CT-HOL: greetings are owed on the day; whoever has no policy, and organisations, get none.
#[rstest]
#[tokio::test]
async fn greetings_come_round(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (t, _) = begin(engine).await;
    // The holiday of 10 February began while nobody planned; its greeting is planned still.
    let festival = planned(&t, "CT-HOL").await;
    assert_eq!(festival.len(), 5, "{festival:?}");
    assert!(festival.contains(&"C50-ZHOU 2024-02-10 2024-02-12 open".to_owned()));
    let born = [
        "C50-HE 2024-02-28 2024-02-28 open",
        "C37-MA 2024-01-15 2024-01-15 open",
    ];
    let mut birthdays = planned(&t, "CT-BDAY").await;
    birthdays.sort();
    birthdays.reverse();
    assert_eq!(birthdays, born);
    t.plan(at("2024-05-05 09:00")).await;
    assert_eq!(planned(&t, "CT-BDAY").await.len(), 2);
    t.plan(at("2024-05-06 09:00")).await;
    let birthdays = planned(&t, "CT-BDAY").await;
    assert!(birthdays.contains(&"C50-ZHOU 2024-05-06 2024-05-06 open".to_owned()));
    t.plan(at("2024-09-15 09:00")).await;
    let all = planned(&t, "CT-HOL").await;
    assert!(
        all.contains(&"C37-SUN 2024-09-15 2024-09-17 open".to_owned()),
        "{all:?}"
    );
    let again = t.plan(at("2024-09-15 10:00")).await;
    assert_eq!((again.sums.created, again.sums.cancelled), (0, 0));
}

/// Measures for Insurance Sales Conduct, article 36: the customers of a salesperson who left are told
/// within thirty days, and late rather than never.
#[rstest]
#[tokio::test]
async fn customers_of_a_seller_who_left_are_told(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, sink) = begin(engine).await;
    assert!(planned(&t, "CT-LEFT").await.is_empty());
    let mut agents = portfolio().agents;
    agents
        .set("A5002", "status", "left")
        .set("A5002", "left_on", "2024-03-04");
    t.import(ImportKind::Agents, &agents).await;
    let later = at("2024-04-20 10:00");
    t.plan(at("2024-03-05 12:00")).await;
    let told = [
        "P50-HE 2024-03-04 2024-04-03 open",
        "P50-LI 2024-03-04 2024-04-03 open",
        "P50-SHORT 2024-03-04 2024-04-03 open",
    ];
    assert_eq!(planned(&t, "CT-LEFT").await, told);
    take_up(&t.app, later).await.unwrap();
    send(&t.app, later).await;
    let done = contact(&t, "CT-LEFT", "P50-LI").await;
    assert_eq!(
        (done.state, done.timing.as_deref()),
        (S::Done, Some("late"))
    );
    let text = sink.handed();
    assert!(text.iter().any(|o| o.body.contains("销售人员已离职")));
}

/// CT-LOW: what advertises goes to who consented; the others are excluded with the reason.
#[rstest]
#[tokio::test]
async fn advertising_goes_to_who_consented(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, _) = begin(engine).await;
    let mut customers = portfolio().customers;
    customers
        .set("C50-ZHOU", "value_class", "low")
        .set("C50-ZHOU", "marketing_consent", "true")
        .set("C50-LI", "value_class", "low")
        .set("C50-LI", "marketing_consent", "false");
    t.import(ImportKind::Customers, &customers).await;
    t.plan(at("2024-04-01 09:00")).await;
    let low = planned(&t, "CT-LOW").await;
    assert!(
        low.contains(&"C50-ZHOU 2024-04-01 2024-06-30 open".to_owned()),
        "{low:?}"
    );
    assert!(
        !low.iter().any(|line| line.starts_with("C50-LI")),
        "{low:?}"
    );
    let why = "SELECT reason_code FROM exclusions e JOIN customers c ON c.id = e.customer_id \
               WHERE e.programme = 'CT-LOW' AND c.customer_no = 'C50-LI'";
    let why = t.database.column(why).await;
    assert!(why.contains(&"no_marketing_consent".to_owned()), "{why:?}");
}

/// CT-RISK, SEG-11: whoever is rated medium is reminded of preventing risk, whatever the appetite on file alone says;
/// with another class what is open is cancelled, with the reason, and nothing follows.
#[rstest]
#[tokio::test]
async fn reminders_follow_the_risk_class(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, sink) = begin(engine).await;
    let rated = async |now: &str, appetite: &str| {
        let mut customers = portfolio().customers;
        customers
            .set("C50-LI", "risk_appetite", appetite)
            .set("C50-LI", "risk_tolerance", "high")
            .set("C50-ZHOU", "risk_appetite", "medium");
        t.import(ImportKind::Customers, &customers).await;
        classify_at(&t, at(now), false).await;
        t.plan(at(now)).await;
        planned(&t, "CT-RISK").await
    };
    let open = "C50-LI 2024-07-01 2024-12-31 open";
    let first = rated("2024-07-01 09:00", "high").await;
    assert_eq!(first, [open], "ZHOU has a medium appetite and a low class");
    let low = rated("2024-07-02 09:00", "low").await;
    assert_eq!(low, ["C50-LI 2024-07-01 2024-12-31 cancelled"]);
    let why = "SELECT cancel_reason FROM obligations WHERE programme = 'CT-RISK'";
    assert_eq!(t.database.column(why).await, ["trigger_reversed"]);
    let later = at("2024-07-03 10:00");
    take_up(&t.app, later).await.unwrap();
    send(&t.app, later).await;
    let is_risk = |body: &str| body.contains("风险");
    assert!(
        !sink.handed().iter().any(|o| is_risk(&o.body)),
        "nobody is reminded"
    );

    assert_eq!(rated("2024-07-04 09:00", "high").await, [open]);
    let later = at("2024-07-05 10:00");
    take_up(&t.app, later).await.unwrap();
    send(&t.app, later).await;
    assert_eq!(contact(&t, "CT-RISK", "C50-LI").await.state, S::Done);
    assert!(sink.handed().iter().any(|o| is_risk(&o.body)));
    let told = "C50-LI 2024-07-01 2024-12-31 discharged";
    assert_eq!(
        rated("2025-01-02 09:00", "low").await,
        [told],
        "no more of them"
    );
}
