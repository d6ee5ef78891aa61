//! Customers who may be one: what is found, what people decide, merges and taking them back.

mod bytes;
mod finding;
mod merging;
mod planted;

use app::duplicates::{CompareReport, compare_due};
use store::duplicates::{DuplicateFilter, DuplicateRow, list_duplicates};
use testkit::{TestApp, row};

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
