//! Online surveys: the list, the application, one survey with its steps, results, and the page of those
//! who answer.

pub(crate) mod api;
mod apply;
mod list;
mod page;
mod public;
mod results;

use crate::electronic::guest;
use crate::state::Web;
use axum::Router;
use axum::routing::{get, post};

/// Pages of people who signed in.
pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(
            "/surveys",
            get(list::list_surveys).post(apply::create_survey),
        )
        .route("/surveys/new", get(apply::show_new))
        .route("/surveys/{survey}", get(page::show_survey))
        .route(
            "/surveys/{survey}/application",
            get(apply::show_application).post(apply::write_application),
        )
        .route("/surveys/{survey}/steps", post(page::take_step))
        .route(
            "/surveys/{survey}/questionnaire",
            post(page::build_questionnaire),
        )
        .route("/surveys/{survey}/collation", post(page::collate))
        .route("/surveys/{survey}/report", post(page::write_report))
        .route("/surveys/{survey}/measures", post(page::add_measure))
        .route(
            "/surveys/{survey}/measures/{item}",
            post(page::finish_measure),
        )
        .route("/surveys/{survey}/results", get(results::show_results))
        .route(
            "/surveys/{survey}/results.csv",
            get(results::download_results),
        )
}

/// Pages of customers: outside of the frame, without a session and without a script.
pub(crate) fn public_routes() -> Router<Web> {
    Router::new()
        .route("/s/{token}", get(public::show))
        .route("/s/{token}/look", post(public::change_look))
        .route("/s/{token}/submission", post(public::submit))
        .layer(axum::middleware::map_response(guest::closed))
}

/// Address of a survey.
fn url(survey: &str) -> String {
    format!("/surveys/{survey}")
}

/// Colour of a state.
fn tone(state: domain::surveys::SurveyState) -> &'static str {
    use domain::surveys::SurveyState as S;
    match state {
        S::Running => "green",
        S::Archived | S::Draft => "secondary",
        S::Rejected | S::Returned => "orange",
        _ => "blue",
    }
}
