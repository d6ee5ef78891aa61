//! The walk through what is known of customers: names, families and groups, figures, stages.

use super::objects::Objects;
use super::walk::Seen;
use app::customers::{RelationForm, add_relation, refresh_search_keys};
use domain::access::{Actor, Scope};
use domain::customers::{Address, NameQuery};
use store::Store;
use store::customers as rows;
use testkit::TestApp;

/// A group with a company below it, who is insured on one of its policies; a survey answered by name; a message
/// that left.
pub(super) async fn prepare(t: &TestApp, o: &Objects) {
    refresh_search_keys(&t.app, t.now).await.unwrap();
    let form = RelationForm {
        other_no: format!("S{}", o.org),
        relation: "subsidiary".into(),
        source: "register".into(),
    };
    let shell = Actor::shell("tests");
    add_relation(&t.app, &shell, t.now, o.customer_no, &form)
        .await
        .unwrap();
    let place = if o.org == "50" { 900_001 } else { 900_002 };
    let ours = format!(
        "c.customer_no = '{}' AND s.number = '{}'",
        o.customer_no, o.survey
    );
    for sql in [
        format!(
            "INSERT INTO survey_invitations (id, survey_id, customer_id) SELECT c.id, s.id, c.id FROM customers c, surveys s WHERE {ours}"
        ),
        format!(
            "INSERT INTO survey_answers (place, id, survey_id, answered_on, verdict) SELECT {place}, c.id, s.id, '2024-03-01', 'valid' \
             FROM customers c, surveys s WHERE {ours}"
        ),
        format!(
            "INSERT INTO survey_named_answers (answer_id, invitation_id) SELECT c.id, c.id FROM customers c WHERE c.customer_no = '{}'",
            o.customer_no
        ),
        format!(
            "UPDATE messages SET sent_at = 1709600000000 WHERE customer_id = (SELECT id FROM customers WHERE customer_no = '{}')",
            o.customer_no
        ),
    ] {
        t.database.execute(&sql).await;
    }
}

pub(super) async fn walk_relations(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let db: &Store = t.app.store();
    let mut seen = walk_names(db, scope, o).await;
    let mut note = |name, n| seen.insert(name, n);
    let id = o.customer;
    let contacts = rows::list_contacts(db, scope, id).await.unwrap();
    note("list_contacts", contacts.len());
    let relations = rows::list_relations(db, scope, id).await.unwrap();
    note("list_relations", relations.len());
    note(
        "list_companies",
        rows::list_companies(db, scope, id).await.unwrap().len(),
    );
    let policies = rows::list_group_policies(db, scope, &[id], None, 50).await;
    note("list_group_policies", policies.unwrap().rows.len());
    let beside = rows::list_acquaintances(db, scope, id, 50).await.unwrap();
    note("list_acquaintances", beside.len());
    note(
        "list_stages",
        rows::list_stages(db, scope, id).await.unwrap().len(),
    );
    note(
        "list_feedback",
        rows::list_feedback(db, scope, id, 50).await.unwrap().len(),
    );
    seen.extend(walk_figures(t, scope, o).await);
    seen
}

async fn walk_names(db: &Store, scope: &Scope, o: &Objects) -> Seen {
    let mut seen = Seen::new();
    let found = rows::list_customers_by_id(db, scope, &[o.customer]).await;
    seen.insert("list_customers_by_id", found.unwrap().len());
    let ours = |found: Vec<rows::Candidate>| found.iter().filter(|c| c.id == o.customer).count();
    let query = NameQuery::parse("联合实业").unwrap();
    let mut by_keys = 0;
    for tier in query.tiers() {
        by_keys += ours(
            rows::list_by_keys(db, scope, &tier, None, 50)
                .await
                .unwrap(),
        );
    }
    seen.insert("list_by_keys", by_keys);
    // One character more than the name has.
    let longer = NameQuery::parse(&format!("{}司", o.name)).unwrap();
    let found = rows::list_by_shorter_names(db, scope, &longer, 50).await;
    seen.insert("list_by_shorter_names", ours(found.unwrap()));
    let address = Address::parse("北京市西城区金融大街1号").unwrap();
    let found = rows::list_at_address(db, scope, &address, 50)
        .await
        .unwrap();
    seen.insert("list_at_address", ours(found));
    seen
}

async fn walk_figures(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let (db, id) = (t.app.store(), o.customer);
    let mut seen = Seen::new();
    let count = |n: i64| usize::try_from(n).unwrap();
    let policies = rows::find_policy_sums(db, scope, id).await.unwrap();
    seen.insert("find_policy_sums", count(policies.all));
    let since = "2024-01-01".parse().unwrap();
    let payouts = rows::list_payout_sums(db, scope, id, since).await.unwrap();
    seen.insert("list_payout_sums", payouts.len());
    let duties = rows::find_duty_sums(db, scope, id).await.unwrap();
    seen.insert("find_duty_sums", count(duties.open));
    let cases = rows::count_open_cases(db, scope, id).await.unwrap();
    seen.insert("count_open_cases", count(cases));
    let attempt = rows::find_last_attempt(db, scope, id).await.unwrap();
    seen.insert("find_last_attempt", usize::from(attempt.is_some()));
    let message = rows::find_last_message(db, scope, id).await.unwrap();
    seen.insert("find_last_message", usize::from(message.is_some()));
    seen
}
