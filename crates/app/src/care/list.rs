//! Scheduled contacts as people see them.

use super::wording::wording;
use crate::listing::{self, COUNT_CAP, Listed, PAGE_ROWS};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission, Scope};
use domain::callbacks::ContactChannel;
use domain::care::CareState;
use domain::customers::Reveal;
use domain::messaging::MessageReason;
use domain::numbers::Number;
use domain::time::Instant;
use store::Page;
use store::care::{self as rows, CareFilter, CareRow};
use uuid::Uuid;

/// What to look for among contacts, as it stands in the URL.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct CareQuery {
    /// Code of a state; empty for all.
    pub state: String,
    /// Code of a programme.
    pub programme: String,
    /// Code of a reason.
    pub reason: String,
    /// Code of a unit.
    pub org: String,
    /// Owed from this day or later.
    pub from: String,
    /// Owed from this day or earlier.
    pub to: String,
    /// After the row of this key.
    pub after: String,
}

/// A page of contacts.
pub type CareList = Listed<CareRow>;

/// Turns the text of a URL into a filter.
pub(crate) async fn filter(app: &App, scope: &Scope, query: &CareQuery) -> Result<CareFilter> {
    Ok(CareFilter {
        state: listing::code("state", &query.state, CareState::parse)?,
        programme: listing::some(&query.programme),
        reason: listing::code("reason", &query.reason, MessageReason::parse)?,
        org_path: listing::org_path(app, scope, &query.org).await?,
        from: listing::date("from", &query.from)?,
        to: listing::date("to", &query.to)?,
        after: listing::after(&query.after)?,
        ..CareFilter::default()
    })
}

/// Contacts in sight, those of the latest days first.
///
/// # Errors
/// When the actor may not see messages, or the filter cannot be read.
pub async fn list_care(app: &App, actor: &Actor, query: &CareQuery) -> Result<CareList> {
    let scope = actor.scope(Permission::MessagesRead)?;
    let (db, filter) = (app.store(), filter(app, &scope, query).await?);
    let count = rows::count_contacts(db, &scope, &filter, COUNT_CAP).await?;
    let page = rows::list_contacts(db, &scope, &filter, PAGE_ROWS).await?;
    Ok(Listed::new(page, count))
}

/// A page of the contacts of a filter, as systems read it.
///
/// # Errors
/// When the actor may not see messages, or the filter cannot be read.
pub async fn page_of_care(
    app: &App,
    actor: &Actor,
    query: &CareQuery,
    limit: u64,
) -> Result<Page<CareRow>> {
    let scope = actor.scope(Permission::MessagesRead)?;
    let filter = filter(app, &scope, query).await?;
    Ok(rows::list_contacts(app.store(), &scope, &filter, limit).await?)
}

/// Codes of the programmes that make contacts.
pub fn programmes_of_care(app: &App) -> Vec<String> {
    let rules = app.rules();
    let programmes = rules.book().programmes().iter();
    let mut codes: Vec<_> = programmes
        .filter(|p| p.kind == "message")
        .map(|p| p.code.clone())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// A contact with what may be done about it.
#[derive(Clone, Debug)]
pub struct CarePage {
    /// The contact.
    pub row: CareRow,
    /// What somebody recorded: how, who, when, what was said.
    pub record: Option<(ContactChannel, String, Instant, String)>,
    /// Channels by which the actor may record a contact; none when it is over, or they may not.
    pub by_hand: Vec<ContactChannel>,
}

/// A contact in sight, by the number or the id of its obligation. That somebody looked is recorded.
///
/// # Errors
/// When the actor may not see messages; [`Error::NotFound`] when this one is not in sight.
pub async fn care_page(app: &App, actor: &Actor, now: Instant, number: &str) -> Result<CarePage> {
    let row = find(app, actor, Permission::MessagesRead, number).await?;
    let of = (row.id, Some(row.customer.0));
    crate::audit::seen(app, actor, now, ("contact.viewed", "obligation"), of).await?;
    let record = rows::find_record(app.store(), row.id).await?.map(|r| {
        let note = r.note.map(|n| n.reveal(Reveal::traced(row.id)).to_owned());
        (r.channel, r.actor_name, r.at, note.unwrap_or_default())
    });
    let open = matches!(row.state, CareState::Waiting | CareState::Held);
    let by_hand = if open && actor.may(Permission::MessagesSend) {
        wording(app.rules().programme(&row.programme)).by_hand
    } else {
        Vec::new()
    };
    Ok(CarePage {
        row,
        record,
        by_hand,
    })
}

/// A contact within reach of a right.
pub(super) async fn find(
    app: &App,
    actor: &Actor,
    right: Permission,
    number: &str,
) -> Result<CareRow> {
    let scope = actor.scope(right)?;
    if let Ok(id) = Uuid::try_parse(number) {
        let filter = CareFilter {
            id: Some(id),
            ..CareFilter::default()
        };
        let page = rows::list_contacts(app.store(), &scope, &filter, 1).await?;
        return page.rows.into_iter().next().ok_or(Error::NotFound);
    }
    let number = Number::parse(number).ok_or(Error::NotFound)?.to_string();
    let found = rows::find_contact(app.store(), &scope, &number).await?;
    found.ok_or(Error::NotFound)
}
