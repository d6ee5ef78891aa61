//! What gateways say later of messages. A request without a right signature changes nothing.

use crate::failure::Failure;
use crate::state::Web;
use app::messaging::ReceiptRequest;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use domain::messaging::MessageChannel;

pub(crate) async fn take_receipts(
    State(web): State<Web>,
    Path(channel): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Ok(channel) = MessageChannel::parse(&channel) else {
        return Failure::not_found().plain();
    };
    let text = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    let headers: Vec<_> = headers.iter().filter_map(text).collect();
    let request = ReceiptRequest {
        headers: &headers,
        body: &body,
        now: web.now(),
    };
    match app::messaging::take_receipts(&web.app, channel, &request).await {
        Ok(_) => web.app.outlets().answer(channel).to_owned().into_response(),
        Err(error) => Failure::from(error).plain(),
    }
}
