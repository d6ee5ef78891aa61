//! Pages, htmx fragments, the JSON API and static files.
//!
//! A handler parses, calls one use case and renders. What every page needs comes with
//! [`Who`](frame::Who); what goes wrong is a [`Failure`](failure::Failure), rendered in one place;
//! forms arrive as [`Sent`](forms::Sent), which checks the token against forged requests.

mod access;
mod api;
mod approvals;
mod assets;
mod backups;
mod callbacks;
mod campaigns;
mod care;
mod customers;
mod data_quality;
mod doctor;
mod duplicates;
mod electronic;
mod exports;
mod failure;
mod forms;
mod frame;
mod guard;
mod health;
mod imports;
mod information;
mod jobs;
mod keys;
mod letters;
mod menu;
mod messaging;
mod obligations;
mod plans;
mod policies;
mod questionnaires;
mod reports;
mod retention;
mod risk;
mod rules;
mod segments;
mod service;
mod state;
mod surveys;
mod telephony;
mod texts;
mod tickets;
mod uploads;
mod visits;
mod watermark;
mod when;

pub use doctor::{Finding, describe};
pub use state::{DemoAccount, Settings, Web};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use tower_http::compression::CompressionLayer;
use utoipa_axum::router::OpenApiRouter;

/// Bodies that are not uploads end here: forms and JSON of a screenful.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// Everything that the server answers.
pub fn router(web: Web) -> Router {
    let pages = Router::new()
        .merge(access::routes())
        .merge(approvals::routes())
        .merge(watermark::routes())
        .merge(callbacks::routes())
        .merge(electronic::routes())
        .merge(api::routes())
        .merge(imports::routes())
        .merge(jobs::routes())
        .merge(backups::routes())
        .merge(doctor::routes())
        .merge(keys::routes())
        .merge(exports::routes())
        .merge(rules::routes())
        .merge(questionnaires::routes())
        .merge(reports::routes())
        .merge(customers::routes().merge(information::routes()))
        .merge(segments::routes())
        .merge(policies::routes())
        .merge(obligations::routes())
        .merge(plans::routes())
        .merge(duplicates::routes())
        .merge(campaigns::routes())
        .merge(service::routes())
        .merge(tickets::routes())
        .merge(letters::routes())
        .merge(visits::routes())
        .merge(surveys::routes())
        .merge(data_quality::routes())
        .merge(retention::routes())
        .merge(risk::routes())
        .merge(messaging::routes().merge(care::routes()))
        .fallback(failure::no_such_page)
        .layer(axum::middleware::from_fn(access::pay_first))
        .layer(axum::middleware::from_fn_with_state(
            web.clone(),
            failure::show,
        ))
        .layer(axum::middleware::from_fn_with_state(
            web.clone(),
            frame::recognise,
        ));
    Router::new()
        .merge(pages)
        .merge(electronic::public_routes())
        .merge(surveys::public_routes())
        .merge(api::serve(&web, systems()))
        .merge(telephony::routes())
        .merge(health::routes(&web))
        .merge(messaging::gateway_routes())
        .merge(assets::routes())
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(axum::middleware::from_fn(guard::refuse_nul))
        .layer(axum::middleware::from_fn_with_state(
            web.clone(),
            guard::set_headers,
        ))
        .layer(CompressionLayer::new())
        .layer(axum::middleware::from_fn_with_state(
            web.clone(),
            health::measure,
        ))
        .with_state(web)
}

/// What other systems ask.
fn systems() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .merge(customers::api::routes().merge(information::api::routes()))
        .merge(service::api::routes())
        .merge(policies::api::routes())
        .merge(segments::api::routes())
        .merge(obligations::api::routes())
        .merge(callbacks::api::routes())
        .merge(electronic::api::routes())
        .merge(tickets::api::routes())
        .merge(questionnaires::api::routes())
        .merge(letters::api::routes())
        .merge(visits::api::routes())
        .merge(duplicates::api::routes())
        .merge(campaigns::api::routes())
        .merge(plans::api::routes())
        .merge(surveys::api::routes())
        .merge(data_quality::api::routes())
        .merge(risk::api::routes())
        .merge(access::api::routes())
        .merge(imports::api::routes())
        .merge(messaging::api::routes().merge(care::api::routes()))
}

/// The counters of a server whose pages are at another address.
pub fn metrics_router(web: Web) -> Router {
    health::metrics_routes().with_state(web)
}
