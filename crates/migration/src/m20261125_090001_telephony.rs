//! Telephone calls as the telephone system tells of them, and the extensions of people.

const UP: &str = "
ALTER TABLE users ADD COLUMN extension TEXT;
CREATE TABLE calls (
    id {id} NOT NULL PRIMARY KEY,
    attempt_id {id} NOT NULL REFERENCES attempts (id),
    customer_id {id} NOT NULL REFERENCES customers (id),
    org_id {id} NOT NULL REFERENCES orgs (id),
    caller_id {id} NOT NULL REFERENCES users (id),
    extension TEXT NOT NULL,
    external_id TEXT,
    is_dialled {bool} NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('requested', 'ringing_caller', 'dialling', 'ringing', 'answered', 'ended')),
    answered_at {instant},
    ended_at {instant},
    end_kind TEXT CHECK (end_kind IN ('spoken', 'no_answer', 'busy', 'absent', 'rejected', 'no_such_number', 'given_up', 'failed')),
    failure TEXT,
    recording_id {id} REFERENCES recordings (id),
    recording_name TEXT,
    version {int} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL
) {strict};
CREATE INDEX calls_attempt ON calls (attempt_id);
CREATE UNIQUE INDEX calls_external ON calls (external_id);
CREATE INDEX calls_customer ON calls (customer_id)
";
const DOWN: &str = "
DROP TABLE calls;
ALTER TABLE users DROP COLUMN extension
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
