//! Customers who may be one: what is found, what people decide, merges and taking them back.

mod both;
mod bytes;
mod copy;
mod dump;
mod finding;
mod merging;
mod planted;
mod protection;
mod weights;

use app::duplicates::{
    CompareReport, MergeForm, Merging, compare_due, customer_duplicates, merge, unmerge,
};
use domain::time::Instant;
use store::duplicates::{DuplicateFilter, DuplicateRow, Undone, list_duplicates};
use testkit::{TestApp, row};
use uuid::Uuid;

/// Compares everybody who waits.
async fn compare(t: &TestApp) -> CompareReport {
    compare_due(&t.app, t.now, u64::MAX, &|_| {}).await.unwrap()
}

/// Every pair of the company.
async fn pairs(t: &TestApp) -> Vec<DuplicateRow> {
    let whole = domain::access::Actor::system();
    let whole = whole
        .scope(domain::access::Permission::DuplicatesRead)
        .unwrap();
    let filter = DuplicateFilter::default();
    let page = list_duplicates(t.app.store(), &whole, &filter, 1_000).await;
    page.unwrap().rows
}

/// The pair of two numbers.
async fn pair_of(t: &TestApp, numbers: (&str, &str)) -> DuplicateRow {
    let found = pairs(t).await.into_iter().find(|p| {
        let of = (p.low.customer_no.as_str(), p.high.customer_no.as_str());
        of == numbers || of == (numbers.1, numbers.0)
    });
    found.unwrap_or_else(|| panic!("{numbers:?} are no pair"))
}

/// Merges the second into the first of a pair that was found, for certain; the merge.
async fn merge_pair(t: &TestApp, numbers: (&str, &str), fields: &[&str]) -> Uuid {
    let pair = pair_of(t, numbers).await.id;
    t.database
        .execute("UPDATE duplicate_pairs SET grade = 'certain'")
        .await;
    let form = MergeForm {
        survivor: numbers.0.into(),
        fields: fields.iter().map(|f| (*f).to_owned()).collect(),
        reason: "merge test".into(),
        version: None,
    };
    let p = t.people();
    let done = merge(&t.app, &p.manager, t.now, pair, &form).await;
    assert_eq!(done.unwrap(), Merging::Done(numbers.0.into()));
    let page = customer_duplicates(&t.app, &p.compliance, t.now, numbers.0).await;
    page.unwrap().merges[0].id
}

/// Takes a merge back.
async fn part(t: &TestApp, now: Instant, merge: Uuid) -> app::Result<Undone> {
    unmerge(
        &t.app,
        &t.people().compliance,
        now,
        merge,
        "merge test: undone",
    )
    .await
}

/// 周敏 once more, under another number: the old number of fifteen digits, the mobile mistyped.
fn second_zhou() -> Vec<(&'static str, String)> {
    row([
        ("customer_no", "C50-ZHOU2"),
        ("kind", "individual"),
        ("name", "周闽"),
        ("sex", "female"),
        ("birth_date", "1980-05-06"),
        ("id_type", "other"),
        ("id_no", "500103800506122"),
        ("mobile", "13800500010"),
        ("email", "zhou@example.com"),
        ("marketing_consent", "false"),
        ("large", "true"),
        ("org_code", "5001"),
    ])
}
