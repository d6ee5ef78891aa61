//! Making and changing letters, and what an entered receipt changes on its policy.

use crate::sql::{millis, params};
use crate::{Reads as _, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::ids::{AgentId, CallbackId, CustomerId, LetterId, PolicyId, QuestionnaireId};
use domain::letters::{LetterKind, LetterState};
use uuid::Uuid;

/// A letter to make.
#[derive(Clone, Debug)]
pub struct NewLetter<'n> {
    /// Its number.
    pub number: &'n str,
    /// What it is for.
    pub kind: LetterKind,
    /// Where it begins.
    pub state: LetterState,
    /// The callback that it belongs to.
    pub callback: CallbackId,
    /// The customer.
    pub customer: CustomerId,
    /// The policy.
    pub policy: Option<PolicyId>,
    /// The unit.
    pub org: Uuid,
    /// Programme code.
    pub programme: &'n str,
    /// The salesperson of the policy.
    pub salesperson: Option<AgentId>,
    /// The version of the template.
    pub template: Uuid,
    /// The version of the questionnaire.
    pub questionnaire: QuestionnaireId,
    /// Codes of the items that it asks, as JSON.
    pub items: &'n str,
    /// The batch that it is printed with.
    pub batch: Option<Uuid>,
    /// When it is made.
    pub issued_on: NaiveDate,
    /// Who makes it.
    pub issued_by: &'n str,
    /// By when it is expected back.
    pub due_on: Option<NaiveDate>,
}

/// Makes a letter.
///
/// # Errors
/// What the database says.
pub async fn insert_letter(work: &UnitOfWork, letter: &NewLetter<'_>) -> Result<LetterId> {
    let id = work.next_id();
    let sql = "INSERT INTO letters (id, number, kind, state, is_open, callback_id, customer_id, policy_id, org_id, \
               programme, salesperson_id, template_id, questionnaire_id, items, batch_id, issued_on, issued_by, due_on, \
               reminders, version, updated_at) \
               VALUES ($1, $2, $3, $4, TRUE, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0, 1, $18)";
    let values = params![
        id,
        letter.number,
        letter.kind.as_str(),
        letter.state.as_str(),
        letter.callback.0,
        letter.customer.0,
        letter.policy.map(|p| p.0),
        letter.org,
        letter.programme,
        letter.salesperson.map(|a| a.0),
        letter.template,
        letter.questionnaire.0,
        letter.items,
        letter.batch,
        letter.issued_on,
        letter.issued_by,
        letter.due_on,
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(LetterId(id))
}

/// What is saved with a step; days that are missing stay as they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct LetterChange<'c> {
    /// When it was sent, with the number of the consignment.
    pub sent: Option<(NaiveDate, &'c str)>,
    /// By when it is expected back.
    pub due_on: Option<NaiveDate>,
    /// When the customer had it.
    pub delivered_on: Option<NaiveDate>,
    /// When the policyholder signed.
    pub signed_on: Option<NaiveDate>,
    /// When the company's copy was back.
    pub returned_on: Option<NaiveDate>,
    /// When the receipt was entered, and by whom.
    pub entered: Option<(NaiveDate, &'c str)>,
    /// The copy goes back: signature, return and review are void.
    pub goes_back: bool,
}

/// Saves a step of a letter whose version is as it was read.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed it.
pub async fn save_letter(
    work: &UnitOfWork,
    letter: LetterId,
    version: i64,
    to: LetterState,
    change: &LetterChange<'_>,
) -> Result<()> {
    let sql = "UPDATE letters SET state = $1, is_open = $2, sent_on = COALESCE($3, sent_on), \
               reference = COALESCE($4, reference), due_on = COALESCE($5, due_on), \
               delivered_on = COALESCE($6, delivered_on), \
               signed_on = CASE WHEN $7 THEN NULL ELSE COALESCE($8, signed_on) END, \
               returned_on = CASE WHEN $7 THEN NULL ELSE COALESCE($9, returned_on) END, \
               review = CASE WHEN $7 THEN NULL ELSE review END, \
               changes = CASE WHEN $7 THEN NULL ELSE changes END, \
               entered_on = COALESCE($10, entered_on), entered_by = COALESCE($11, entered_by), \
               updated_at = $12, version = version + 1 WHERE id = $13 AND version = $14";
    let values = params![
        to.as_str(),
        to.is_open(),
        change.sent.map(|(on, _)| on),
        change
            .sent
            .map(|(_, reference)| reference)
            .filter(|r| !r.is_empty()),
        change.due_on,
        change.delivered_on,
        change.goes_back,
        change.signed_on,
        change.returned_on,
        change.entered.map(|(on, _)| on),
        change.entered.map(|(_, by)| by),
        millis(work.now()),
        letter.0,
        version,
    ];
    work.execute_one(sql, values).await
}

/// Keeps what a review found, in the state that follows, with the changes that the customer wrote.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed the letter.
pub async fn save_review(
    work: &UnitOfWork,
    letter: LetterId,
    version: i64,
    to: LetterState,
    review: &str,
    changes: Option<&str>,
) -> Result<()> {
    let sealed = changes
        .map(|c| work.keys().seal("letters.changes", letter.0, c))
        .transpose()?;
    let sql = "UPDATE letters SET state = $1, is_open = $2, review = $3, changes = $4, updated_at = $5, \
               version = version + 1 WHERE id = $6 AND version = $7";
    let values = params![
        to.as_str(),
        to.is_open(),
        review,
        sealed,
        millis(work.now()),
        letter.0,
        version,
    ];
    work.execute_one(sql, values).await
}

/// Notes that the salesperson was reminded.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when someone else changed the letter.
pub async fn note_reminder(work: &UnitOfWork, letter: LetterId, version: i64) -> Result<()> {
    let sql = "UPDATE letters SET reminders = reminders + 1, reminded_at = $1, updated_at = $1, \
               version = version + 1 WHERE id = $2 AND version = $3";
    let values = params![millis(work.now()), letter.0, version];
    work.execute_one(sql, values).await
}

/// Writes the receipt to its policy: the day of the signature, from which the cooling-off period runs,
/// and the day of the entry, each for itself. The planner looks at the policy again.
///
/// # Errors
/// What the database says.
pub async fn enter_receipt(
    work: &UnitOfWork,
    policy: PolicyId,
    signed_on: NaiveDate,
    entered_on: NaiveDate,
) -> Result<()> {
    let now = millis(work.now());
    let sql = "UPDATE policies SET ack_signed_on = $1, ack_entered_on = $2, electronic_ack = $3, \
               version = version + 1, updated_at = $4 WHERE id = $5";
    let values = params![signed_on, entered_on, false, now, policy.0];
    work.execute_one(sql, values).await?;
    let sql = "INSERT INTO receipts (id, policy_id, signed_on, entered_on, electronic, recorded_at) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let values = params![work.next_id(), policy.0, signed_on, entered_on, false, now];
    work.execute(sql, values).await?;
    let sql = "INSERT INTO plan_queue (id, kind, low, high) VALUES ($1, 'policies', $2, $2)";
    work.execute(sql, params![work.next_id(), policy.0]).await?;
    Ok(())
}
