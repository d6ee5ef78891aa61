//! On-site visits with their form on the phone, sales visits, gatherings, formatted questionnaires.

pub(crate) mod api;
mod documents;
mod form;
mod formatted;
mod gatherings;
mod list;
mod new;
mod page;
mod slip_page;
mod slips;

use crate::failure::Failure;
use crate::state::Web;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use uuid::Uuid;

/// A photograph of a signed form, with room for the other fields.
const UPLOAD_BYTES_MAX: usize = 20 * 1024 * 1024;

pub(crate) fn routes() -> Router<Web> {
    let scan = post(form::sign_on_paper).layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX));
    Router::new()
        .route("/visits", get(list::list_visits).post(new::create_visit))
        .route("/visits/new", get(new::show_new))
        .route("/visits/documents", get(documents::show_documents))
        .route("/visits/quota", get(documents::show_quota))
        .route("/visits/{id}", get(page::show_visit))
        .route("/visits/{id}/steps", post(page::take_step))
        .route("/visits/{id}/archive", post(page::archive_visit))
        .route(
            "/visits/{id}/form",
            get(form::show_form).post(form::write_form),
        )
        .route("/visits/{id}/print", get(form::show_print))
        .route("/visits/{id}/annex.pdf", get(form::read_pdf))
        .route(
            "/visits/{id}/signature",
            get(form::show_signature).post(form::sign_on_screen),
        )
        .route("/visits/{id}/scan", scan)
        .route(
            "/visit-questionnaires",
            get(formatted::list_formatted).post(formatted::create_formatted),
        )
        .route(
            "/visit-questionnaires/{id}",
            get(formatted::show_formatted).post(formatted::write_formatted),
        )
        .route(
            "/visit-questionnaires/{id}/steps",
            post(formatted::take_step),
        )
        .route(
            "/gatherings",
            get(gatherings::list_gatherings).post(gatherings::create_gathering),
        )
        .route("/gatherings/{id}", get(gatherings::show_gathering))
        .route(
            "/gatherings/{id}/participants",
            post(gatherings::add_participant),
        )
        .route(
            "/gatherings/{id}/participants/deletion",
            post(gatherings::remove_participant),
        )
        .route("/gatherings/{id}/record", post(gatherings::hold_gathering))
        .route(
            "/gatherings/{id}/cancellation",
            post(gatherings::cancel_gathering),
        )
        .route(
            "/field-slips",
            get(slips::list_slips).post(slips::register_slip),
        )
        .route("/field-slips/{id}", get(slip_page::show_slip))
        .route("/field-slips/{id}/end", post(slip_page::end_visit))
        .route(
            "/field-slips/{id}/cancellation",
            post(slip_page::cancel_slip),
        )
        .route("/field-slips/{id}/callback", post(slip_page::record_call))
        .route("/field-slips/{id}/receipt", post(slip_page::read_result))
        .route("/field-slips/{id}/contact", post(slip_page::reveal_contact))
        .route(
            "/field-slips/{id}/verification",
            post(slip_page::verify_suspicion),
        )
}

/// Reads an id from an address; anything else is a page that does not exist.
fn id_of(text: &str) -> Result<Uuid, Failure> {
    Uuid::try_parse(text).map_err(|_| Failure::not_found())
}
