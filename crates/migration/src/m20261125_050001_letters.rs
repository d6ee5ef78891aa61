//! Letters on paper with their templates and history, and the accounts that customers write on them.

use sea_orm_migration::prelude::DeriveMigrationName;
use sea_orm_migration::{DbErr, MigrationTrait, SchemaManager, async_trait};

const OWNERS_BEFORE: [&str; 3] = ["attempt", "callback", "ticket"];
const OWNERS_AFTER: [&str; 4] = ["attempt", "callback", "ticket", "letter"];

const UP: &str = "
CREATE TABLE letter_templates (
    id {id} NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('combined', 'fallback')),
    version {int} NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'approved', 'rejected')),
    effective_from {date} NOT NULL,
    words TEXT NOT NULL,
    written_by {id},
    written_by_name TEXT NOT NULL,
    decided_by {id},
    decided_by_name TEXT,
    decided_at {instant},
    created_at {instant} NOT NULL,
    UNIQUE (kind, version)
) {strict};
CREATE TABLE letters (
    id {id} NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('combined', 'fallback')),
    state TEXT NOT NULL CHECK (state IN ('printed', 'issued', 'sent', 'delivered', 'signed', 'returned', 'reviewed', 'accepted', 'entered', 'undeliverable', 'returned_affirmed', 'returned_negative', 'no_reply', 'voided')),
    is_open {bool} NOT NULL,
    callback_id {id} NOT NULL REFERENCES callbacks (id),
    customer_id {id} NOT NULL REFERENCES customers (id),
    policy_id {id},
    org_id {id} NOT NULL,
    programme TEXT NOT NULL,
    salesperson_id {id},
    template_id {id} NOT NULL REFERENCES letter_templates (id),
    questionnaire_id {id} NOT NULL,
    items TEXT NOT NULL,
    batch_id {id},
    issued_on {date} NOT NULL,
    issued_by TEXT NOT NULL,
    due_on {date},
    sent_on {date},
    reference TEXT,
    delivered_on {date},
    signed_on {date},
    returned_on {date},
    entered_on {date},
    entered_by TEXT,
    review TEXT,
    changes {bytes},
    reminders {int} NOT NULL,
    reminded_at {instant},
    version {int} NOT NULL,
    updated_at {instant} NOT NULL
) {strict};
CREATE INDEX letters_callback ON letters (callback_id);
CREATE INDEX letters_customer ON letters (customer_id);
CREATE INDEX letters_open_due ON letters (is_open, due_on, id);
CREATE INDEX letters_batch ON letters (batch_id, id);
CREATE TABLE letter_entries (
    id {id} NOT NULL PRIMARY KEY,
    letter_id {id} NOT NULL REFERENCES letters (id),
    at {instant} NOT NULL,
    actor_name TEXT NOT NULL,
    place TEXT NOT NULL,
    step TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    day {date},
    note {bytes}
) {strict};
CREATE INDEX letter_entries_letter ON letter_entries (letter_id);
CREATE TABLE renewal_accounts (
    id {id} NOT NULL PRIMARY KEY,
    policy_id {id} NOT NULL REFERENCES policies (id),
    customer_id {id} NOT NULL REFERENCES customers (id),
    letter_id {id} NOT NULL REFERENCES letters (id),
    bank TEXT NOT NULL,
    account {bytes} NOT NULL,
    given_on {date} NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at {instant} NOT NULL
) {strict};
CREATE INDEX renewal_accounts_policy ON renewal_accounts (policy_id, id)
";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::run(manager, UP).await?;
        crate::ddl::set_codes(manager, "recordings", "owner", &OWNERS_AFTER).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::set_codes(manager, "recordings", "owner", &OWNERS_BEFORE).await?;
        let tables = [
            "renewal_accounts",
            "letter_entries",
            "letters",
            "letter_templates",
        ];
        crate::ddl::drop_tables(manager, &tables).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
