//! The day on which each callback is planned.

const UP: &str = "
ALTER TABLE callbacks ADD COLUMN planned_on {date};
CREATE INDEX callbacks_planned ON callbacks (org_id, planned_on, id) WHERE planned_on IS NOT NULL
";
const DOWN: &str = "
DROP INDEX callbacks_planned;
ALTER TABLE callbacks DROP COLUMN planned_on
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
