//! Sending: once, by one server, with tries that grow rarer, and nothing lost.

use super::{VALUES, all, begin, look, send, want, want_by};
use app::messaging::{
    Addressed, HandError, MessageQuery, Outlets, Receipt, ReceiptRequest, Wanted, cancel_message,
    list_messages, message_page, queue, resend_message, send_due, take_receipts,
};
use chrono::Duration;
use domain::access::Actor;
use domain::messaging::{MessageChannel, MessageReason as R, MessageState as S, send_lease};
use rstest::rstest;
use std::collections::BTreeSet;
use std::sync::Arc;
use testkit::{Engine, Sink, TestApp, refused};

/// INT-06, GEN-06: written with the customer's name, signed, sent once, with a history.
#[rstest]
#[tokio::test]
async fn a_message_goes_out_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (t, sink) = begin(engine).await;
    let id = want(&t, t.now, "C50-ZHOU", "renewal_due").await;
    assert_eq!(look(&t.app, id).await.state, S::Queued);
    assert_eq!(send(&t.app, t.now).await, 1);
    assert_eq!(send(&t.app, t.now).await, 0);
    let handed = sink.handed();
    assert_eq!(handed.len(), 1);
    assert_eq!(handed[0].recipient, "13800500001");
    let body = &handed[0].body;
    assert!(body.starts_with("【测试人寿】尊敬的周女士，"), "{body}");
    let sent = look(&t.app, id).await;
    assert_eq!((sent.state, sent.attempts), (S::Sent, 1));
    assert_eq!(sent.sent_at, Some(t.now));
    assert_eq!(
        sent.provider_id.as_deref(),
        Some(&*format!("G-{}", sent.number))
    );
    assert!(sent.number.starts_with("MS-2024-"), "{}", sent.number);
    let leader = &t.people().leader_cq;
    let page = message_page(&t.app, leader, t.now, &sent.number).await;
    let page = page.unwrap();
    assert_eq!(page.view.row.recipient.unwrap().to_string(), "138****0001");
    let states: Vec<_> = page.entries.iter().map(|e| e.state).collect();
    assert_eq!(states, [S::Queued, S::Sending, S::Sent]);
    assert_eq!(page.length.unwrap().parts, 2);
    let log = "SELECT COUNT(*) FROM audit_entries WHERE action = 'message.viewed'";
    assert_eq!(t.database.number(log).await, 1);
}

/// A message exists when what it is about does, and once for its key.
#[rstest]
#[tokio::test]
async fn a_message_is_part_of_the_transaction_that_wants_it(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, sink) = begin(engine).await;
    let id = want(&t, t.now, "C50-LI", "renewal_due").await;
    let customer = look(&t.app, id).await.customer.unwrap();
    let system = Actor::system();
    let wanted = Wanted {
        template: "renewal_due",
        channel: None,
        to: Addressed::Customer(customer),
        values: &VALUES,
        about: ("policy", None),
        once: Some("P50-LI:30"),
        not_before: None,
        expires_at: None,
    };
    let work = t.app.store().begin(t.now).await.unwrap();
    queue(&t.app, &work, &system, &wanted).await.unwrap();
    work.roll_back().await.unwrap();
    assert_eq!(all(&t.app).await.len(), 1);
    let mut ids = BTreeSet::new();
    for _ in 0..2 {
        let work = t.app.store().begin(t.now).await.unwrap();
        let queued = queue(&t.app, &work, &system, &wanted).await.unwrap();
        ids.insert(queued.id);
        match queued.entry {
            Some(entry) => work.commit(entry).await.unwrap(),
            None => work.roll_back().await.unwrap(),
        }
    }
    assert_eq!(ids.len(), 1);
    assert_eq!(all(&t.app).await.len(), 2);
    let unknown = Wanted {
        template: "nothing",
        ..wanted
    };
    let work = t.app.store().begin(t.now).await.unwrap();
    let unknown = Wanted {
        once: None,
        ..unknown
    };
    let answer = queue(&t.app, &work, &system, &unknown).await;
    assert_eq!(refused(answer), "message-no-template");
    let poor = Wanted {
        values: &[],
        once: None,
        ..wanted
    };
    assert_eq!(
        refused(queue(&t.app, &work, &system, &poor).await),
        "message-value"
    );
    work.roll_back().await.unwrap();
    assert_eq!(send(&t.app, t.now).await, 2);
    assert_eq!(sink.handed().len(), 2);
}

/// Without configuration nothing is lost: it waits in sight, with the reason.
#[rstest]
#[tokio::test]
async fn without_a_way_messages_wait_in_sight(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mut t = TestApp::with_portfolio(engine).await;
    let id = want(&t, t.now, "C50-ZHOU", "renewal_due").await;
    assert_eq!(send(&t.app, t.now).await, 0);
    let query = MessageQuery {
        state: "pending".into(),
        ..MessageQuery::default()
    };
    let leader = t.people().leader_cq.clone();
    let list = list_messages(&t.app, &leader, &query).await.unwrap();
    assert_eq!(list.count, 1);
    assert!(list.page.rows[0].no_way);
    let sink = Sink::default();
    t.app = t.app.clone().with_outlets(sink.outlets());
    assert_eq!(send(&t.app, t.now + Duration::hours(1)).await, 1);
    assert_eq!(look(&t.app, id).await.state, S::Sent);
}

/// Two servers at the same outbox hand each message over once.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_servers_never_send_a_message_twice(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, sink) = begin(engine).await;
    for _ in 0..20 {
        want(&t, t.now, "C50-ZHOU", "renewal_due").await;
        want(&t, t.now, "C37-SUN", "renewal_due").await;
    }
    let other = t.restart().await.with_outlets(sink.outlets());
    let (mine, now) = (t.app.clone(), t.now);
    let one = tokio::spawn(async move { send_due(&mine, &move || now).await });
    let two = tokio::spawn(async move { send_due(&other, &move || now).await });
    let (one, two) = (one.await.unwrap(), two.await.unwrap());
    // A server that finds the database busy comes again.
    let _ = (one, two);
    while send(&t.app, t.now).await > 0 {}
    let keys: BTreeSet<_> = sink.handed().into_iter().map(|o| o.key).collect();
    assert_eq!((keys.len(), sink.handed().len()), (40, 40));
    assert!(all(&t.app).await.iter().all(|m| m.state == S::Sent));
}

/// A server that is killed while it sends leaves a lease; the next one sends under the same key.
#[rstest]
#[tokio::test]
async fn a_killed_servers_message_is_taken_up_when_its_lease_ends(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, sink) = begin(engine).await;
    let id = want(&t, t.now, "C50-ZHOU", "renewal_due").await;
    sink.fall_silent(true);
    let (app, now) = (t.app.clone(), t.now);
    let killed = tokio::spawn(async move { send_due(&app, &move || now).await });
    while look(&t.app, id).await.state != S::Sending || sink.handed().is_empty() {
        tokio::task::yield_now().await;
    }
    killed.abort();
    let _ = killed.await;
    sink.fall_silent(false);
    let other = t.restart().await.with_outlets(sink.outlets());
    assert_eq!(send(&other, t.now + Duration::minutes(1)).await, 0);
    assert_eq!(send(&other, t.now + send_lease()).await, 1);
    let handed = sink.handed();
    assert_eq!(handed.len(), 2);
    assert_eq!(handed[0].key, handed[1].key);
    let sent = look(&t.app, id).await;
    assert_eq!((sent.state, sent.attempts), (S::Sent, 2));
}

/// Trouble is tried again, ever rarer, until it is given up and somebody has it sent again.
#[rstest]
#[tokio::test]
async fn trouble_is_tried_again_and_then_given_up(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, sink) = begin(engine).await;
    let id = want(&t, t.now, "C50-ZHOU", "renewal_due").await;
    sink.say(Some(HandError::Trouble("timeout".into())));
    let mut now = t.now;
    let mut waits = Vec::new();
    loop {
        assert_eq!(send(&t.app, now).await, 1);
        let failed = look(&t.app, id).await;
        assert_eq!(failed.error.as_deref(), Some("timeout"));
        if failed.state == S::Dead {
            assert_eq!(failed.reason, Some(R::GivenUp));
            break;
        }
        assert_eq!((failed.state, failed.reason), (S::Failed, Some(R::Trouble)));
        waits.push((failed.next_at - now).num_minutes());
        assert_eq!(send(&t.app, now + Duration::seconds(1)).await, 0);
        now = failed.next_at;
    }
    assert_eq!(waits, [2, 6, 18, 54, 162]);
    let number = look(&t.app, id).await.number;
    let caller = &t.people().caller_cq;
    assert!(resend_message(&t.app, caller, now, &number).await.is_err());
    let other = &t.people().leader_sd;
    assert!(resend_message(&t.app, other, now, &number).await.is_err());
    let leader = &t.people().leader_cq;
    resend_message(&t.app, leader, now, &number).await.unwrap();
    sink.say(None);
    assert_eq!(send(&t.app, now).await, 1);
    assert_eq!(look(&t.app, id).await.state, S::Sent);
    let again = resend_message(&t.app, leader, now, &number).await;
    assert_eq!(refused(again), "message-state");
}

/// What a gateway refuses is not tried again; it can be laid to rest with a reason.
#[rstest]
#[tokio::test]
async fn what_is_refused_waits_for_somebody(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, sink) = begin(engine).await;
    let leader = &t.people().leader_cq;
    sink.say(Some(HandError::Refused("blacklist".into())));
    let id = want(&t, t.now, "C50-ZHOU", "renewal_due").await;
    send(&t.app, t.now).await;
    let dead = look(&t.app, id).await;
    assert_eq!((dead.state, dead.reason), (S::Dead, Some(R::Rejected)));
    let wordless = cancel_message(&t.app, leader, t.now, &dead.number, " ").await;
    assert!(wordless.is_err());
    cancel_message(&t.app, leader, t.now, &dead.number, "已电话告知")
        .await
        .unwrap();
    let rests = look(&t.app, id).await;
    assert_eq!(
        (rests.state, rests.reason),
        (S::Cancelled, Some(R::ByPerson))
    );
    // A group without a mobile number has no address for a text message.
    let id = want(&t, t.now, "C50-CORP", "renewal_due").await;
    send(&t.app, t.now).await;
    let dead = look(&t.app, id).await;
    assert_eq!((dead.state, dead.reason), (S::Dead, Some(R::NoAddress)));
    // The best channel is one that leads to the customer.
    let id = want_by(&t, t.now, "C50-ZHOU", "renewal_due", None).await;
    assert_eq!(look(&t.app, id).await.channel, MessageChannel::Sms);
}

/// Receipts prove delivery, say that a message did not arrive, and are taken once.
#[rstest]
#[tokio::test]
async fn receipts_say_what_became_of_a_message(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (mut t, sink) = begin(engine).await;
    let read = |request: &ReceiptRequest<'_>| {
        let signed = request
            .headers
            .iter()
            .any(|(n, v)| n == "x-sign" && v == "ok");
        if !signed {
            return Err("signature".to_owned());
        }
        let text = String::from_utf8_lossy(request.body).into_owned();
        Ok(text
            .lines()
            .map(|line| Receipt {
                name: line[1..].to_owned(),
                delivered: line.starts_with('+'),
                note: "DELIVRD".into(),
            })
            .collect())
    };
    let outlets: Outlets = sink
        .outlets()
        .with_receipts(MessageChannel::Sms, Arc::new(read));
    t.app = t.app.clone().with_outlets(outlets);
    let good = want(&t, t.now, "C50-ZHOU", "renewal_due").await;
    let bad = want(&t, t.now, "C50-LI", "renewal_due").await;
    send(&t.app, t.now).await;
    let names = [look(&t.app, good).await, look(&t.app, bad).await];
    let body = format!(
        "+{}\n-{}\n+unknown",
        names[0].provider_id.as_deref().unwrap(),
        names[1].number
    );
    let headers = [("x-sign".to_owned(), "ok".to_owned())];
    let request = ReceiptRequest {
        headers: &headers,
        body: body.as_bytes(),
        now: t.now + Duration::minutes(1),
    };
    let forged = ReceiptRequest {
        headers: &[],
        ..request
    };
    let sms = MessageChannel::Sms;
    assert_eq!(
        refused(take_receipts(&t.app, sms, &forged).await),
        "receipt-refused"
    );
    assert_eq!(take_receipts(&t.app, sms, &request).await.unwrap(), 2);
    assert_eq!(take_receipts(&t.app, sms, &request).await.unwrap(), 0);
    let arrived = look(&t.app, good).await;
    assert_eq!(arrived.state, S::Delivered);
    assert_eq!(arrived.delivered_at, Some(request.now));
    let lost = look(&t.app, bad).await;
    assert_eq!((lost.state, lost.reason), (S::Dead, Some(R::Undelivered)));
    let email = take_receipts(&t.app, MessageChannel::Email, &request).await;
    assert!(matches!(email, Err(app::Error::NotFound)));
}
