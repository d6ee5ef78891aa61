//! What holders of posts put on record of their duties.

const UP: &str = "
CREATE TABLE post_duty_records (
    id {id} NOT NULL PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    post TEXT NOT NULL,
    duty TEXT NOT NULL,
    user_id {id} NOT NULL REFERENCES users (id),
    done_on {date} NOT NULL,
    note TEXT NOT NULL,
    created_at {instant} NOT NULL
) {strict};
CREATE INDEX post_duty_records_duty ON post_duty_records (org_id, post, duty, done_on)
";
const DOWN: &str = "DROP TABLE post_duty_records";

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
