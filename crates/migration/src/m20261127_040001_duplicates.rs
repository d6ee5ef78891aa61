//! Customers who may be one: keyed hashes of what their records have in common, pairs with what was found
//! and decided, and merges with all that is needed to take them back to the byte.

use sea_orm_migration::prelude::DeriveMigrationName;
use sea_orm_migration::{DbErr, MigrationTrait, SchemaManager, async_trait};

const UP: &str = "
ALTER TABLE customers ADD COLUMN merged_into_id {id};
CREATE INDEX customers_merged ON customers (merged_into_id) WHERE merged_into_id IS NOT NULL;
CREATE TABLE duplicate_keys (
    hash {int} NOT NULL,
    customer_id {id} NOT NULL,
    PRIMARY KEY (hash, customer_id)
) {strict};
CREATE INDEX duplicate_keys_customer ON duplicate_keys (customer_id);
CREATE TABLE duplicate_blocks (
    hash {int} NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('id_no', 'mobile', 'phone', 'email', 'birth_surname', 'birth_given', 'sound_year', 'sound_tail', 'address_surname', 'org_name', 'org_address')),
    customers {int} NOT NULL,
    seen_at {instant} NOT NULL
) {strict};
CREATE TABLE duplicate_pairs (
    id {id} NOT NULL PRIMARY KEY,
    low_id {id} NOT NULL REFERENCES customers (id),
    high_id {id} NOT NULL REFERENCES customers (id),
    kind TEXT NOT NULL CHECK (kind IN ('individual', 'group')),
    weight {int} NOT NULL,
    probability {int} NOT NULL,
    grade TEXT NOT NULL CHECK (grade IN ('certain', 'likely', 'possible')),
    levels TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'asked', 'same', 'different', 'unsure')),
    reason {bytes},
    decided_by_id {id},
    decided_by TEXT,
    decided_at {instant},
    postponed_until {date},
    found_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version {int} NOT NULL,
    UNIQUE (low_id, high_id)
) {strict};
CREATE INDEX duplicate_pairs_high ON duplicate_pairs (high_id);
CREATE INDEX duplicate_pairs_state ON duplicate_pairs (state, weight, id);
CREATE TABLE customer_merges (
    id {id} NOT NULL PRIMARY KEY,
    pair_id {id} NOT NULL REFERENCES duplicate_pairs (id),
    survivor_id {id} NOT NULL REFERENCES customers (id),
    absorbed_id {id} NOT NULL REFERENCES customers (id),
    state TEXT NOT NULL CHECK (state IN ('standing', 'undone')),
    fields TEXT NOT NULL,
    reason {bytes},
    moved {int} NOT NULL,
    left_behind {int} NOT NULL,
    merged_by_id {id},
    merged_by TEXT NOT NULL,
    asked_by TEXT,
    merged_at {instant} NOT NULL,
    undone_by TEXT,
    undone_at {instant},
    undo_reason {bytes},
    is_destroyed {bool} NOT NULL
) {strict};
CREATE INDEX customer_merges_survivor ON customer_merges (survivor_id);
CREATE INDEX customer_merges_absorbed ON customer_merges (absorbed_id);
CREATE TABLE merge_moves (
    merge_id {id} NOT NULL REFERENCES customer_merges (id),
    table_name TEXT NOT NULL,
    column_name TEXT NOT NULL,
    row_id {id} NOT NULL,
    PRIMARY KEY (merge_id, table_name, column_name, row_id)
) {strict};
CREATE TABLE merge_copies (
    id {id} NOT NULL PRIMARY KEY,
    merge_id {id} NOT NULL REFERENCES customer_merges (id),
    moment TEXT NOT NULL CHECK (moment IN ('before', 'after')),
    name {bytes},
    id_no {bytes},
    mobile {bytes},
    phone {bytes},
    email {bytes},
    address {bytes},
    mailing_address {bytes},
    needs {bytes},
    special_needs {bytes},
    sex TEXT,
    birth_date {date},
    id_type TEXT,
    id_expires_on {date},
    nationality TEXT,
    occupation TEXT,
    language TEXT,
    preferred_channel TEXT,
    annual_income_fen {int},
    marketing_consent {bool},
    large {bool},
    key_account {bool},
    shareholder_related {bool},
    restricted_at {instant},
    consent_withdrawn_at {instant},
    erasure_asked_at {instant},
    care_stopped_at {instant},
    version {int},
    updated_at {instant},
    UNIQUE (merge_id, moment)
) {strict}
";
const DOWN: &str = "
DROP TABLE merge_copies;
DROP TABLE merge_moves;
DROP TABLE customer_merges;
DROP TABLE duplicate_pairs;
DROP TABLE duplicate_blocks;
DROP TABLE duplicate_keys;
DROP INDEX customers_merged;
ALTER TABLE customers DROP COLUMN merged_into_id
";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::run(manager, UP).await?;
        crate::ddl::add_code(manager, "approvals", "kind", "merge").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::remove_code(manager, "approvals", "kind", "merge").await?;
        crate::ddl::run(manager, DOWN).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
