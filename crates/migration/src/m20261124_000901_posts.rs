//! What a unit is there for: its department in charge, its posts and who holds them, who stands in
//! for whom, and the written rules of the work.

const UP: &str = "
ALTER TABLE orgs ADD COLUMN is_outlet {bool} NOT NULL DEFAULT FALSE;
ALTER TABLE orgs ADD COLUMN managing_department TEXT;
ALTER TABLE orgs ADD COLUMN phone_until {date};
CREATE TABLE posts (
    id {id} NOT NULL PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    kind TEXT NOT NULL,
    headcount {int} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    UNIQUE (org_id, kind)
) {strict};
CREATE TABLE post_holders (
    id {id} NOT NULL PRIMARY KEY,
    post_id {id} NOT NULL REFERENCES posts (id),
    user_id {id} NOT NULL REFERENCES users (id),
    from_on {date} NOT NULL,
    until_on {date},
    created_at {instant} NOT NULL
) {strict};
CREATE INDEX post_holders_post ON post_holders (post_id);
CREATE INDEX post_holders_user ON post_holders (user_id);
CREATE TABLE delegations (
    id {id} NOT NULL PRIMARY KEY,
    principal_id {id} NOT NULL REFERENCES users (id),
    substitute_id {id} NOT NULL REFERENCES users (id),
    from_on {date} NOT NULL,
    until_on {date} NOT NULL,
    reason TEXT NOT NULL,
    made_by TEXT NOT NULL,
    created_at {instant} NOT NULL,
    ended_at {instant},
    ended_by TEXT
) {strict};
CREATE INDEX delegations_principal ON delegations (principal_id, until_on);
CREATE INDEX delegations_substitute ON delegations (substitute_id, until_on);
ALTER TABLE sessions ADD COLUMN acting_for {id};
CREATE TABLE work_rules (
    id {id} NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    version {int} NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    org_id {id} NOT NULL REFERENCES orgs (id),
    responsible_id {id} NOT NULL REFERENCES users (id),
    effective_from {date} NOT NULL,
    made_by TEXT NOT NULL,
    created_at {instant} NOT NULL,
    UNIQUE (code, version)
) {strict}
";
const DOWN: &str = "
DROP TABLE work_rules;
ALTER TABLE sessions DROP COLUMN acting_for;
DROP TABLE delegations;
DROP TABLE post_holders;
DROP TABLE posts;
ALTER TABLE orgs DROP COLUMN phone_until;
ALTER TABLE orgs DROP COLUMN managing_department;
ALTER TABLE orgs DROP COLUMN is_outlet
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
