//! A merge taken back leaves every byte as it was; and every column that refers to a customer is covered.

use super::dump::{Dump, columns, dump, references};
use super::{compare, merge_pair, part, second_zhou};
use crate::scope::objects::{objects, portfolio};
use app::callbacks::{ReviewForm, add_note, review_callback};
use app::customers::{RelationForm, add_relation};
use app::duplicates::customer_duplicates;
use app::messaging::{ConsentForm, record_consent};
use app::retention::{DataRequestForm, HoldForm, create_request, place};
use domain::access::Actor;
use domain::imports::ImportKind;
use rstest::rstest;
use std::collections::BTreeSet;
use store::duplicates::{How, REFERENCES};
use testkit::{Engine, Portfolio, Table, TestApp, refused, row};
use uuid::Uuid;

/// The merges moved something of every kind that the schema knows.
async fn demand_everything(t: &TestApp) {
    let moved = "SELECT DISTINCT table_name || '.' || column_name FROM merge_moves";
    let moved: BTreeSet<String> = t.database.column(moved).await.into_iter().collect();
    let missing: Vec<String> = REFERENCES
        .iter()
        .filter(|r| !matches!(r.how, How::Stays(_)))
        .map(|r| format!("{}.{}", r.table, r.column))
        .filter(|name| !moved.contains(name))
        .collect();
    assert!(
        missing.is_empty(),
        "the customers of the test do not have {missing:?}"
    );
}

/// Nothing differs from what was.
pub(super) async fn demand_bytes(t: &TestApp, before: &Dump) {
    let after = dump(t).await;
    for (table, rows) in before {
        assert_eq!(&after[table], rows, "{table}");
    }
}

/// Merges the second into the first; what was before, and the merge.
pub(super) async fn forth(t: &TestApp, numbers: (&str, &str), fields: &[&str]) -> (Dump, Uuid) {
    compare(t).await;
    let before = dump(t).await;
    let merge = merge_pair(t, numbers, fields).await;
    assert_ne!(dump(t).await, before);
    (before, merge)
}

/// Takes the merge back: everything is as it was before.
pub(super) async fn back(t: &TestApp, (before, merge): (Dump, Uuid)) {
    let later = t.now + chrono::TimeDelta::hours(2);
    let undone = part(t, later, merge).await.unwrap();
    assert!(undone.kept.is_empty() && undone.followed == 0, "{undone:?}");
    assert!(undone.forbidden.is_empty() && undone.held.is_empty());
    // Keys of both are worked out again.
    compare(t).await;
    demand_bytes(t, &before).await;
}

/// A second record of the group G50, with a contact person in one of the roles that G50 has filled.
pub(super) async fn twin_of_g50(t: &TestApp) {
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
    let contact = |number: &str, role: &str, name: &str| {
        row([("customer_no", number), ("role", role), ("name", name)])
    };
    let contacts = Table::new([
        contact("G50-B", "insurance_contact", "孙理"),
        contact("G50", "legal_representative", "钱大"),
    ]);
    let report = t.import(ImportKind::Contacts, &contacts).await;
    assert_eq!(report.tally.rejected, 0, "{:?}", report.rejections);
}

/// What the group lacks yet: a relation, a sales visit, a callback that was examined and annotated.
async fn furnish_group(t: &TestApp) {
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
    let p = t.people();
    let callback = t.callback("P-G50", "CP-SET").await;
    add_note(&t.app, &p.leader_cq, t.now, callback, "1", "客户后来补充")
        .await
        .unwrap();
    let review = ReviewForm {
        record: "incomplete".into(),
        result: "agreed".into(),
        guidance: "客户的意见应逐条记录".into(),
    };
    review_callback(&t.app, &p.leader_cq, t.now, callback, &review)
        .await
        .unwrap();
}

/// 周敏 under three numbers. The first has a policy, is insured and beneficiary on those of others, was sent a link,
/// asked for her data; of her and the second record there is a hold and a word about greetings each.
async fn furnish_person(t: &TestApp) {
    let mut twins = Table::new([second_zhou(), second_zhou()]);
    twins.reverse().set("C50-ZHOU2", "customer_no", "C50-ZHOU3");
    twins.set("C50-ZHOU2", "occupation", "教师");
    t.import(ImportKind::Customers, &twins).await;
    let mut policy = Portfolio::small().policies.only("P50-LI");
    policy.set("P50-LI", "beneficiary_no", "C50-ZHOU");
    let report = t.import(ImportKind::Policies, &policy).await;
    assert_eq!(report.tally.rejected, 0, "{:?}", report.rejections);
    let p = t.people();
    let callback = t.callback("P50-ZHOU", "NB-CQ").await;
    t.offer(&p.leader_cq, t.now, callback).await;
    let request = DataRequestForm {
        kind: "withdraw_consent".into(),
        requester: "self".into(),
        received_through: "phone".into(),
        ..Default::default()
    };
    create_request(&t.app, &p.manager, t.now, "C50-ZHOU", &request)
        .await
        .unwrap();
    for (number, given) in [("C50-ZHOU", false), ("C50-ZHOU2", true)] {
        let hold = HoldForm {
            subject: "customer".into(),
            number: number.into(),
            kind: "litigation".into(),
            authority: "法院".into(),
            document_no: "1".into(),
            reason: "诉讼".into(),
            review_on: "2024-09-01".into(),
            ..Default::default()
        };
        place(&t.app, &p.manager, t.now, &hold).await.unwrap();
        let word = ConsentForm {
            topic: "care".into(),
            given,
            source: "recorded_call".into(),
            note: "来电".into(),
        };
        record_consent(&t.app, &p.manager, t.now, number, &word)
            .await
            .unwrap();
    }
}

/// CUS-09, A 二(二)1: with customers who have everything, merges taken back restore every byte: of a group, and of
/// a person whose record another was merged into before.
#[rstest]
#[tokio::test]
async fn a_merge_taken_back_leaves_every_byte_as_it_was(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with(engine, &portfolio()).await;
    objects(&t, false).await;
    furnish_group(&t).await;
    twin_of_g50(&t).await;
    furnish_person(&t).await;
    t.plan(t.now).await;
    let fields = ["name", "phone", "email", "address", "language"];
    let merged = forth(&t, ("G50-B", "G50"), &fields).await;
    let compliance = &t.people().compliance;
    let page = customer_duplicates(&t.app, compliance, t.now, "G50").await;
    let left_behind = page.unwrap().merges[0].left_behind;
    assert_eq!(left_behind, 1, "the contact person of the same role");
    back(&t, merged).await;

    let inner = forth(&t, ("C50-ZHOU", "C50-ZHOU3"), &["email"]).await;
    let fields = ["name", "id_no", "mobile", "language"];
    let outer = forth(&t, ("C50-ZHOU2", "C50-ZHOU"), &fields).await;
    demand_everything(&t).await;
    let early = part(&t, t.now, inner.1).await;
    assert_eq!(refused(early), "merge-built-on");
    back(&t, outer).await;
    back(&t, inner).await;
}

/// A new column that refers to a customer has to say what a merge does with it.
#[rstest]
#[tokio::test]
async fn every_reference_to_a_customer_is_covered(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::empty(engine).await;
    let named = [
        "customer_id",
        "survivor_id",
        "absorbed_id",
        "merged_into_id",
    ];
    let columns = columns(&t).await.into_iter();
    let named = columns.filter(|(_, column)| named.contains(&column.as_str()));
    let mut of_schema = references(&t).await;
    of_schema.extend(named.map(|(table, column)| format!("{table}.{column}")));
    let listed: BTreeSet<String> = REFERENCES
        .iter()
        .map(|r| format!("{}.{}", r.table, r.column))
        .collect();
    assert_eq!(listed, of_schema, "see store::duplicates::REFERENCES");
}
