//! The moment at which an obligation is due where a rule counts hours.

const UP: &str = "ALTER TABLE obligations ADD COLUMN due_at {instant}";
const DOWN: &str = "ALTER TABLE obligations DROP COLUMN due_at";

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
