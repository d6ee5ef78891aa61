//! A risk class that became high is an early warning. Everybody is looked at once for what happened before.

use sea_orm_migration::prelude::*;

const UP: &str = "
INSERT INTO derivations (derived, id, subject, low, high)
SELECT 'risk_signals', id, 'customers', id, (SELECT id FROM customers ORDER BY id DESC LIMIT 1)
FROM (SELECT id FROM customers ORDER BY id LIMIT 1) AS eldest
WHERE NOT EXISTS (SELECT 1 FROM derivations d WHERE d.derived = 'risk_signals' AND d.id = eldest.id)
";

/// What the older list has no place for goes first.
const DOWN: &str = "
UPDATE risk_measures SET signal_id = NULL
WHERE signal_id IN (SELECT id FROM risk_signals WHERE kind = 'class_raised');
DELETE FROM risk_signals WHERE kind = 'class_raised'
";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::add_code(manager, "risk_signals", "kind", "class_raised").await?;
        crate::ddl::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::run(manager, DOWN).await?;
        crate::ddl::remove_code(manager, "risk_signals", "kind", "class_raised").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
