//! The list of customers, one customer, search, personal data on request.

mod accesses;
pub(crate) mod api;
mod disclosure;
pub(crate) mod flags;
mod glance;
mod list;
mod page;
mod relations;
mod search;
mod tabs;
pub(crate) mod timeline;

use crate::state::Web;
use axum::Router;
use axum::routing::{get, post};
pub(crate) use tabs::customer_tabs;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/customers", get(list::list_customers))
        .route("/customers/{customer_no}", get(page::show_customer))
        .route(
            "/customers/{customer_no}/timeline",
            get(page::show_timeline),
        )
        .route(
            "/customers/{customer_no}/accesses",
            get(accesses::list_accesses),
        )
        .route(
            "/customers/{customer_no}/contact",
            post(page::change_contact),
        )
        .route(
            "/customers/{customer_no}/disclosures",
            post(disclosure::create_disclosure),
        )
        .route(
            "/customers/{customer_no}/relations",
            get(relations::show_relations).post(relations::create_relation),
        )
        .route(
            "/customers/{customer_no}/relations/{relation}/deletion",
            post(relations::delete_relation),
        )
        .route(
            "/customers/{customer_no}/contact-persons",
            post(relations::save_contact_person),
        )
        .route(
            "/customers/{customer_no}/stage",
            post(relations::change_stage),
        )
        .route("/searches", post(search::create_search))
        .route("/searches/suggestions", post(search::create_suggestions))
}
