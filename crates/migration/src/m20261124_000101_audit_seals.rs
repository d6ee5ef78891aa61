//! The audit log is sealed: every entry has a place and a code, and batches of them a chain of seals.

const UP: &str = "
ALTER TABLE audit_entries ADD COLUMN lane {int};
ALTER TABLE audit_entries ADD COLUMN place {int};
ALTER TABLE audit_entries ADD COLUMN mac {bytes};
CREATE UNIQUE INDEX audit_entries_place ON audit_entries (lane, place);
DROP INDEX audit_entries_subject;
CREATE INDEX audit_entries_subject ON audit_entries (subject_id, at);
DROP INDEX audit_entries_customer;
CREATE INDEX audit_entries_customer ON audit_entries (customer_id, at, id);
CREATE TABLE audit_heads (
    lane {int} NOT NULL PRIMARY KEY,
    entries {int} NOT NULL,
    sealed {int} NOT NULL,
    seal {int} NOT NULL,
    mac {bytes} NOT NULL
) {strict};
CREATE TABLE audit_seals (
    number {int} NOT NULL PRIMARY KEY,
    entries {int} NOT NULL,
    total {int} NOT NULL,
    root {bytes} NOT NULL,
    previous {bytes} NOT NULL,
    hash {bytes} NOT NULL,
    algorithm TEXT NOT NULL,
    sealed_at {instant} NOT NULL
) {strict};
CREATE TABLE audit_seal_spans (
    seal {int} NOT NULL REFERENCES audit_seals (number),
    lane {int} NOT NULL,
    first_place {int} NOT NULL,
    last_place {int} NOT NULL,
    PRIMARY KEY (seal, lane)
) {strict};
CREATE INDEX audit_seal_spans_place ON audit_seal_spans (lane, first_place)
";
const DOWN: &str = "
DROP TABLE audit_seal_spans;
DROP TABLE audit_seals;
DROP TABLE audit_heads;
DROP INDEX audit_entries_customer;
CREATE INDEX audit_entries_customer ON audit_entries (customer_id);
DROP INDEX audit_entries_subject;
CREATE INDEX audit_entries_subject ON audit_entries (subject_id);
DROP INDEX audit_entries_place;
ALTER TABLE audit_entries DROP COLUMN mac;
ALTER TABLE audit_entries DROP COLUMN place;
ALTER TABLE audit_entries DROP COLUMN lane
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
