//! Payout callbacks for other systems and for people: problem and follow-up lists.

use super::shapes::CallbackJson;
use crate::api::{Asked, Caller, ListOf, PageQuery, Reply, codes, listed, text};
use crate::state::Web;
use app::callbacks::{PayoutQuery, PayoutView};
use axum::extract::State;
use chrono::NaiveDate;
use domain::callbacks::PayoutList;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new().routes(routes!(list_payouts))
}

/// A follow-up ticket.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PayoutFollowUp {
    /// Number.
    ticket: String,
    /// Where it stands.
    #[schema(value_type = codes::TicketStateCode)]
    state: &'static str,
    /// By when it is due.
    due_on: Option<NaiveDate>,
}

/// A payout callback with what is recorded beside the interview.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Payout)]
pub(crate) struct PayoutJson {
    /// The callback.
    callback: CallbackJson,
    /// Whom to reach.
    #[schema(value_type = codes::RespondentCode)]
    respondent: String,
    /// The day of payment.
    paid_on: NaiveDate,
    /// Code of the servicing item.
    service_item_code: Option<String>,
    /// Amount in yuan.
    #[schema(example = "1200.50")]
    amount: Option<String>,
    /// How it was paid out.
    #[schema(value_type = Option<codes::PayoutMethodCode>)]
    payout_method: Option<String>,
    /// The follow-up that is open.
    follow_up: Option<PayoutFollowUp>,
}

impl From<PayoutView> for PayoutJson {
    fn from(v: PayoutView) -> Self {
        Self {
            respondent: v.row.respondent,
            paid_on: v.row.paid_on,
            service_item_code: v.item_code,
            amount: v.amount.map(|a| a.to_string()),
            payout_method: v.method,
            follow_up: v.row.follow_up.map(|f| PayoutFollowUp {
                ticket: f.number,
                state: f.state.as_str(),
                due_on: f.due_on,
            }),
            callback: v.row.callback.into(),
        }
    }
}

/// Filters of payout callbacks.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PayoutFilterQuery {
    /// Which list: `problems` otherwise.
    #[param(schema_with = lists)]
    view: Option<String>,
    /// Paid from this day.
    #[param(format = Date)]
    from: Option<String>,
    /// Paid until this day.
    #[param(format = Date)]
    to: Option<String>,
}

fn lists() -> utoipa::openapi::schema::Object {
    codes::of(PayoutList::ALL.iter().map(|l| l.as_str()))
}

/// Lists payout callbacks: the problem list, the follow-up list, all.
#[utoipa::path(get, path = "/api/v1/payouts", tag = "callbacks",
    params(PayoutFilterQuery, PageQuery),
    responses((status = 200, description = "A page of payout callbacks.", body = ListOf<PayoutJson>,
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_payouts(
    State(web): State<Web>,
    caller: Caller,
    Asked(filter): Asked<PayoutFilterQuery>,
    Asked(page): Asked<PageQuery>,
) -> Reply {
    let query = PayoutQuery {
        view: text(filter.view),
        from: text(filter.from),
        to: text(filter.to),
        after: page.after(),
    };
    let rows = page.rows()?;
    let found = app::callbacks::page_of_payouts(&web.app, &caller.actor, &query, rows).await?;
    Ok(listed::<_, PayoutJson>(&caller, found))
}
