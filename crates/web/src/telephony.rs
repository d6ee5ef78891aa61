//! What the telephone system tells of its own accord.

use crate::state::Web;
use app::telephony::Heard;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;

pub(crate) fn routes() -> Router<Web> {
    Router::new().route("/hooks/telephony", post(take_event))
}

/// Takes events in. Only the telephone system's signature opens this door; it answers nothing that a stranger
/// could learn from.
async fn take_event(State(web): State<Web>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let Some(line) = web.app.telephony() else {
        return StatusCode::NOT_FOUND;
    };
    let now = web.now();
    let header = |name: &str| {
        let value = headers.get(name).and_then(|v| v.to_str().ok());
        value.map(str::to_owned)
    };
    let events = match line.read_events(&header, &body, now) {
        Ok(events) => events,
        Err(error) => {
            tracing::warn!(%error, "an event of the telephone system was refused");
            return StatusCode::FORBIDDEN;
        }
    };
    for event in &events {
        match app::telephony::hear(&web.app, now, event).await {
            Ok(Heard::Noted(_) | Heard::Stale | Heard::Unknown) => {}
            Err(error) => {
                tracing::error!(%error, "an event of the telephone system cannot be kept");
                return StatusCode::SERVICE_UNAVAILABLE;
            }
        }
    }
    StatusCode::NO_CONTENT
}
