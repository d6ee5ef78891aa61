//! Problems that a visit or a sales visit found are tickets too: no callback stands behind those.

use sea_orm_migration::prelude::*;

const UP: &str = "
ALTER TABLE tickets ADD COLUMN visit_id {id};
ALTER TABLE tickets ADD COLUMN slip_id {id};
CREATE INDEX tickets_visit ON tickets (visit_id);
CREATE INDEX tickets_slip ON tickets (slip_id);
CREATE INDEX tickets_policy ON tickets (policy_id)
";

/// What the older table has no place for goes first.
const DOWN: &str = "
DELETE FROM ticket_entries WHERE ticket_id IN (SELECT id FROM tickets WHERE callback_id IS NULL);
DELETE FROM tickets WHERE callback_id IS NULL;
DROP INDEX tickets_policy;
DROP INDEX tickets_slip;
DROP INDEX tickets_visit;
ALTER TABLE tickets DROP COLUMN slip_id;
ALTER TABLE tickets DROP COLUMN visit_id
";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::allow_null(manager, "tickets", "callback_id").await?;
        crate::ddl::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::run(manager, DOWN).await?;
        crate::ddl::demand_value(manager, "tickets", "callback_id").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
