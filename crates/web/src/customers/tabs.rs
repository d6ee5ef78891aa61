//! The pages of one customer: one list of the tabs, each with the right that it needs.

use crate::frame::Frame;

/// Name, what follows the customer's address, and the right.
const TABS: [(&str, &str, &str); 8] = [
    ("overview", "", "customers.read"),
    ("information", "/information", "customers.read"),
    ("relations", "/relations", "customers.read"),
    ("quality", "/quality", "customers.read"),
    ("duplicates", "/duplicates", "duplicates.read"),
    ("classes", "/classes", "customers.read"),
    ("service-plan", "/service-plan", "service.read"),
    ("risk", "/risk", "risk.read"),
];

/// Names and addresses of the pages of a customer that somebody may open.
pub(crate) fn customer_tabs(
    f: &Frame,
    customer_no: impl AsRef<str>,
) -> Vec<(&'static str, String)> {
    let customer_no = customer_no.as_ref();
    TABS.iter()
        .filter(|(_, _, right)| f.may(right))
        .map(|(name, end, _)| (*name, format!("/customers/{customer_no}{end}")))
        .collect()
}
