//! Lists: pages by key, with `Link` to the next one.

use super::caller::Caller;
use super::problem::Problem;
use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use store::Page;
use utoipa::{IntoParams, ToSchema};

/// Rows of a page when the caller does not say.
const ROWS: u64 = 50;
/// Most rows of a page.
const ROWS_MAX: u64 = 200;

/// Which page of a list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u64>,
    /// Where the page begins, as `next` of the page before gave it.
    after: Option<String>,
}

impl PageQuery {
    /// Rows of the page.
    ///
    /// # Errors
    /// When the limit is out of range.
    pub(crate) fn rows(&self) -> Result<u64, Problem> {
        match self.limit.unwrap_or(ROWS) {
            rows @ 1..=ROWS_MAX => Ok(rows),
            _ => Err(Problem::field("limit", "number")),
        }
    }

    /// Where the page begins.
    pub(crate) fn after(&self) -> String {
        self.after.clone().unwrap_or_default()
    }
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListOf<T> {
    /// The rows.
    items: Vec<T>,
    /// `after` of the next page; nothing on the last.
    next: Option<String>,
}

/// Answers with a page, and with the address of the next one in `Link`.
pub(crate) fn listed<R, T: Serialize + From<R>>(caller: &Caller, page: Page<R>) -> Response {
    let next = page.next.map(|key| key.encode());
    let link = next.as_ref().map(|next| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let kept = form_urlencoded::parse(caller.query.as_bytes()).filter(|(k, _)| k != "after");
        query.extend_pairs(kept).append_pair("after", next);
        let query = query.finish();
        [(
            header::LINK,
            format!("<{}?{query}>; rel=\"next\"", caller.path),
        )]
    });
    let items = page.rows.into_iter().map(T::from).collect();
    let body = Json(ListOf { items, next });
    match link {
        Some(link) => (link, body).into_response(),
        None => body.into_response(),
    }
}

/// Answers with a list that has no further pages.
pub(crate) fn whole<R, T: Serialize + From<R>>(rows: Vec<R>) -> Response {
    let items: Vec<T> = rows.into_iter().map(T::from).collect();
    Json(ListOf { items, next: None }).into_response()
}

/// The text of a filter; an empty one does not filter.
pub(crate) fn text(value: Option<String>) -> String {
    value.unwrap_or_default()
}
