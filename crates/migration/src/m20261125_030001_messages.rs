//! Messages to customers: the outbox with its history, the texts, and what customers said about being
//! contacted.

use sea_orm_migration::prelude::DeriveMigrationName;
use sea_orm_migration::{DbErr, MigrationTrait, SchemaManager, async_trait};

const UP: &str = "
CREATE TABLE message_templates (
    id {id} NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('sms', 'email', 'wechat', 'qq')),
    version {int} NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('duty', 'service', 'care', 'marketing')),
    label TEXT NOT NULL,
    title TEXT,
    body TEXT NOT NULL,
    places TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'proposed', 'approved', 'refused', 'retired')),
    approval_id {id} REFERENCES approvals (id),
    created_by TEXT NOT NULL,
    created_at {instant} NOT NULL,
    approved_by TEXT,
    approved_at {instant},
    UNIQUE (code, channel, version)
) {strict};
CREATE TABLE messages (
    id {id} NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL CHECK (channel IN ('sms', 'email', 'wechat', 'qq')),
    purpose TEXT NOT NULL CHECK (purpose IN ('duty', 'service', 'care', 'marketing')),
    rank {int} NOT NULL,
    template_id {id} NOT NULL REFERENCES message_templates (id),
    customer_id {id} REFERENCES customers (id),
    org_id {id} NOT NULL REFERENCES orgs (id),
    recipient {bytes},
    title {bytes},
    body {bytes},
    about_kind TEXT NOT NULL,
    about_id {id},
    once_key TEXT UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('queued', 'waiting', 'sending', 'sent', 'delivered', 'failed', 'dead', 'cancelled')),
    reason TEXT CHECK (reason IN ('not_yet', 'quiet_hours', 'public_holiday', 'daily_cap', 'period_cap', 'trouble', 'rejected', 'undelivered', 'given_up', 'no_address', 'no_consent', 'care_stopped', 'restricted', 'erased', 'expired', 'by_person', 'superseded', 'again')),
    not_before {instant} NOT NULL,
    next_at {instant} NOT NULL,
    expires_at {instant},
    attempts {int} NOT NULL,
    lease_until {instant},
    provider_id TEXT,
    error TEXT,
    queued_by TEXT NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    sent_at {instant},
    delivered_at {instant},
    version {int} NOT NULL
) {strict};
CREATE INDEX messages_due ON messages (state, next_at);
CREATE INDEX messages_customer ON messages (customer_id, id);
CREATE INDEX messages_org ON messages (org_id, id);
CREATE INDEX messages_about ON messages (about_id);
CREATE INDEX messages_provider ON messages (provider_id);
CREATE INDEX messages_template ON messages (template_id);
CREATE TABLE message_entries (
    id {id} NOT NULL PRIMARY KEY,
    message_id {id} NOT NULL REFERENCES messages (id),
    at {instant} NOT NULL,
    actor_name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'waiting', 'sending', 'sent', 'delivered', 'failed', 'dead', 'cancelled')),
    reason TEXT CHECK (reason IN ('not_yet', 'quiet_hours', 'public_holiday', 'daily_cap', 'period_cap', 'trouble', 'rejected', 'undelivered', 'given_up', 'no_address', 'no_consent', 'care_stopped', 'restricted', 'erased', 'expired', 'by_person', 'superseded', 'again')),
    until {instant},
    note TEXT
) {strict};
CREATE INDEX message_entries_message ON message_entries (message_id, id);
CREATE TABLE consent_entries (
    id {id} NOT NULL PRIMARY KEY,
    customer_id {id} NOT NULL REFERENCES customers (id),
    topic TEXT NOT NULL CHECK (topic IN ('marketing', 'care')),
    given {bool} NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('signed_form', 'recorded_call', 'online', 'reply', 'in_person', 'data_request')),
    note {bytes},
    actor_kind TEXT NOT NULL,
    actor_id {id},
    actor_name TEXT NOT NULL,
    at {instant} NOT NULL
) {strict};
CREATE INDEX consent_entries_customer ON consent_entries (customer_id, id);
ALTER TABLE customers ADD COLUMN care_stopped_at {instant}
";
const DOWN: &str = "ALTER TABLE customers DROP COLUMN care_stopped_at";
const TABLES: [&str; 4] = [
    "consent_entries",
    "message_entries",
    "messages",
    "message_templates",
];
const BEFORE: [&str; 3] = ["rights", "roles", "export"];
const AFTER: [&str; 4] = ["rights", "roles", "export", "template"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::set_codes(manager, "approvals", "kind", &AFTER).await?;
        crate::ddl::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::run(manager, DOWN).await?;
        crate::ddl::drop_tables(manager, &TABLES).await?;
        crate::ddl::set_codes(manager, "approvals", "kind", &BEFORE).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
