//! A merge taken back leaves every byte as it was; and every column that refers to a customer is covered.

use super::{compare, pairs};
use crate::scope::objects::{objects, portfolio};
use app::customers::{RelationForm, add_relation};
use app::duplicates::{MergeForm, Merging, customer_duplicates, merge, unmerge};
use domain::access::Actor;
use domain::imports::ImportKind;
use rstest::rstest;
use std::collections::{BTreeMap, BTreeSet};
use store::duplicates::{How, REFERENCES};
use testkit::{Engine, Table, TestApp, row};

/// Bookkeeping of merges, the log, the queues: they tell of the merge itself.
const LEFT_OUT: [&str; 11] = [
    "audit_entries",
    "audit_heads",
    "audit_seals",
    "audit_seal_spans",
    "customer_merges",
    "derivations",
    "duplicate_pairs",
    "merge_copies",
    "merge_moves",
    "plan_queue",
    "seaql_migrations",
];

async fn tables(t: &TestApp) -> Vec<String> {
    let sql = match t.database.engine() {
        Engine::Sqlite => {
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
        }
        Engine::Postgres => {
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1"
        }
    };
    t.database.column(sql).await
}

async fn columns(t: &TestApp, table: &str) -> Vec<String> {
    let sql = match t.database.engine() {
        Engine::Sqlite => format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid"),
        Engine::Postgres => format!(
            "SELECT column_name::text FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '{table}' ORDER BY ordinal_position"
        ),
    };
    t.database.column(&sql).await
}

/// Every row of every table, byte for byte.
async fn dump(t: &TestApp) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    for table in tables(t).await {
        if LEFT_OUT.contains(&table.as_str()) {
            continue;
        }
        let text = match t.database.engine() {
            Engine::Sqlite => {
                let quoted: Vec<_> = columns(t, &table)
                    .await
                    .iter()
                    .map(|c| format!("quote(\"{c}\")"))
                    .collect();
                quoted.join(" || '|' || ")
            }
            Engine::Postgres => "CAST(x AS TEXT)".to_owned(),
        };
        // The history of the survivor's record tells of the merge, too.
        let only = if table == "record_changes" {
            "WHERE reason NOT LIKE 'merge test%'"
        } else {
            ""
        };
        let sql = format!("SELECT {text} AS line FROM {table} x {only} ORDER BY 1");
        all.insert(table, t.database.column(&sql).await);
    }
    all
}

/// The merge moved something of every kind that the schema knows.
async fn demand_everything(t: &TestApp) {
    let moved = "SELECT DISTINCT table_name || '.' || column_name FROM merge_moves";
    let moved: BTreeSet<String> = t.database.column(moved).await.into_iter().collect();
    // What a group of the portfolio never has, each with the reason.
    let never = [
        "policies.beneficiary_id",      // of persons
        "customers.merged_into_id",     // see `what_came_later_is_told_apart`
        "contacts.customer_id",         // the survivor has one of the same role
        "renewal_accounts.customer_id", // of persons
        "consent_entries.customer_id",  // of persons
        "electronic_links.customer_id",
        "callback_notes.customer_id",
        "callback_reviews.customer_id",
        "destruction_items.customer_id",
        "exclusions.customer_id",
        "legal_holds.customer_id",
    ];
    let missing: Vec<String> = REFERENCES
        .iter()
        .filter(|r| !matches!(r.how, How::Stays(_)))
        .map(|r| format!("{}.{}", r.table, r.column))
        .filter(|name| !moved.contains(name) && !never.contains(&name.as_str()))
        .collect();
    assert!(
        missing.is_empty(),
        "the customer of the test does not have {missing:?}"
    );
}

/// A second record of the group G50; the pair of both.
async fn twin_of_g50(t: &TestApp) -> uuid::Uuid {
    let twin = row([
        ("customer_no", "G50-B"),
        ("kind", "group"),
        ("name", "联合实业有限责任公司"),
        ("phone", "023-63000001"),
        ("email", "office@example.com"),
        ("mobile", "13900500050"),
        ("address", "北京市西城区金融大街1号"),
        ("org_code", "5001"),
    ]);
    t.import(ImportKind::Customers, &Table::new([twin])).await;
    let contact = row([
        ("customer_no", "G50-B"),
        ("role", "insurance_contact"),
        ("name", "孙理"),
    ]);
    t.import(ImportKind::Contacts, &Table::new([contact])).await;
    t.plan(t.now).await;
    compare(t).await;
    let found = pairs(t).await;
    let pair = found.iter().find(|p| {
        let numbers = [p.low.customer_no.as_str(), p.high.customer_no.as_str()];
        numbers.contains(&"G50") && numbers.contains(&"G50-B")
    });
    pair.unwrap().id
}

/// CUS-09, A 二(二)1: with a customer who has everything, a merge taken back restores every byte.
#[rstest]
#[tokio::test]
async fn a_merge_taken_back_leaves_every_byte_as_it_was(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with(engine, &portfolio()).await;
    let here = objects(&t, false).await;
    let form = RelationForm {
        other_no: "G37".into(),
        relation: "parent_company".into(),
        source: "register".into(),
    };
    let shell = Actor::shell("tests");
    add_relation(&t.app, &shell, t.now, "G50", &form)
        .await
        .unwrap();
    let slips =
        "UPDATE field_slips SET customer_id = (SELECT id FROM customers WHERE customer_no = 'G50')";
    t.database.execute(slips).await;
    let pair = twin_of_g50(&t).await;
    t.database
        .execute("UPDATE duplicate_pairs SET grade = 'certain'")
        .await;
    let before = dump(&t).await;
    let (manager, compliance) = (&t.people().manager, &t.people().compliance);
    let form = MergeForm {
        survivor: "G50-B".into(),
        fields: ["name", "phone", "email", "address", "language"]
            .map(str::to_owned)
            .to_vec(),
        reason: "merge test".into(),
        version: None,
    };
    let done = merge(&t.app, manager, t.now, pair, &form).await.unwrap();
    assert_eq!(done, Merging::Done("G50-B".into()));
    assert_ne!(dump(&t).await, before);
    demand_everything(&t).await;
    let page = customer_duplicates(&t.app, compliance, t.now, "G50")
        .await
        .unwrap();
    assert_eq!(
        page.merges[0].left_behind, 1,
        "the contact person of the same role"
    );
    let later = t.now + chrono::TimeDelta::hours(2);
    let undone = unmerge(
        &t.app,
        compliance,
        later,
        page.merges[0].id,
        "merge test: undone",
    )
    .await;
    let undone = undone.unwrap();
    assert!(undone.kept.is_empty() && undone.followed == 0, "{undone:?}");
    let after = dump(&t).await;
    for (table, rows) in &before {
        assert_eq!(&after[table], rows, "{table}");
    }
    assert_eq!(here.customer_no, "G50");
}

/// A new column that refers to a customer has to say what a merge does with it.
#[rstest]
#[tokio::test]
async fn every_reference_to_a_customer_is_covered(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::empty(engine).await;
    let mut of_schema = BTreeSet::new();
    for table in tables(&t).await {
        let foreign = match engine {
            Engine::Sqlite => format!(
                "SELECT \"from\" FROM pragma_foreign_key_list('{table}') WHERE \"table\" = 'customers'"
            ),
            Engine::Postgres => format!(
                "SELECT a.attname::text FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) \
                 WHERE c.contype = 'f' AND c.confrelid = 'customers'::regclass AND c.conrelid = '{table}'::regclass"
            ),
        };
        for column in t.database.column(&foreign).await {
            of_schema.insert(format!("{table}.{column}"));
        }
        for column in columns(&t, &table).await {
            let names = [
                "customer_id",
                "survivor_id",
                "absorbed_id",
                "merged_into_id",
            ];
            if names.contains(&column.as_str()) {
                of_schema.insert(format!("{table}.{column}"));
            }
        }
    }
    let listed: BTreeSet<String> = REFERENCES
        .iter()
        .map(|r| format!("{}.{}", r.table, r.column))
        .collect();
    assert_eq!(listed, of_schema, "see store::duplicates::REFERENCES");
}
