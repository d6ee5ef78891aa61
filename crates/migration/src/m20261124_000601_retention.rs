//! Legal holds, destruction after the term, requests of people about their own data.

const UP: &str = "
ALTER TABLE customers ADD COLUMN erased_at {instant};
ALTER TABLE customers ADD COLUMN restricted_at {instant};
ALTER TABLE customers ADD COLUMN consent_withdrawn_at {instant};
ALTER TABLE customers ADD COLUMN erasure_asked_at {instant};
ALTER TABLE policies ADD COLUMN destroyed_at {instant};
ALTER TABLE callbacks ADD COLUMN destroyed_at {instant};
ALTER TABLE tickets ADD COLUMN destroyed_at {instant};
CREATE INDEX recordings_customer ON recordings (customer_id);
CREATE INDEX record_changes_customer ON record_changes (customer_id);
CREATE INDEX policies_beneficiary ON policies (beneficiary_id);
CREATE INDEX policies_kept ON policies (id) WHERE destroyed_at IS NULL;
CREATE TABLE legal_holds (
    id {id} NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    subject TEXT NOT NULL CHECK (subject IN ('customer', 'policy', 'ticket', 'unit')),
    customer_id {id} REFERENCES customers (id),
    policy_id {id} REFERENCES policies (id),
    ticket_id {id} REFERENCES tickets (id),
    org_id {id} NOT NULL REFERENCES orgs (id),
    from_on {date},
    until_on {date},
    kind TEXT NOT NULL CHECK (kind IN ('litigation', 'regulator', 'aml_investigation', 'complaint', 'other')),
    authority TEXT NOT NULL,
    document_no TEXT NOT NULL,
    reason {bytes},
    effective_on {date} NOT NULL,
    review_on {date} NOT NULL,
    placed_by_id {id},
    placed_by TEXT NOT NULL,
    placed_at {instant} NOT NULL,
    lifted_by TEXT,
    lifted_at {instant},
    lift_reason {bytes},
    version {int} NOT NULL
) {strict};
CREATE INDEX legal_holds_active ON legal_holds (lifted_at, id);
CREATE INDEX legal_holds_customer ON legal_holds (customer_id);
CREATE INDEX legal_holds_policy ON legal_holds (policy_id);
CREATE TABLE destruction_batches (
    id {id} NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    org_id {id} NOT NULL REFERENCES orgs (id),
    state TEXT NOT NULL CHECK (state IN ('proposed', 'submitted', 'approved', 'refused', 'withdrawn', 'executed')),
    as_of {date} NOT NULL,
    rules_hash TEXT NOT NULL,
    items {int} NOT NULL,
    destroyed {int} NOT NULL,
    skipped {int} NOT NULL,
    proposed_by_id {id},
    proposed_by TEXT NOT NULL,
    proposed_at {instant} NOT NULL,
    submitted_by_id {id},
    submitted_by TEXT,
    submitted_at {instant},
    decided_by TEXT,
    decided_at {instant},
    decision_note TEXT,
    job_id {id},
    executed_at {instant},
    certificate TEXT,
    version {int} NOT NULL
) {strict};
CREATE INDEX destruction_batches_org ON destruction_batches (org_id, id);
CREATE TABLE destruction_items (
    id {id} NOT NULL PRIMARY KEY,
    batch_id {id} NOT NULL REFERENCES destruction_batches (id),
    seq {int} NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('policy_record', 'callback_record', 'callback_recording', 'clarification_recording', 'visit_questionnaire', 'document', 'ticket', 'identity', 'double_recording', 'sale_recording', 'internet_trace', 'suitability', 'impact_assessment', 'sharing_record', 'network_log')),
    customer_id {id} NOT NULL REFERENCES customers (id),
    policy_id {id} REFERENCES policies (id),
    org_id {id} NOT NULL REFERENCES orgs (id),
    started_on {date},
    kept_until {date},
    basis TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('proposed', 'destroyed', 'skipped')),
    skip_reason TEXT,
    rows_destroyed {int} NOT NULL,
    files_destroyed {int} NOT NULL,
    digest TEXT,
    done_at {instant},
    UNIQUE (batch_id, seq)
) {strict};
CREATE INDEX destruction_items_customer ON destruction_items (customer_id);
CREATE INDEX destruction_items_policy ON destruction_items (policy_id);
CREATE TABLE data_requests (
    id {id} NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    customer_id {id} NOT NULL REFERENCES customers (id),
    org_id {id} NOT NULL REFERENCES orgs (id),
    kind TEXT NOT NULL CHECK (kind IN ('access', 'copy', 'correct', 'delete', 'withdraw_consent', 'transfer', 'explain', 'risk_objection')),
    state TEXT NOT NULL CHECK (state IN ('received', 'identity_checked', 'decided', 'carried_out', 'answered', 'closed')),
    is_open {bool} NOT NULL,
    requester TEXT NOT NULL CHECK (requester IN ('self', 'guardian', 'representative', 'close_relative')),
    received_by TEXT NOT NULL,
    received_on {date} NOT NULL,
    received_through TEXT NOT NULL CHECK (received_through IN ('counter', 'phone', 'letter', 'email', 'online')),
    wish {bytes},
    due_on {date} NOT NULL,
    due_cite TEXT NOT NULL,
    identity_method TEXT CHECK (identity_method IN ('document_in_person', 'number_and_mobile', 'video', 'written_authority')),
    identity_by_id {id},
    identity_by TEXT,
    identity_at {instant},
    outcome TEXT CHECK (outcome IN ('granted', 'partly', 'refused')),
    ground TEXT,
    decided_by TEXT,
    decided_at {instant},
    carried_out_at {instant},
    answered_through TEXT,
    answer {bytes},
    answered_at {instant},
    closed_at {instant},
    job_id {id},
    copy_key TEXT,
    version {int} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL
) {strict};
CREATE INDEX data_requests_customer ON data_requests (customer_id);
CREATE INDEX data_requests_open ON data_requests (is_open, due_on, id);
CREATE TABLE data_request_entries (
    id {id} NOT NULL PRIMARY KEY,
    request_id {id} NOT NULL REFERENCES data_requests (id),
    at {instant} NOT NULL,
    actor_name TEXT NOT NULL,
    step TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    note {bytes}
) {strict};
CREATE INDEX data_request_entries_request ON data_request_entries (request_id)
";
const DOWN: &str = "
DROP TABLE data_request_entries;
DROP TABLE data_requests;
DROP TABLE destruction_items;
DROP TABLE destruction_batches;
DROP TABLE legal_holds;
DROP INDEX policies_kept;
DROP INDEX policies_beneficiary;
DROP INDEX record_changes_customer;
DROP INDEX recordings_customer;
ALTER TABLE tickets DROP COLUMN destroyed_at;
ALTER TABLE callbacks DROP COLUMN destroyed_at;
ALTER TABLE policies DROP COLUMN destroyed_at;
ALTER TABLE customers DROP COLUMN erasure_asked_at;
ALTER TABLE customers DROP COLUMN consent_withdrawn_at;
ALTER TABLE customers DROP COLUMN restricted_at;
ALTER TABLE customers DROP COLUMN erased_at
";
#[derive(sea_orm_migration::prelude::DeriveMigrationName)]
pub(crate) struct Migration;

#[sea_orm_migration::async_trait::async_trait]
impl sea_orm_migration::MigrationTrait for Migration {
    async fn up(
        &self,
        manager: &sea_orm_migration::SchemaManager,
    ) -> Result<(), sea_orm_migration::DbErr> {
        crate::ddl::run(manager, UP).await
    }

    async fn down(
        &self,
        manager: &sea_orm_migration::SchemaManager,
    ) -> Result<(), sea_orm_migration::DbErr> {
        crate::ddl::run(manager, DOWN).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
