//! Looking at callback records after the call: the supervisor's review, notes that correct, and signs of
//! late, forged or concealed entries.

crate::ddl::migration! {
    up: "
CREATE TABLE callback_reviews (
    id {id} NOT NULL PRIMARY KEY,
    callback_id {id} NOT NULL REFERENCES callbacks (id),
    customer_id {id} NOT NULL,
    reviewer_id {id} NOT NULL REFERENCES users (id),
    reviewer_name TEXT NOT NULL,
    reviewed_at {instant} NOT NULL,
    record_verdict TEXT NOT NULL CHECK (record_verdict IN ('in_order', 'incomplete', 'wrong')),
    result_verdict TEXT NOT NULL CHECK (result_verdict IN ('agreed', 'doubtful', 'to_be_repeated')),
    guidance {bytes},
    caller_id {id} REFERENCES users (id),
    acknowledged_at {instant},
    reply {bytes}
) {strict};
CREATE INDEX callback_reviews_callback ON callback_reviews (callback_id);
CREATE INDEX callback_reviews_caller ON callback_reviews (caller_id, acknowledged_at);
CREATE TABLE callback_notes (
    id {id} NOT NULL PRIMARY KEY,
    callback_id {id} NOT NULL REFERENCES callbacks (id),
    customer_id {id} NOT NULL,
    attempt_seq {int},
    author_id {id} NOT NULL REFERENCES users (id),
    author_name TEXT NOT NULL,
    written_at {instant} NOT NULL,
    note {bytes}
) {strict};
CREATE INDEX callback_notes_callback ON callback_notes (callback_id);
CREATE TABLE record_signals (
    id {id} NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('saved_late', 'recording_mismatch', 'recording_missing', 'too_fast', 'overlapping', 'changed_to_affirm', 'noted_late')),
    callback_id {id} NOT NULL REFERENCES callbacks (id),
    attempt_id {id} NOT NULL REFERENCES attempts (id),
    org_id {id} NOT NULL,
    caller_id {id} NOT NULL REFERENCES users (id),
    happened_at {instant} NOT NULL,
    measured {int} NOT NULL,
    allowed {int} NOT NULL,
    rule TEXT NOT NULL,
    found_at {instant} NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'explained', 'confirmed')),
    decided_by TEXT,
    decided_at {instant},
    reason {bytes},
    UNIQUE (attempt_id, kind)
) {strict};
CREATE INDEX record_signals_state ON record_signals (state, id);
CREATE INDEX record_signals_callback ON record_signals (callback_id)
",
    drops: ["record_signals", "callback_notes", "callback_reviews"]
}
