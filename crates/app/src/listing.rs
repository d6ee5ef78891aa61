//! What lists share: filters as they stand in the URL, pages by key, counts that stop.

use crate::{App, Error, Result};
use chrono::NaiveDate;
use domain::UnknownCode;
use domain::access::Scope;
use store::{Page, PageKey};

/// Rows of a page.
pub(crate) const PAGE_ROWS: u64 = 50;
/// Counting stops here; the page says "more than".
pub(crate) const COUNT_CAP: i64 = 9_999;

/// A page of a list with how many rows its filter finds.
#[derive(Clone, Debug)]
pub struct Listed<T> {
    /// The rows and where the next page begins.
    pub page: Page<T>,
    /// How many there are; more than the cap is said to be more.
    pub count: i64,
    /// Whether counting stopped.
    pub count_is_capped: bool,
}

impl<T> Listed<T> {
    pub(crate) fn new(page: Page<T>, count: i64) -> Self {
        Self {
            page,
            count: count.min(COUNT_CAP),
            count_is_capped: count > COUNT_CAP,
        }
    }
}

/// A text that no spreadsheet takes for a formula.
pub(crate) fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// A text that is not empty.
pub(crate) fn some(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|t| !t.is_empty())
}

/// A code of a list; nothing when the text is empty.
pub(crate) fn code<T>(
    field: &str,
    text: &str,
    parse: impl Fn(&str) -> std::result::Result<T, UnknownCode>,
) -> Result<Option<T>> {
    some(text)
        .map(|text| parse(&text).map_err(|_| Error::invalid(field, "unknown-code")))
        .transpose()
}

/// A civil date; nothing when the text is empty.
pub(crate) fn date(field: &str, text: &str) -> Result<Option<NaiveDate>> {
    some(text)
        .map(|text| text.parse().map_err(|_| Error::invalid(field, "date")))
        .transpose()
}

/// Where a page begins.
pub(crate) fn after(text: &str) -> Result<Option<PageKey>> {
    some(text)
        .map(|text| PageKey::decode(&text).ok_or_else(|| Error::invalid("after", "unknown-code")))
        .transpose()
}

/// The path of a unit in sight, by its code.
pub(crate) async fn org_path(app: &App, scope: &Scope, code: &str) -> Result<Option<String>> {
    let Some(code) = some(code) else {
        return Ok(None);
    };
    let org = store::orgs::find_org_by_code(app.store(), &code).await?;
    let org = org
        .filter(|o| scope.covers(&o.path))
        .ok_or_else(|| Error::invalid("org", "unknown-org"))?;
    Ok(Some(org.path.as_str().to_owned()))
}
