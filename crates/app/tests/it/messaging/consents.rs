//! What customers say about being contacted decides what goes out.

use super::{begin, look, send, want};
use app::messaging::{ConsentForm, consents_of, record_consent};
use domain::messaging::{MessageReason as R, MessageState as S};
use rstest::rstest;
use testkit::{Engine, TestApp, invalid, refused};

fn word(topic: &str, given: bool) -> ConsentForm {
    ConsentForm {
        topic: topic.into(),
        given,
        source: "recorded_call".into(),
        note: "客户来电，录音 REC-1".into(),
    }
}

async fn marketing(t: &TestApp, expected: (S, Option<R>)) {
    // Advertising has its own hours, and a cap that this test does not reach.
    let id = want(t, t.now, "C50-ZHOU", "knowledge").await;
    send(&t.app, t.now).await;
    let found = look(&t.app, id).await;
    assert_eq!((found.state, found.reason), expected);
}

/// CUS: advertising needs consent, given, withdrawn and given again with reason and source; what is
/// owed does not need it.
#[rstest]
#[tokio::test]
async fn advertising_needs_consent_and_an_obligation_does_not(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, _) = begin(engine).await;
    let operations = &t.people().operations_cq;
    let none = (S::Cancelled, Some(R::NoConsent));
    marketing(&t, none).await;
    let say = |given| {
        let form = word("marketing", given);
        let t = &t;
        async move { record_consent(&t.app, operations, t.now, "C50-ZHOU", &form).await }
    };
    say(false).await.unwrap();
    marketing(&t, none).await;
    let duty = want(&t, t.now, "C50-LI", "renewal_due").await;
    send(&t.app, t.now).await;
    assert_eq!(look(&t.app, duty).await.state, S::Sent);
    say(true).await.unwrap();
    marketing(&t, (S::Sent, None)).await;
    let customer = look(&t.app, want(&t, t.now, "C50-ZHOU", "birthday").await).await;
    let consents = consents_of(&t.app, operations, customer.customer.unwrap()).await;
    let consents = consents.unwrap();
    assert_eq!(consents.marketing, Some(true));
    let words: Vec<_> = consents.lines.iter().map(|l| l.given).collect();
    assert_eq!(words, [true, false]);
    let log = "SELECT COUNT(*) FROM audit_entries WHERE action = 'customer.consent_given'";
    assert_eq!(t.database.number(log).await, 1);
}

/// REL-03: greetings are suppressed for who does not want them, and only greetings.
#[rstest]
#[tokio::test]
async fn who_wants_no_greetings_gets_none(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, _) = begin(engine).await;
    let operations = &t.people().operations_cq;
    let greeting = want(&t, t.now, "C50-ZHOU", "birthday").await;
    record_consent(&t.app, operations, t.now, "C50-ZHOU", &word("care", false))
        .await
        .unwrap();
    send(&t.app, t.now).await;
    let stopped = look(&t.app, greeting).await;
    assert_eq!(
        (stopped.state, stopped.reason),
        (S::Cancelled, Some(R::CareStopped))
    );
    let notice = want(&t, t.now, "C50-ZHOU", "notice").await;
    send(&t.app, t.now).await;
    assert_eq!(look(&t.app, notice).await.state, S::Sent);
}

/// A word is written down with its source and its proof, by who may change customers in sight.
#[tokio::test]
async fn a_word_needs_source_and_proof() {
    let (t, _) = begin(Engine::Sqlite).await;
    let p = t.people();
    let empty = ConsentForm::default();
    let answer = record_consent(&t.app, &p.operations_cq, t.now, "C50-ZHOU", &empty).await;
    let fields: Vec<_> = invalid(answer).into_iter().map(|(f, _)| f).collect();
    assert_eq!(fields, ["topic", "source", "note"]);
    let form = word("marketing", true);
    let elsewhere = record_consent(&t.app, &p.operations_sd, t.now, "C50-ZHOU", &form).await;
    assert!(matches!(elsewhere, Err(app::Error::NotFound)));
    let reader = record_consent(&t.app, &p.inspector, t.now, "C50-ZHOU", &form).await;
    assert!(matches!(reader, Err(app::Error::Denied(_))));
    t.database
        .execute("UPDATE customers SET restricted_at = 1 WHERE customer_no = 'C50-ZHOU'")
        .await;
    let stored_only = record_consent(&t.app, &p.operations_cq, t.now, "C50-ZHOU", &form).await;
    assert_eq!(refused(stored_only), "consent-restricted");
    let notice = want(&t, t.now, "C50-ZHOU", "notice").await;
    let duty = want(&t, t.now, "C50-ZHOU", "renewal_due").await;
    send(&t.app, t.now).await;
    assert_eq!(look(&t.app, notice).await.reason, Some(R::Restricted));
    assert_eq!(look(&t.app, duty).await.state, S::Sent);
}
