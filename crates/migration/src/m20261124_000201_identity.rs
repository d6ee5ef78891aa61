//! Second factors, known devices, failures to sign in, earlier passwords, notices; sessions that can be
//! named without their token.

const UP: &str = "
ALTER TABLE users ADD COLUMN password_set_at {instant} NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN password_is_initial {bool} NOT NULL DEFAULT FALSE;
UPDATE users SET password_set_at = updated_at;
DELETE FROM sessions;
ALTER TABLE sessions ADD COLUMN id {id};
ALTER TABLE sessions ADD COLUMN means TEXT NOT NULL DEFAULT 'password';
CREATE UNIQUE INDEX sessions_id ON sessions (id);
CREATE TABLE half_sessions (
    token_hash {bytes} NOT NULL PRIMARY KEY,
    user_id {id} NOT NULL REFERENCES users (id),
    failures {int} NOT NULL,
    expires_at {instant} NOT NULL
) {strict};
CREATE INDEX half_sessions_user ON half_sessions (user_id);
CREATE TABLE password_history (
    id {id} NOT NULL PRIMARY KEY,
    user_id {id} NOT NULL REFERENCES users (id),
    password_hash TEXT NOT NULL
) {strict};
CREATE INDEX password_history_user ON password_history (user_id, id);
CREATE TABLE second_factors (
    id {id} NOT NULL PRIMARY KEY,
    user_id {id} NOT NULL UNIQUE REFERENCES users (id),
    secret {bytes} NOT NULL,
    last_step {int} NOT NULL,
    created_at {instant} NOT NULL,
    confirmed_at {instant}
) {strict};
CREATE TABLE recovery_codes (
    user_id {id} NOT NULL REFERENCES users (id),
    code_hash {bytes} NOT NULL,
    used_at {instant},
    PRIMARY KEY (user_id, code_hash)
) {strict};
CREATE TABLE known_devices (
    id {id} NOT NULL PRIMARY KEY,
    user_id {id} NOT NULL REFERENCES users (id),
    token_hash {bytes} NOT NULL,
    user_agent TEXT NOT NULL,
    address TEXT NOT NULL,
    first_at {instant} NOT NULL,
    seen_at {instant} NOT NULL,
    UNIQUE (user_id, token_hash)
) {strict};
CREATE INDEX known_devices_seen ON known_devices (seen_at);
CREATE TABLE sign_in_failures (
    id {id} NOT NULL PRIMARY KEY,
    name_index {int} NOT NULL,
    device_id {id},
    address TEXT NOT NULL,
    at {instant} NOT NULL
) {strict};
CREATE INDEX sign_in_failures_name ON sign_in_failures (name_index, at);
CREATE INDEX sign_in_failures_address ON sign_in_failures (address, at);
CREATE INDEX sign_in_failures_at ON sign_in_failures (at);
CREATE TABLE user_notices (
    id {id} NOT NULL PRIMARY KEY,
    user_id {id} NOT NULL REFERENCES users (id),
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    at {instant} NOT NULL,
    read_at {instant}
) {strict};
CREATE INDEX user_notices_user ON user_notices (user_id, id);
ALTER TABLE api_clients ADD COLUMN permissions TEXT;
ALTER TABLE api_tokens ADD COLUMN used_at {instant};
ALTER TABLE api_tokens ADD COLUMN used_from TEXT
";
const DOWN: &str = "
ALTER TABLE api_tokens DROP COLUMN used_from;
ALTER TABLE api_tokens DROP COLUMN used_at;
ALTER TABLE api_clients DROP COLUMN permissions;
DROP TABLE user_notices;
DROP TABLE sign_in_failures;
DROP TABLE known_devices;
DROP TABLE recovery_codes;
DROP TABLE second_factors;
DROP TABLE password_history;
DROP TABLE half_sessions;
DROP INDEX sessions_id;
ALTER TABLE sessions DROP COLUMN means;
ALTER TABLE sessions DROP COLUMN id;
ALTER TABLE users DROP COLUMN password_is_initial;
ALTER TABLE users DROP COLUMN password_set_at
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
