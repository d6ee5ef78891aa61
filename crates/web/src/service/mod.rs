//! Service by class: the plan of a customer, the own customers, teams and who is in charge, the watch list, flags,
//! figures.

pub(crate) mod api;
mod charge;
mod flags;
mod mine;
mod plan;
mod report;
mod teams;
mod watch;

use crate::forms::Choice;
use crate::state::Web;
use axum::Router;
use axum::routing::{get, post};
use store::access::UserRow;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(
            "/customers/{customer_no}/service-plan",
            get(plan::show_plan),
        )
        .route(
            "/customers/{customer_no}/service-items",
            post(plan::add_item),
        )
        .route("/customers/{customer_no}/person", post(plan::assign))
        .route("/customers/{customer_no}/flags", post(plan::ask_flag))
        .route("/service-items/{item}/outcome", post(plan::finish_item))
        .route("/my-customers", get(mine::show_mine))
        .route(
            "/service-customers",
            get(charge::list_served).post(charge::assign),
        )
        .route("/service-customers/handover", post(charge::hand_over))
        .route(
            "/service-teams",
            get(teams::list_teams).post(teams::create_team),
        )
        .route("/service-teams/{team}", get(teams::show_team))
        .route("/service-teams/{team}/members", post(teams::add_member))
        .route("/service-teams/{team}/departures", post(teams::end_member))
        .route("/service-teams/{team}/dissolution", post(teams::dissolve))
        .route("/watch-list", get(watch::list_watched).post(watch::watch))
        .route("/watch-list/{item}/owner", post(watch::give))
        .route("/watch-list/{item}/end", post(watch::end))
        .route("/customer-flags", get(flags::list_flags))
        .route("/customer-flags/{item}/steps", post(flags::take_step))
        .route("/service-report", get(report::show_report))
        .route("/service-report/file", get(report::download))
}

/// People as a choice, by the name to sign in with.
fn people(users: &[UserRow], chosen: &str) -> Vec<Choice> {
    let choice = |u: &UserRow| Choice {
        value: u.username.clone(),
        label: format!("{} · {}", u.display_name, u.org_name),
        chosen: u.username == chosen,
    };
    users.iter().map(choice).collect()
}

/// Tone of a value or risk class: what needs attention stands out.
fn class_tone(class: &str) -> &'static str {
    match class {
        "high" => "orange",
        "medium" => "blue",
        _ => "secondary",
    }
}
