//! What requests of people change about them.

use crate::audit::AuditActor;
use crate::customers::note_consent;
use crate::sql::{millis, params};
use crate::{Result, UnitOfWork};
use domain::customers::Origin;
use domain::ids::CustomerId;

/// Withdraws a customer's consent to marketing, with a line in the history of the record. Imports do
/// not give it again.
///
/// # Errors
/// What the database says.
pub async fn withdraw_consent(
    work: &UnitOfWork,
    customer: CustomerId,
    actor: &AuditActor,
    reason: &str,
) -> Result<()> {
    note_consent(work, customer.0, false, actor, reason, Origin::DataRequest).await?;
    let sql = "UPDATE customers SET marketing_consent = FALSE, consent_withdrawn_at = $1, updated_at = $1, \
               version = version + 1 WHERE id = $2";
    let values = params![millis(work.now()), customer.0];
    work.execute_one(sql, values).await
}

/// From now on a customer's data is stored and nothing else, but for what the law demands.
///
/// # Errors
/// What the database says.
pub async fn restrict_customer(
    work: &UnitOfWork,
    customer: CustomerId,
    actor: &AuditActor,
    reason: &str,
) -> Result<()> {
    note_consent(work, customer.0, false, actor, reason, Origin::DataRequest).await?;
    let sql = "UPDATE customers SET restricted_at = COALESCE(restricted_at, $1), marketing_consent = FALSE, updated_at = $1, \
               version = version + 1 WHERE id = $2";
    work.execute_one(sql, params![millis(work.now()), customer.0])
        .await
}

/// Puts a customer forward for the next destruction, because deletion was granted.
///
/// # Errors
/// What the database says.
pub async fn ask_for_erasure(work: &UnitOfWork, customer: CustomerId) -> Result<()> {
    let sql = "UPDATE customers SET erasure_asked_at = COALESCE(erasure_asked_at, $1), updated_at = $1, \
               version = version + 1 WHERE id = $2";
    work.execute_one(sql, params![millis(work.now()), customer.0])
        .await
}
