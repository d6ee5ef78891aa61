//! Classes of customers: what models gave and from what facts, the class in force from when to when, and
//! classes that are set by hand. What a file said of the value stays beside what is in force.

use sea_orm_migration::prelude::DeriveMigrationName;
use sea_orm_migration::{DbErr, MigrationTrait, SchemaManager, async_trait};

const UP: &str = "
ALTER TABLE customers ADD COLUMN risk_class TEXT CHECK (risk_class IN ('high', 'medium', 'low'));
ALTER TABLE customers ADD COLUMN imported_value_class TEXT CHECK (imported_value_class IN ('high', 'medium', 'low'));
UPDATE customers SET imported_value_class = value_class WHERE value_class IS NOT NULL;
CREATE INDEX customers_classes ON customers (org_id, value_class, risk_class) WHERE erased_at IS NULL;
CREATE TABLE customer_scores (
    id {id} NOT NULL PRIMARY KEY,
    customer_id {id} NOT NULL REFERENCES customers (id),
    model TEXT NOT NULL CHECK (model IN ('value', 'risk')),
    class TEXT NOT NULL CHECK (class IN ('high', 'medium', 'low')),
    points {int} NOT NULL,
    pack_hash TEXT NOT NULL,
    generation {int} NOT NULL,
    facts TEXT NOT NULL,
    from_on {date} NOT NULL,
    until_on {date},
    computed_at {instant} NOT NULL
) {strict};
CREATE UNIQUE INDEX customer_scores_current ON customer_scores (customer_id, model) WHERE until_on IS NULL;
CREATE INDEX customer_scores_past ON customer_scores (customer_id, from_on) WHERE until_on IS NOT NULL;
CREATE INDEX customer_scores_points ON customer_scores (model, points) WHERE until_on IS NULL;
CREATE TABLE class_overrides (
    id {id} NOT NULL PRIMARY KEY,
    customer_id {id} NOT NULL REFERENCES customers (id),
    model TEXT NOT NULL CHECK (model IN ('value', 'risk')),
    class TEXT NOT NULL CHECK (class IN ('high', 'medium', 'low')),
    state TEXT NOT NULL CHECK (state IN ('asked', 'in_force', 'refused', 'withdrawn', 'ended')),
    reason {bytes},
    until_on {date} NOT NULL,
    approval_id {id} REFERENCES approvals (id),
    asked_name TEXT NOT NULL,
    asked_at {instant} NOT NULL,
    decided_name TEXT,
    decided_at {instant},
    ended_name TEXT,
    ended_at {instant},
    end_reason {bytes}
) {strict};
CREATE INDEX class_overrides_customer ON class_overrides (customer_id, id);
CREATE INDEX class_overrides_in_force ON class_overrides (customer_id, until_on) WHERE state = 'in_force';
CREATE INDEX class_overrides_until ON class_overrides (until_on) WHERE state = 'in_force';
CREATE INDEX class_overrides_approval ON class_overrides (approval_id);
CREATE TABLE customer_classes (
    id {id} NOT NULL PRIMARY KEY,
    customer_id {id} NOT NULL REFERENCES customers (id),
    model TEXT NOT NULL CHECK (model IN ('value', 'risk')),
    class TEXT NOT NULL CHECK (class IN ('high', 'medium', 'low')),
    cause TEXT NOT NULL CHECK (cause IN ('computed', 'overridden')),
    override_id {id} REFERENCES class_overrides (id),
    earlier TEXT CHECK (earlier IN ('high', 'medium', 'low')),
    from_on {date} NOT NULL,
    until_on {date},
    made_at {instant} NOT NULL
) {strict};
CREATE UNIQUE INDEX customer_classes_current ON customer_classes (customer_id, model) WHERE until_on IS NULL;
CREATE INDEX customer_classes_past ON customer_classes (customer_id, from_on) WHERE until_on IS NOT NULL;
CREATE INDEX customer_classes_from ON customer_classes (model, from_on, id);
CREATE INDEX customer_classes_until ON customer_classes (model, until_on) WHERE until_on IS NOT NULL
";
const DOWN: &str = "
DROP TABLE customer_classes;
DROP TABLE class_overrides;
DROP TABLE customer_scores;
DROP INDEX customers_classes;
UPDATE customers SET value_class = imported_value_class;
ALTER TABLE customers DROP COLUMN imported_value_class;
ALTER TABLE customers DROP COLUMN risk_class
";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::add_code(manager, "approvals", "kind", "class").await?;
        crate::ddl::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::run(manager, DOWN).await?;
        crate::ddl::remove_code(manager, "approvals", "kind", "class").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
