//! Keys that come and go, each with its own algorithm, and a key for each file.

const UP: &str = "
ALTER TABLE encryption_keys ADD COLUMN destroyed_at {instant};
UPDATE encryption_keys SET algorithm = CASE purpose WHEN 'seal' THEN 'AES-256-GCM' ELSE 'HMAC-SHA-256' END;
CREATE TABLE file_keys (
    id {id} NOT NULL PRIMARY KEY,
    place TEXT NOT NULL UNIQUE,
    cipher TEXT NOT NULL,
    file_key {bytes} NOT NULL,
    created_at {instant} NOT NULL
) {strict}
";
const DOWN: &str = "
DROP TABLE file_keys;
ALTER TABLE encryption_keys DROP COLUMN destroyed_at
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
