//! Scheduled contacts: when the message of an obligation was asked for, and contacts that a person made instead.

use sea_orm_migration::prelude::DeriveMigrationName;
use sea_orm_migration::{DbErr, MigrationTrait, SchemaManager, async_trait};

const UP: &str = "
ALTER TABLE obligations ADD COLUMN taken_up_at {instant};
CREATE INDEX obligations_contacts ON obligations (earliest_on, id) WHERE kind = 'message' AND status = 'open' AND taken_up_at IS NULL;
CREATE INDEX obligations_contacts_due ON obligations (due_on, id) WHERE kind = 'message' AND status = 'open';
CREATE INDEX obligations_contacts_listed ON obligations (earliest_on, id) WHERE kind = 'message';
CREATE INDEX events_agent_left ON events (agent_id) WHERE type = 'agent_left';
CREATE TABLE contact_records (
    id {id} NOT NULL PRIMARY KEY,
    obligation_id {id} NOT NULL UNIQUE REFERENCES obligations (id),
    channel TEXT NOT NULL CHECK (channel IN ('phone', 'sms', 'email', 'wechat', 'qq', 'visit', 'letter', 'electronic', 'gathering')),
    note {bytes},
    actor_id {id},
    actor_name TEXT NOT NULL,
    at {instant} NOT NULL
) {strict}
";
const DOWN: &str = "
DROP TABLE contact_records;
DROP INDEX events_agent_left;
DROP INDEX obligations_contacts_listed;
DROP INDEX obligations_contacts_due;
DROP INDEX obligations_contacts;
ALTER TABLE obligations DROP COLUMN taken_up_at
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
