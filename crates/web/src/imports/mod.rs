//! Imports: uploading a file, its run with progress, the rows that were not taken; what other
//! systems send.

pub(crate) mod api;
mod list;
mod run;

use crate::state::Web;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;

/// Largest file that is taken: policies of a large insurer are a few gigabytes; more comes by the
/// command line.
const FILE_BYTES_MAX: usize = 4 * 1024 * 1024 * 1024;

pub(crate) fn routes() -> Router<Web> {
    let list = get(list::list_imports)
        .post(list::create_import)
        .layer(DefaultBodyLimit::max(FILE_BYTES_MAX));
    Router::new()
        .route("/imports", list)
        .route("/imports/templates/{kind}", get(list::download_template))
        .route("/imports/{id}", get(run::show_import))
        .route("/imports/{id}/rejections", get(run::download_rejections))
}
