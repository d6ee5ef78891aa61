//! The workbench, the list of callbacks, the call page and one callback.

use crate::state::Web;
use axum::Router;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
}
