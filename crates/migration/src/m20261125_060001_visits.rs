//! On-site visits with their forms, and formatted visit questionnaires.

use sea_orm_migration::prelude::DeriveMigrationName;
use sea_orm_migration::{DbErr, MigrationTrait, SchemaManager, async_trait};

const UP: &str = "
CREATE TABLE visit_questionnaires (
    id {id} NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    department TEXT NOT NULL,
    reason TEXT NOT NULL,
    questions TEXT NOT NULL,
    org_id {id} NOT NULL REFERENCES orgs (id),
    state TEXT NOT NULL CHECK (state IN ('drafted', 'oa_requester', 'oa_head', 'oa_executive', 'ready_for_service', 'executed')),
    author_id {id} NOT NULL REFERENCES users (id),
    head_id {id} REFERENCES users (id),
    version {int} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL
) {strict};
CREATE INDEX visit_questionnaires_state ON visit_questionnaires (state, id);
CREATE TABLE visit_questionnaire_entries (
    id {id} NOT NULL PRIMARY KEY,
    questionnaire_id {id} NOT NULL REFERENCES visit_questionnaires (id),
    at {instant} NOT NULL,
    actor_name TEXT NOT NULL,
    step TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    note TEXT
) {strict};
CREATE INDEX visit_questionnaire_entries_of ON visit_questionnaire_entries (questionnaire_id);
CREATE TABLE visits (
    id {id} NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    purpose TEXT NOT NULL CHECK (purpose IN ('key', 'shareholder', 'large', 'unresolved', 'second_callback', 'clarification', 'other')),
    format TEXT NOT NULL CHECK (format IN ('free_form', 'formatted')),
    questionnaire_id {id} REFERENCES visit_questionnaires (id),
    customer_id {id} NOT NULL REFERENCES customers (id),
    policy_id {id} REFERENCES policies (id),
    org_id {id} NOT NULL REFERENCES orgs (id),
    callback_id {id} REFERENCES callbacks (id),
    ticket_id {id} REFERENCES tickets (id),
    obligation_id {id} REFERENCES obligations (id),
    state TEXT NOT NULL CHECK (state IN ('requested', 'approved', 'refused', 'scheduled', 'rescheduled', 'visited', 'form_filled', 'signed', 'archived', 'cancelled')),
    is_open {bool} NOT NULL,
    report {bytes},
    guide {bytes},
    requested_by {id} NOT NULL REFERENCES users (id),
    requested_name TEXT NOT NULL,
    requested_at {instant} NOT NULL,
    decided_name TEXT,
    decided_at {instant},
    decision {bytes},
    due_on {date},
    visitor_id {id} REFERENCES users (id),
    appointment_at {instant},
    place {bytes},
    agreed_with {bytes},
    visited_at {instant},
    respondent TEXT CHECK (respondent IN ('policyholder', 'insured', 'beneficiary', 'insurance_contact', 'legal_representative', 'actual_controller', 'claim_reporter', 'driver', 'accident_party', 'authorized_proxy', 'customer', 'contact_person', 'complainant')),
    form {bytes},
    affirmed {bool},
    problem TEXT CHECK (problem IN ('rights_unclear', 'contract_quality', 'document_unsigned', 'proxy_signature', 'mis_selling_premium_term', 'mis_selling_coverage_period', 'mis_selling_benefits', 'mis_selling_surrender', 'wrong_phone', 'wrong_address', 'false_customer_information', 'terms_not_supplied', 'unanswerable_question', 'payout_not_confirmed', 'payout_follow_up', 'service_dissatisfaction', 'suspected_false_visit', 'complaint', 'not_reached', 'other')),
    submission TEXT,
    entered_at {instant},
    entered_late {bool} NOT NULL,
    signed_at {instant},
    signed_way TEXT CHECK (signed_way IN ('screen', 'scan')),
    signature_id {id},
    form_digest TEXT,
    archived_at {instant},
    archived_name TEXT,
    followed_up_at {instant},
    destroyed_at {instant},
    version {int} NOT NULL,
    updated_at {instant} NOT NULL
) {strict};
CREATE INDEX visits_customer ON visits (customer_id);
CREATE INDEX visits_open_due ON visits (is_open, due_on, id);
CREATE INDEX visits_callback ON visits (callback_id);
CREATE INDEX visits_obligation ON visits (obligation_id);
CREATE INDEX visits_visitor ON visits (visitor_id, is_open);
CREATE INDEX visits_visited ON visits (visited_at, id);
CREATE TABLE visit_entries (
    id {id} NOT NULL PRIMARY KEY,
    visit_id {id} NOT NULL REFERENCES visits (id),
    at {instant} NOT NULL,
    actor_name TEXT NOT NULL,
    step TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    note {bytes}
) {strict};
CREATE INDEX visit_entries_visit ON visit_entries (visit_id)
";

const TABLES: [&str; 4] = [
    "visit_entries",
    "visits",
    "visit_questionnaire_entries",
    "visit_questionnaires",
];

const OWNERS_BEFORE: [&str; 4] = ["attempt", "callback", "ticket", "letter"];
const OWNERS_AFTER: [&str; 5] = ["attempt", "callback", "ticket", "letter", "visit"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::run(manager, UP).await?;
        crate::ddl::set_codes(manager, "recordings", "owner", &OWNERS_AFTER).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::set_codes(manager, "recordings", "owner", &OWNERS_BEFORE).await?;
        crate::ddl::drop_tables(manager, &TABLES).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
