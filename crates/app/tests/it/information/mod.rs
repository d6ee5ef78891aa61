//! What is known of customers: changed in one place, waiting for a second person where it must, shown as of
//! any day, told to the core system.

mod changes;
mod completion;
mod facts;
mod flags;

use app::information::{Changed, InformationForm, change_information};
use domain::access::{Actor, Permission};
use domain::time::Instant;
use store::customers::{CustomerRow, find_customer_by_number};
use testkit::TestApp;

pub(super) const ZHOU: &str = "C50-ZHOU";

pub(super) async fn customer(t: &TestApp, number: &str) -> CustomerRow {
    let whole = Actor::system().scope(Permission::CustomersRead).unwrap();
    let found = find_customer_by_number(t.app.store(), &whole, number).await;
    found.unwrap().unwrap()
}

pub(super) fn facts(named: &[(&str, &str)]) -> Vec<(String, Option<String>)> {
    let fact = |(f, v): &(&str, &str)| {
        (
            (*f).to_owned(),
            Some((*v).to_owned()).filter(|v| !v.is_empty()),
        )
    };
    named.iter().map(fact).collect()
}

pub(super) async fn change(
    t: &TestApp,
    by: &Actor,
    now: Instant,
    named: &[(&str, &str)],
) -> app::Result<Changed> {
    change_of(t, by, now, ZHOU, named).await
}

pub(super) async fn change_of(
    t: &TestApp,
    by: &Actor,
    now: Instant,
    number: &str,
    named: &[(&str, &str)],
) -> app::Result<Changed> {
    let form = InformationForm {
        facts: facts(named),
        reason: "客户来电".into(),
        is_identified: true,
        version: customer(t, number).await.version,
        ..Default::default()
    };
    change_information(&t.app, by, now, number, &form).await
}
