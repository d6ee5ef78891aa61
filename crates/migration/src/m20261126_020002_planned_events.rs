//! Events that follow from plans know until when the plan lasts and that a customer was taken off its list.

const UP: &str = "
ALTER TABLE events ADD COLUMN until_on {date};
ALTER TABLE events ADD COLUMN withdrawn_on {date}
";
const DOWN: &str = "
ALTER TABLE events DROP COLUMN withdrawn_on;
ALTER TABLE events DROP COLUMN until_on
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
