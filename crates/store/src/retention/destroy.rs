//! Destroying what is past its term: texts are emptied or deleted, children before parents; what
//! statistics and the audit log need (numbers, dates, codes, counts) stays.

use crate::sealing::DESTROYED_HASH;
use crate::sql::{list, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::ids::{CustomerId, PolicyId};
use domain::retention::RecordKind;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

/// Callbacks of a policy, through the obligations.
const OF_POLICY: &str = "SELECT b.id FROM callbacks b JOIN obligations g ON g.id = b.obligation_id WHERE g.policy_id = $1";
/// Callbacks of a customer that belong to no policy.
const OF_CUSTOMER: &str = "SELECT b.id FROM callbacks b JOIN obligations g ON g.id = b.obligation_id \
     WHERE b.customer_id = $1 AND g.policy_id IS NULL";

/// Tickets of a policy, whatever raised them.
const TICKETS_OF_POLICY: &str = "SELECT t.id FROM tickets t WHERE t.policy_id = $1";
/// Tickets of a customer that belong to no policy.
const TICKETS_OF_CUSTOMER: &str =
    "SELECT t.id FROM tickets t WHERE t.customer_id = $1 AND t.policy_id IS NULL";

/// A recording or scan that is to go.
#[derive(Clone, Debug, FromQueryResult)]
pub struct DestroyedFile {
    /// Its id.
    pub id: Uuid,
    /// Key in the store of files, or a link.
    pub location: String,
    /// A link into another system, whose file is not ours.
    pub is_link: bool,
    /// SHA-256, hexadecimal.
    pub sha256: Option<String>,
}

/// Recordings and scans of a policy that are records of a kind.
///
/// # Errors
/// What the database says.
pub async fn list_files_of_policy(
    db: &impl Reads,
    policy: PolicyId,
    kind: RecordKind,
) -> Result<Vec<DestroyedFile>> {
    let of_callbacks = format!(
        "(r.owner_id IN ({OF_POLICY}) OR r.owner_id IN (SELECT a.id FROM attempts a WHERE a.callback_id IN ({OF_POLICY})) \
         OR r.owner_id IN (SELECT l.id FROM letters l WHERE l.callback_id IN ({OF_POLICY})))"
    );
    let of_tickets = format!("r.owner_id IN ({TICKETS_OF_POLICY})");
    let both = format!(
        "({of_callbacks} OR {of_tickets} OR r.owner_id IN (SELECT v.id FROM visits v WHERE v.policy_id = $1))"
    );
    let (evidence, owners) = match kind {
        RecordKind::CallbackRecording => ("recording", of_callbacks),
        RecordKind::ClarificationRecording => ("recording", of_tickets),
        RecordKind::VisitQuestionnaire => ("signed_visit_questionnaire", both),
        RecordKind::Document => ("document", both),
        _ => return Ok(Vec::new()),
    };
    let sql = format!(
        "SELECT r.id, r.location, r.is_link, r.sha256 FROM recordings r WHERE r.kind = $2 AND {owners} ORDER BY r.id"
    );
    list(db, &sql, params![policy.0, evidence]).await
}

/// Recordings and scans that are left of a customer when no policy is.
///
/// # Errors
/// What the database says.
pub async fn list_files_of_customer(
    db: &impl Reads,
    customer: CustomerId,
) -> Result<Vec<DestroyedFile>> {
    let sql = "SELECT r.id, r.location, r.is_link, r.sha256 FROM recordings r WHERE r.customer_id = $1 ORDER BY r.id";
    list(db, sql, params![customer.0]).await
}

/// Deletes the rows of recordings whose files are gone.
///
/// # Errors
/// What the database says.
pub async fn delete_recordings(work: &UnitOfWork, files: &[DestroyedFile]) -> Result<u64> {
    let mut rows = 0;
    for file in files {
        rows += work
            .execute("DELETE FROM recordings WHERE id = $1", params![file.id])
            .await?;
    }
    Ok(rows)
}

async fn all(work: &UnitOfWork, steps: &[(String, Vec<Value>)]) -> Result<u64> {
    let mut rows = 0;
    for (sql, values) in steps {
        rows += work.execute(sql, values.clone()).await?;
    }
    Ok(rows)
}

async fn empty_tickets(work: &UnitOfWork, tickets: &str, id: Uuid) -> Result<u64> {
    let now = millis(work.now());
    all(
        work,
        &[
            (
                format!(
                    "UPDATE ticket_entries SET note = NULL WHERE note IS NOT NULL AND ticket_id IN ({tickets})"
                ),
                params![id],
            ),
            (
                format!(
                    "UPDATE tickets SET finding = NULL, feedback = NULL, close_reason = NULL, destroyed_at = $2, \
                     updated_at = $2, version = version + 1 WHERE destroyed_at IS NULL AND id IN ({tickets})"
                ),
                params![id, now],
            ),
        ],
    )
    .await
}

async fn empty_callbacks(work: &UnitOfWork, callbacks: &str, id: Uuid) -> Result<u64> {
    let sent = empty_correspondence(work, callbacks, id).await?;
    let now = millis(work.now());
    let own = all(
        work,
        &[
            (
                format!("DELETE FROM answers WHERE callback_id IN ({callbacks})"),
                params![id],
            ),
            (
                format!(
                    "UPDATE attempts SET note = NULL, authorisation = NULL \
                     WHERE (note IS NOT NULL OR authorisation IS NOT NULL) AND callback_id IN ({callbacks})"
                ),
                params![id],
            ),
            (
                format!(
                    "UPDATE callback_entries SET note = NULL WHERE note IS NOT NULL AND callback_id IN ({callbacks})"
                ),
                params![id],
            ),
            (
                format!(
                    "UPDATE spot_check_items SET finding = NULL, correction = NULL WHERE callback_id IN ({callbacks})"
                ),
                params![id],
            ),
            (
                format!(
                    "UPDATE callback_notes SET note = NULL WHERE note IS NOT NULL AND callback_id IN ({callbacks})"
                ),
                params![id],
            ),
            (
                format!(
                    "UPDATE callback_reviews SET guidance = NULL, reply = NULL WHERE callback_id IN ({callbacks})"
                ),
                params![id],
            ),
            (
                format!("UPDATE record_signals SET reason = NULL WHERE callback_id IN ({callbacks})"),
                params![id],
            ),
            (
                format!(
                    "UPDATE callbacks SET end_reason = NULL, destroyed_at = $2, updated_at = $2, version = version + 1 \
                     WHERE destroyed_at IS NULL AND id IN ({callbacks})"
                ),
                params![id, now],
            ),
        ],
    )
    .await?;
    Ok(sent + own)
}

/// Empties what went to the customer of callbacks and came back: letters, electronic callbacks, messages.
async fn empty_correspondence(work: &UnitOfWork, callbacks: &str, id: Uuid) -> Result<u64> {
    all(
        work,
        &[
            (
                format!(
                    "UPDATE letter_entries SET note = NULL WHERE note IS NOT NULL AND letter_id IN \
                     (SELECT l.id FROM letters l WHERE l.callback_id IN ({callbacks}))"
                ),
                params![id],
            ),
            (
                format!(
                    "UPDATE letters SET changes = NULL, review = NULL WHERE callback_id IN ({callbacks})"
                ),
                params![id],
            ),
            (
                format!(
                    "DELETE FROM renewal_accounts WHERE letter_id IN \
                     (SELECT l.id FROM letters l WHERE l.callback_id IN ({callbacks}))"
                ),
                params![id],
            ),
            (
                format!(
                    "UPDATE electronic_evidence SET content = NULL, words = NULL, device = NULL WHERE link_id IN \
                     (SELECT l.id FROM electronic_links l WHERE l.callback_id IN ({callbacks}))"
                ),
                params![id],
            ),
            (
                format!(
                    "UPDATE electronic_inspections SET finding = NULL WHERE finding IS NOT NULL AND link_id IN \
                     (SELECT l.id FROM electronic_links l WHERE l.callback_id IN ({callbacks}))"
                ),
                params![id],
            ),
            (
                format!(
                    "UPDATE messages SET recipient = NULL, title = NULL, body = NULL WHERE customer_id IN \
                     (SELECT k.customer_id FROM callbacks k WHERE k.id IN ({callbacks})) AND (about_id IN ({callbacks}) \
                     OR about_id IN (SELECT l.id FROM letters l WHERE l.callback_id IN ({callbacks})) \
                     OR about_id IN (SELECT l.id FROM electronic_links l WHERE l.callback_id IN ({callbacks})))"
                ),
                params![id],
            ),
            (
                format!(
                    "UPDATE electronic_links SET mobile = NULL, end_reason = NULL, version = version + 1 \
                     WHERE callback_id IN ({callbacks})"
                ),
                params![id],
            ),
        ],
    )
    .await
}

/// Empties the tickets of a policy.
///
/// # Errors
/// What the database says.
pub async fn destroy_tickets(work: &UnitOfWork, policy: PolicyId) -> Result<u64> {
    empty_tickets(work, TICKETS_OF_POLICY, policy.0).await
}

/// Deletes what was answered and noted on the callbacks of a policy.
///
/// # Errors
/// What the database says.
pub async fn destroy_callbacks(work: &UnitOfWork, policy: PolicyId) -> Result<u64> {
    empty_callbacks(work, OF_POLICY, policy.0).await
}

async fn empty_visits(work: &UnitOfWork, visits: &str, id: Uuid) -> Result<u64> {
    let now = millis(work.now());
    let notes = format!(
        "UPDATE visit_entries SET note = NULL WHERE note IS NOT NULL AND visit_id IN ({visits})"
    );
    let forms = format!(
        "UPDATE visits SET report = NULL, guide = NULL, decision = NULL, place = NULL, agreed_with = NULL, form = NULL, \
         destroyed_at = $2, updated_at = $2, version = version + 1 WHERE destroyed_at IS NULL AND id IN ({visits})"
    );
    all(work, &[(notes, params![id]), (forms, params![id, now])]).await
}

/// Empties the visits of a policy: what was said and signed goes, that there was a visit stays.
///
/// # Errors
/// What the database says.
pub async fn destroy_visits(work: &UnitOfWork, policy: PolicyId) -> Result<u64> {
    let visits = "SELECT v.id FROM visits v WHERE v.policy_id = $1";
    empty_visits(work, visits, policy.0).await
}

/// Empties a policy: amounts, notes of its events, the history of its fields. Its number, dates and
/// codes stay, so that figures of the past stay right and the next import finds it destroyed.
///
/// # Errors
/// What the database says.
pub async fn destroy_policy(work: &UnitOfWork, policy: PolicyId) -> Result<u64> {
    let now = millis(work.now());
    let id = policy.0;
    all(
        work,
        &[
            (
                "UPDATE record_changes SET old_value = NULL, new_value = NULL, reason = '' WHERE entity_id = $1 \
                 OR entity_id IN (SELECT e.id FROM events e WHERE e.policy_id = $1)"
                    .to_owned(),
                params![id],
            ),
            (
                "UPDATE messages SET recipient = NULL, title = NULL, body = NULL WHERE customer_id IN \
                 (SELECT p.policyholder_id FROM policies p WHERE p.id = $1) AND (about_id = $1 \
                 OR about_id IN (SELECT g.id FROM obligations g WHERE g.policy_id = $1))"
                    .to_owned(),
                params![id],
            ),
            (
                "UPDATE events SET note = NULL, amount_fen = NULL, row_hash = $2 WHERE policy_id = $1"
                    .to_owned(),
                params![id, DESTROYED_HASH],
            ),
            (
                "UPDATE policies SET premium_fen = NULL, sum_insured_fen = NULL, next_premium_due_on = NULL, \
                 row_hash = $2, destroyed_at = $3, updated_at = $3, version = version + 1 \
                 WHERE id = $1 AND destroyed_at IS NULL"
                    .to_owned(),
                params![id, DESTROYED_HASH, now],
            ),
        ],
    )
    .await
}

/// Erases a customer of whom no other record is left: sealed columns, blind indexes, contact persons,
/// the history of fields, texts of requests and holds. The number stays, as the key that the next
/// import meets.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when the customer was erased already.
pub async fn erase_customer(work: &UnitOfWork, customer: CustomerId) -> Result<u64> {
    let mut rows = empty_customer(work, customer).await?;
    // Records that were merged into it are the same person's.
    for absorbed in super::merged::list_absorbed(work, customer).await? {
        rows += empty_customer(work, absorbed).await?;
    }
    Ok(rows + super::merged::forget_merges(work, customer).await?)
}

async fn empty_customer(work: &UnitOfWork, customer: CustomerId) -> Result<u64> {
    let now = millis(work.now());
    let id = customer.0;
    let mut rows = empty_tickets(work, TICKETS_OF_CUSTOMER, id).await?;
    rows += empty_callbacks(work, OF_CUSTOMER, id).await?;
    let visits = "SELECT v.id FROM visits v WHERE v.customer_id = $1";
    rows += empty_visits(work, visits, id).await?;
    let by_customer = [
        "UPDATE gathering_participants SET remark = NULL WHERE customer_id = $1 AND remark IS NOT NULL",
        "UPDATE campaign_members SET purpose = NULL, added_reason = NULL, removed_reason = NULL WHERE customer_id = $1",
        "UPDATE service_items SET text = NULL, result = NULL, subject = NULL WHERE customer_id = $1",
        "UPDATE watched_customers SET reason = NULL, end_reason = NULL, signs = '' WHERE customer_id = $1",
        "UPDATE customer_flags SET reason = NULL, withdraw_reason = NULL WHERE customer_id = $1",
        "UPDATE survey_answer_items SET words = NULL WHERE words IS NOT NULL AND answer_id IN (SELECT n.answer_id \
         FROM survey_named_answers n JOIN survey_invitations i ON i.id = n.invitation_id WHERE i.customer_id = $1)",
        "UPDATE field_slips SET customer_name = NULL, contact_name = NULL, contact_phone = NULL, contact_title = '', \
         product_problems = NULL, important = NULL, verification = NULL, cancel_reason = NULL WHERE customer_id = $1",
        "DELETE FROM contacts WHERE customer_id = $1",
        "DELETE FROM search_keys WHERE customer_id = $1",
        "DELETE FROM customer_relations WHERE customer_id = $1 OR other_id = $1",
        "UPDATE customer_stages SET note = NULL WHERE customer_id = $1 AND note IS NOT NULL",
        "DELETE FROM information_states WHERE id = $1",
        "UPDATE information_findings SET explanation = NULL, about_key = 0, measured = NULL WHERE customer_id = $1",
        "UPDATE information_verifications SET note = NULL WHERE customer_id = $1",
        "UPDATE information_samples SET finding = NULL, rectification = NULL WHERE customer_id = $1",
        "UPDATE record_changes SET old_value = NULL, new_value = NULL, reason = '' WHERE entity_id = $1 OR customer_id = $1",
        "UPDATE events SET note = NULL WHERE customer_id = $1 AND note IS NOT NULL",
        "UPDATE messages SET recipient = NULL, title = NULL, body = NULL WHERE customer_id = $1",
        "UPDATE consent_entries SET note = NULL WHERE customer_id = $1",
        "UPDATE information_changes SET facts = NULL, reason = NULL, note = NULL, collected_by = NULL WHERE customer_id = $1",
        "UPDATE customer_marks SET reason = NULL, end_reason = NULL WHERE customer_id = $1",
        "UPDATE core_changes SET answer = NULL WHERE customer_id = $1",
        "UPDATE core_changes SET state = 'settled' WHERE customer_id = $1 AND state <> 'accepted'",
        "UPDATE information_changes SET state = 'withdrawn' WHERE customer_id = $1 AND state = 'pending'",
        "UPDATE record_changes SET collected_by = NULL WHERE customer_id = $1",
        "UPDATE contact_records SET note = NULL WHERE obligation_id IN (SELECT id FROM obligations WHERE customer_id = $1)",
        "UPDATE data_request_entries SET note = NULL WHERE request_id IN (SELECT id FROM data_requests WHERE customer_id = $1)",
        "UPDATE data_requests SET wish = NULL, answer = NULL, copy_key = NULL WHERE customer_id = $1",
        "UPDATE legal_holds SET reason = NULL, lift_reason = NULL WHERE customer_id = $1",
        "UPDATE customer_scores SET facts = '{}' WHERE customer_id = $1",
        "UPDATE class_overrides SET reason = NULL, end_reason = NULL, \
         state = CASE WHEN state IN ('asked', 'in_force') THEN 'ended' ELSE state END WHERE customer_id = $1",
        "UPDATE risk_assessments SET answers = NULL, explanation = NULL, content = NULL, returned = NULL WHERE customer_id = $1",
        "UPDATE risk_signals SET detail = NULL, words = NULL WHERE customer_id = $1",
        "UPDATE risk_measures SET measure = NULL, evidence = NULL, effect = NULL WHERE customer_id = $1",
        "UPDATE credit_entries SET source = '', words = NULL WHERE customer_id = $1",
        "UPDATE credit_flags SET reason = NULL WHERE customer_id = $1",
        "UPDATE aml_checks SET words = NULL WHERE customer_id = $1",
    ];
    let steps: Vec<_> = by_customer
        .iter()
        .map(|sql| ((*sql).to_owned(), params![id]))
        .collect();
    rows += all(work, &steps).await?;
    let sql = "UPDATE customers SET name = $2, name_index = 0, sex = NULL, birth_date = NULL, id_type = NULL, id_no = NULL, \
               id_no_index = NULL, id_no_tail_index = NULL, id_expires_on = NULL, nationality = NULL, mobile = NULL, \
               mobile_index = NULL, mobile_tail_index = NULL, phone = NULL, phone_index = NULL, email = NULL, \
               address = NULL, mailing_address = NULL, occupation = NULL, language = NULL, preferred_channel = NULL, \
               relationship_stage = NULL, large = FALSE, key_account = FALSE, shareholder_related = FALSE, needs = NULL, \
               special_needs = NULL, special_circumstances = NULL, wanted_sum_fen = NULL, wanted_term_months = NULL, risk_appetite = NULL, risk_tolerance = NULL, value_class = NULL, imported_value_class = NULL, risk_class = NULL, annual_income_fen = NULL, \
               marketing_consent = NULL, source_channel = NULL, collected_by = NULL, collected_at = NULL, \
               row_hash = $3, erased_at = $4, updated_at = $4, version = version + 1 WHERE id = $1 AND erased_at IS NULL";
    let values = params![id, Vec::<u8>::new(), DESTROYED_HASH, now];
    work.execute_one(sql, values).await?;
    Ok(rows + 1)
}
