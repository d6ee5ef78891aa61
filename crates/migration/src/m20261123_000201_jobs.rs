//! Jobs know whose they are and what came of them.

const UP: &str = "
ALTER TABLE jobs ADD COLUMN owner_kind TEXT;
ALTER TABLE jobs ADD COLUMN owner_id {id};
ALTER TABLE jobs ADD COLUMN result TEXT;
CREATE INDEX jobs_owner ON jobs (owner_id, id)
";
const DOWN: &str = "
DROP INDEX jobs_owner;
ALTER TABLE jobs DROP COLUMN result;
ALTER TABLE jobs DROP COLUMN owner_id;
ALTER TABLE jobs DROP COLUMN owner_kind
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
