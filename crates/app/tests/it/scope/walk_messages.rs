//! The walk through messages and what customers said about them.

use super::objects::Objects;
use super::walk::Seen;
use app::messaging::{ConsentForm, WrittenForm, record_consent, send_written};
use domain::access::{Actor, Permission, Scope};
use store::care::{self, CareFilter};
use store::messaging::{self as rows, MessageFilter};
use testkit::TestApp;

/// Writes to a customer, notes what they said, and gives the number of the message.
pub(super) async fn write(t: &TestApp, customer_no: &str) -> String {
    let manager = &t.people().manager;
    let form = WrittenForm {
        template: "notice".into(),
        channel: "sms".into(),
        values: vec![("content".into(), "您的资料已收到".into())],
        ..WrittenForm::default()
    };
    let id = send_written(&t.app, manager, t.now, customer_no, &form).await;
    let id = id.unwrap();
    let form = ConsentForm {
        topic: "marketing".into(),
        given: true,
        source: "signed_form".into(),
        note: "客户签字".into(),
    };
    record_consent(&t.app, manager, t.now, customer_no, &form)
        .await
        .unwrap();
    let whole = Actor::system().scope(Permission::MessagesRead).unwrap();
    let filter = MessageFilter::default();
    let page = rows::list_messages(t.app.store(), &whole, &filter, 100).await;
    let found = page.unwrap().rows.into_iter().find(|m| m.id == id);
    found.unwrap().number
}

pub(super) async fn walk_messages(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let db = t.app.store();
    let filter = MessageFilter {
        customer: Some(o.customer),
        ..MessageFilter::default()
    };
    let whole = Actor::system().scope(Permission::MessagesRead).unwrap();
    let message = rows::find_message(db, &whole, &o.message).await.unwrap();
    let message = message.unwrap();
    let list = rows::list_messages(db, scope, &filter, 10).await.unwrap();
    let count = rows::count_messages(db, scope, &filter, 10).await.unwrap();
    let found = rows::find_message(db, scope, &o.message).await.unwrap();
    let entries = rows::list_message_entries(db, scope, message.id).await;
    let consents = rows::list_consents(db, scope, o.customer).await.unwrap();
    let contacts = CareFilter {
        customer: Some(o.customer),
        ..CareFilter::default()
    };
    let every = care::list_contacts(db, &whole, &contacts, 10)
        .await
        .unwrap();
    let contact = &every.rows[0].number;
    let list_of_contacts = care::list_contacts(db, scope, &contacts, 10).await.unwrap();
    let count_of_contacts = care::count_contacts(db, scope, &contacts, 10)
        .await
        .unwrap();
    let found_contact = care::find_contact(db, scope, contact).await.unwrap();
    Seen::from([
        ("list_contacts", list_of_contacts.rows.len()),
        (
            "count_contacts",
            usize::try_from(count_of_contacts).unwrap(),
        ),
        ("find_contact", usize::from(found_contact.is_some())),
        ("list_messages", list.rows.len()),
        ("count_messages", usize::try_from(count).unwrap()),
        ("find_message", usize::from(found.is_some())),
        ("list_message_entries", entries.unwrap().len()),
        ("list_consents", consents.len()),
    ])
}
