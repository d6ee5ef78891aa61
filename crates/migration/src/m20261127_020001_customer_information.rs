//! What is known of a customer: needs in fields of their own, where each change was learned, corrections
//! that wait for a second person, flags with dates, confirmations, and what the core system still has to
//! hear.

use sea_orm_migration::prelude::DeriveMigrationName;
use sea_orm_migration::{DbErr, MigrationTrait, SchemaManager, async_trait};

const UP: &str = "
ALTER TABLE customers ADD COLUMN wanted_sum_fen {int};
ALTER TABLE customers ADD COLUMN wanted_term_months {int};
ALTER TABLE customers ADD COLUMN special_circumstances {bytes};
ALTER TABLE record_changes ADD COLUMN origin TEXT CHECK (origin IN ('form', 'system', 'callback', 'letter', 'visit', 'ticket', 'data_request'));
ALTER TABLE record_changes ADD COLUMN source_channel TEXT CHECK (source_channel IN ('sales', 'service', 'market_research', 'partner'));
ALTER TABLE record_changes ADD COLUMN collected_by TEXT;
ALTER TABLE record_changes ADD COLUMN collected_at {instant};
CREATE INDEX record_changes_collected ON record_changes (changed_at) WHERE collected_at IS NOT NULL;
CREATE TABLE information_changes (
    id {id} NOT NULL PRIMARY KEY,
    customer_id {id} NOT NULL REFERENCES customers (id),
    state TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'refused', 'withdrawn')),
    origin TEXT NOT NULL CHECK (origin IN ('form', 'system', 'callback', 'letter', 'visit', 'ticket', 'data_request')),
    about_no TEXT,
    fields TEXT NOT NULL,
    facts {bytes},
    reason {bytes},
    source_channel TEXT CHECK (source_channel IN ('sales', 'service', 'market_research', 'partner')),
    collected_by TEXT,
    collected_at {instant} NOT NULL,
    asked_by {id},
    asked_name TEXT NOT NULL,
    asked_at {instant} NOT NULL,
    decided_by {id},
    decided_name TEXT,
    decided_at {instant},
    note {bytes}
) {strict};
CREATE INDEX information_changes_state ON information_changes (state, id);
CREATE INDEX information_changes_customer ON information_changes (customer_id, id);
CREATE TABLE customer_marks (
    id {id} NOT NULL PRIMARY KEY,
    customer_id {id} NOT NULL REFERENCES customers (id),
    flag TEXT NOT NULL CHECK (flag IN ('large', 'key_account', 'shareholder_related', 'cooperating')),
    since_on {date} NOT NULL,
    reason {bytes},
    set_name TEXT NOT NULL,
    set_at {instant} NOT NULL,
    ended_on {date},
    end_reason {bytes},
    ended_name TEXT,
    ended_at {instant}
) {strict};
CREATE INDEX customer_marks_customer ON customer_marks (customer_id, id);
CREATE TABLE fact_confirmations (
    id {id} NOT NULL PRIMARY KEY,
    customer_id {id} NOT NULL REFERENCES customers (id),
    field TEXT NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('form', 'system', 'callback', 'letter', 'visit', 'ticket', 'data_request')),
    actor_name TEXT NOT NULL,
    at {instant} NOT NULL
) {strict};
CREATE INDEX fact_confirmations_customer ON fact_confirmations (customer_id, field, at);
CREATE TABLE core_changes (
    id {id} NOT NULL PRIMARY KEY,
    customer_id {id} NOT NULL REFERENCES customers (id),
    change_id {id} NOT NULL REFERENCES record_changes (id),
    field TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'accepted', 'refused', 'settled')),
    created_at {instant} NOT NULL,
    delivered_at {instant},
    delivered_to TEXT,
    answered_at {instant},
    answer {bytes},
    settled_name TEXT
) {strict};
CREATE INDEX core_changes_state ON core_changes (state, id);
CREATE INDEX core_changes_customer ON core_changes (customer_id, id)
";
const DOWN: &str = "
DROP TABLE core_changes;
DROP TABLE fact_confirmations;
DROP TABLE customer_marks;
DROP TABLE information_changes;
DROP INDEX record_changes_collected;
ALTER TABLE record_changes DROP COLUMN collected_at;
ALTER TABLE record_changes DROP COLUMN collected_by;
ALTER TABLE record_changes DROP COLUMN source_channel;
ALTER TABLE record_changes DROP COLUMN origin;
ALTER TABLE customers DROP COLUMN special_circumstances;
ALTER TABLE customers DROP COLUMN wanted_term_months;
ALTER TABLE customers DROP COLUMN wanted_sum_fen
";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::run(manager, DOWN).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
