//! Scheduled contacts, from the day on which they are owed to the proof that the customer was told.

use crate::messaging::send;
use app::care::{CareQuery, RecordForm, care_page, list_care, record_contact, take_up};
use app::exports::{ExportFormat, ExportKind, ExportQuery, export};
use app::messaging::{ConsentForm, record_consent};
use domain::care::CareState as S;
use domain::imports::ImportKind;
use rstest::rstest;
use store::care::CareRow;
use testkit::{Engine, Portfolio, Sink, TestApp, at, invalid, refused, row};

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

/// SVC-07: the message is asked for once, says what it should, goes out, and is the proof.
#[rstest]
#[tokio::test]
async fn what_is_sent_is_discharged(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (t, sink) = begin(engine).await;
    let taken = take_up(&t.app, t.now).await.unwrap();
    assert!(taken.queued > 3 && taken.without_text == 0, "{taken:?}");
    assert!(taken.lapsed > 0, "what is past its day goes to nobody");
    let again = take_up(&t.app, t.now).await.unwrap();
    assert_eq!((again.queued, again.lapsed), (0, 0));
    let waiting = contact(&t, "CT-DUE", "P50-ZHOU").await;
    assert_eq!(
        (waiting.state, waiting.reason.as_deref()),
        (S::Waiting, None)
    );
    let said = S::Lapsed;
    let birthday = contact(&t, "CT-BDAY", "C50-HE").await;
    assert_eq!(
        (birthday.state, birthday.reason.as_deref()),
        (said, Some("expired"))
    );
    assert_eq!(birthday.message, None);
    send(&t.app, t.now).await;
    let done = contact(&t, "CT-DUE", "P50-ZHOU").await;
    assert_eq!(
        (done.state, done.timing.as_deref()),
        (S::Done, Some("in_time"))
    );
    assert_eq!(done.told_at, Some(t.now));
    let message = done.message.unwrap();
    let handed = sink.handed();
    let text = &handed.iter().find(|o| o.key == message).unwrap().body;
    assert!(text.contains("尊敬的周女士"), "{text}");
    assert!(text.contains("2024年4月4日交纳"), "{text}");
    assert!(text.contains("保单尾号ZHOU"), "{text}");
    let claim = contact(&t, "CT-CLM", "P50-CAR").await;
    let text = &handed
        .iter()
        .find(|o| Some(&o.key) == claim.message.as_ref());
    let text = &text.unwrap().body;
    assert!(
        text.contains("CL-9") && text.contains("2024年2月13日立案"),
        "{text}"
    );
    let log = "SELECT COUNT(*) FROM audit_entries WHERE action = 'obligation.discharged' AND actor_kind = 'system'";
    let discharged =
        "SELECT COUNT(*) FROM obligations WHERE kind = 'message' AND status = 'discharged'";
    assert_eq!(
        t.database.number(log).await,
        t.database.number(discharged).await
    );
}

/// Whom no message reaches stays in sight with the reason, and somebody may tell the customer by
/// telephone; whoever wants no greetings gets none.
#[rstest]
#[tokio::test]
async fn what_is_held_back_says_why(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (t, _) = begin(engine).await;
    let operations = &t.people().operations_cq;
    let mut customers = portfolio().customers;
    customers.set("C50-ZHOU", "mobile", "");
    t.import(ImportKind::Customers, &customers).await;
    take_up(&t.app, t.now).await.unwrap();
    send(&t.app, t.now).await;
    let held = contact(&t, "CT-DUE", "P50-ZHOU").await;
    assert_eq!(
        (held.state, held.reason.as_deref()),
        (S::Held, Some("no_address"))
    );
    let form = |channel: &str, note: &str| RecordForm {
        channel: channel.into(),
        note: note.into(),
    };
    let record = async |by, channel, note| {
        record_contact(&t.app, by, t.now, &held.number, &form(channel, note)).await
    };
    assert!(
        record(&t.people().caller_cq, "phone", "已电话告知")
            .await
            .is_err()
    );
    let elsewhere = record(&t.people().operations_sd, "phone", "已电话告知").await;
    assert!(matches!(elsewhere, Err(app::Error::NotFound)));
    let wrong = record(operations, "letter", "已寄信").await;
    assert_eq!(
        invalid(wrong),
        [("channel".to_owned(), "unknown-code".to_owned())]
    );
    let empty = record(operations, "phone", " ").await;
    assert_eq!(invalid(empty), [("note".to_owned(), "missing".to_owned())]);
    record(operations, "phone", "已电话告知本人").await.unwrap();
    let page = care_page(&t.app, operations, t.now, &held.number)
        .await
        .unwrap();
    assert_eq!((page.row.state, page.by_hand.len()), (S::Done, 0));
    assert_eq!(page.record.unwrap().3, "已电话告知本人");
    assert_eq!(
        refused(record(operations, "phone", "再次告知").await),
        "contact-over"
    );
    // A greeting that is not wanted.
    let word = ConsentForm {
        topic: "care".into(),
        given: false,
        source: "recorded_call".into(),
        note: "客户来电".into(),
    };
    record_consent(&t.app, operations, t.now, "C50-ZHOU", &word)
        .await
        .unwrap();
    let birthday = at("2024-05-06 10:00");
    t.plan(birthday).await;
    take_up(&t.app, birthday).await.unwrap();
    send(&t.app, birthday).await;
    let greeting = contact(&t, "CT-BDAY", "C50-ZHOU").await;
    assert_eq!(
        (greeting.state, greeting.reason.as_deref()),
        (S::Held, Some("care_stopped"))
    );
    take_up(&t.app, at("2024-05-07 10:00")).await.unwrap();
    let greeting = contact(&t, "CT-BDAY", "C50-ZHOU").await;
    assert_eq!(
        (greeting.state, greeting.reason.as_deref()),
        (S::Lapsed, Some("care_stopped"))
    );
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
        .set("C50-LI", "marketing_consent", "false")
        .set("C50-LI", "risk_appetite", "medium");
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
    t.plan(at("2024-07-01 09:00")).await;
    let risk = planned(&t, "CT-RISK").await;
    assert!(
        risk.contains(&"C50-LI 2024-07-01 2024-12-31 open".to_owned()),
        "{risk:?}"
    );
}

/// The list is cut by state, programme, day and unit, and can be taken out; a branch sees its own.
#[rstest]
#[tokio::test]
async fn the_list_is_filtered(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (t, _) = begin(engine).await;
    take_up(&t.app, t.now).await.unwrap();
    send(&t.app, t.now).await;
    let manager = &t.people().manager;
    let every = list_care(&t.app, manager, &CareQuery::default())
        .await
        .unwrap();
    let mut counted = 0;
    for state in S::ALL {
        let query = CareQuery {
            state: state.as_str().into(),
            ..CareQuery::default()
        };
        let list = list_care(&t.app, manager, &query).await.unwrap();
        assert!(list.page.rows.iter().all(|r| r.state == *state), "{state}");
        counted += list.count;
    }
    assert_eq!(counted, every.count);
    let today = CareQuery {
        from: "2024-03-05".into(),
        to: "2024-03-05".into(),
        org: "50".into(),
        ..CareQuery::default()
    };
    let list = list_care(&t.app, manager, &today).await.unwrap();
    let mut found: Vec<_> = list
        .page
        .rows
        .iter()
        .map(|r| r.programme.as_str())
        .collect();
    found.sort_unstable();
    assert_eq!(found, ["CT-CLM", "CT-DUE", "CT-DUE-LAST"]);
    let there = list_care(&t.app, &t.people().operations_sd, &CareQuery::default()).await;
    let there = there.unwrap().page.rows;
    assert!(!there.is_empty() && there.iter().all(|r| r.org_code.starts_with("37")));
    let query =
        ExportQuery::new(ExportKind::Contacts, ExportFormat::Csv).stating("policy_service", "");
    let mut sink = Vec::new();
    let report = export(&t.app, manager, t.now, &query, &mut sink, &|_| {})
        .await
        .unwrap();
    assert_eq!(i64::try_from(report.rows).unwrap(), every.count);
}
