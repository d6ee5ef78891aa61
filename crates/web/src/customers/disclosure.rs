//! Showing a personal field in full, for a stated purpose.

use crate::api::{Body, Caller, Named, NeverKept, Problem, Reply, codes, text};
use crate::forms::Sent;
use crate::frame::{Answer, Frame, html};
use crate::state::Web;
use app::customers::{RevealForm, Revealed};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(askama::Template)]
#[template(path = "customers/disclosure.html", blocks = ["value"])]
struct DisclosurePage {
    f: Frame,
    customer_no: String,
    revealed: Revealed,
}

pub(crate) async fn create_disclosure(
    State(web): State<Web>,
    Path(customer_no): Path<String>,
    Sent(who, form): Sent,
) -> Answer {
    let wanted = RevealForm {
        field: form.own("field"),
        purpose: form.own("purpose"),
        note: form.own("note"),
    };
    let revealed =
        app::customers::reveal(&web.app, &who.actor, who.now, &customer_no, &wanted).await?;
    let page = DisclosurePage {
        f: who.frame("customers"),
        customer_no,
        revealed,
    };
    if who.wants_part() {
        html(&page.as_value())
    } else {
        html(&page)
    }
}

/// Which value is to be shown, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RevealRequest {
    /// The field.
    #[schema(value_type = codes::PersonalFieldCode)]
    field: String,
    /// The purpose.
    #[schema(value_type = codes::PurposeCode)]
    purpose: String,
    /// A note beside it; needed where the purpose is `other`.
    #[schema(nullable = false, max_length = 200)]
    note: Option<String>,
}

/// A value in full.
#[derive(Serialize, ToSchema)]
pub(crate) struct RevealedValue {
    /// The field.
    #[schema(value_type = codes::PersonalFieldCode)]
    field: &'static str,
    /// Its value; nothing when the customer has none.
    value: Option<String>,
}

/// Shows one value of a customer in full.
///
/// Who saw which field and for what purpose is recorded first. The answer is never kept for an
/// `Idempotency-Key`.
#[utoipa::path(post, path = "/api/v1/customers/{customer_no}/reveals", tag = "customers",
    params(("customer_no" = String, Path, description = "Number of the customer.")),
    request_body = RevealRequest,
    responses((status = 200, description = "The value.", body = RevealedValue)))]
pub(crate) async fn reveal_value(
    State(web): State<Web>,
    caller: Caller,
    Named(number): Named,
    Body(request): Body<RevealRequest>,
) -> Reply {
    let form = RevealForm {
        field: request.field,
        purpose: request.purpose,
        note: text(request.note),
    };
    let (actor, now) = (&caller.actor, caller.now);
    let shown = app::customers::reveal(&web.app, actor, now, &number, &form)
        .await
        .map_err(Problem::from)?;
    let body = RevealedValue {
        field: shown.field.as_str(),
        value: shown.value,
    };
    Ok((axum::Extension(NeverKept), Json(body)).into_response())
}
