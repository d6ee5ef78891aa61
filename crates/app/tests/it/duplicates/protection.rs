//! What protects a customer is never lost by a merge: of both records the stricter holds, what was forbidden under
//! either number holds, and what was forbidden in between holds for both when the merge is taken back.

use super::merging::with_pair;
use super::{compare, merge_pair, part, second_zhou};
use crate::messaging::{look, send, want};
use app::messaging::{ConsentForm, record_consent};
use app::retention::{
    DataRequestForm, HoldForm, RequestStepForm, create_request, lift, place, request_page,
    standing_holds, take_request_step,
};
use chrono::TimeDelta;
use domain::access::{Actor, Permission};
use domain::imports::ImportKind;
use domain::messaging::{MessageReason, MessageState};
use domain::time::Instant;
use rstest::rstest;
use store::customers::CustomerRow;
use testkit::{Engine, Portfolio, Sink, Table, TestApp, refused};

async fn customer(t: &TestApp, number: &str) -> CustomerRow {
    let whole = Actor::system().scope(Permission::CustomersRead).unwrap();
    let found = store::customers::find_customer_by_number(t.app.store(), &whole, number).await;
    found.unwrap().unwrap()
}

/// Whether marketing is refused, greetings are stopped, and the data may only be stored.
async fn forbidden(t: &TestApp, number: &str) -> [bool; 3] {
    let c = customer(t, number).await;
    let consent = store::messaging::read_consent(t.app.store(), c.id).await;
    let (marketing, care) = consent.unwrap();
    [
        marketing == Some(false),
        care.is_some(),
        c.restricted_at.is_some(),
    ]
}

async fn holds(t: &TestApp, number: &str) -> Vec<String> {
    let id = customer(t, number).await.id;
    let found = standing_holds(&t.app, &t.people().manager, Some(id), None).await;
    let found = found.unwrap().into_iter();
    found.map(|h| h.hold.number).collect()
}

async fn say(t: &TestApp, number: &str, topic: &str, given: bool) -> app::Result<()> {
    let word = ConsentForm {
        topic: topic.into(),
        given,
        source: "recorded_call".into(),
        note: "来电".into(),
    };
    let now = t.now + TimeDelta::minutes(1);
    record_consent(&t.app, &t.people().manager, now, number, &word).await
}

async fn hold(t: &TestApp, number: &str) -> String {
    let form = HoldForm {
        subject: "customer".into(),
        number: number.into(),
        kind: "litigation".into(),
        authority: "法院".into(),
        document_no: "（2024）渝0103民初1号".into(),
        reason: "诉讼".into(),
        review_on: "2024-09-01".into(),
        ..Default::default()
    };
    let now = t.now + TimeDelta::minutes(1);
    let placed = place(&t.app, &t.people().compliance, now, &form).await;
    placed.unwrap()
}

async fn ask_for_deletion(t: &TestApp, number: &str) -> String {
    let form = DataRequestForm {
        kind: "delete".into(),
        requester: "self".into(),
        received_through: "phone".into(),
        ..Default::default()
    };
    let asked = create_request(&t.app, &t.people().compliance, t.now, number, &form).await;
    asked.unwrap()
}

/// Deletion is refused while a term runs: the data may only be stored.
async fn restrict(t: &TestApp, request: &str) {
    let checked = RequestStepForm {
        step: "check_identity".into(),
        method: "number_and_mobile".into(),
        ..Default::default()
    };
    let decided = RequestStepForm {
        step: "decide".into(),
        outcome: "refused".into(),
        ground: "retention_running".into(),
        ..Default::default()
    };
    let now = t.now + TimeDelta::minutes(1);
    for step in [checked, decided] {
        take_request_step(&t.app, &t.people().compliance, now, request, &step)
            .await
            .unwrap();
    }
}

/// CUS-09: whichever of both records refused, is restricted and held, the survivor is; nothing goes out to it that
/// went to the other; taken back, each has its own again.
#[rstest]
#[tokio::test]
async fn of_both_the_stricter_holds(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("C50-ZHOU", "C50-ZHOU2")] strict: &str,
) {
    let (mut t, _) = with_pair(engine).await;
    let sink = Sink::default();
    t.app = t.app.clone().with_outlets(sink.outlets());
    let lax = if strict == "C50-ZHOU" {
        "C50-ZHOU2"
    } else {
        "C50-ZHOU"
    };
    for topic in ["marketing", "care"] {
        say(&t, strict, topic, false).await.unwrap();
        say(&t, lax, topic, true).await.unwrap();
    }
    let request = ask_for_deletion(&t, strict).await;
    restrict(&t, &request).await;
    let (own, other) = (hold(&t, "C50-ZHOU").await, hold(&t, "C50-ZHOU2").await);
    let greeting = want(&t, t.now, lax, "insurance_knowledge").await;
    let merge = merge_pair(&t, ("C50-ZHOU", "C50-ZHOU2"), &[]).await;
    assert_eq!(forbidden(&t, "C50-ZHOU").await, [true; 3]);
    let mut held = holds(&t, "C50-ZHOU2").await;
    held.sort_unstable();
    assert_eq!(held, [own.clone(), other.clone()], "led to the survivor");
    send(&t.app, t.now).await;
    let message = look(&t.app, greeting).await;
    assert_eq!(message.state, MessageState::Cancelled);
    assert_eq!(message.reason, Some(MessageReason::Restricted));
    assert!(sink.handed().is_empty());
    let given = say(&t, "C50-ZHOU2", "marketing", true).await;
    assert_eq!(refused(given), "consent-restricted");
    let noted = "SELECT COUNT(*) FROM record_changes r JOIN customers c ON c.id = r.entity_id \
                 WHERE r.reason = 'merge test' AND c.customer_no = 'C50-ZHOU' AND r.field = 'restricted_at'";
    let is_taken = i64::from(strict == "C50-ZHOU2");
    assert_eq!(t.database.number(noted).await, is_taken, "with its trace");
    let undone = part(&t, t.now, merge).await.unwrap();
    assert!(undone.forbidden.is_empty() && undone.held.is_empty());
    assert_eq!(forbidden(&t, strict).await, [true; 3]);
    assert_eq!(forbidden(&t, lax).await, [false; 3]);
    assert_eq!(holds(&t, "C50-ZHOU").await, [own]);
    assert_eq!(holds(&t, "C50-ZHOU2").await, [other]);
}

/// What the merged customer forbade, and what was held, may concern either: it holds for both afterwards.
#[rstest]
#[tokio::test]
async fn what_was_forbidden_in_between_holds_for_both(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, _) = with_pair(engine).await;
    for (number, topic) in [("C50-ZHOU2", "marketing"), ("C50-ZHOU", "care")] {
        say(&t, number, topic, true).await.unwrap();
    }
    let request = ask_for_deletion(&t, "C50-ZHOU2").await;
    let earlier = hold(&t, "C50-ZHOU2").await;
    let merge = merge_pair(&t, ("C50-ZHOU", "C50-ZHOU2"), &[]).await;
    assert_eq!(forbidden(&t, "C50-ZHOU").await, [false; 3]);
    // By the old number, which leads to the survivor; the request that was open goes on.
    say(&t, "C50-ZHOU2", "marketing", false).await.unwrap();
    say(&t, "C50-ZHOU", "care", false).await.unwrap();
    restrict(&t, &request).await;
    let manager = &t.people().manager;
    let page = request_page(&t.app, manager, t.now, &request).await;
    assert_eq!(page.unwrap().row.customer_no, "C50-ZHOU");
    let since = hold(&t, "C50-ZHOU2").await;
    let later = t.now + TimeDelta::hours(2);
    let undone = part(&t, later, merge).await.unwrap();
    let all = [
        "marketing_consent",
        "consent_withdrawn_at",
        "restricted_at",
        "care_stopped_at",
    ];
    assert_eq!(undone.forbidden, all);
    for number in ["C50-ZHOU", "C50-ZHOU2"] {
        assert_eq!(forbidden(&t, number).await, [true; 3], "{number}");
    }
    assert_eq!(holds(&t, "C50-ZHOU").await, std::slice::from_ref(&since));
    let both = holds(&t, "C50-ZHOU2").await;
    assert_eq!(both.len(), 2);
    assert!(both.contains(&earlier) && both.contains(&undone.held[0]));
    // Each is lifted by itself, by another person than the one who placed the first.
    let own = lift(&t.app, &t.people().compliance, later, &undone.held[0], "x").await;
    assert_eq!(refused(own), "hold-same-person");
    lift(&t.app, manager, later, &since, "结案").await.unwrap();
    assert!(holds(&t, "C50-ZHOU").await.is_empty());
    assert_eq!(holds(&t, "C50-ZHOU2").await.len(), 2);
    let page = request_page(&t.app, manager, later, &request).await;
    assert_eq!(page.unwrap().row.customer_no, "C50-ZHOU2", "it went back");
}

/// Lists go on coming under both numbers: a refusal under the old one counts, and none of them undoes it.
#[rstest]
#[tokio::test]
async fn a_refusal_under_the_old_number_counts(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let mut old = Table::new([second_zhou()]);
    old.set("C50-ZHOU2", "marketing_consent", "true");
    let mut own = Portfolio::small().customers.only("C50-ZHOU");
    own.set("C50-ZHOU", "marketing_consent", "true");
    let list = async |n: i64, table: &Table| {
        let now: Instant = t.now + TimeDelta::hours(n);
        t.import_at(now, ImportKind::Customers, table).await;
    };
    list(0, &old).await;
    list(0, &own).await;
    compare(&t).await;
    merge_pair(&t, ("C50-ZHOU", "C50-ZHOU2"), &[]).await;
    let refuses = async || forbidden(&t, "C50-ZHOU").await[0];
    assert!(!refuses().await);
    old.set("C50-ZHOU2", "marketing_consent", "false");
    list(1, &old).await;
    assert!(refuses().await, "said under the old number");
    own.set("C50-ZHOU", "occupation", "医生");
    list(2, &own).await;
    assert!(refuses().await, "the list of the survivor does not undo it");
    let written = customer(&t, "C50-ZHOU").await.occupation;
    assert_eq!(written.as_deref(), Some("医生"));
    // The customer's own later word does, and the same refusal once more is no new one.
    say(&t, "C50-ZHOU", "marketing", true).await.unwrap();
    old.set("C50-ZHOU2", "occupation", "医生");
    list(3, &old).await;
    assert!(!refuses().await);
    let lines = "SELECT COUNT(*) FROM record_changes r JOIN customers c ON c.id = r.entity_id \
                 WHERE c.customer_no = 'C50-ZHOU' AND r.field = 'marketing_consent'";
    assert_eq!(
        t.database.number(lines).await,
        3,
        "each change has its line"
    );
}
