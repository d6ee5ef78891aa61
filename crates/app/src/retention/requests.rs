//! Requests of people about their own data: taking them in, and looking at them.

use super::grounds::{self, Ground};
use super::terms::customer_case;
use crate::listing::{self, COUNT_CAP, Listed, PAGE_ROWS, some};
use crate::{App, Error, FieldProblem, Result};
use chrono::Datelike as _;
use domain::access::{Actor, Permission, Scope};
use domain::numbers::NumberKind;
use domain::retention::{Kept, Outcome, RequestKind, RequestState, RequestStep, Requester, Way};
use domain::time::{self, Instant};
use store::AuditEntry;
use store::obligations::take_number;
use store::retention::{
    self as rows, DataRequestFilter, DataRequestRow, NewDataRequest, RequestEntryRow,
};

/// Longest wish, note or answer, in characters.
pub(super) const TEXT_MAX: usize = 2000;

/// What a form says.
#[derive(Clone, Debug, Default)]
pub struct DataRequestForm {
    /// Code of what is asked for.
    pub kind: String,
    /// Code of who asks.
    pub requester: String,
    /// When it came in; today when empty.
    pub received_on: String,
    /// Code of how it came in.
    pub received_through: String,
    /// What is asked for, in the person's words.
    pub wish: String,
}

/// Takes in a request about a customer in sight; its number.
///
/// # Errors
/// When the actor may not, the customer is not in sight, or all problems of the form at once.
pub async fn create_request(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    form: &DataRequestForm,
) -> Result<String> {
    let scope = actor.scope(Permission::DataRequestsHandle)?;
    let customer = store::customers::find_customer_by_number(app.store(), &scope, customer_no);
    let customer = customer.await?.ok_or(Error::NotFound)?;
    let today = time::date_in_china(now);
    let mut problems = Vec::new();
    let kind = RequestKind::parse(&form.kind).map_err(|_| "kind");
    let requester = Requester::parse(&form.requester).map_err(|_| "requester");
    let way = Way::parse(&form.received_through).map_err(|_| "received_through");
    for field in [kind.err(), requester.err(), way.err()]
        .into_iter()
        .flatten()
    {
        problems.push(FieldProblem::new(field, "missing"));
    }
    if form.wish.chars().count() > TEXT_MAX {
        problems.push(FieldProblem::new("wish", "too-long"));
    }
    let received = match listing::date("received_on", &form.received_on) {
        Ok(day) => day.unwrap_or(today),
        Err(_) => {
            problems.push(FieldProblem::new("received_on", "date"));
            today
        }
    };
    if received > today {
        problems.push(FieldProblem::new("received_on", "in-the-future"));
    }
    let (Ok(kind), Ok(requester), Ok(way), true) = (kind, requester, way, problems.is_empty())
    else {
        return Err(Error::Invalid(problems));
    };
    let (due_on, due_cite) = grounds::due(app, kind, received)
        .ok_or_else(|| Error::Fault("no rule says by when a request is answered".into()))?;
    let work = app.store().begin(now).await?;
    let number = take_number(&work, NumberKind::DataRequest, today.year()).await?;
    let number = number.to_string();
    let wish = some(&form.wish);
    let new = NewDataRequest {
        number: &number,
        customer: customer.id,
        org: customer.org_id.0,
        kind,
        requester,
        received_on: received,
        received_through: way,
        received_by: &actor.name,
        wish: wish.as_deref(),
        due_on,
        due_cite: &due_cite,
    };
    let id = rows::insert_data_request(&work, &new).await?;
    let detail = serde_json::json!({ "number": number, "kind": kind.as_str(), "due_on": due_on });
    let entry = AuditEntry::new(actor, "data_request.received", "data_request", id)
        .customer(customer.id.0)
        .detail(detail);
    work.commit(entry).await?;
    Ok(number)
}

/// Filters of the list, as text; an empty one does not filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataRequestQuery {
    /// `open`, `due` or `closed`.
    pub view: String,
    /// Code of the state.
    pub state: String,
    /// Code of the kind.
    pub kind: String,
    /// Number of the customer.
    pub customer: String,
    /// Start of the page.
    pub after: String,
}

/// A page of requests.
pub type DataRequestList = Listed<DataRequestRow>;

/// Requests in sight, the newest first.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn list_requests(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &DataRequestQuery,
) -> Result<DataRequestList> {
    let scope = actor.scope(Permission::DataRequestsHandle)?;
    let customer = match some(&query.customer) {
        Some(no) => {
            let found = store::customers::find_customer_by_number(app.store(), &scope, &no).await?;
            Some(
                found
                    .ok_or_else(|| Error::invalid("customer", "not-found"))?
                    .id,
            )
        }
        None => None,
    };
    let filter = DataRequestFilter {
        open: match query.view.as_str() {
            "all" => None,
            view => Some(view != "closed"),
        },
        due_to: (query.view == "due").then(|| time::date_in_china(now)),
        state: listing::code("state", &query.state, RequestState::parse)?,
        kind: listing::code("kind", &query.kind, RequestKind::parse)?,
        after: listing::after(&query.after)?,
        customer,
    };
    let page = rows::list_data_requests(app.store(), &scope, &filter, PAGE_ROWS).await?;
    let count = rows::count_data_requests(app.store(), &scope, &filter, COUNT_CAP).await?;
    Ok(Listed::new(page, count))
}

/// One request.
#[derive(Clone, Debug)]
pub struct DataRequestPage {
    /// The request.
    pub row: DataRequestRow,
    /// Its history.
    pub entries: Vec<RequestEntryRow>,
    /// Grounds on which it may be refused.
    pub grounds: Vec<Ground>,
    /// Steps that fit.
    pub steps: Vec<RequestStep>,
    /// Until when the identity data is kept.
    pub kept: Kept,
    /// Why the data of the customer cannot be deleted now, as a code.
    pub must_be_kept: Option<&'static str>,
}

/// A request in sight.
///
/// # Errors
/// [`Error::NotFound`] when it is not in sight.
pub async fn request_page(
    app: &App,
    actor: &Actor,
    now: Instant,
    number: &str,
) -> Result<DataRequestPage> {
    let scope = actor.scope(Permission::DataRequestsHandle)?;
    let row = find(app, &scope, number).await?;
    let (kept, must_be_kept) = keeping(app, &scope, now, &row).await?;
    let may = |step: &&RequestStep| {
        [Outcome::Granted, Outcome::Refused]
            .iter()
            .any(|o| row.request.decide(**step, Some(*o), true, false).is_ok())
    };
    Ok(DataRequestPage {
        entries: rows::list_request_entries(app.store(), &scope, row.id).await?,
        grounds: grounds::grounds(app, row.request.kind, row.received_on),
        steps: RequestStep::ALL.iter().filter(may).copied().collect(),
        kept,
        must_be_kept,
        row,
    })
}

pub(super) async fn find(app: &App, scope: &Scope, number: &str) -> Result<DataRequestRow> {
    rows::find_data_request(app.store(), scope, number.trim())
        .await?
        .ok_or(Error::NotFound)
}

/// Until when the data is kept, and whether deletion has to wait.
pub(super) async fn keeping(
    app: &App,
    scope: &Scope,
    now: Instant,
    row: &DataRequestRow,
) -> Result<(Kept, Option<&'static str>)> {
    let today = time::date_in_china(now);
    let case = customer_case(app, app.store(), scope, row.customer, today).await?;
    let Some(mut case) = case else {
        return Ok((Kept::NoBasis, None));
    };
    let holds = rows::load_active_holds(app.store()).await?;
    // As it would be if the wish for deletion were granted.
    case.customer.is_erasure_asked = true;
    let rules = app.rules();
    let over = |p: &store::retention::KeptPolicy| {
        p.is_destroyed
            || super::terms::kinds_of_policy(p)
                .into_iter()
                .all(|kind| super::terms::record_term(&rules, kind, p, today).is_over(today))
    };
    let stays = case.stays(&holds, today, &over);
    Ok((case.term.kept(), stays.filter(|s| *s != "already_gone")))
}
