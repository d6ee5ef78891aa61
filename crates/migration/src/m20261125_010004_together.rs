//! Callbacks in one conversation: attempts that share a connection, answers that were carried over.

const UP: &str = "
ALTER TABLE attempts ADD COLUMN shared_with {id};
ALTER TABLE answers ADD COLUMN carried_from {id}
";
const DOWN: &str = "
ALTER TABLE answers DROP COLUMN carried_from;
ALTER TABLE attempts DROP COLUMN shared_with
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
