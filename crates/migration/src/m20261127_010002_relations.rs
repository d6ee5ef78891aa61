//! Families and groups of companies, and the stages that customers went through.

use sea_orm_migration::prelude::DeriveMigrationName;
use sea_orm_migration::{DbErr, MigrationTrait, SchemaManager, async_trait};

const UP: &str = "
CREATE TABLE customer_relations (
    id {id} NOT NULL PRIMARY KEY,
    customer_id {id} NOT NULL REFERENCES customers (id),
    other_id {id} NOT NULL REFERENCES customers (id),
    relation TEXT NOT NULL CHECK (relation IN ('spouse', 'parent', 'sibling', 'guardian', 'other', 'parent_company')),
    source TEXT NOT NULL CHECK (source IN ('policy', 'document', 'call', 'letter', 'visit', 'register')),
    noted_kind TEXT NOT NULL,
    noted_by {id},
    noted_name TEXT NOT NULL,
    noted_at {instant} NOT NULL,
    ended_name TEXT,
    ended_at {instant}
) {strict};
CREATE INDEX customer_relations_customer ON customer_relations (customer_id);
CREATE INDEX customer_relations_other ON customer_relations (other_id);
CREATE UNIQUE INDEX customer_relations_pair ON customer_relations (customer_id, other_id, relation) WHERE ended_at IS NULL;
CREATE TABLE customer_stages (
    id {id} NOT NULL PRIMARY KEY,
    customer_id {id} NOT NULL REFERENCES customers (id),
    from_stage TEXT CHECK (from_stage IN ('prospect', 'in_negotiation', 'under_contract', 'closed', 'lost')),
    to_stage TEXT NOT NULL CHECK (to_stage IN ('prospect', 'in_negotiation', 'under_contract', 'closed', 'lost')),
    source TEXT NOT NULL CHECK (source IN ('policies', 'person')),
    since_on {date} NOT NULL,
    note {bytes},
    actor_name TEXT NOT NULL,
    at {instant} NOT NULL
) {strict};
CREATE INDEX customer_stages_customer ON customer_stages (customer_id, id);
CREATE INDEX customers_stage ON customers (relationship_stage, id)
";
const DOWN: &str = "DROP INDEX customers_stage";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::run(manager, DOWN).await?;
        crate::ddl::drop_tables(manager, &["customer_stages", "customer_relations"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
