//! What keeps the house running: settings, jobs, imports, the audit log.

crate::ddl::migration! {
    up: "
CREATE TABLE settings (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL,
    updated_at {instant} NOT NULL
) {strict};
CREATE TABLE jobs (
    id {id} NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'finished', 'dead')),
    run_at {instant} NOT NULL,
    attempts {int} NOT NULL,
    lease_until {instant},
    done {int} NOT NULL,
    total {int},
    error TEXT,
    created_by TEXT NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL
) {strict};
CREATE INDEX jobs_ready ON jobs (state, run_at);
CREATE TABLE import_runs (
    id {id} NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('orgs', 'agents', 'customers', 'contacts', 'policies', 'events')),
    file_name TEXT NOT NULL,
    dry_run {bool} NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'finished', 'failed')),
    actor_name TEXT NOT NULL,
    started_at {instant} NOT NULL,
    finished_at {instant},
    bytes_total {int},
    bytes_done {int} NOT NULL,
    rows_read {int} NOT NULL,
    rows_created {int} NOT NULL,
    rows_updated {int} NOT NULL,
    rows_unchanged {int} NOT NULL,
    rows_rejected {int} NOT NULL,
    error TEXT
) {strict};
CREATE INDEX import_runs_started ON import_runs (started_at);
CREATE TABLE import_rejections (
    id {id} NOT NULL PRIMARY KEY,
    run_id {id} NOT NULL REFERENCES import_runs (id),
    line {int} NOT NULL,
    column_name TEXT NOT NULL,
    value_masked TEXT NOT NULL,
    reason_code TEXT NOT NULL,
    detail TEXT NOT NULL
) {strict};
CREATE INDEX import_rejections_run ON import_rejections (run_id, line);
CREATE TABLE audit_entries (
    id {id} NOT NULL PRIMARY KEY,
    at {instant} NOT NULL,
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('user', 'client', 'shell', 'system', 'anonymous')),
    actor_id {id},
    actor_name TEXT NOT NULL,
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id {id},
    customer_id {id},
    purpose TEXT,
    detail TEXT NOT NULL
) {strict};
CREATE INDEX audit_entries_at ON audit_entries (at, id);
CREATE INDEX audit_entries_subject ON audit_entries (subject_id);
CREATE INDEX audit_entries_customer ON audit_entries (customer_id)
",
    drops: ["audit_entries", "import_rejections", "import_runs", "jobs", "settings"]
}
