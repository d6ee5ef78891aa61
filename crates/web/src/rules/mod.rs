//! Rule packs as people read them, with their tests, and the working-day calendar.

mod calendar;
mod list;
mod pack;

use crate::state::Web;
use axum::Router;
use axum::routing::get;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/rules", get(list::list_packs))
        .route("/rules/calendar", get(calendar::show_calendar))
        .route("/rules/{jurisdiction}/{topic}", get(pack::show_pack))
}
