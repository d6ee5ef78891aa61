//! Numbered lists of cases are made for departments, too, with an opinion and a plan.

const UP: &str = "
ALTER TABLE problem_lists ADD COLUMN kind TEXT NOT NULL DEFAULT 'bancassurance' CHECK (kind IN ('bancassurance', 'departments'));
ALTER TABLE problem_lists ADD COLUMN opinion TEXT NOT NULL DEFAULT '';
ALTER TABLE problem_lists ADD COLUMN plan TEXT NOT NULL DEFAULT ''
";
const DOWN: &str = "
ALTER TABLE problem_lists DROP COLUMN plan;
ALTER TABLE problem_lists DROP COLUMN opinion;
ALTER TABLE problem_lists DROP COLUMN kind
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
