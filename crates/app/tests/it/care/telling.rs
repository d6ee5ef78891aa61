//! What goes out, what is held back, and what people see of it.

use super::{begin, contact, portfolio};
use crate::messaging::send;
use app::care::{CareQuery, RecordForm, care_page, list_care, record_contact, take_up};
use app::exports::{ExportFormat, ExportKind, ExportQuery, export};
use app::messaging::{ConsentForm, record_consent};
use domain::care::CareState as S;
use domain::imports::ImportKind;
use rstest::rstest;
use testkit::{Engine, at, invalid, refused};

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
    let birthday = contact(&t, "CT-BDAY", "C50-HE").await;
    assert_eq!(
        (birthday.state, birthday.reason.as_deref()),
        (S::Lapsed, Some("expired"))
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
    let of_claim = |key: &String| claim.message.as_ref() == Some(key);
    let text = &handed.iter().find(|o| of_claim(&o.key)).unwrap().body;
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
    let first = &list.page.rows[0];
    let by_id = care_page(&t.app, manager, t.now, &first.id.to_string()).await;
    assert_eq!(by_id.unwrap().row.number, first.number);
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
