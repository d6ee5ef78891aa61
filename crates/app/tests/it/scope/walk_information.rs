//! The walk through what is known of customers over time.

use super::objects::Objects;
use super::walk::Seen;
use app::information::{InformationForm, MarkForm, change_information, confirm_facts, set_flag};
use domain::access::{Actor, Permission, Scope};
use domain::customers::CustomerField;
use domain::information::CoreState;
use domain::policies::EventType;
use store::information::{self as rows, ChangeFilter, CoreFilter};
use testkit::{TestApp, day};

async fn version(t: &TestApp, by: &Actor, customer_no: &str) -> i64 {
    let found = app::customers::customer_in_sight(&t.app, by, t.now, customer_no);
    found.await.unwrap().0.version
}

/// A change that holds, one that waits, a flag and a confirmation.
pub(super) async fn prepare(t: &TestApp, by: &Actor, customer_no: &str) {
    let fact = |field: &str, value: &str| (field.to_owned(), Some(value.to_owned()));
    let form = InformationForm {
        facts: vec![
            fact("phone", "023-63009999"),
            fact("name", "联合实业股份有限公司"),
        ],
        reason: "来电".into(),
        is_identified: true,
        version: version(t, by, customer_no).await,
        ..Default::default()
    };
    let changed = change_information(&t.app, by, t.now, customer_no, &form).await;
    let changed = changed.unwrap();
    assert_eq!(changed.facts, [CustomerField::Phone]);
    assert_eq!(changed.waiting, [CustomerField::Name]);
    let flag = MarkForm {
        flag: "cooperating".into(),
        reason: "签有协议".into(),
        version: version(t, by, customer_no).await,
        ..Default::default()
    };
    set_flag(&t.app, by, t.now, customer_no, &flag)
        .await
        .unwrap();
    let related = MarkForm {
        flag: "shareholder_related".into(),
        version: version(t, by, customer_no).await,
        ..flag
    };
    set_flag(&t.app, by, t.now, customer_no, &related)
        .await
        .unwrap();
    confirm_facts(&t.app, by, t.now, customer_no, &[], "")
        .await
        .unwrap();
}

pub(super) async fn walk_information(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let db = t.app.store();
    let mut seen = walk_flags(t, scope, o).await;
    let lines = rows::list_fact_lines(db, scope, o.customer).await.unwrap();
    seen.insert("list_fact_lines", lines.len());
    let confirmed = rows::list_confirmations(db, scope, o.customer).await;
    seen.insert("list_confirmations", confirmed.unwrap().len());
    let filter = ChangeFilter {
        customer: Some(o.customer),
        ..ChangeFilter::default()
    };
    let waiting = rows::list_information_changes(db, scope, &filter, 50).await;
    seen.insert("list_information_changes", waiting.unwrap().rows.len());
    let count = rows::count_information_changes(db, scope, &filter, 50).await;
    let count = usize::try_from(count.unwrap()).unwrap();
    seen.insert("count_information_changes", count);
    let whole = Actor::system().scope(Permission::CustomersRead).unwrap();
    let all = rows::list_information_changes(db, &whole, &filter, 50).await;
    let id = all.unwrap().rows[0].id;
    let found = rows::find_information_change(db, scope, id).await.unwrap();
    seen.insert("find_information_change", usize::from(found.is_some()));
    seen.extend(walk_core(t, scope, o).await);
    let number = t.look(o.callback).await.number;
    let identified = rows::is_identified_on(
        db,
        scope,
        o.customer,
        &number,
        &t.app.scripts().identity_items(),
    )
    .await;
    seen.insert("is_identified_on", usize::from(identified.unwrap()));
    let period = (day("2024-01-01"), day("2024-12-31"));
    let collected = rows::list_collected(db, scope, period).await.unwrap();
    let handler = if o.org == "37" {
        "operations_sd"
    } else {
        "operations_cq"
    };
    let by_handler = collected.iter().filter(|c| c.collected_by == handler);
    seen.insert("list_collected", by_handler.count());
    let mobile = super::objects::mobile_of(o.customer_no);
    let value = CustomerField::Mobile.read(mobile).unwrap();
    let found = rows::find_same_persons(db, scope, (None, value.as_ref())).await;
    seen.insert("find_same_persons", found.unwrap().len());
    seen
}

/// Changes on their way to the core system.
async fn walk_core(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let db = t.app.store();
    let whole = Actor::system().scope(Permission::CustomersRead).unwrap();
    let mut seen = Seen::new();
    let changes = rows::list_core_changes(db, scope, &CoreFilter::default(), 500).await;
    let changes = changes.unwrap().rows;
    let own = changes.iter().filter(|r| r.customer == o.customer).count();
    seen.insert("list_core_changes", own);
    let waiting = rows::count_core_changes(db, scope, CoreState::Waiting, 500).await;
    let of_others = changes.len() - own;
    let waiting = usize::try_from(waiting.unwrap()).unwrap() - of_others;
    seen.insert("count_core_changes", waiting);
    let all = rows::list_core_changes(db, &whole, &CoreFilter::default(), 500).await;
    let all = all.unwrap().rows;
    let id = all.iter().find(|r| r.customer == o.customer).unwrap().id;
    let found = rows::find_core_change(db, scope, id).await.unwrap();
    seen.insert("find_core_change", usize::from(found.is_some()));
    seen
}

/// Flags, and what they follow from.
async fn walk_flags(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let db = t.app.store();
    let mut seen = Seen::new();
    let marks = rows::list_marks(db, scope, o.customer).await.unwrap();
    seen.insert("list_marks", marks.len());
    let marks = rows::list_standing_marks(db, scope, &[o.customer]).await;
    seen.insert("list_standing_marks", marks.unwrap().len());
    let changes = rows::list_flag_changes(db, scope, &[o.customer]).await;
    seen.insert("list_flag_changes", changes.unwrap().len());
    let happened = rows::list_happened(db, scope, &[o.customer]).await;
    seen.insert("list_happened", happened.unwrap().len());
    let latest = [EventType::ClaimPaid];
    let until = day("2024-12-31");
    let latest = rows::list_latest_events(db, scope, o.customer, &latest, until).await;
    seen.insert("list_latest_events", latest.unwrap().len());
    let profile = rows::find_profile(db, scope, o.customer).await.unwrap();
    seen.insert("find_profile", profile.lines.len());
    seen
}
