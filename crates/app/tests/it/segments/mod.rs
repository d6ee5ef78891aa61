//! Classes of customers: computed, set by hand, explained, replayed, tried out.

mod by_hand;
mod independent;
mod models;

use app::segments::{ClassifyReport, ClassifyRequest, classify};
use domain::access::Actor;
use domain::time::Instant;
use testkit::TestApp;

/// Classes whoever waits, at a moment.
pub(crate) async fn classify_at(t: &TestApp, now: Instant, all: bool) -> ClassifyReport {
    let request = ClassifyRequest { as_of: None, all };
    classify(&t.app, &Actor::shell("tests"), now, request, &|_| {})
        .await
        .unwrap()
}

/// The value class in force of a customer with its risk class.
async fn classes(t: &TestApp, customer_no: &str) -> String {
    let sql = format!(
        "SELECT COALESCE(value_class, '-') || ' ' || COALESCE(risk_class, '-') FROM customers \
         WHERE customer_no = '{customer_no}'"
    );
    t.database.column(&sql).await.remove(0)
}

/// The spans of the value class of a customer, the first first.
async fn spans(t: &TestApp, customer_no: &str) -> Vec<String> {
    let sql = format!(
        "SELECT k.class || ' ' || k.cause || ' ' || CAST(k.from_on AS TEXT) || ' ' || COALESCE(CAST(k.until_on AS TEXT), '-') \
         FROM customer_classes k JOIN customers c ON c.id = k.customer_id \
         WHERE c.customer_no = '{customer_no}' AND k.model = 'value' ORDER BY k.id"
    );
    t.database.column(&sql).await
}

/// What models give everybody, as it stands.
async fn scores(t: &TestApp) -> Vec<String> {
    let sql = "SELECT c.customer_no || ' ' || s.model || ' ' || s.class || ' ' || CAST(s.points AS TEXT) \
               FROM customer_scores s JOIN customers c ON c.id = s.customer_id WHERE s.until_on IS NULL ORDER BY 1";
    t.database.column(sql).await
}
