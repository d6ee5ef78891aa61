//! Messages from the wish to the proof of delivery.

mod consents;
mod sending;
mod slots;
mod templates;

use app::App;
use app::messaging::{Addressed, Wanted, queue, send_due};
use domain::access::{Actor, Permission};
use domain::ids::MessageId;
use domain::messaging::MessageChannel;
use domain::time::Instant;
use store::AuditEntry;
use store::messaging::{MessageFilter, MessageRow, list_messages};
use testkit::{Engine, Sink, TestApp};

/// The portfolio, with a gateway inside the process.
pub(crate) async fn begin(engine: Engine) -> (TestApp, Sink) {
    let mut t = TestApp::with_portfolio(engine).await;
    let sink = Sink::default();
    t.app = t.app.clone().with_outlets(sink.outlets());
    (t, sink)
}

/// Everybody's messages, the oldest first.
pub(crate) async fn all(app: &App) -> Vec<MessageRow> {
    let whole = Actor::system().scope(Permission::MessagesRead).unwrap();
    let filter = MessageFilter::default();
    let page = list_messages(app.store(), &whole, &filter, 500).await;
    let mut rows = page.unwrap().rows;
    rows.reverse();
    rows
}

/// A message as it stands.
pub(crate) async fn look(app: &App, id: MessageId) -> MessageRow {
    let mut rows = all(app).await;
    rows.retain(|m| m.id == id);
    rows.pop().unwrap()
}

/// Sends what is due, on a task of its own as the server does.
pub(crate) async fn send(app: &App, now: Instant) -> usize {
    let app = app.clone();
    let sent = tokio::spawn(async move { send_due(&app, &move || now).await });
    sent.await.unwrap().unwrap()
}

/// Values that fit every text that the program brings.
pub(crate) const VALUES: [(&str, &str); 9] = [
    ("product", "安享终身寿险"),
    ("policy_tail", "ZHOU"),
    ("effective_on", "2024年3月1日"),
    ("cooling_off_days", "15"),
    ("due_on", "2024年4月1日"),
    ("content", "您的资料已收到"),
    ("subject", "资料已收到"),
    ("holiday", "中秋"),
    ("progress", "资料审核中"),
];

/// Queues a text message to a customer at a moment.
pub(crate) async fn want(
    t: &TestApp,
    now: Instant,
    customer_no: &str,
    template: &str,
) -> MessageId {
    want_by(t, now, customer_no, template, Some(MessageChannel::Sms)).await
}

/// Queues a message to a customer by a channel, or by the best.
pub(crate) async fn want_by(
    t: &TestApp,
    now: Instant,
    customer_no: &str,
    template: &str,
    channel: Option<MessageChannel>,
) -> MessageId {
    let system = Actor::system();
    let whole = system.scope(Permission::CustomersRead).unwrap();
    let found = store::customers::find_customer_by_number(t.app.store(), &whole, customer_no);
    let customer = found.await.unwrap().unwrap();
    let wanted = Wanted {
        template,
        channel,
        to: Addressed::Customer(customer.id),
        values: &VALUES,
        about: ("customer", Some(customer.id.0)),
        once: None,
        not_before: None,
        expires_at: None,
    };
    let work = t.app.store().begin(now).await.unwrap();
    let queued = queue(&t.app, &work, &system, &wanted).await.unwrap();
    let entry: AuditEntry = queued.entry.unwrap();
    work.commit(entry).await.unwrap();
    queued.id
}
