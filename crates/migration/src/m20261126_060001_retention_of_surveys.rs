//! Surveys and callback campaigns have terms of their own.

use sea_orm_migration::prelude::*;

const UP: &str = "
ALTER TABLE surveys ADD COLUMN destroyed_at {instant};
ALTER TABLE campaigns ADD COLUMN destroyed_at {instant}
";

/// What the older list has no kind for goes first.
const DOWN: &str = "
DELETE FROM destruction_items WHERE kind IN ('survey', 'campaign');
ALTER TABLE campaigns DROP COLUMN destroyed_at;
ALTER TABLE surveys DROP COLUMN destroyed_at
";

/// Kinds of records; the last two are new.
const KINDS: [&str; 19] = [
    "policy_record",
    "callback_record",
    "callback_recording",
    "clarification_recording",
    "visit_questionnaire",
    "document",
    "ticket",
    "identity",
    "double_recording",
    "sale_recording",
    "internet_trace",
    "suitability",
    "impact_assessment",
    "sharing_record",
    "network_log",
    "sales_visit",
    "gathering",
    "survey",
    "campaign",
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::set_codes(manager, "destruction_items", "kind", &KINDS).await?;
        crate::ddl::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::run(manager, DOWN).await?;
        crate::ddl::set_codes(manager, "destruction_items", "kind", &KINDS[..17]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
