//! Obligations, exclusions, and the planner's queue and runs.

crate::ddl::migration! {
    up: "
CREATE TABLE number_counters (
    kind TEXT NOT NULL,
    year {int} NOT NULL,
    last {int} NOT NULL,
    PRIMARY KEY (kind, year)
) {strict};
CREATE TABLE extraction_runs (
    id {id} NOT NULL PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'interrupted', 'failed')),
    since {date} NOT NULL,
    as_of {date} NOT NULL,
    rules_hash TEXT NOT NULL,
    calendar_hash TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    started_at {instant} NOT NULL,
    finished_at {instant},
    looked_at {int} NOT NULL,
    candidates {int} NOT NULL,
    excluded {int} NOT NULL,
    created {int} NOT NULL,
    redated {int} NOT NULL,
    cancelled {int} NOT NULL,
    error TEXT
) {strict};
CREATE INDEX extraction_runs_started ON extraction_runs (started_at);
CREATE TABLE extraction_counts (
    run_id {id} NOT NULL REFERENCES extraction_runs (id),
    programme TEXT NOT NULL,
    reason_code TEXT NOT NULL,
    count {int} NOT NULL,
    PRIMARY KEY (run_id, programme, reason_code)
) {strict};
CREATE TABLE plan_queue (
    id {id} NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('policies', 'events')),
    low {id} NOT NULL,
    high {id} NOT NULL,
    wake_on {date}
) {strict};
CREATE INDEX plan_queue_wake ON plan_queue (wake_on);
CREATE TABLE obligations (
    id {id} NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    programme TEXT NOT NULL,
    pack_id {id} NOT NULL,
    trigger_type TEXT NOT NULL,
    trigger_ref {id} NOT NULL,
    trigger_on {date} NOT NULL,
    customer_id {id} NOT NULL REFERENCES customers (id),
    policy_id {id} REFERENCES policies (id),
    claim_no TEXT,
    adjuster_code TEXT,
    respondent TEXT NOT NULL,
    org_id {id} NOT NULL,
    extract_on {date},
    earliest_on {date},
    due_on {date},
    right_end_raw_on {date},
    right_end_on {date},
    status TEXT NOT NULL CHECK (status IN ('open', 'discharged', 'not_discharged', 'cancelled')),
    cancel_reason TEXT,
    timing TEXT CHECK (timing IN ('early', 'in_time', 'late')),
    discharged_at {instant},
    provisional {bool} NOT NULL,
    facts TEXT NOT NULL,
    calendar_id {id} NOT NULL,
    run_id {id} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    UNIQUE (trigger_ref, programme)
) {strict};
CREATE INDEX obligations_policy ON obligations (policy_id);
CREATE INDEX obligations_customer ON obligations (customer_id);
CREATE INDEX obligations_due ON obligations (programme, due_on);
CREATE INDEX obligations_org_due ON obligations (org_id, due_on, id);
CREATE TABLE exclusions (
    id {id} NOT NULL PRIMARY KEY,
    programme TEXT NOT NULL,
    pack_id {id} NOT NULL,
    trigger_type TEXT NOT NULL,
    trigger_ref {id} NOT NULL,
    trigger_on {date} NOT NULL,
    customer_id {id} NOT NULL,
    policy_id {id},
    claim_no TEXT,
    org_id {id} NOT NULL,
    reason_code TEXT NOT NULL,
    run_id {id} NOT NULL,
    created_at {instant} NOT NULL,
    UNIQUE (trigger_ref, programme)
) {strict};
CREATE INDEX exclusions_policy ON exclusions (policy_id);
CREATE INDEX exclusions_programme ON exclusions (programme, trigger_on)
",
    drops: [
        "exclusions", "obligations", "plan_queue", "extraction_counts", "extraction_runs",
        "number_counters",
    ]
}
