//! How rules are made: proposed versions, every step with who, when and why, evaluations, previews;
//! and with which set of rules an obligation was decided.

const UP: &str = "
CREATE TABLE rule_proposals (
    id {id} NOT NULL PRIMARY KEY,
    pack TEXT NOT NULL,
    version {int} NOT NULL,
    hash TEXT NOT NULL,
    file TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'reviewed', 'approved', 'withdrawn')),
    origin TEXT NOT NULL CHECK (origin IN ('written', 'uploaded', 'package', 'shipped')),
    evaluation_id {id},
    author_name TEXT NOT NULL,
    revision {int} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL
) {strict};
CREATE UNIQUE INDEX rule_proposals_version ON rule_proposals (pack, version) WHERE state <> 'withdrawn';
CREATE TABLE rule_steps (
    id {id} NOT NULL PRIMARY KEY,
    version_id {id} NOT NULL,
    at {instant} NOT NULL,
    actor_id {id},
    actor_name TEXT NOT NULL,
    step TEXT NOT NULL CHECK (step IN ('drafted', 'edited', 'reviewed', 'sent_back', 'approved', 'withdrawn', 'shipped')),
    hash TEXT NOT NULL,
    reason TEXT,
    effective_from {date},
    redate_open {bool},
    generation {int}
) {strict};
CREATE INDEX rule_steps_version ON rule_steps (version_id, id);
CREATE UNIQUE INDEX rule_steps_generation ON rule_steps (generation) WHERE step = 'approved';
CREATE TABLE rule_evaluations (
    id {id} NOT NULL PRIMARY KEY,
    pack TEXT NOT NULL,
    version {int} NOT NULL,
    evaluated_on {date} NOT NULL,
    result TEXT NOT NULL CHECK (result IN ('keep', 'revise', 'repeal')),
    note TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    created_at {instant} NOT NULL
) {strict};
CREATE INDEX rule_evaluations_pack ON rule_evaluations (pack, id);
CREATE TABLE rule_diffs (
    id {id} NOT NULL PRIMARY KEY,
    proposal_id {id} NOT NULL REFERENCES rule_proposals (id),
    hash TEXT NOT NULL,
    scope_path TEXT NOT NULL,
    as_of {date} NOT NULL,
    effective_from {date} NOT NULL,
    redate_open {bool} NOT NULL,
    body TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    made_at {instant} NOT NULL
) {strict};
CREATE INDEX rule_diffs_proposal ON rule_diffs (proposal_id, id);
ALTER TABLE obligations ADD COLUMN rules_generation {int} NOT NULL DEFAULT 1
";
const DOWN: &str = "
ALTER TABLE obligations DROP COLUMN rules_generation;
DROP TABLE rule_diffs;
DROP TABLE rule_evaluations;
DROP TABLE rule_steps;
DROP TABLE rule_proposals
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
