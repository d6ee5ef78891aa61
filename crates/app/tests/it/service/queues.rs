//! Customers of high value go first among what is due on the same day.

use super::{begin, rate};
use app::callbacks::{ListQuery, list_callbacks};
use rstest::rstest;
use testkit::{Engine, TestApp};

/// Numbers of customers in the order of a list, read in pages of one.
async fn paged(t: &TestApp) -> Vec<String> {
    use domain::access::Permission;
    let manager = &t.people().manager;
    let scope = manager.scope(Permission::CallbacksRead).unwrap();
    let mut filter = store::callbacks::CallbackFilter {
        open: Some(true),
        ranks: store::customers::QueueRanks {
            high: 1,
            medium: 2,
            other: 3,
        },
        ..Default::default()
    };
    let mut seen = Vec::new();
    loop {
        let page = store::callbacks::list_callbacks(t.app.store(), &scope, &filter, 1)
            .await
            .unwrap();
        seen.extend(page.rows.into_iter().map(|r| r.number));
        match page.next {
            Some(next) => filter.after = Some(next),
            None => return seen,
        }
    }
}

/// SEG-06: the class raises a callback within its day, in the list, in the next call, and page by page.
#[rstest]
#[tokio::test]
async fn high_value_goes_first_within_a_day(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = begin(engine).await;
    t.database
        .execute("UPDATE callbacks SET due_on = '2024-03-15' WHERE due_on IS NOT NULL AND is_open")
        .await;
    rate(&t, "C50-CORP", "value_class", "high").await;
    let manager = &t.people().manager;
    let list = list_callbacks(&t.app, manager, t.now, &ListQuery::default()).await;
    let rows = list.unwrap().page.rows;
    let classes: Vec<_> = rows.iter().map(|r| r.value_class.clone()).collect();
    let rank = |class: &Option<String>| match class.as_deref() {
        Some("high") => 1,
        Some("medium") => 2,
        _ => 3,
    };
    let ranks: Vec<_> = classes.iter().map(rank).collect();
    assert!(ranks.is_sorted(), "{classes:?}");
    assert!(ranks.contains(&1) && ranks.contains(&3), "{classes:?}");
    let all: Vec<_> = rows.into_iter().map(|r| r.number).collect();
    assert_eq!(paged(&t).await, all);
}

/// SEG-06: tickets of customers of high value stand first and are due sooner.
#[rstest]
#[tokio::test]
async fn tickets_of_high_value_are_due_sooner(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = begin(engine).await;
    let p = t.people();
    let mut due = Vec::new();
    for (policy, caller) in [("P50-ZHOU", &p.caller_cq), ("P50-LI", &p.caller_cq)] {
        let callback = t.callback(policy, "NB-CQ").await;
        t.assign(&p.leader_cq, callback, caller).await;
        t.not_reached(caller, t.now, callback, "wrong_number").await;
        let ticket = t.tickets(callback).await.remove(0);
        let handler = p.operations_cq.user().unwrap();
        t.issue(&p.leader_cq, t.now, ticket.id, handler)
            .await
            .unwrap();
        due.push(t.tickets(callback).await.remove(0).due_on.unwrap());
    }
    assert!(due[0] < due[1], "high before medium value: {due:?}");
    let query = app::tickets::TicketQuery::default();
    let list = app::tickets::list_tickets(&t.app, &p.manager, t.now, &query).await;
    let rows = list.unwrap().page.rows;
    let first = rows.first().unwrap();
    assert_eq!(first.customer_no, "C50-ZHOU", "though it is the older one");
}
