//! Facts about customers: the page with every earlier day, the form, corrections that wait, flags, new
//! customers, what goes to the core system, and how promptly facts are entered.

pub(crate) mod api;
mod changes;
mod core;
mod edit;
mod entries;
mod new;
mod page;

use crate::frame::Frame;
use crate::state::Web;
use axum::Router;
use axum::routing::{get, post};
use domain::customers::{CustomerField, FactShape};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/customers", post(new::create_customer))
        .route("/customers/new", get(new::show_new))
        .route(
            "/customers/{customer_no}/information",
            get(page::show_information).post(edit::change_information),
        )
        .route(
            "/customers/{customer_no}/information/form",
            get(edit::show_form),
        )
        .route(
            "/customers/{customer_no}/information/confirmations",
            post(page::confirm),
        )
        .route("/customers/{customer_no}/marks", post(page::change_flag))
        .route("/information-changes", get(changes::list_changes))
        .route(
            "/information-changes/{id}",
            get(changes::show_change).post(changes::decide_change),
        )
        .route("/core-changes", get(core::list_core_changes))
        .route("/core-changes/{id}", post(core::step))
        .route("/entry-lag", get(entries::show_entries))
}

/// Name of a fact.
pub(crate) fn name_of(f: &Frame, field: CustomerField) -> String {
    f.code("customer-field", field.as_str())
}

/// The value of a fact as people read it; it is masked already.
pub(crate) fn value_of(f: &Frame, field: CustomerField, shown: Option<&str>) -> String {
    let Some(value) = shown else {
        return "—".to_owned();
    };
    match field.shape() {
        FactShape::Code(kind) => f.code(kind, value),
        FactShape::Money => f.money(&value.parse().ok()),
        FactShape::Months => f.say1("months-n", "n", value.to_owned()),
        FactShape::Flag => f.yes_no(&value.parse().ok()),
        FactShape::Text | FactShape::Words | FactShape::Date => value.to_owned(),
    }
}

/// Names of facts, one after the other.
fn names(f: &Frame, fields: &[CustomerField]) -> String {
    let names: Vec<_> = fields.iter().map(|field| name_of(f, *field)).collect();
    names.join(f.pick("、", ", "))
}
