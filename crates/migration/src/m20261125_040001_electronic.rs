//! Electronic callbacks: links, sessions, the evidence of what was seen and answered; samples for
//! inspection. An attempt on that channel has no caller.

use sea_orm_migration::prelude::DeriveMigrationName;
use sea_orm_migration::{DbErr, MigrationTrait, SchemaManager, async_trait};

const UP: &str = "
CREATE TABLE electronic_links (
    id {id} NOT NULL PRIMARY KEY,
    callback_id {id} NOT NULL REFERENCES callbacks (id),
    customer_id {id} NOT NULL REFERENCES customers (id),
    seq {int} NOT NULL,
    token_hash {bytes} NOT NULL UNIQUE,
    mobile {bytes},
    state TEXT NOT NULL CHECK (state IN ('sent', 'opened', 'identified', 'submitted', 'phone_wanted', 'revoked', 'locked', 'not_the_person')),
    is_live {bool} NOT NULL,
    questionnaire_id {id} NOT NULL REFERENCES questionnaires (id),
    offered_by TEXT NOT NULL,
    offered_by_id {id},
    sent_at {instant} NOT NULL,
    expires_at {instant} NOT NULL,
    opened_at {instant},
    identified_at {instant},
    ended_at {instant},
    ended_by TEXT,
    end_reason {bytes},
    proof TEXT CHECK (proof IN ('data_and_code', 'data_code_and_face')),
    attempt_id {id} REFERENCES attempts (id),
    tries {int} NOT NULL,
    codes_sent {int} NOT NULL,
    entries {int} NOT NULL,
    head TEXT NOT NULL,
    version {int} NOT NULL,
    UNIQUE (callback_id, seq)
) {strict};
CREATE UNIQUE INDEX electronic_links_live ON electronic_links (callback_id) WHERE is_live;
CREATE INDEX electronic_links_customer ON electronic_links (customer_id);
CREATE TABLE electronic_sessions (
    id {id} NOT NULL PRIMARY KEY,
    link_id {id} NOT NULL REFERENCES electronic_links (id),
    token_hash {bytes} NOT NULL UNIQUE,
    stage TEXT NOT NULL CHECK (stage IN ('code', 'face', 'open')),
    code_hash {bytes},
    code_until {instant},
    code_tries {int} NOT NULL,
    began_at {instant} NOT NULL,
    ends_at {instant} NOT NULL
) {strict};
CREATE INDEX electronic_sessions_link ON electronic_sessions (link_id);
CREATE TABLE electronic_evidence (
    id {id} NOT NULL PRIMARY KEY,
    link_id {id} NOT NULL REFERENCES electronic_links (id),
    seq {int} NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('sent', 'opened', 'identity_failed', 'identity_passed', 'code_sent', 'code_failed', 'code_passed', 'face_failed', 'face_passed', 'shown', 'answered', 'reviewed', 'submitted', 'phone_wanted', 'ended')),
    at {instant} NOT NULL,
    item TEXT,
    answer TEXT CHECK (answer IN ('affirm', 'unclear', 'negative', 'question', 'given', 'skipped')),
    rating {int},
    shown_at {instant},
    dwell_millis {int},
    detail TEXT NOT NULL,
    content {bytes},
    content_hash TEXT NOT NULL,
    words {bytes},
    words_hash TEXT NOT NULL,
    device {bytes},
    device_hash TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    UNIQUE (link_id, seq)
) {strict};
CREATE TABLE electronic_samples (
    id {id} NOT NULL PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    from_on {date} NOT NULL,
    to_on {date} NOT NULL,
    per_mille {int} NOT NULL,
    seed TEXT NOT NULL,
    population {int} NOT NULL,
    population_hash TEXT NOT NULL,
    drawn {int} NOT NULL,
    drawn_by TEXT NOT NULL,
    drawn_at {instant} NOT NULL
) {strict};
CREATE TABLE electronic_inspections (
    id {id} NOT NULL PRIMARY KEY,
    sample_id {id} NOT NULL REFERENCES electronic_samples (id),
    link_id {id} NOT NULL REFERENCES electronic_links (id),
    seq {int} NOT NULL,
    verdict TEXT CHECK (verdict IN ('sound', 'problem')),
    chain_is_sound {bool},
    finding {bytes},
    inspected_by TEXT,
    inspected_by_id {id},
    inspected_at {instant},
    version {int} NOT NULL,
    UNIQUE (sample_id, link_id)
) {strict};
CREATE INDEX electronic_inspections_link ON electronic_inspections (link_id)
";

const TABLES: [&str; 5] = [
    "electronic_inspections",
    "electronic_samples",
    "electronic_evidence",
    "electronic_sessions",
    "electronic_links",
];

/// What a message may be for; the first is new: codes that a customer waits for.
const PURPOSES: [&str; 5] = ["requested", "duty", "service", "care", "marketing"];
const PURPOSES_OF: [&str; 2] = ["message_templates", "messages"];

/// What the older list of purposes has no place for.
const FORGET_REQUESTED: &str = "
DELETE FROM message_entries WHERE message_id IN (SELECT id FROM messages WHERE purpose = 'requested');
DELETE FROM messages WHERE purpose = 'requested';
DELETE FROM message_templates WHERE purpose = 'requested'
";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::allow_null(manager, "attempts", "caller_id").await?;
        for table in PURPOSES_OF {
            crate::ddl::set_codes(manager, table, "purpose", &PURPOSES).await?;
        }
        crate::ddl::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::drop_tables(manager, &TABLES).await?;
        crate::ddl::run(manager, FORGET_REQUESTED).await?;
        for table in PURPOSES_OF {
            crate::ddl::set_codes(manager, table, "purpose", &PURPOSES[1..]).await?;
        }
        crate::ddl::demand_value(manager, "attempts", "caller_id").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
