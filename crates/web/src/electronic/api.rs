//! Electronic callbacks for other systems: links are sent and their state is read. Answers are the
//! customer's alone: no operation takes one.

use crate::api::{Body, Caller, ListOf, Named, Reply, codes, text, whole};
use crate::state::Web;
use app::electronic::OfferForm;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use chrono::{DateTime, Utc};
use domain::electronic::Proof;
use serde::{Deserialize, Serialize};
use store::electronic::LinkRow;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new().routes(routes!(list_electronic_links, send_electronic_link))
}

/// A link to an electronic callback. Its address goes to the customer alone.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ElectronicLink)]
pub(crate) struct LinkJson {
    /// Its id.
    id: Uuid,
    /// Its place among the callback's links, from one.
    seq: i64,
    /// Where it stands.
    #[schema(value_type = codes::LinkStateCode)]
    state: &'static str,
    /// Who sent it.
    offered_by: String,
    /// When it was sent.
    sent_at: DateTime<Utc>,
    /// From when on it is good for nothing.
    expires_at: DateTime<Utc>,
    /// When it was opened.
    opened_at: Option<DateTime<Utc>>,
    /// When the customer's identity was verified.
    identified_at: Option<DateTime<Utc>>,
    /// How it was verified.
    #[schema(value_type = Option<codes::ProofCode>)]
    proof: Option<&'static str>,
    /// When it ended.
    ended_at: Option<DateTime<Utc>>,
}

impl From<LinkRow> for LinkJson {
    fn from(r: LinkRow) -> Self {
        Self {
            id: r.id.0,
            seq: r.seq,
            state: r.link.state.as_str(),
            offered_by: r.offered_by,
            sent_at: r.sent_at,
            expires_at: r.link.expires_at,
            opened_at: r.opened_at,
            identified_at: r.identified_at,
            proof: r.proof.map(Proof::as_str),
            ended_at: r.ended_at,
        }
    }
}

/// Lists the links to the electronic callback.
///
/// The first one first.
#[utoipa::path(get, path = "/api/v1/callbacks/{callback}/electronic-links", tag = "callbacks",
    params(("callback" = String, Path, description = "Number of the callback, or its id.")),
    responses((status = 200, description = "The links.", body = ListOf<LinkJson>)))]
pub(crate) async fn list_electronic_links(
    State(web): State<Web>,
    caller: Caller,
    Named(key): Named,
) -> Reply {
    let row = app::callbacks::find_callback(&web.app, &caller.actor, &key).await?;
    let links = app::electronic::links_of_callback(&web.app, &caller.actor, row.id).await?;
    Ok(whole::<_, LinkJson>(links))
}

/// How a link is sent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkOffer {
    /// How the customer asked for the electronic way, after choosing the telephone or failing the
    /// identity check.
    #[schema(max_length = 500)]
    reason: Option<String>,
    /// By e-mail instead of a text message; the code still goes to the mobile number.
    #[serde(default)]
    by_email: bool,
}

/// A link that was sent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ElectronicLinkSent)]
pub(crate) struct LinkSent {
    /// Its id.
    id: Uuid,
    /// From when on it is good for nothing.
    expires_at: DateTime<Utc>,
}

/// Sends a link to the electronic callback.
///
/// As a text message to the policyholder's mobile number, or by e-mail. A link that is out is taken back.
#[utoipa::path(post, path = "/api/v1/callbacks/{callback}/electronic-links", tag = "callbacks",
    params(("callback" = String, Path, description = "Number of the callback, or its id.")),
    request_body = LinkOffer,
    responses((status = 201, description = "The link.", body = LinkSent)))]
pub(crate) async fn send_electronic_link(
    State(web): State<Web>,
    caller: Caller,
    Named(key): Named,
    Body(offer): Body<LinkOffer>,
) -> Reply {
    let (actor, now) = (&caller.actor, caller.now);
    let row = app::callbacks::find_callback(&web.app, actor, &key).await?;
    let form = OfferForm {
        reason: text(offer.reason),
        by_email: offer.by_email,
    };
    let sent = app::electronic::offer(&web.app, actor, now, row.id, &form).await?;
    let body = LinkSent {
        id: sent.link.0,
        expires_at: sent.expires_at,
    };
    Ok((StatusCode::CREATED, Json(body)).into_response())
}
