//! What a person gets who asks for their data: what hung on the merged record, too.

use super::bytes::twin_of_g50;
use super::merging::with_pair;
use super::{compare, merge_pair};
use crate::scope::objects::portfolio;
use app::retention::{
    DataRequestForm, RequestStepForm, create_request, open_copy, request_page, start_copy,
    take_request_step,
};
use rstest::rstest;
use std::io::Read as _;
use testkit::{Engine, TestApp};

/// The copy that somebody gets who asks by a number; asked as of a second person.
async fn copy_of(t: &TestApp, number: &str) -> serde_json::Value {
    let (manager, compliance) = (&t.people().manager, &t.people().compliance);
    let form = DataRequestForm {
        kind: "copy".into(),
        requester: "self".into(),
        received_through: "phone".into(),
        ..Default::default()
    };
    let request = create_request(&t.app, compliance, t.now, number, &form)
        .await
        .unwrap();
    let checked = RequestStepForm {
        step: "check_identity".into(),
        method: "number_and_mobile".into(),
        ..Default::default()
    };
    let granted = RequestStepForm {
        step: "decide".into(),
        outcome: "granted".into(),
        ..Default::default()
    };
    for (by, step) in [(compliance, &checked), (manager, &granted)] {
        take_request_step(&t.app, by, t.now, &request, step)
            .await
            .unwrap();
    }
    start_copy(&t.app, compliance, t.now, &request)
        .await
        .unwrap();
    let (app, now) = (t.app.clone(), t.now);
    let run = tokio::spawn(async move { app::jobs::run_due(&app, &move || now).await });
    run.await.unwrap().unwrap();
    let (_, bytes) = open_copy(&t.app, manager, t.now, &request, "customer_request", "")
        .await
        .unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut json = String::new();
    let mut file = archive.by_name("data.json").unwrap();
    file.read_to_string(&mut json).unwrap();
    serde_json::from_str(&json).unwrap()
}

/// The values of a column of a table.
fn column<'v>(copy: &'v serde_json::Value, table: &str, column: &str) -> Vec<&'v str> {
    let rows = copy[table].as_array().unwrap().iter();
    rows.map(|r| r[column].as_str().unwrap()).collect()
}

/// What a merged record says of a fact.
fn merged<'v>(copy: &'v serde_json::Value, number: &str, field: &str) -> Vec<&'v str> {
    let rows = copy["merged_records"].as_array().unwrap().iter();
    rows.filter(|r| r["customer_no"] == number && r["field"] == field)
        .map(|r| r["value"].as_str().unwrap())
        .collect()
}

/// CUS-09, PIPL article 45: who asks by the old number is led to the survivor and gets what was known under both
/// numbers; what was left apart goes back out of the copy.
#[rstest]
#[tokio::test]
async fn the_copy_holds_what_hung_on_the_merged_record(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, _) = with_pair(engine).await;
    let before = copy_of(&t, "C50-ZHOU2").await;
    assert_eq!(column(&before, "policies", "policy_no"), ["P50-ZHOU2"]);
    assert!(before["merged_records"].as_array().unwrap().is_empty());
    let merge = merge_pair(&t, ("C50-ZHOU", "C50-ZHOU2"), &[]).await;
    let copy = copy_of(&t, "C50-ZHOU2").await;
    let number = copy["request"].as_str().unwrap();
    let page = request_page(&t.app, &t.people().manager, t.now, number).await;
    assert_eq!(page.unwrap().row.customer_no, "C50-ZHOU");
    let own = copy["customer"].as_array().unwrap();
    let own = own.iter().find(|r| r["field"] == "mobile").unwrap();
    assert_eq!(own["value"], "13800500001");
    for (field, value) in [
        ("name", "周闽"),
        ("mobile", "13800500010"),
        ("email", "zhou@example.com"),
        ("id_no", "500103800506122"),
        ("merge_reason", "merge test"),
    ] {
        assert_eq!(merged(&copy, "C50-ZHOU2", field), [value], "{field}");
    }
    let mut policies = column(&copy, "policies", "policy_no");
    policies.sort_unstable();
    assert_eq!(policies, ["P50-ZHOU", "P50-ZHOU2"]);
    assert_eq!(column(&copy, "requests", "number").len(), 2, "both asked");
    super::part(&t, t.now, merge).await.unwrap();
    let parted = copy_of(&t, "C50-ZHOU").await;
    assert!(parted["merged_records"].as_array().unwrap().is_empty());
    assert_eq!(column(&parted, "policies", "policy_no"), ["P50-ZHOU"]);
}

/// What the merge left with the old record is in the copy as well.
#[rstest]
#[tokio::test]
async fn the_copy_holds_what_was_left_behind(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with(engine, &portfolio()).await;
    twin_of_g50(&t).await;
    compare(&t).await;
    merge_pair(&t, ("G50-B", "G50"), &[]).await;
    let copy = copy_of(&t, "G50").await;
    let mut roles = column(&copy, "contacts", "role");
    roles.sort_unstable();
    let both = [
        "insurance_contact",
        "insurance_contact",
        "legal_representative",
    ];
    assert_eq!(roles, both, "of both records");
    assert_eq!(merged(&copy, "G50", "name"), ["联合实业有限公司"]);
}
