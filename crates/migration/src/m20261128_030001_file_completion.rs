//! What is to be completed in the file of a customer after a claim or the like, beside how the information
//! stands; and indexes by which customers are found who carry a flag.

use sea_orm_migration::prelude::DeriveMigrationName;
use sea_orm_migration::{DbErr, MigrationTrait, SchemaManager, async_trait};

const UP: &str = "
ALTER TABLE information_states ADD COLUMN complete_by {date};
ALTER TABLE information_states ADD COLUMN complete_event_id {id};
ALTER TABLE information_states ADD COLUMN complete_facts TEXT;
CREATE INDEX information_states_complete ON information_states (complete_by, id) WHERE complete_by IS NOT NULL;
CREATE INDEX customer_marks_standing ON customer_marks (flag, customer_id) WHERE ended_on IS NULL;
CREATE INDEX tickets_complaints ON tickets (opened_at, customer_id) WHERE type = 'complaint';
CREATE INDEX policies_issued ON policies (issue_date, policyholder_id)
";
const DOWN: &str = "
DROP INDEX policies_issued;
DROP INDEX tickets_complaints;
DROP INDEX customer_marks_standing;
DROP INDEX information_states_complete;
ALTER TABLE information_states DROP COLUMN complete_facts;
ALTER TABLE information_states DROP COLUMN complete_event_id;
ALTER TABLE information_states DROP COLUMN complete_by
";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::run(manager, DOWN).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
