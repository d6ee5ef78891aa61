//! Messages for other systems: the outbox, one message, and writing to a customer.
#![expect(
    unused_qualifications,
    reason = "utoipa writes the names of parameters with their paths"
)]

use crate::api::{Asked, Body, Caller, ListOf, Named, PageQuery, Reply, codes, listed, text};
use crate::state::Web;
use app::messaging::{MessagePage, MessageQuery, MessageView, WrittenForm};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(list_messages))
        .routes(routes!(get_message))
        .routes(routes!(send_message))
}

/// A message to a customer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Message)]
pub(crate) struct MessageJson {
    /// Number.
    #[schema(example = "MS-2026-0000123")]
    number: String,
    /// How it goes out.
    #[schema(value_type = codes::MessageChannelCode)]
    channel: &'static str,
    /// What it is for.
    #[schema(value_type = codes::MessagePurposeCode)]
    purpose: &'static str,
    /// Code of the text.
    template: String,
    /// Version of the text.
    template_version: i64,
    /// Number of the customer; none for notices to staff.
    customer_no: Option<String>,
    /// Where it goes, masked.
    recipient: Option<String>,
    /// Where it stands.
    #[schema(value_type = codes::MessageStateCode)]
    state: &'static str,
    /// Why it waits or does not go out.
    #[schema(value_type = Option<codes::MessageReasonCode>)]
    reason: Option<&'static str>,
    /// Whether there is no way for its channel on this server.
    no_way: bool,
    /// When it is looked at next.
    next_at: DateTime<Utc>,
    /// How often it was tried.
    attempts: i64,
    /// What the gateway calls it.
    provider_id: Option<String>,
    /// When it was queued.
    queued_at: DateTime<Utc>,
    /// When the mail server or gateway took it.
    sent_at: Option<DateTime<Utc>>,
    /// When it arrived.
    delivered_at: Option<DateTime<Utc>>,
}

impl From<MessageView> for MessageJson {
    fn from(view: MessageView) -> Self {
        let r = view.row;
        Self {
            number: r.number,
            channel: r.channel.as_str(),
            purpose: r.purpose.as_str(),
            template: r.template_code,
            template_version: r.template_version,
            customer_no: r.customer_no,
            recipient: r.recipient.map(|to| to.to_string()),
            state: r.state.as_str(),
            reason: r.reason.map(domain::messaging::MessageReason::as_str),
            no_way: view.no_way,
            next_at: r.next_at,
            attempts: r.attempts,
            provider_id: r.provider_id,
            queued_at: r.created_at,
            sent_at: r.sent_at,
            delivered_at: r.delivered_at,
        }
    }
}

/// A message with its words.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MessageDetail)]
pub(crate) struct MessageDetailJson {
    #[serde(flatten)]
    message: MessageJson,
    /// Subject of an e-mail.
    title: Option<String>,
    /// The text; none when it was destroyed.
    body: Option<String>,
}

impl From<MessagePage> for MessageDetailJson {
    fn from(page: MessagePage) -> Self {
        Self {
            message: page.view.into(),
            title: page.title,
            body: page.body,
        }
    }
}

/// Filters of messages.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MessageFilterQuery {
    /// A state, or `pending` for what has to go out.
    state: Option<String>,
    /// Channel.
    channel: Option<String>,
    /// Purpose.
    purpose: Option<String>,
    /// Code of a text.
    template: Option<String>,
    /// Code of a unit; those below it are included.
    org: Option<String>,
    /// Queued from this day.
    from: Option<String>,
    /// Queued until this day.
    to: Option<String>,
}

/// Lists messages.
#[utoipa::path(get, path = "/api/v1/messages", tag = "messages",
    params(MessageFilterQuery, PageQuery),
    responses((status = 200, description = "A page of messages.", body = ListOf<MessageJson>,
        headers(("Link" = String, description = "The next page.")))))]
pub(crate) async fn list_messages(
    State(web): State<Web>,
    caller: Caller,
    Asked(filter): Asked<MessageFilterQuery>,
    Asked(page): Asked<PageQuery>,
) -> Reply {
    let query = MessageQuery {
        state: text(filter.state),
        channel: text(filter.channel),
        purpose: text(filter.purpose),
        template: text(filter.template),
        org: text(filter.org),
        from: text(filter.from),
        to: text(filter.to),
        after: page.after(),
    };
    let rows = page.rows()?;
    let found = app::messaging::page_of_messages(&web.app, &caller.actor, &query, rows).await?;
    Ok(listed::<_, MessageJson>(&caller, found))
}

/// Reads a message. That its words were read is recorded.
#[utoipa::path(get, path = "/api/v1/messages/{message}", tag = "messages",
    params(("message" = String, Path, description = "Number of the message.")),
    responses((status = 200, description = "The message with its words.", body = MessageDetailJson)))]
pub(crate) async fn get_message(
    State(web): State<Web>,
    caller: Caller,
    Named(number): Named,
) -> Reply {
    let page = app::messaging::message_page(&web.app, &caller.actor, caller.now, &number).await?;
    Ok(Json(MessageDetailJson::from(page)).into_response())
}

/// A message to write.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MessageToSend {
    /// Code of an approved text.
    template: String,
    /// Channel; the one that suits the customer best when nothing is said.
    #[schema(nullable = false, value_type = Option<codes::MessageChannelCode>)]
    channel: Option<String>,
    /// Values for the places of the text.
    #[serde(default)]
    values: BTreeMap<String, String>,
    /// A key of yours: there is one message of it, however often you ask.
    #[schema(nullable = false, max_length = 100)]
    once: Option<String>,
}

/// The message that will go out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MessageQueued {
    /// Id.
    id: uuid::Uuid,
}

/// Writes to a customer. The message goes out when its slot comes.
#[utoipa::path(post, path = "/api/v1/customers/{customer_no}/messages", tag = "messages",
    params(("customer_no" = String, Path, description = "Number of the customer.")),
    request_body = MessageToSend,
    responses((status = 202, description = "In the outbox.", body = MessageQueued)))]
pub(crate) async fn send_message(
    State(web): State<Web>,
    caller: Caller,
    Named(customer_no): Named,
    Body(wanted): Body<MessageToSend>,
) -> Reply {
    let form = WrittenForm {
        template: wanted.template,
        channel: text(wanted.channel),
        values: wanted.values.into_iter().collect(),
        once: text(wanted.once),
    };
    let id = app::messaging::send_written(&web.app, &caller.actor, caller.now, &customer_no, &form)
        .await
        .map_err(|e| caller.said(e))?;
    let body = MessageQueued { id: id.0 };
    Ok((StatusCode::ACCEPTED, Json(body)).into_response())
}
