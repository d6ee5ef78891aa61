//! Scheduled contacts for other systems: the list, one contact, and a contact made by hand.
#![expect(
    unused_qualifications,
    reason = "utoipa writes the names of parameters with their paths"
)]

use crate::api::{Asked, Body, Caller, ListOf, Named, PageQuery, Reply, codes, listed, text};
use crate::state::Web;
use app::care::{CareQuery, RecordForm};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use store::care::CareRow;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(list_contacts))
        .routes(routes!(get_contact))
        .routes(routes!(record_contact))
}

/// A scheduled contact.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScheduledContact)]
pub(crate) struct ContactJson {
    /// Number of the obligation; its explanation says why this customer.
    #[schema(example = "OB-2026-0000123")]
    obligation: String,
    /// Programme.
    #[schema(example = "CT-DUE")]
    programme: String,
    /// Number of the customer.
    customer_no: String,
    /// Number of the policy.
    policy_no: Option<String>,
    /// Number of the claim.
    claim_no: Option<String>,
    /// Code of the unit.
    org_code: String,
    /// From when.
    earliest_on: Option<NaiveDate>,
    /// By when.
    due_on: Option<NaiveDate>,
    /// Where it stands.
    #[schema(value_type = codes::CareStateCode)]
    state: &'static str,
    /// Why it waits, is held back or came to nothing.
    reason: Option<String>,
    /// How its discharge lay to the period.
    timing: Option<String>,
    /// When the customer was told.
    told_at: Option<DateTime<Utc>>,
    /// Number of the message.
    message: Option<String>,
    /// Channel of the message.
    #[schema(value_type = Option<codes::MessageChannelCode>)]
    channel: Option<&'static str>,
    /// When the message is looked at next, while it waits.
    next_at: Option<DateTime<Utc>>,
    /// By which channel somebody told the customer in place of a message.
    #[schema(value_type = Option<codes::ContactChannelCode>)]
    by_hand: Option<&'static str>,
}

impl From<CareRow> for ContactJson {
    fn from(r: CareRow) -> Self {
        Self {
            obligation: r.number,
            programme: r.programme,
            customer_no: r.customer_no,
            policy_no: r.policy_no,
            claim_no: r.claim_no,
            org_code: r.org_code,
            earliest_on: r.earliest_on,
            due_on: r.due_on,
            state: r.state.as_str(),
            reason: r.reason,
            timing: r.timing,
            told_at: r.told_at,
            message: r.message,
            channel: r.channel.map(domain::messaging::MessageChannel::as_str),
            next_at: r.next_at,
            by_hand: r.by_hand.map(domain::callbacks::ContactChannel::as_str),
        }
    }
}

/// Filters of contacts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ContactFilterQuery {
    /// Where it stands.
    state: Option<String>,
    /// Programme.
    programme: Option<String>,
    /// Why it waits, is held back or came to nothing.
    reason: Option<String>,
    /// Code of a unit; those below it are included.
    org: Option<String>,
    /// Owed from this day or later.
    #[param(format = Date)]
    from: Option<String>,
    /// Owed from this day or earlier.
    #[param(format = Date)]
    to: Option<String>,
}

/// Lists scheduled contacts.
#[utoipa::path(get, path = "/api/v1/scheduled-contacts", tag = "messages",
    params(ContactFilterQuery, PageQuery),
    responses((status = 200, description = "A page of contacts.", body = ListOf<ContactJson>,
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_contacts(
    State(web): State<Web>,
    caller: Caller,
    Asked(filter): Asked<ContactFilterQuery>,
    Asked(page): Asked<PageQuery>,
) -> Reply {
    let query = CareQuery {
        state: text(filter.state),
        programme: text(filter.programme),
        reason: text(filter.reason),
        org: text(filter.org),
        from: text(filter.from),
        to: text(filter.to),
        after: page.after(),
    };
    let rows = page.rows()?;
    let found = app::care::page_of_care(&web.app, &caller.actor, &query, rows).await?;
    Ok(listed::<_, ContactJson>(&caller, found))
}

/// Reads a scheduled contact.
#[utoipa::path(get, path = "/api/v1/scheduled-contacts/{number}", tag = "messages",
    params(("number" = String, Path, description = "Number of the obligation.")),
    responses((status = 200, description = "The contact.", body = ContactJson)))]
pub(crate) async fn get_contact(
    State(web): State<Web>,
    caller: Caller,
    Named(number): Named,
) -> Reply {
    let page = app::care::care_page(&web.app, &caller.actor, caller.now, &number).await?;
    Ok(Json(ContactJson::from(page.row)).into_response())
}

/// A contact that somebody made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContactMade {
    /// How the customer was reached.
    #[schema(value_type = codes::ContactChannelCode)]
    channel: String,
    /// Whom they spoke to and what was said.
    #[schema(max_length = 1000)]
    note: String,
}

/// Records a contact made in place of the message, which does not go out then.
#[utoipa::path(post, path = "/api/v1/scheduled-contacts/{number}/record", tag = "messages",
    params(("number" = String, Path, description = "Number of the obligation.")),
    request_body = ContactMade,
    responses((status = 204, description = "Recorded; the contact is done.")))]
pub(crate) async fn record_contact(
    State(web): State<Web>,
    caller: Caller,
    Named(number): Named,
    Body(made): Body<ContactMade>,
) -> Reply {
    let form = RecordForm {
        channel: made.channel,
        note: made.note,
    };
    app::care::record_contact(&web.app, &caller.actor, caller.now, &number, &form)
        .await
        .map_err(|e| caller.said(e))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
