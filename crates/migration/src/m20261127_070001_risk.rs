//! The risk that customers are: assessments, signals, measures, credit files, checks before payments; the
//! registers of market risks and operational errors, and how sales departments were urged.

use sea_orm_migration::prelude::*;

const UP: &str = "
CREATE TABLE risk_assessments (
    id {id} NOT NULL PRIMARY KEY,
    customer_id {id} NOT NULL REFERENCES customers (id),
    dimension TEXT NOT NULL CHECK (dimension IN ('credit', 'market', 'operational', 'other', 'aml')),
    state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'confirmed', 'superseded')),
    points {int} NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('low', 'medium', 'high')),
    answers {bytes},
    explanation {bytes},
    content {bytes},
    returned {bytes},
    made_by_id {id} NOT NULL REFERENCES users (id),
    made_by TEXT NOT NULL,
    made_at {instant} NOT NULL,
    confirmed_by TEXT,
    confirmed_on {date},
    review_on {date},
    version {int} NOT NULL,
    updated_at {instant} NOT NULL
) {strict};
CREATE INDEX risk_assessments_customer ON risk_assessments (customer_id, id);
CREATE INDEX risk_assessments_review ON risk_assessments (state, review_on, id);
CREATE TABLE risk_signals (
    id {id} NOT NULL PRIMARY KEY,
    customer_id {id} NOT NULL REFERENCES customers (id),
    kind TEXT NOT NULL CHECK (kind IN ('lapses', 'complaints', 'large_surrender', 'agency_surrender', 'quick_claims', 'third_party_payout', 'contact_before_payout', 'adverse_news', 'fraud_suspicion', 'aml_hint')),
    level TEXT NOT NULL CHECK (level IN ('low', 'medium', 'high')),
    found_key TEXT NOT NULL,
    happened_on {date} NOT NULL,
    found_on {date} NOT NULL,
    detail {bytes},
    raised_by TEXT NOT NULL,
    is_confidential {bool} NOT NULL,
    is_open {bool} NOT NULL,
    response TEXT CHECK (response IN ('explained', 'measure', 'assessment', 'no_risk')),
    words {bytes},
    handled_by TEXT,
    handled_at {instant},
    version {int} NOT NULL,
    UNIQUE (customer_id, kind, found_key)
) {strict};
CREATE INDEX risk_signals_open ON risk_signals (is_open, id);
CREATE TABLE risk_measures (
    id {id} NOT NULL PRIMARY KEY,
    customer_id {id} NOT NULL REFERENCES customers (id),
    assessment_id {id} REFERENCES risk_assessments (id),
    signal_id {id} REFERENCES risk_signals (id),
    is_confidential {bool} NOT NULL,
    measure {bytes},
    owner_id {id} NOT NULL REFERENCES users (id),
    due_on {date} NOT NULL,
    done_at {instant},
    evidence {bytes},
    effect {bytes},
    made_by TEXT NOT NULL,
    made_at {instant} NOT NULL,
    version {int} NOT NULL
) {strict};
CREATE INDEX risk_measures_customer ON risk_measures (customer_id, id);
CREATE INDEX risk_measures_due ON risk_measures (done_at, due_on, id);
CREATE TABLE credit_entries (
    id {id} NOT NULL PRIMARY KEY,
    customer_id {id} NOT NULL REFERENCES customers (id),
    kind TEXT NOT NULL CHECK (kind IN ('payment_record', 'arrears', 'lapse', 'court', 'rating', 'bank_reference', 'other')),
    source TEXT NOT NULL,
    noted_on {date} NOT NULL,
    words {bytes},
    recorded_by TEXT NOT NULL,
    recorded_at {instant} NOT NULL
) {strict};
CREATE INDEX credit_entries_customer ON credit_entries (customer_id, id);
CREATE TABLE credit_flags (
    id {id} NOT NULL PRIMARY KEY,
    customer_id {id} NOT NULL REFERENCES customers (id),
    from_flag TEXT NOT NULL CHECK (from_flag IN ('normal', 'watch', 'poor')),
    to_flag TEXT NOT NULL CHECK (to_flag IN ('normal', 'watch', 'poor')),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'in_force', 'refused')),
    reason {bytes},
    asked_by_id {id} NOT NULL REFERENCES users (id),
    asked_by TEXT NOT NULL,
    asked_at {instant} NOT NULL,
    decided_by TEXT,
    decided_at {instant}
) {strict};
CREATE INDEX credit_flags_customer ON credit_flags (customer_id, id);
CREATE INDEX credit_flags_state ON credit_flags (state, id);
CREATE TABLE aml_checks (
    id {id} NOT NULL PRIMARY KEY,
    customer_id {id} NOT NULL REFERENCES customers (id),
    event_id {id} NOT NULL REFERENCES events (id),
    subject TEXT NOT NULL CHECK (subject IN ('applicant', 'beneficiary')),
    result TEXT NOT NULL CHECK (result IN ('verified', 'doubt')),
    words {bytes},
    checked_by TEXT NOT NULL,
    checked_at {instant} NOT NULL,
    UNIQUE (event_id, subject)
) {strict};
CREATE INDEX aml_checks_customer ON aml_checks (customer_id, id);
CREATE TABLE market_risks (
    id {id} NOT NULL PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    indicator TEXT NOT NULL,
    observed_on {date} NOT NULL,
    observation TEXT NOT NULL,
    effect TEXT NOT NULL,
    adjustment TEXT NOT NULL,
    owner_id {id} NOT NULL REFERENCES users (id),
    due_on {date} NOT NULL,
    done_on {date},
    outcome TEXT,
    made_by TEXT NOT NULL,
    made_at {instant} NOT NULL,
    version {int} NOT NULL
) {strict};
CREATE INDEX market_risks_org ON market_risks (org_id, id);
CREATE TABLE operational_errors (
    id {id} NOT NULL PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    kind TEXT NOT NULL CHECK (kind IN ('data', 'payment', 'identity', 'document', 'privacy', 'process', 'other')),
    process_name TEXT NOT NULL,
    happened_on {date} NOT NULL,
    cause {bytes} NOT NULL,
    effect {bytes} NOT NULL,
    remedy {bytes} NOT NULL,
    needs_training {bool} NOT NULL,
    owner_id {id} NOT NULL REFERENCES users (id),
    due_on {date} NOT NULL,
    done_on {date},
    outcome TEXT,
    made_by TEXT NOT NULL,
    made_at {instant} NOT NULL,
    version {int} NOT NULL
) {strict};
CREATE INDEX operational_errors_org ON operational_errors (org_id, id);
CREATE TABLE standard_processes (
    id {id} NOT NULL PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    process_name TEXT NOT NULL,
    standard TEXT NOT NULL,
    is_sensitive {bool} NOT NULL,
    owner_id {id} NOT NULL REFERENCES users (id),
    reviewed_on {date} NOT NULL,
    ended_on {date}
) {strict};
CREATE INDEX standard_processes_org ON standard_processes (org_id, process_name);
CREATE TABLE sales_urgings (
    id {id} NOT NULL PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    agent_id {id} REFERENCES agents (id),
    tickets {int} NOT NULL,
    words TEXT NOT NULL,
    urged_by TEXT NOT NULL,
    urged_at {instant} NOT NULL,
    next_on {date} NOT NULL
) {strict};
CREATE INDEX sales_urgings_of ON sales_urgings (org_id, agent_id, id);
CREATE INDEX events_payments ON events (occurred_on, id) WHERE type IN ('surrendered', 'service_payout', 'claim_paid');
INSERT INTO derivations (derived, id, subject, low, high)
SELECT 'risk_signals', id, 'customers', id, (SELECT id FROM customers ORDER BY id DESC LIMIT 1)
FROM (SELECT id FROM customers ORDER BY id LIMIT 1) AS eldest
";

/// What is derived from customers; the last is new.
const DERIVED: [&str; 5] = ["search", "quality", "duplicates", "scores", "risk_signals"];

/// What this migration made, the last first.
const TABLES: [&str; 10] = [
    "sales_urgings",
    "standard_processes",
    "operational_errors",
    "market_risks",
    "aml_checks",
    "credit_flags",
    "credit_entries",
    "risk_measures",
    "risk_signals",
    "risk_assessments",
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::set_codes(manager, "derivations", "derived", &DERIVED).await?;
        crate::ddl::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::drop_tables(manager, &TABLES).await?;
        let queued =
            "DROP INDEX events_payments; DELETE FROM derivations WHERE derived = 'risk_signals'";
        crate::ddl::run(manager, queued).await?;
        crate::ddl::set_codes(manager, "derivations", "derived", &DERIVED[..4]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
