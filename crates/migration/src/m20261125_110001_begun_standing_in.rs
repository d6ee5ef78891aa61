//! What somebody begins while standing in for somebody else ends with the same rights.

const UP: &str = "
ALTER TABLE jobs ADD COLUMN delegation_id {id};
ALTER TABLE approvals ADD COLUMN delegation_id {id}
";
const DOWN: &str = "
ALTER TABLE approvals DROP COLUMN delegation_id;
ALTER TABLE jobs DROP COLUMN delegation_id
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
