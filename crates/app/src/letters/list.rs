//! The list of letters and one letter with everything that belongs to it.

use super::apply::items_of;
use super::review::{Changes, read_review};
use super::step::decision_view;
use crate::listing::{self, PAGE_ROWS};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission, Scope};
use domain::customers::Reveal;
use domain::ids::{CallbackId, LetterId};
use domain::letters::{Gap, LetterKind, LetterState, Review};
use domain::numbers::Number;
use domain::questionnaires::Item;
use domain::time::{self, Instant};
use store::Page;
use store::letters::{self as rows, AccountRow, LetterEntryRow, LetterFilter, LetterRow};
use store::policies::PolicyRow;
use store::recordings::RecordingRow;

/// Counting stops here.
const COUNT_CAP: i64 = 9_999;

/// Filters of the list, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct LetterQuery {
    /// `open`, `overdue`, `closed` or `all`; `open` when empty.
    pub view: String,
    /// Code of the kind.
    pub kind: String,
    /// Code of the state.
    pub state: String,
    /// Code of the unit.
    pub org: String,
    /// Code of the salesperson.
    pub agent: String,
    /// Id of the callback.
    pub callback: String,
    /// Number of the customer.
    pub customer: String,
    /// Number of the policy.
    pub policy: String,
    /// Start of the page.
    pub after: String,
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct LetterList {
    /// The rows and where the next page begins.
    pub page: Page<LetterRow>,
    /// How many there are.
    pub count: i64,
    /// Whether counting stopped.
    pub count_is_capped: bool,
}

/// A letter with everything that belongs to it.
#[derive(Clone, Debug)]
pub struct LetterPage {
    /// The letter.
    pub letter: LetterRow,
    /// The policy.
    pub policy: Option<PolicyRow>,
    /// The items that it asks.
    pub items: Vec<Item>,
    /// What the last review found on the copy.
    pub review: Option<Review>,
    /// What the copy lacks.
    pub gaps: Vec<Gap>,
    /// What the customer changes; shown masked.
    pub changes: Changes,
    /// The account for renewal premiums.
    pub account: Option<AccountRow>,
    /// Scans.
    pub scans: Vec<RecordingRow>,
    /// History.
    pub entries: Vec<LetterEntryRow>,
    /// It is expected back and the day for that has passed.
    pub is_overdue: bool,
}

/// Letters of a filter.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn list_letters(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &LetterQuery,
) -> Result<LetterList> {
    let scope = actor.scope(Permission::LettersRead)?;
    let filter = filter(app, &scope, now, query).await?;
    let page = rows::list_letters(app.store(), &scope, &filter, PAGE_ROWS).await?;
    let count = rows::count_letters(app.store(), &scope, &filter, COUNT_CAP).await?;
    Ok(LetterList {
        page,
        count: count.min(COUNT_CAP),
        count_is_capped: count > COUNT_CAP,
    })
}

/// A page of the letters of a filter, as systems read it.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn page_of_letters(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &LetterQuery,
    limit: u64,
) -> Result<Page<LetterRow>> {
    let scope = actor.scope(Permission::LettersRead)?;
    let filter = filter(app, &scope, now, query).await?;
    Ok(rows::list_letters(app.store(), &scope, &filter, limit).await?)
}

async fn filter(
    app: &App,
    scope: &Scope,
    now: Instant,
    query: &LetterQuery,
) -> Result<LetterFilter> {
    let db = app.store();
    let mut filter = LetterFilter {
        kind: listing::code("kind", &query.kind, LetterKind::parse)?,
        state: listing::code("state", &query.state, LetterState::parse)?,
        after: listing::after(&query.after)?,
        ..LetterFilter::default()
    };
    match query.view.as_str() {
        "" | "open" => filter.open = Some(true),
        "overdue" => filter.overdue_on = Some(time::date_in_china(now)),
        "closed" => filter.open = Some(false),
        "all" => {}
        _ => return Err(Error::invalid("view", "unknown-code")),
    }
    if !query.org.is_empty() {
        let org = store::orgs::find_org_by_code(db, &query.org).await?;
        let org = org.filter(|o| scope.covers(&o.path));
        let org = org.ok_or_else(|| Error::invalid("org", "unknown-org"))?;
        filter.org_path = Some(org.path.as_str().to_owned());
    }
    if !query.agent.is_empty() {
        let agent = store::orgs::find_agent_by_code(db, &query.agent).await?;
        filter.salesperson = Some(agent.ok_or_else(|| Error::invalid("agent", "unknown-agent"))?);
    }
    if !query.callback.is_empty() {
        let id = uuid::Uuid::try_parse(&query.callback);
        filter.callback = Some(CallbackId(
            id.map_err(|_| Error::invalid("callback", "unknown-code"))?,
        ));
    }
    if !query.customer.is_empty() {
        let found = store::customers::find_customer_by_number(db, scope, &query.customer).await?;
        filter.customer = Some(
            found
                .ok_or_else(|| Error::invalid("customer", "unknown-customer"))?
                .id,
        );
    }
    if !query.policy.is_empty() {
        let found = store::policies::find_policy_by_number(db, scope, &query.policy).await?;
        filter.policy = Some(
            found
                .ok_or_else(|| Error::invalid("policy", "unknown-policy"))?
                .id,
        );
    }
    Ok(filter)
}

/// A letter in sight by its number, or by its id.
///
/// # Errors
/// When the actor may not; [`Error::NotFound`] when it is not in sight.
pub async fn find_letter(app: &App, actor: &Actor, key: &str) -> Result<LetterRow> {
    let scope = actor.scope(Permission::LettersRead)?;
    let db = app.store();
    let found = match (Number::parse(key), uuid::Uuid::try_parse(key)) {
        (Some(number), _) => rows::find_letter_by_number(db, &scope, &number.to_string()).await?,
        (None, Ok(id)) => rows::find_letter(db, &scope, LetterId(id)).await?,
        (None, Err(_)) => None,
    };
    found.ok_or(Error::NotFound)
}

/// A letter in sight with everything that belongs to it. That someone looked is recorded.
///
/// # Errors
/// When the actor may not, or it is not in sight.
pub async fn letter_page(app: &App, actor: &Actor, now: Instant, key: &str) -> Result<LetterPage> {
    let scope = actor.scope(Permission::LettersRead)?;
    let db = app.store();
    let letter = find_letter(app, actor, key).await?;
    let of = (letter.id.0, Some(letter.customer_id.0));
    crate::audit::seen(app, actor, now, ("letter.viewed", "letter"), of).await?;
    let (policy, account) = match letter.policy_id {
        Some(id) => (
            store::policies::find_policy(db, &scope, id).await?,
            rows::find_account(db, &scope, id).await?,
        ),
        None => (None, None),
    };
    let view = decision_view(app, db, &letter).await?;
    let changes = match &letter.changes {
        // Opened to be masked again: the page shows no value in full.
        Some(sealed) => Changes::read(sealed.reveal(Reveal::traced(letter.id.0)))?,
        None => Changes::default(),
    };
    Ok(LetterPage {
        policy,
        account,
        changes,
        items: items_of(app, &letter),
        review: letter.review.as_deref().map(read_review).transpose()?,
        is_overdue: view.is_overdue(time::date_in_china(now)),
        gaps: view.gaps.unwrap_or_default(),
        scans: store::recordings::list_recordings(db, &scope, &[letter.id.0]).await?,
        entries: rows::list_letter_entries(db, &scope, letter.id).await?,
        letter,
    })
}
