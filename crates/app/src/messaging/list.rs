//! The outbox as people see it.

use crate::listing::{self, COUNT_CAP, Listed, PAGE_ROWS};
use crate::{App, Result};
use domain::access::{Actor, Permission, Scope};
use domain::ids::CustomerId;
use domain::messaging::{MessageChannel, MessagePurpose, MessageState};
use store::Page;
use store::messaging::{self as rows, MessageFilter, MessageRow};

/// Messages on the page of a customer.
const OF_CUSTOMER: u64 = 20;

/// What to look for among messages, as it stands in the URL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageQuery {
    /// Code of a state, or `pending` for what has to go out.
    pub state: String,
    /// Code of a channel.
    pub channel: String,
    /// Code of a purpose.
    pub purpose: String,
    /// Code of a text.
    pub template: String,
    /// Code of a unit.
    pub org: String,
    /// Queued from this day.
    pub from: String,
    /// Queued until this day.
    pub to: String,
    /// After the row of this key.
    pub after: String,
}

/// A message as it is listed.
#[derive(Clone, Debug)]
pub struct MessageView {
    /// The message.
    pub row: MessageRow,
    /// It has to go out, and there is no way for its channel.
    pub no_way: bool,
}

/// A page of messages.
pub type MessageList = Listed<MessageView>;

pub(super) fn view(app: &App, row: MessageRow) -> MessageView {
    MessageView {
        no_way: row.state.is_pending() && !app.outlets().serves(row.channel),
        row,
    }
}

async fn filter(app: &App, scope: &Scope, query: &MessageQuery) -> Result<MessageFilter> {
    let states = match query.state.trim() {
        "pending" => vec![
            MessageState::Queued,
            MessageState::Waiting,
            MessageState::Failed,
        ],
        code => listing::code("state", code, MessageState::parse)?
            .into_iter()
            .collect(),
    };
    Ok(MessageFilter {
        states,
        channel: listing::code("channel", &query.channel, MessageChannel::parse)?,
        purpose: listing::code("purpose", &query.purpose, MessagePurpose::parse)?,
        template: listing::some(&query.template),
        org_path: listing::org_path(app, scope, &query.org).await?,
        from: listing::date("from", &query.from)?,
        to: listing::date("to", &query.to)?,
        after: listing::after(&query.after)?,
        ..MessageFilter::default()
    })
}

fn views(app: &App, page: Page<MessageRow>) -> Page<MessageView> {
    Page {
        rows: page.rows.into_iter().map(|row| view(app, row)).collect(),
        next: page.next,
    }
}

/// Messages in sight, the newest first.
///
/// # Errors
/// When the actor may not see messages, or the filter cannot be read.
pub async fn list_messages(app: &App, actor: &Actor, query: &MessageQuery) -> Result<MessageList> {
    let scope = actor.scope(Permission::MessagesRead)?;
    let (db, filter) = (app.store(), filter(app, &scope, query).await?);
    let count = rows::count_messages(db, &scope, &filter, COUNT_CAP).await?;
    let page = rows::list_messages(db, &scope, &filter, PAGE_ROWS).await?;
    Ok(Listed::new(views(app, page), count))
}

/// A page of the messages of a filter, as systems read it.
///
/// # Errors
/// When the actor may not see messages, or the filter cannot be read.
pub async fn page_of_messages(
    app: &App,
    actor: &Actor,
    query: &MessageQuery,
    limit: u64,
) -> Result<Page<MessageView>> {
    let scope = actor.scope(Permission::MessagesRead)?;
    let filter = filter(app, &scope, query).await?;
    let page = rows::list_messages(app.store(), &scope, &filter, limit).await?;
    Ok(views(app, page))
}

/// The newest messages to a customer; nothing for who may not see messages.
///
/// # Errors
/// What the store says.
pub async fn messages_of_customer(
    app: &App,
    actor: &Actor,
    customer: CustomerId,
) -> Result<Vec<MessageView>> {
    let Ok(scope) = actor.scope(Permission::MessagesRead) else {
        return Ok(Vec::new());
    };
    let filter = MessageFilter {
        customer: Some(customer),
        ..MessageFilter::default()
    };
    let page = rows::list_messages(app.store(), &scope, &filter, OF_CUSTOMER).await?;
    Ok(page.rows.into_iter().map(|row| view(app, row)).collect())
}
