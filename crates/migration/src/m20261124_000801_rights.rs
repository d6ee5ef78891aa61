//! The company's changes of the table of rights; roles for policy servicing and outsourced callers.

use sea_orm_migration::sea_orm::DbBackend;

/// Changes against the table that the product ships; no scope takes a right away.
const TABLE: &str = "
CREATE TABLE role_rights (
    role TEXT NOT NULL,
    permission TEXT NOT NULL,
    scope TEXT CHECK (scope IN ('own_list', 'unit', 'unit_and_below', 'company')),
    changed_at {instant} NOT NULL,
    changed_by TEXT NOT NULL,
    PRIMARY KEY (role, permission)
) {strict};
CREATE TABLE right_limits (
    name TEXT NOT NULL PRIMARY KEY,
    value {int} NOT NULL,
    changed_at {instant} NOT NULL,
    changed_by TEXT NOT NULL
) {strict}
";

const BEFORE: &str = "'administrator', 'head_office_manager', 'team_leader', 'callback_agent', 'branch_operations', \
     'branch_sales', 'quality_inspector', 'compliance_officer', 'executive'";
const ADDED: &str = "'policy_servicing', 'outsourced_caller'";

/// Replaces the list of roles. SQLite cannot change a constraint, so the table is made anew there.
fn roles(backend: DbBackend, codes: &str) -> String {
    if backend == DbBackend::Sqlite {
        format!(
            "ALTER TABLE user_roles RENAME TO user_roles_before;
CREATE TABLE user_roles (
    user_id {{id}} NOT NULL REFERENCES users (id),
    role TEXT NOT NULL CHECK (role IN ({codes})),
    PRIMARY KEY (user_id, role)
) {{strict}};
INSERT INTO user_roles (user_id, role) SELECT user_id, role FROM user_roles_before;
DROP TABLE user_roles_before"
        )
    } else {
        format!(
            "ALTER TABLE user_roles DROP CONSTRAINT user_roles_role_check;
ALTER TABLE user_roles ADD CONSTRAINT user_roles_role_check CHECK (role IN ({codes}))"
        )
    }
}

#[derive(sea_orm_migration::prelude::DeriveMigrationName)]
pub(crate) struct Migration;

#[sea_orm_migration::async_trait::async_trait]
impl sea_orm_migration::MigrationTrait for Migration {
    async fn up(
        &self,
        manager: &sea_orm_migration::SchemaManager,
    ) -> Result<(), sea_orm_migration::DbErr> {
        let backend = manager.get_database_backend();
        crate::ddl::run(manager, TABLE).await?;
        crate::ddl::run(manager, &roles(backend, &format!("{BEFORE}, {ADDED}"))).await
    }

    async fn down(
        &self,
        manager: &sea_orm_migration::SchemaManager,
    ) -> Result<(), sea_orm_migration::DbErr> {
        let backend = manager.get_database_backend();
        let gone = format!("DELETE FROM user_roles WHERE role IN ({ADDED})");
        crate::ddl::run(manager, &gone).await?;
        crate::ddl::run(manager, &roles(backend, BEFORE)).await?;
        crate::ddl::drop_tables(manager, &["right_limits", "role_rights"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
