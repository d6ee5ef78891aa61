//! What is said of the risk of a customer goes with the customer's data; numbers and codes stay.

use super::{POOR, assessed};
use app::risk as r;
use rstest::rstest;
use store::AuditEntry;
use testkit::{Engine, TestApp, day};

/// RET: words about a person are gone, in every table of risk; how many there were stays.
#[rstest]
#[tokio::test]
async fn risk_goes_with_the_customer(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let (by, now, no) = (&p.operations_cq, t.now, "C50-ZHOU");
    assessed(&t, (by, &p.manager), now, no, ("credit", &POOR)).await;
    let entry = r::EntryForm {
        kind: "court".into(),
        source: "法院公告".into(),
        noted_on: "2024-03-01".into(),
        words: "列为被执行人".into(),
    };
    r::add_credit_entry(&t.app, by, now, no, &entry)
        .await
        .unwrap();
    let flag = r::FlagForm {
        flag: "watch".into(),
        reason: "列为被执行人".into(),
    };
    r::ask_flag(&t.app, by, now, no, &flag).await.unwrap();
    let news = r::SignalForm {
        kind: "adverse_news".into(),
        level: "high".into(),
        happened_on: day("2024-03-01").to_string(),
        words: "媒体负面报道".into(),
    };
    r::enter_risk_signal(&t.app, by, now, no, &news)
        .await
        .unwrap();
    let page = r::risk_page(&t.app, by, now, no).await.unwrap();
    assert_eq!((page.measures.len(), page.signals.len()), (1, 1));
    let work = t.app.store().begin(now).await.unwrap();
    let id = page.customer.id;
    store::retention::erase_customer(&work, id).await.unwrap();
    let entry = AuditEntry::new(by, "retention.erased", "customer", id.0);
    work.commit(entry).await.unwrap();
    let left = r::risk_page(&t.app, by, now, no).await.unwrap();
    let credit = left.dimensions[0].current.as_ref().unwrap();
    assert!(credit.answers.is_none() && credit.explanation.is_none() && credit.content.is_none());
    assert!(left.dimensions[0].explanation.is_none());
    assert!(left.measures[0].measure.is_none() && left.signals[0].detail.is_none());
    assert!(left.entries[0].words.is_none() && left.entries[0].source.is_empty());
    assert!(left.flags[0].reason.is_none());
}
