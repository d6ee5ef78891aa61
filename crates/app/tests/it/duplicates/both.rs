//! Two records which both have everything: what cannot stand twice stays behind, and all of it goes back.

use super::bytes::{back, forth};
use super::{merge_pair, part};
use crate::scope::objects::{objects, portfolio};
use crate::segments::classify_at;
use app::customers::{RelationForm, add_relation, refresh_search_keys};
use domain::access::Actor;
use domain::imports::ImportKind;
use rstest::rstest;
use testkit::{Engine, Table, TestApp, row};

/// Tables in which both have the like of a row, so that one stays with the absorbed record.
const STAYING: [(&str, &str); 10] = [
    ("contacts", "customer_id"),
    ("gathering_participants", "customer_id"),
    ("campaign_members", "customer_id"),
    ("survey_invitations", "customer_id"),
    ("customer_relations", "customer_id"),
    ("customer_relations", "other_id"),
    ("class_overrides", "customer_id"),
    ("service_charges", "customer_id"),
    ("watched_customers", "customer_id"),
    ("customer_flags", "customer_id"),
];

/// Both were invited to the same survey and gathering and stand on the same list; each is held by a company, and
/// the one by a company that the other holds.
async fn invite_both(t: &TestApp) {
    let to = "FROM TABLE t, customers c, policies p WHERE p.policy_no = 'P-G37' AND c.customer_no = 'G37' \
              AND t.customer_id = (SELECT id FROM customers WHERE customer_no = 'G50')";
    for (table, columns) in [
        ("survey_invitations", "survey_id"),
        (
            "campaign_members",
            "campaign_id, source, added_by, added_name, added_at",
        ),
        (
            "gathering_participants",
            "gathering_id, attended, callbacks",
        ),
    ] {
        let from = to.replace("TABLE", table);
        let sql = format!(
            "INSERT INTO {table} (id, customer_id, {columns}) SELECT p.id, c.id, {columns} {from}"
        );
        t.database.execute(&sql).await;
    }
    let top = row([
        ("customer_no", "C37-TOP"),
        ("kind", "group"),
        ("name", "海岱控股有限公司"),
        ("org_code", "3701"),
    ]);
    t.import(ImportKind::Customers, &Table::new([top])).await;
    for (number, parent) in [("G50", "C50-CORP"), ("G37", "C37-TOP"), ("C50-CORP", "G37")] {
        let form = RelationForm {
            other_no: parent.into(),
            relation: "parent_company".into(),
            source: "register".into(),
        };
        add_relation(&t.app, &Actor::shell("tests"), t.now, number, &form)
            .await
            .unwrap();
    }
}

/// CUS-09: what both have of a kind of which a customer has one stays with its record, out of use, and is there
/// when the merge is taken back; whatever works on customers goes on with both.
#[rstest]
#[tokio::test]
async fn what_both_have_stays_apart(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with(engine, &portfolio()).await;
    objects(&t, false).await;
    objects(&t, true).await;
    invite_both(&t).await;
    let merged = forth(&t, ("G50", "G37"), &["mobile"]).await;
    for (table, column) in STAYING {
        let sql = format!(
            "SELECT COUNT(*) FROM {table} WHERE {column} = (SELECT id FROM customers WHERE customer_no = 'G37')"
        );
        assert!(t.database.number(&sql).await > 0, "{table}.{column}");
    }
    back(&t, merged).await;
    let merge = merge_pair(&t, ("G37", "G50"), &[]).await;
    work_on(&t).await;
    part(&t, t.now, merge).await.unwrap();
    work_on(&t).await;
}

/// Everything that runs by itself.
async fn work_on(t: &TestApp) {
    super::compare(t).await;
    t.plan(t.now).await;
    classify_at(t, t.now, true).await;
    refresh_search_keys(&t.app, t.now).await.unwrap();
    app::data_quality::examine_due(&t.app, t.now, &|_| {})
        .await
        .unwrap();
    app::service::keep_service(&t.app, t.now).await.unwrap();
}
