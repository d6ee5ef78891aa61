//! Questionnaires that people write: drafts, each step in the life of a version, an end of a version,
//! and the glossary that all of them share.

const UP: &str = "
CREATE TABLE questionnaire_drafts (
    id {id} NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    version {int} NOT NULL,
    hash TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'reviewed', 'approved', 'withdrawn')),
    origin TEXT NOT NULL CHECK (origin IN ('written', 'uploaded', 'package', 'shipped')),
    author_name TEXT NOT NULL,
    revision {int} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL
) {strict};
CREATE UNIQUE INDEX questionnaire_drafts_version ON questionnaire_drafts (code, version)
    WHERE state <> 'withdrawn';
CREATE TABLE questionnaire_steps (
    id {id} NOT NULL PRIMARY KEY,
    version_id {id} NOT NULL,
    at {instant} NOT NULL,
    actor_id {id},
    actor_name TEXT NOT NULL,
    step TEXT NOT NULL CHECK (step IN ('drafted', 'edited', 'reviewed', 'sent_back', 'approved', 'withdrawn',
        'shipped', 'ended')),
    hash TEXT NOT NULL,
    reason TEXT,
    day {date}
) {strict};
CREATE INDEX questionnaire_steps_version ON questionnaire_steps (version_id, id);
CREATE TABLE glossary_terms (
    id {id} NOT NULL PRIMARY KEY,
    term_zh TEXT NOT NULL UNIQUE,
    term_en TEXT NOT NULL,
    plain_zh TEXT NOT NULL,
    plain_en TEXT NOT NULL,
    retired {bool} NOT NULL,
    revision {int} NOT NULL,
    author_name TEXT NOT NULL,
    updated_at {instant} NOT NULL
) {strict};
ALTER TABLE questionnaires ADD COLUMN effective_until {date}
";
const DOWN: &str = "
ALTER TABLE questionnaires DROP COLUMN effective_until;
DROP TABLE glossary_terms;
DROP TABLE questionnaire_steps;
DROP TABLE questionnaire_drafts
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
