//! The list of policies, and one policy.

pub(crate) mod api;
mod list;
mod page;

use crate::state::Web;
use axum::Router;
use axum::routing::get;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/policies", get(list::list_policies))
        .route("/policies/{policy_no}", get(page::show_policy))
        .route("/policies/{policy_no}/timeline", get(page::show_timeline))
}
