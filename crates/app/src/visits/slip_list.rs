//! The list of sales visits, and one of them.

use super::person;
use super::slip_calls::{receiver_of, take_results};
use crate::listing::{self, COUNT_CAP, Listed, PAGE_ROWS};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::customers::{Landline, Mobile};
use domain::ids::{CallbackId, SlipId};
use domain::numbers::Number;
use domain::time::Instant;
use domain::visits::{Receiver, SlipStanding, SlipState, Suspicion};
use store::Page;
use store::tickets::{self, TicketRow, TicketSource};
use store::visits::{self as rows, ReceiptRow, SlipFilter, SlipRow};

/// Filters of the list, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlipQuery {
    /// `open`, `mine`, `results`, `callback`, `missed`, `escalated`, `findings`, `suspected` or
    /// `closed`; `mine` for those who register slips and `open` for others when empty.
    pub view: String,
    /// Start of the page.
    pub after: String,
}

/// A sales visit with who has read of it.
#[derive(Clone, Debug)]
pub struct SlipPage {
    /// The slip.
    pub slip: SlipRow,
    /// The contact's number, masked.
    pub phone: String,
    /// The callback that the planner made, with its number.
    pub callback: Option<(CallbackId, String)>,
    /// Where it stands.
    pub standing: SlipStanding,
    /// Tickets that the record raised.
    pub tickets: Vec<TicketRow>,
    /// Who has read of the result.
    pub receipts: Vec<ReceiptRow>,
    /// Who has to read of it still.
    pub waiting: Vec<Receiver>,
    /// The viewer is one of them.
    pub may_read: bool,
    /// The viewer may record the callback.
    pub may_call: bool,
    /// The viewer may verify the suspicion.
    pub may_verify: bool,
    /// It is the viewer's own.
    pub is_own: bool,
}

fn filter(actor: &Actor, now: Instant, query: &SlipQuery) -> Result<SlipFilter> {
    let states = |states: &[SlipState]| SlipFilter {
        states: states.to_vec(),
        ..SlipFilter::default()
    };
    let open = [
        SlipState::Registered,
        SlipState::VisitEnded,
        SlipState::CalledBack,
    ];
    let default = if actor.may(Permission::SlipsRegister) {
        "mine"
    } else {
        "open"
    };
    let view = if query.view.is_empty() {
        default
    } else {
        query.view.as_str()
    };
    let filter = match view {
        "open" => states(&open),
        "mine" => SlipFilter {
            salesperson: Some(person(actor)?),
            ..states(&open)
        },
        "results" => SlipFilter {
            salesperson: Some(person(actor)?),
            unread_by: Some(Receiver::Salesperson),
            ..SlipFilter::default()
        },
        "callback" => states(&[SlipState::VisitEnded]),
        "missed" => SlipFilter {
            callback_due_to: Some(now),
            ..states(&[SlipState::VisitEnded])
        },
        "escalated" => SlipFilter {
            escalates: true,
            ..states(&[SlipState::CalledBack])
        },
        "findings" => SlipFilter {
            findings: true,
            ..SlipFilter::default()
        },
        "suspected" => SlipFilter {
            suspicion: Some(Suspicion::Suspected),
            ..SlipFilter::default()
        },
        "closed" => states(&[SlipState::Closed, SlipState::Cancelled]),
        _ => return Err(Error::invalid("view", "unknown-code")),
    };
    Ok(SlipFilter {
        after: listing::after(&query.after)?,
        ..filter
    })
}

/// Sales visits of a filter, and salespersons with confirmed false visits where the actor oversees.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn list_slips(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &SlipQuery,
) -> Result<(Listed<SlipRow>, Vec<(String, i64)>)> {
    let scope = actor.scope(Permission::SlipsRead)?;
    take_results(app, now).await?;
    let filter = filter(actor, now, query)?;
    let page = rows::list_slips(app.store(), &scope, &filter, PAGE_ROWS).await?;
    let count = rows::count_slips(app.store(), &scope, &filter, COUNT_CAP).await?;
    let confirmed = match actor.scope(Permission::SlipsOversee) {
        Ok(scope) => rows::list_confirmed_suspicions(app.store(), &scope).await?,
        Err(_) => Vec::new(),
    };
    Ok((Listed::new(page, count), confirmed))
}

/// A page of the sales visits of a filter, as systems read it.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn page_of_slips(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &SlipQuery,
    limit: u64,
) -> Result<Page<SlipRow>> {
    let scope = actor.scope(Permission::SlipsRead)?;
    let view = if query.view.is_empty() {
        "open".to_owned()
    } else {
        query.view.clone()
    };
    let query = SlipQuery {
        view,
        after: query.after.clone(),
    };
    let filter = filter(actor, now, &query)?;
    Ok(rows::list_slips(app.store(), &scope, &filter, limit).await?)
}

/// A slip in sight by its number, or by its id.
///
/// # Errors
/// When the actor may not; [`Error::NotFound`] when it is not in sight.
pub async fn find_slip(app: &App, actor: &Actor, key: &str) -> Result<SlipRow> {
    let scope = actor.scope(Permission::SlipsRead)?;
    let db = app.store();
    let found = match (Number::parse(key), uuid::Uuid::try_parse(key)) {
        (Some(number), _) => rows::find_slip_by_number(db, &scope, &number.to_string()).await?,
        (None, Ok(id)) => rows::find_slip(db, &scope, SlipId(id)).await?,
        (None, Err(_)) => None,
    };
    found.ok_or(Error::NotFound)
}

/// A sales visit in sight. That someone looked is recorded.
///
/// # Errors
/// When the actor may not, or it is not in sight.
pub async fn slip_page(app: &App, actor: &Actor, now: Instant, key: &str) -> Result<SlipPage> {
    actor.demand(Permission::SlipsRead)?;
    take_results(app, now).await?;
    let slip = find_slip(app, actor, key).await?;
    let scope = actor.scope(Permission::SlipsRead)?;
    let of = (slip.id.0, slip.customer_id.map(|c| c.0));
    crate::audit::seen(app, actor, now, ("slip.viewed", "field_slip"), of).await?;
    let receipts = rows::list_receipts(app.store(), &scope, slip.id).await?;
    let view = slip.decision_view(receipts.iter().map(|r| r.receiver).collect());
    let mut waiting = view.receivers();
    waiting.retain(|r| !view.read_by.contains(r));
    let own = actor.user() == Some(slip.salesperson_id);
    let given = slip.contact_phone.as_deref().unwrap_or_default();
    let phone = match (Mobile::parse(given), Landline::parse(given)) {
        (Ok(mobile), _) => mobile.to_string(),
        (Err(_), Ok(phone)) => phone.to_string(),
        _ => String::new(),
    };
    let callback = rows::find_planned_callback(app.store(), &slip.number).await?;
    Ok(SlipPage {
        standing: view.standing(now),
        may_read: receiver_of(actor, &slip).is_some_and(|r| waiting.contains(&r)),
        may_call: slip.state == SlipState::VisitEnded
            && callback.is_none()
            && actor.may(Permission::CallbacksMake)
            && actor.roles.iter().any(|r| r.is_caller())
            && !own,
        may_verify: slip.suspicion == Some(Suspicion::Suspected)
            && actor.may(Permission::SlipsOversee)
            && !own,
        is_own: own,
        tickets: tickets::list_tickets_raised(app.store(), &scope, TicketSource::Slip(slip.id))
            .await?,
        callback,
        phone,
        receipts,
        waiting,
        slip,
    })
}
