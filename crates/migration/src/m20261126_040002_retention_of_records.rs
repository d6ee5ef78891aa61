//! Slips of sales visits and gatherings have terms of their own, of prospects too.

use sea_orm_migration::prelude::*;

const UP: &str = "
ALTER TABLE destruction_items ADD COLUMN record_id {id};
ALTER TABLE gatherings ADD COLUMN destroyed_at {instant}
";

/// What the older table has no place for goes first.
const DOWN: &str = "
DELETE FROM destruction_items WHERE record_id IS NOT NULL;
ALTER TABLE gatherings DROP COLUMN destroyed_at;
ALTER TABLE destruction_items DROP COLUMN record_id
";

/// Kinds of records; the last two are new.
const KINDS: [&str; 17] = [
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
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::set_codes(manager, "destruction_items", "kind", &KINDS).await?;
        crate::ddl::allow_null(manager, "destruction_items", "customer_id").await?;
        crate::ddl::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::run(manager, DOWN).await?;
        crate::ddl::demand_value(manager, "destruction_items", "customer_id").await?;
        crate::ddl::set_codes(manager, "destruction_items", "kind", &KINDS[..15]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
