//! Indexes under reports and the dashboard.
//!
//! `callbacks_report` holds every column that figures are computed from, so that a period is read in
//! one sweep of the index, without a look at the rows; `callbacks_late` finds what is open and past
//! its date by programme and unit; the others find claims callbacks by their event and problem cases
//! by the day on which they were opened.

const UP: &str = "
CREATE INDEX callbacks_report ON callbacks (due_on, programme, org_id, policy_id, id, state, earliest_on, round, attempts_total, in_branch, is_recall, last_result, reached, identity_verified, content_delivered, affirmed, succeeded_on, timing, completed_channel, caller_id, cause, first_called_on);
CREATE INDEX callbacks_late ON callbacks (programme, org_id, due_on) WHERE is_open;
CREATE INDEX obligations_trigger ON obligations (programme, trigger_on, id);
CREATE INDEX tickets_opened ON tickets (opened_at, kind, callback_id)
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
        let down = "DROP INDEX tickets_opened; DROP INDEX obligations_trigger; DROP INDEX callbacks_late; \
                    DROP INDEX callbacks_report";
        crate::ddl::run(manager, down).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
