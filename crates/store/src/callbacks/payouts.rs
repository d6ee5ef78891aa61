//! Payout callbacks: what is recorded beside the interview, and the lists that go to other posts.

use super::row::{CallbackRow, Row as CallbackDbRow, SELECT, callbacks};
use crate::sql::{Page, PageKey, Select, instant, list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::callbacks::{CallbackState, Payout};
use domain::ids::{CallbackId, TicketId};
use domain::tickets::TicketState;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use std::collections::HashMap;
use uuid::Uuid;

/// What to look for among payout callbacks.
#[derive(Clone, Debug, Default)]
pub struct PayoutFilter {
    /// Codes of the programmes.
    pub programmes: Vec<String>,
    /// In this state.
    pub state: Option<CallbackState>,
    /// With a follow-up ticket open.
    pub followed_up: bool,
    /// Open or closed; both when missing.
    pub open: Option<bool>,
    /// Paid from this day.
    pub paid_from: Option<NaiveDate>,
    /// Paid until this day.
    pub paid_to: Option<NaiveDate>,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

/// A payout callback with everything that the lists say.
#[derive(Clone, Debug)]
pub struct PayoutRow {
    /// The callback.
    pub callback: CallbackRow,
    /// Whom to reach, as a code.
    pub respondent: String,
    /// The day of payment.
    pub paid_on: NaiveDate,
    /// Facts of the obligation, as JSON.
    pub facts: String,
    /// What is recorded beside the interview.
    pub case: PayoutCase,
    /// The follow-up ticket that is open.
    pub follow_up: Option<FollowUp>,
    /// The last remark.
    pub remark: Option<String>,
}

/// What is recorded beside the interview.
#[derive(Clone, Debug, Default)]
pub struct PayoutCase {
    /// Code of the completed item.
    pub item_code: Option<String>,
    /// What was settled.
    pub payout: Payout,
    /// Who decided on aftercare, and when.
    pub aftercare_by: Option<(String, Instant)>,
    /// Who traced it, and when.
    pub traced_by: Option<(String, Instant)>,
}

/// A follow-up ticket, as the list says it.
#[derive(Clone, Debug)]
pub struct FollowUp {
    /// Its id.
    pub id: TicketId,
    /// Its number.
    pub number: String,
    /// By when posts act.
    pub due_on: Option<NaiveDate>,
    /// Where it stands.
    pub state: TicketState,
    /// Who handles it.
    pub handler: Option<String>,
}

#[derive(FromQueryResult)]
struct SideRow {
    callback_id: Uuid,
    respondent: String,
    trigger_on: NaiveDate,
    facts: String,
    item_code: Option<String>,
    explained_at: Option<i64>,
    aftercare: Option<bool>,
    aftercare_by: Option<String>,
    aftercare_at: Option<i64>,
    recall: Option<bool>,
    traced_by: Option<String>,
    traced_at: Option<i64>,
    ticket_id: Option<Uuid>,
    ticket_number: Option<String>,
    ticket_due_on: Option<NaiveDate>,
    ticket_state: Option<String>,
    ticket_handler: Option<String>,
}

#[derive(FromQueryResult)]
struct RemarkRow {
    id: Uuid,
    callback_id: Uuid,
    note: Option<Vec<u8>>,
}

/// Callbacks in sight that a filter finds, in the order of ids.
///
/// # Errors
/// What the database says.
pub async fn list_payouts(
    db: &impl Reads,
    scope: &Scope,
    filter: &PayoutFilter,
    limit: u64,
) -> Result<Page<PayoutRow>> {
    let mut select = Select::new(SELECT);
    select.scope(scope, "b.org_id").filter_in(
        "b.programme",
        filter
            .programmes
            .iter()
            .map(|p| p.as_str().into())
            .collect(),
    );
    if let Some(user) = scope.own_list_of() {
        select.filter("b.assignee_id = ?", params![user.0]);
    }
    if let Some(state) = filter.state {
        select.filter("b.state = ?", params![state.as_str()]);
    }
    if let Some(open) = filter.open {
        select.filter("b.is_open = ?", params![open]);
    }
    if filter.followed_up {
        let open = "EXISTS (SELECT 1 FROM tickets t WHERE t.callback_id = b.id AND t.type = 'payout_follow_up' \
                    AND t.is_open = ?)";
        select.filter(open, params![true]);
    }
    for (condition, day) in [
        ("g.trigger_on >= ?", filter.paid_from),
        ("g.trigger_on <= ?", filter.paid_to),
    ] {
        if let Some(day) = day {
            select.filter(condition, params![day]);
        }
    }
    select.page_by_id("b.id", false, filter.after.as_ref(), limit);
    let rows: Vec<CallbackDbRow> = select.list(db).await?;
    let rows = callbacks(db, rows)?;
    let page = Page::cut_by_id(rows, limit, |r: &CallbackRow| r.id.0);
    Ok(Page {
        rows: with_sides(db, page.rows).await?,
        next: page.next,
    })
}

/// A callback in sight with what is recorded beside its interview.
///
/// # Errors
/// What the database says.
pub async fn find_payout(
    db: &impl Reads,
    scope: &Scope,
    id: CallbackId,
) -> Result<Option<PayoutRow>> {
    let found = super::find_callback(db, scope, id).await?;
    let rows = with_sides(db, found.into_iter().collect()).await?;
    Ok(rows.into_iter().next())
}

/// Adds what lies beside callbacks that were read inside a scope.
async fn with_sides(db: &impl Reads, rows: Vec<CallbackRow>) -> Result<Vec<PayoutRow>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let places: Vec<String> = (1..=rows.len()).map(|n| format!("${n}")).collect();
    let places = places.join(", ");
    let ids = || rows.iter().map(|r| r.id.0.into()).collect();
    let sql = format!(
        "SELECT b.id AS callback_id, g.respondent, g.trigger_on, g.facts, y.item_code, y.explained_at, y.aftercare, \
         y.aftercare_by, y.aftercare_at, y.recall, y.traced_by, y.traced_at, t.id AS ticket_id, \
         t.number AS ticket_number, t.due_on AS ticket_due_on, t.state AS ticket_state, \
         u.display_name AS ticket_handler FROM callbacks b JOIN obligations g ON g.id = b.obligation_id \
         LEFT JOIN payout_cases y ON y.callback_id = b.id \
         LEFT JOIN tickets t ON t.callback_id = b.id AND t.type = 'payout_follow_up' AND t.closed_at IS NULL \
         LEFT JOIN users u ON u.id = t.handler_id WHERE b.id IN ({places})"
    );
    let sides: Vec<SideRow> = list(db, &sql, ids()).await?;
    let mut sides: HashMap<_, _> = sides.into_iter().map(|s| (s.callback_id, s)).collect();
    let sql = format!(
        "SELECT id, callback_id, note FROM callback_entries WHERE command = 'payout_remark' \
         AND callback_id IN ({places}) ORDER BY id"
    );
    let mut remarks = HashMap::new();
    let written: Vec<RemarkRow> = list(db, &sql, ids()).await?;
    for r in written {
        if let Some(note) = r.note {
            let note = db.keys().open("callback_entries.note", r.id, &note)?;
            remarks.insert(r.callback_id, note);
        }
    }
    rows.into_iter()
        .filter_map(|callback| Some((sides.remove(&callback.id.0)?, callback)))
        .map(|(side, callback)| {
            let remark = remarks.remove(&callback.id.0);
            row(side, callback, remark)
        })
        .collect()
}

fn row(side: SideRow, callback: CallbackRow, remark: Option<String>) -> Result<PayoutRow> {
    let follow_up = match (side.ticket_id, side.ticket_number, side.ticket_state) {
        (Some(id), Some(number), Some(state)) => Some(FollowUp {
            id: TicketId(id),
            number,
            due_on: side.ticket_due_on,
            state: TicketState::parse(&state)?,
            handler: side.ticket_handler,
        }),
        _ => None,
    };
    let by = |name: Option<String>, at: Option<i64>| Some((name?, instant(at?)));
    Ok(PayoutRow {
        case: PayoutCase {
            item_code: side.item_code,
            payout: Payout {
                explained: side.explained_at.is_some(),
                aftercare: side.aftercare,
                recall: side.recall,
            },
            aftercare_by: by(side.aftercare_by, side.aftercare_at),
            traced_by: by(side.traced_by, side.traced_at),
        },
        respondent: side.respondent,
        paid_on: side.trigger_on,
        facts: side.facts,
        follow_up,
        remark,
        callback,
    })
}

/// Saves what was settled; who and when are kept for what changed.
///
/// # Errors
/// What the database says.
pub async fn save_payout(
    work: &UnitOfWork,
    callback: CallbackId,
    before: &PayoutCase,
    after: (&Payout, Option<&str>),
    by: &str,
) -> Result<()> {
    let (payout, item) = after;
    let now = millis(work.now());
    let explained = (payout.explained && !before.payout.explained).then_some(now);
    let settled = payout
        .aftercare
        .filter(|_| payout.aftercare != before.payout.aftercare);
    let traced = payout
        .recall
        .filter(|_| payout.recall != before.payout.recall);
    let sql = "INSERT INTO payout_cases (id, callback_id, item_code, explained_at, aftercare, aftercare_by, \
               aftercare_at, recall, traced_by, traced_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
               ON CONFLICT (callback_id) DO UPDATE SET item_code = COALESCE(excluded.item_code, payout_cases.item_code), \
               explained_at = COALESCE(payout_cases.explained_at, excluded.explained_at), \
               aftercare = COALESCE(excluded.aftercare, payout_cases.aftercare), \
               aftercare_by = COALESCE(excluded.aftercare_by, payout_cases.aftercare_by), \
               aftercare_at = COALESCE(excluded.aftercare_at, payout_cases.aftercare_at), \
               recall = COALESCE(excluded.recall, payout_cases.recall), \
               traced_by = COALESCE(excluded.traced_by, payout_cases.traced_by), \
               traced_at = COALESCE(excluded.traced_at, payout_cases.traced_at), updated_at = excluded.updated_at";
    let values = params![
        work.next_id(),
        callback.0,
        item,
        explained,
        settled,
        settled.map(|_| by),
        settled.map(|_| now),
        traced,
        traced.map(|_| by),
        traced.map(|_| now),
        now
    ];
    work.execute(sql, values).await.map(|_| ())
}
