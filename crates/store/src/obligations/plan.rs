//! What the planner reads and writes, in chunks.

use crate::Result;
use crate::dialect::bulk::{Bulk, Cell, CellType, Row, Table};
use crate::sql::millis;
use chrono::NaiveDate;
use uuid::Uuid;

/// A policy with its parties, as rules look at it.
#[derive(Clone, Debug)]
pub struct PolicyCase {
    /// Its id.
    pub id: Uuid,
    /// The policyholder.
    pub holder: Uuid,
    /// The unit that wrote it.
    pub org: Uuid,
    /// Line of business.
    pub line: String,
    /// Class of product.
    pub product_class: String,
    /// Channel.
    pub channel: String,
    /// Status.
    pub status: String,
    /// Coverage term in months.
    pub term_months: Option<i64>,
    /// Cooling-off period of the product, in days.
    pub cooling_off_days: Option<i64>,
    /// Premium in fen.
    pub premium_fen: Option<i64>,
    /// Application date.
    pub application_date: Option<NaiveDate>,
    /// Issue date.
    pub issue_date: Option<NaiveDate>,
    /// Date of entry in the core system.
    pub system_entry_date: Option<NaiveDate>,
    /// Print date.
    pub print_date: Option<NaiveDate>,
    /// Effective date.
    pub effective_date: Option<NaiveDate>,
    /// Expiry date.
    pub expiry_date: Option<NaiveDate>,
    /// When the receipt was signed.
    pub ack_signed_on: Option<NaiveDate>,
    /// When the receipt was entered.
    pub ack_entered_on: Option<NaiveDate>,
    /// The sale was recorded in sound and picture.
    pub double_recorded: Option<bool>,
    /// Juvenile policy.
    pub juvenile: Option<bool>,
    /// Kind of policyholder.
    pub holder_kind: String,
    /// Language in which the policyholder is served.
    pub language: Option<String>,
    /// Kind of insured.
    pub insured_kind: Option<String>,
}

/// An event of a policy.
#[derive(Clone, Debug)]
pub struct EventCase {
    /// Its id.
    pub id: Uuid,
    /// The policy.
    pub policy: Uuid,
    /// Its type.
    pub kind: String,
    /// The day on which it occurred.
    pub occurred_on: Option<NaiveDate>,
    /// The day of payment.
    pub paid_on: Option<NaiveDate>,
    /// Claim number.
    pub claim_no: Option<String>,
    /// Amount in fen.
    pub amount_fen: Option<i64>,
    /// How it was paid out.
    pub payout_method: Option<String>,
    /// Code of the servicing item.
    pub service_item_code: Option<String>,
    /// Who received it.
    pub payee_role: Option<String>,
    /// Handled in person.
    pub handled_in_person: Option<bool>,
    /// Who reported the loss.
    pub reporter_role: Option<String>,
    /// Place of loss.
    pub loss_region: Option<String>,
    /// Place of underwriting.
    pub underwriting_region: Option<String>,
    /// Adjuster.
    pub adjuster_code: Option<String>,
    /// How the claim ended.
    pub outcome: Option<String>,
    /// The programme of a completed callback.
    pub programme: Option<String>,
}

/// Which policies to read.
#[derive(Clone, Debug)]
pub enum Span<'s> {
    /// A span of ids, both included.
    Between(Uuid, Uuid),
    /// These ids.
    List(&'s [Uuid]),
}

fn text(row: Row<'_>, at: usize) -> Result<String> {
    Ok(row.text(at)?.unwrap_or_default())
}

fn id(row: Row<'_>, at: usize) -> Result<Uuid> {
    Ok(row.id(at)?.unwrap_or_default())
}

const POLICY_COLUMNS: &str = "p.id, p.policyholder_id, p.org_id, p.line, p.product_class, p.channel, p.status, \
     p.term_months, p.cooling_off_days, p.premium_fen, p.application_date, p.issue_date, p.system_entry_date, \
     p.print_date, p.effective_date, p.expiry_date, p.ack_signed_on, p.ack_entered_on, p.double_recorded, \
     p.juvenile, h.kind, h.language, i.kind";

fn policy_case(row: Row<'_>) -> Result<PolicyCase> {
    Ok(PolicyCase {
        id: id(row, 0)?,
        holder: id(row, 1)?,
        org: id(row, 2)?,
        line: text(row, 3)?,
        product_class: text(row, 4)?,
        channel: text(row, 5)?,
        status: text(row, 6)?,
        term_months: row.int(7)?,
        cooling_off_days: row.int(8)?,
        premium_fen: row.int(9)?,
        application_date: row.date(10)?,
        issue_date: row.date(11)?,
        system_entry_date: row.date(12)?,
        print_date: row.date(13)?,
        effective_date: row.date(14)?,
        expiry_date: row.date(15)?,
        ack_signed_on: row.date(16)?,
        ack_entered_on: row.date(17)?,
        double_recorded: row.bool(18)?,
        juvenile: row.bool(19)?,
        holder_kind: text(row, 20)?,
        language: row.text(21)?,
        insured_kind: row.text(22)?,
    })
}

/// Policies of a span in the order of their ids, at most `limit` of a span between two ids.
///
/// # Errors
/// What the database says.
pub async fn read_policies(
    bulk: &mut Bulk,
    span: &Span<'_>,
    limit: i64,
) -> Result<Vec<PolicyCase>> {
    let from = "FROM policies p JOIN customers h ON h.id = p.policyholder_id \
                LEFT JOIN customers i ON i.id = p.insured_id";
    match span {
        Span::Between(low, high) => {
            let sql = format!(
                "SELECT {POLICY_COLUMNS} {from} WHERE p.id >= $1 AND p.id <= $2 ORDER BY p.id LIMIT $3"
            );
            bulk.query(
                &sql,
                &[Cell::Id(*low), Cell::Id(*high), Cell::Int(limit)],
                policy_case,
            )
            .await
        }
        Span::List(ids) => {
            let sql =
                format!("SELECT {POLICY_COLUMNS} {from} WHERE p.id IN ({{values}}) ORDER BY p.id");
            let cells: Vec<_> = ids.iter().map(|id| Cell::Id(*id)).collect();
            bulk.query_in(&sql, &cells, policy_case).await
        }
    }
}

const EVENT_COLUMNS: &str = "id, policy_id, type, occurred_on, paid_on, claim_no, amount_fen, payout_method, \
     payee_role, handled_in_person, reporter_role, loss_region, underwriting_region, adjuster_code, outcome, programme, \
     service_item_code";

fn event_case(row: Row<'_>) -> Result<EventCase> {
    Ok(EventCase {
        id: id(row, 0)?,
        policy: id(row, 1)?,
        kind: text(row, 2)?,
        occurred_on: row.date(3)?,
        paid_on: row.date(4)?,
        claim_no: row.text(5)?,
        amount_fen: row.int(6)?,
        payout_method: row.text(7)?,
        payee_role: row.text(8)?,
        handled_in_person: row.bool(9)?,
        reporter_role: row.text(10)?,
        loss_region: row.text(11)?,
        underwriting_region: row.text(12)?,
        adjuster_code: row.text(13)?,
        outcome: row.text(14)?,
        programme: row.text(15)?,
        service_item_code: row.text(16)?,
    })
}

/// All events of the policies of a span, by policy.
///
/// # Errors
/// What the database says.
pub async fn read_events(bulk: &mut Bulk, span: &Span<'_>) -> Result<Vec<EventCase>> {
    by_policy(
        bulk,
        span,
        &format!("SELECT {EVENT_COLUMNS} FROM events"),
        "policy_id, id",
        event_case,
    )
    .await
}

async fn by_policy<T>(
    bulk: &mut Bulk,
    span: &Span<'_>,
    select: &str,
    order: &str,
    map: impl FnMut(Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    match span {
        Span::Between(low, high) => {
            let sql =
                format!("{select} WHERE policy_id >= $1 AND policy_id <= $2 ORDER BY {order}");
            bulk.query(&sql, &[Cell::Id(*low), Cell::Id(*high)], map)
                .await
        }
        Span::List(ids) => {
            let sql = format!("{select} WHERE policy_id IN ({{values}}) ORDER BY {order}");
            let cells: Vec<_> = ids.iter().map(|id| Cell::Id(*id)).collect();
            bulk.query_in(&sql, &cells, map).await
        }
    }
}

/// Policies of events in a span of ids, and the last id that was read.
///
/// # Errors
/// What the database says.
pub async fn read_event_policies(
    bulk: &mut Bulk,
    low: Uuid,
    high: Uuid,
    limit: i64,
) -> Result<Vec<(Uuid, Option<Uuid>)>> {
    let sql = "SELECT id, policy_id FROM events WHERE id >= $1 AND id <= $2 ORDER BY id LIMIT $3";
    bulk.query(
        sql,
        &[Cell::Id(low), Cell::Id(high), Cell::Int(limit)],
        |row| Ok((id(row, 0)?, row.id(1)?)),
    )
    .await
}

/// An obligation as the planner compares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedObligation {
    /// Programme code.
    pub programme: String,
    /// Row of the pack.
    pub pack: Uuid,
    /// Type of the event that set it off.
    pub trigger_type: String,
    /// The policy or event that set it off.
    pub trigger_ref: Uuid,
    /// When.
    pub trigger_on: NaiveDate,
    /// The customer.
    pub customer: Uuid,
    /// The policy.
    pub policy: Uuid,
    /// The claim.
    pub claim_no: Option<String>,
    /// The adjuster.
    pub adjuster_code: Option<String>,
    /// Whom to reach.
    pub respondent: String,
    /// The unit.
    pub org: Uuid,
    /// When it is drawn into a list.
    pub extract_on: Option<NaiveDate>,
    /// From when.
    pub earliest_on: Option<NaiveDate>,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// End of the customer's right before any roll.
    pub right_end_raw_on: Option<NaiveDate>,
    /// End of the customer's right.
    pub right_end_on: Option<NaiveDate>,
    /// Why it is void, if it is.
    pub cancel_reason: Option<String>,
    /// A date depends on a year that is not announced.
    pub provisional: bool,
    /// The facts that the decision rests on, as JSON.
    pub facts: String,
}

/// An obligation that exists.
#[derive(Clone, Debug)]
pub struct ExistingObligation {
    /// Its id.
    pub id: Uuid,
    /// Its status.
    pub status: String,
    /// Number of the set of rules that it was decided with.
    pub generation: i64,
    /// What was planned.
    pub planned: PlannedObligation,
}

/// Obligations of the policies of a span.
///
/// # Errors
/// What the database says.
pub async fn read_obligations(bulk: &mut Bulk, span: &Span<'_>) -> Result<Vec<ExistingObligation>> {
    let select = "SELECT id, status, programme, pack_id, trigger_type, trigger_ref, trigger_on, customer_id, \
         policy_id, claim_no, adjuster_code, respondent, org_id, extract_on, earliest_on, due_on, \
         right_end_raw_on, right_end_on, cancel_reason, provisional, facts, rules_generation FROM obligations";
    by_policy(bulk, span, select, "policy_id, id", |row| {
        Ok(ExistingObligation {
            id: id(row, 0)?,
            status: text(row, 1)?,
            generation: row.int(21)?.unwrap_or(1),
            planned: PlannedObligation {
                programme: text(row, 2)?,
                pack: id(row, 3)?,
                trigger_type: text(row, 4)?,
                trigger_ref: id(row, 5)?,
                trigger_on: row.date(6)?.unwrap_or_default(),
                customer: id(row, 7)?,
                policy: id(row, 8)?,
                claim_no: row.text(9)?,
                adjuster_code: row.text(10)?,
                respondent: text(row, 11)?,
                org: id(row, 12)?,
                extract_on: row.date(13)?,
                earliest_on: row.date(14)?,
                due_on: row.date(15)?,
                right_end_raw_on: row.date(16)?,
                right_end_on: row.date(17)?,
                cancel_reason: row.text(18)?,
                provisional: row.bool(19)?.unwrap_or_default(),
                facts: text(row, 20)?,
            },
        })
    })
    .await
}

/// A candidate that a rule excludes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedExclusion {
    /// Programme code.
    pub programme: String,
    /// Row of the pack.
    pub pack: Uuid,
    /// Type of the event.
    pub trigger_type: String,
    /// The policy or event.
    pub trigger_ref: Uuid,
    /// When.
    pub trigger_on: NaiveDate,
    /// The customer.
    pub customer: Uuid,
    /// The policy.
    pub policy: Uuid,
    /// The claim.
    pub claim_no: Option<String>,
    /// The unit.
    pub org: Uuid,
    /// Why.
    pub reason_code: String,
}

/// Exclusions of the policies of a span, with their ids.
///
/// # Errors
/// What the database says.
pub async fn read_exclusions(
    bulk: &mut Bulk,
    span: &Span<'_>,
) -> Result<Vec<(Uuid, PlannedExclusion)>> {
    let select = "SELECT id, programme, pack_id, trigger_type, trigger_ref, trigger_on, customer_id, policy_id, \
         claim_no, org_id, reason_code FROM exclusions";
    by_policy(bulk, span, select, "policy_id, id", |row| {
        let exclusion = PlannedExclusion {
            programme: text(row, 1)?,
            pack: id(row, 2)?,
            trigger_type: text(row, 3)?,
            trigger_ref: id(row, 4)?,
            trigger_on: row.date(5)?.unwrap_or_default(),
            customer: id(row, 6)?,
            policy: id(row, 7)?,
            claim_no: row.text(8)?,
            org: id(row, 9)?,
            reason_code: text(row, 10)?,
        };
        Ok((id(row, 0)?, exclusion))
    })
    .await
}

static OBLIGATIONS: Table = Table {
    name: "obligations",
    columns: &[
        ("id", CellType::Id),
        ("number", CellType::Text),
        ("programme", CellType::Text),
        ("pack_id", CellType::Id),
        ("trigger_type", CellType::Text),
        ("trigger_ref", CellType::Id),
        ("trigger_on", CellType::Date),
        ("customer_id", CellType::Id),
        ("policy_id", CellType::Id),
        ("claim_no", CellType::Text),
        ("adjuster_code", CellType::Text),
        ("respondent", CellType::Text),
        ("org_id", CellType::Id),
        ("extract_on", CellType::Date),
        ("earliest_on", CellType::Date),
        ("due_on", CellType::Date),
        ("right_end_raw_on", CellType::Date),
        ("right_end_on", CellType::Date),
        ("status", CellType::Text),
        ("cancel_reason", CellType::Text),
        ("provisional", CellType::Bool),
        ("facts", CellType::Text),
        ("calendar_id", CellType::Id),
        ("rules_generation", CellType::Int),
        ("run_id", CellType::Id),
        ("created_at", CellType::Int),
        ("updated_at", CellType::Int),
    ],
};

static CALLBACKS: Table = Table {
    name: "callbacks",
    columns: &[
        ("id", CellType::Id),
        ("number", CellType::Text),
        ("obligation_id", CellType::Id),
        ("programme", CellType::Text),
        ("customer_id", CellType::Id),
        ("policy_id", CellType::Id),
        ("org_id", CellType::Id),
        ("state", CellType::Text),
        ("is_open", CellType::Bool),
        ("earliest_on", CellType::Date),
        ("due_on", CellType::Date),
        ("language", CellType::Text),
        ("round", CellType::Int),
        ("attempts_in_round", CellType::Int),
        ("attempts_total", CellType::Int),
        ("in_branch", CellType::Bool),
        ("is_recall", CellType::Bool),
        ("contact_uncorrectable", CellType::Bool),
        ("end_reason", CellType::Text),
        ("version", CellType::Int),
        ("created_at", CellType::Int),
        ("updated_at", CellType::Int),
    ],
};

/// An obligation to insert, with the callback that discharges it.
#[derive(Clone, Debug)]
pub struct NewObligation {
    /// What is owed.
    pub planned: PlannedObligation,
    /// Number of the obligation.
    pub number: String,
    /// Number of the callback.
    pub callback_number: String,
    /// Language in which the customer is served.
    pub language: Option<String>,
}

/// Inserts obligations with their callbacks, decided with a calendar and a set of rules.
///
/// # Errors
/// What the database says.
pub async fn insert_obligations(
    bulk: &mut Bulk,
    run: Uuid,
    (calendar, generation): (Uuid, i64),
    rows: Vec<NewObligation>,
) -> Result<()> {
    let now = Cell::Int(millis(bulk.now()));
    let mut obligations = Vec::with_capacity(rows.len() * OBLIGATIONS.columns.len());
    let mut callbacks = Vec::with_capacity(rows.len() * CALLBACKS.columns.len());
    for new in rows {
        let (o, id) = (new.planned, bulk.next_id());
        let void = o.cancel_reason.is_some();
        callbacks.extend([
            Cell::Id(bulk.next_id()),
            Cell::Text(new.callback_number),
            Cell::Id(id),
            Cell::Text(o.programme.clone()),
            Cell::Id(o.customer),
            Cell::Id(o.policy),
            Cell::Id(o.org),
            Cell::Code(if void { "cancelled" } else { "planned" }),
            Cell::Bool(!void),
            o.earliest_on.into(),
            o.due_on.into(),
            new.language.into(),
            Cell::Int(1),
            Cell::Int(0),
            Cell::Int(0),
            Cell::Bool(false),
            Cell::Bool(false),
            Cell::Bool(false),
            o.cancel_reason.clone().into(),
            Cell::Int(1),
            now.clone(),
            now.clone(),
        ]);
        obligations.extend([
            Cell::Id(id),
            Cell::Text(new.number),
            Cell::Text(o.programme),
            Cell::Id(o.pack),
            Cell::Text(o.trigger_type),
            Cell::Id(o.trigger_ref),
            Cell::Date(o.trigger_on),
            Cell::Id(o.customer),
            Cell::Id(o.policy),
            o.claim_no.into(),
            o.adjuster_code.into(),
            Cell::Text(o.respondent),
            Cell::Id(o.org),
            o.extract_on.into(),
            o.earliest_on.into(),
            o.due_on.into(),
            o.right_end_raw_on.into(),
            o.right_end_on.into(),
            Cell::Code(if void { "cancelled" } else { "open" }),
            o.cancel_reason.into(),
            Cell::Bool(o.provisional),
            Cell::Text(o.facts),
            Cell::Id(calendar),
            Cell::Int(generation),
            Cell::Id(run),
            now.clone(),
            now.clone(),
        ]);
    }
    bulk.insert(&OBLIGATIONS, &obligations).await?;
    bulk.insert(&CALLBACKS, &callbacks).await
}

/// Gives an obligation new dates and facts, and its open callback with it.
///
/// # Errors
/// What the database says.
pub async fn redate_obligation(
    bulk: &mut Bulk,
    obligation: Uuid,
    calendar: Uuid,
    o: &PlannedObligation,
) -> Result<()> {
    let sql = "UPDATE obligations SET pack_id = $1, trigger_on = $2, respondent = $3, org_id = $4, extract_on = $5, \
               earliest_on = $6, due_on = $7, right_end_raw_on = $8, right_end_on = $9, provisional = $10, \
               facts = $11, calendar_id = $12, updated_at = $13 WHERE id = $14";
    let cells = [
        Cell::Id(o.pack),
        Cell::Date(o.trigger_on),
        Cell::Text(o.respondent.clone()),
        Cell::Id(o.org),
        o.extract_on.into(),
        o.earliest_on.into(),
        o.due_on.into(),
        o.right_end_raw_on.into(),
        o.right_end_on.into(),
        Cell::Bool(o.provisional),
        Cell::Text(o.facts.clone()),
        Cell::Id(calendar),
        Cell::Int(millis(bulk.now())),
        Cell::Id(obligation),
    ];
    let date = CellType::Date;
    let types = [
        CellType::Id,
        date,
        CellType::Text,
        CellType::Id,
        date,
        date,
        date,
        date,
        date,
        CellType::Bool,
        CellType::Text,
        CellType::Id,
        CellType::Int,
        CellType::Id,
    ];
    bulk.execute_typed(sql, &cells, &types).await?;
    let sql = "UPDATE callbacks SET earliest_on = $1, due_on = $2, org_id = $3, updated_at = $4, \
               version = version + 1 WHERE obligation_id = $5";
    let cells = [
        o.earliest_on.into(),
        o.due_on.into(),
        Cell::Id(o.org),
        Cell::Int(millis(bulk.now())),
        Cell::Id(obligation),
    ];
    let types = [date, date, CellType::Id, CellType::Int, CellType::Id];
    bulk.execute_typed(sql, &cells, &types).await.map(|_| ())
}

/// The day on which an obligation's callback was completed, if it was.
///
/// # Errors
/// What the database says.
pub async fn completed_at(bulk: &mut Bulk, obligation: Uuid) -> Result<Option<i64>> {
    let sql = "SELECT completed_at FROM callbacks WHERE obligation_id = $1";
    let rows = bulk
        .query(sql, &[Cell::Id(obligation)], |row| row.int(0))
        .await?;
    Ok(rows.into_iter().next().flatten())
}

/// Classes a completed obligation anew after its dates changed.
///
/// # Errors
/// What the database says.
pub async fn reclass_obligation(
    bulk: &mut Bulk,
    obligation: Uuid,
    timing: Option<&'static str>,
) -> Result<()> {
    let cells = [timing.into(), Cell::Id(obligation)];
    let types = [CellType::Text, CellType::Id];
    bulk.execute_typed(
        "UPDATE obligations SET timing = $1 WHERE id = $2",
        &cells,
        &types,
    )
    .await?;
    bulk.execute_typed(
        "UPDATE callbacks SET timing = $1 WHERE obligation_id = $2",
        &cells,
        &types,
    )
    .await
    .map(|_| ())
}

/// Writes to a policy until when a surrender counts as cooling-off cancellation, because the callback
/// came late (Chongqing measures, article 4).
///
/// # Errors
/// What the database says.
pub async fn open_deemed_right(bulk: &mut Bulk, policy: Uuid, until: NaiveDate) -> Result<()> {
    let sql = "UPDATE policies SET deemed_until_on = $1, version = version + 1 WHERE id = $2";
    bulk.execute(sql, &[Cell::Date(until), Cell::Id(policy)])
        .await
        .map(|_| ())
}

/// Cancels an obligation and its callback.
///
/// # Errors
/// What the database says.
pub async fn cancel_obligation(bulk: &mut Bulk, obligation: Uuid, reason: &str) -> Result<()> {
    let cells = [
        Cell::Text(reason.to_owned()),
        Cell::Int(millis(bulk.now())),
        Cell::Id(obligation),
    ];
    let sql = "UPDATE obligations SET status = 'cancelled', cancel_reason = $1, updated_at = $2 WHERE id = $3";
    bulk.execute(sql, &cells).await?;
    let sql = "UPDATE callbacks SET state = 'cancelled', is_open = FALSE, assignee_id = NULL, end_reason = $1, \
               updated_at = $2, version = version + 1 WHERE obligation_id = $3";
    bulk.execute(sql, &cells).await.map(|_| ())
}

/// Reopens an obligation that was cancelled, because what cancelled it was taken back.
///
/// # Errors
/// What the database says.
pub async fn reopen_obligation(bulk: &mut Bulk, obligation: Uuid) -> Result<()> {
    let cells = [Cell::Int(millis(bulk.now())), Cell::Id(obligation)];
    let sql = "UPDATE obligations SET status = 'open', cancel_reason = NULL, updated_at = $1 WHERE id = $2";
    bulk.execute(sql, &cells).await?;
    let sql = "UPDATE callbacks SET state = 'planned', is_open = TRUE, end_reason = NULL, updated_at = $1, \
               version = version + 1 WHERE obligation_id = $2";
    bulk.execute(sql, &cells).await.map(|_| ())
}

static EXCLUSIONS: Table = Table {
    name: "exclusions",
    columns: &[
        ("id", CellType::Id),
        ("programme", CellType::Text),
        ("pack_id", CellType::Id),
        ("trigger_type", CellType::Text),
        ("trigger_ref", CellType::Id),
        ("trigger_on", CellType::Date),
        ("customer_id", CellType::Id),
        ("policy_id", CellType::Id),
        ("claim_no", CellType::Text),
        ("org_id", CellType::Id),
        ("reason_code", CellType::Text),
        ("run_id", CellType::Id),
        ("created_at", CellType::Int),
    ],
};

/// Inserts exclusions.
///
/// # Errors
/// What the database says.
pub async fn insert_exclusions(
    bulk: &mut Bulk,
    run: Uuid,
    rows: Vec<PlannedExclusion>,
) -> Result<()> {
    let mut cells = Vec::with_capacity(rows.len() * EXCLUSIONS.columns.len());
    for e in rows {
        cells.extend([
            Cell::Id(bulk.next_id()),
            Cell::Text(e.programme),
            Cell::Id(e.pack),
            Cell::Text(e.trigger_type),
            Cell::Id(e.trigger_ref),
            Cell::Date(e.trigger_on),
            Cell::Id(e.customer),
            Cell::Id(e.policy),
            e.claim_no.into(),
            Cell::Id(e.org),
            Cell::Text(e.reason_code),
            Cell::Id(run),
            Cell::Int(millis(bulk.now())),
        ]);
    }
    bulk.insert(&EXCLUSIONS, &cells).await
}

/// Removes exclusions that no longer hold.
///
/// # Errors
/// What the database says.
pub async fn delete_exclusions(bulk: &mut Bulk, ids: &[Uuid]) -> Result<()> {
    for id in ids {
        bulk.execute("DELETE FROM exclusions WHERE id = $1", &[Cell::Id(*id)])
            .await?;
    }
    Ok(())
}
