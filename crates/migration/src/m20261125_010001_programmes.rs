//! Obligations of every kind, and towards customers without a policy: what discharges each, the value
//! class of customers, events of complaints and plans, customers in the planner's queue.

use sea_orm_migration::prelude::DeriveMigrationName;
use sea_orm_migration::{DbErr, MigrationTrait, SchemaManager, async_trait};

const UP: &str = "
ALTER TABLE obligations ADD COLUMN kind TEXT NOT NULL DEFAULT 'callback' CHECK (kind IN ('callback', 'message', 'visit'));
CREATE INDEX obligations_kind_due ON obligations (kind, due_on) WHERE kind <> 'callback';
CREATE INDEX exclusions_customer ON exclusions (customer_id);
ALTER TABLE customers ADD COLUMN value_class TEXT CHECK (value_class IN ('high', 'medium', 'low'))
";
const DOWN: &str = "
ALTER TABLE customers DROP COLUMN value_class;
DROP INDEX exclusions_customer;
DROP INDEX obligations_kind_due;
ALTER TABLE obligations DROP COLUMN kind
";

const EVENTS: [&str; 21] = [
    "policy_issued",
    "acknowledgement_signed",
    "underwriting_completed",
    "premium_due",
    "grace_entered",
    "lapsed",
    "reinstated",
    "surrendered",
    "cooling_off_cancelled",
    "service_payout",
    "policy_changed",
    "loss_reported",
    "claim_registered",
    "claim_settled",
    "claim_paid",
    "policy_expired",
    "sales_visit_ended",
    "service_completed",
    "agent_left",
    "enquiry_closed",
    "callback_completed",
];
const NEW_EVENTS: [&str; 2] = ["complaint_resolved", "planned_contact"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::run(manager, UP).await?;
        let events = [&EVENTS[..], &NEW_EVENTS[..]].concat();
        crate::ddl::set_codes(manager, "events", "type", &events).await?;
        let kinds = ["policies", "events", "customers"];
        crate::ddl::set_codes(manager, "plan_queue", "kind", &kinds).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let kinds = ["policies", "events"];
        crate::ddl::set_codes(manager, "plan_queue", "kind", &kinds).await?;
        crate::ddl::set_codes(manager, "events", "type", &EVENTS).await?;
        crate::ddl::run(manager, DOWN).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
