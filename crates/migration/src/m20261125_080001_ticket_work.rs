//! Working on tickets: what each kind goes through, both clocks and where they come from, declarations
//! that somebody else decides on, reminders, escalation, and the unit of whoever took a step.

use sea_orm_migration::prelude::DeriveMigrationName;
use sea_orm_migration::{DbErr, MigrationTrait, SchemaManager, async_trait};

const KINDS_BEFORE: [&str; 5] = [
    "problem",
    "verification",
    "failed",
    "contract_quality",
    "clarification",
];
const KINDS: [&str; 6] = [
    "problem",
    "verification",
    "failed",
    "contract_quality",
    "clarification",
    "letter",
];
const STATES_BEFORE: [&str; 9] = [
    "open",
    "issued",
    "in_progress",
    "extended",
    "feedback_given",
    "invalid_feedback",
    "verified",
    "closed",
    "transferred",
];
const STATES: [&str; 15] = [
    "open",
    "issued",
    "in_progress",
    "extended",
    "feedback_given",
    "invalid_feedback",
    "verified",
    "closed",
    "transferred",
    "contact_being_checked",
    "corrected",
    "branch_assigned",
    "second_callback",
    "letter_out",
    "visit_planned",
];

const UP: &str = "
ALTER TABLE tickets ADD COLUMN law_due_on {date};
ALTER TABLE tickets ADD COLUMN warn_on {date};
ALTER TABLE tickets ADD COLUMN listed_after {date};
ALTER TABLE tickets ADD COLUMN due_basis TEXT;
ALTER TABLE tickets ADD COLUMN cause_agent_id {id};
ALTER TABLE tickets ADD COLUMN declared_until {date};
ALTER TABLE tickets ADD COLUMN declared_by {id};
ALTER TABLE tickets ADD COLUMN declared_at {instant};
ALTER TABLE tickets ADD COLUMN extended_at {instant};
ALTER TABLE tickets ADD COLUMN processed_at {instant};
ALTER TABLE tickets ADD COLUMN invalid_at {instant};
ALTER TABLE tickets ADD COLUMN escalated_at {instant};
ALTER TABLE tickets ADD COLUMN reminders {int} NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN reminded_at {instant};
ALTER TABLE ticket_entries ADD COLUMN org_id {id}
";
const DOWN: &str = "
ALTER TABLE ticket_entries DROP COLUMN org_id;
ALTER TABLE tickets DROP COLUMN reminded_at;
ALTER TABLE tickets DROP COLUMN reminders;
ALTER TABLE tickets DROP COLUMN escalated_at;
ALTER TABLE tickets DROP COLUMN invalid_at;
ALTER TABLE tickets DROP COLUMN processed_at;
ALTER TABLE tickets DROP COLUMN extended_at;
ALTER TABLE tickets DROP COLUMN declared_at;
ALTER TABLE tickets DROP COLUMN declared_by;
ALTER TABLE tickets DROP COLUMN declared_until;
ALTER TABLE tickets DROP COLUMN cause_agent_id;
ALTER TABLE tickets DROP COLUMN due_basis;
ALTER TABLE tickets DROP COLUMN listed_after;
ALTER TABLE tickets DROP COLUMN warn_on;
ALTER TABLE tickets DROP COLUMN law_due_on
";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::run(manager, UP).await?;
        crate::ddl::set_codes(manager, "tickets", "kind", &KINDS).await?;
        crate::ddl::set_codes(manager, "tickets", "state", &STATES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::set_codes(manager, "tickets", "state", &STATES_BEFORE).await?;
        crate::ddl::set_codes(manager, "tickets", "kind", &KINDS_BEFORE).await?;
        crate::ddl::run(manager, DOWN).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
