//! Callbacks, attempts, answers, recordings.

crate::ddl::migration! {
    up: "
CREATE TABLE callbacks (
    id {id} NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    obligation_id {id} NOT NULL UNIQUE REFERENCES obligations (id),
    programme TEXT NOT NULL,
    customer_id {id} NOT NULL REFERENCES customers (id),
    policy_id {id},
    org_id {id} NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('planned', 'assigned', 'in_progress', 'retry_wait', 'contact_fix', 'branch_second', 'letter_out', 'visit_planned', 'problem_open', 'recall_due', 'completed', 'not_completed', 'cancelled')),
    is_open {bool} NOT NULL,
    earliest_on {date},
    due_on {date},
    language TEXT,
    assignee_id {id} REFERENCES users (id),
    again_at {instant},
    appointment_at {instant},
    round {int} NOT NULL,
    attempts_in_round {int} NOT NULL,
    attempts_total {int} NOT NULL,
    in_branch {bool} NOT NULL,
    is_recall {bool} NOT NULL,
    contact_uncorrectable {bool} NOT NULL,
    last_result TEXT,
    reached {bool},
    identity_verified {bool},
    content_delivered {bool},
    affirmed {bool},
    succeeded_on {date},
    timing TEXT CHECK (timing IN ('early', 'in_time', 'late')),
    completed_at {instant},
    completed_channel TEXT,
    caller_id {id} REFERENCES users (id),
    cause TEXT CHECK (cause IN ('policyholder', 'other')),
    end_reason TEXT,
    first_called_on {date},
    version {int} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL
) {strict};
CREATE INDEX callbacks_customer ON callbacks (customer_id);
CREATE INDEX callbacks_open_due ON callbacks (is_open, due_on, id);
CREATE INDEX callbacks_org_open_due ON callbacks (org_id, is_open, due_on, id);
CREATE INDEX callbacks_assignee ON callbacks (assignee_id, is_open, due_on);
CREATE TABLE recordings (
    id {id} NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL CHECK (owner IN ('attempt', 'callback', 'ticket')),
    owner_id {id} NOT NULL,
    customer_id {id} NOT NULL REFERENCES customers (id),
    org_id {id} NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('recording', 'signed_visit_questionnaire', 'document')),
    file_name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size_bytes {int},
    sha256 TEXT,
    location TEXT NOT NULL,
    is_link {bool} NOT NULL,
    added_by TEXT NOT NULL,
    added_at {instant} NOT NULL
) {strict};
CREATE INDEX recordings_owner ON recordings (owner_id);
CREATE TABLE attempts (
    id {id} NOT NULL PRIMARY KEY,
    callback_id {id} NOT NULL REFERENCES callbacks (id),
    customer_id {id} NOT NULL REFERENCES customers (id),
    seq {int} NOT NULL,
    round {int} NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('phone', 'letter', 'visit', 'sms', 'email', 'wechat', 'qq')),
    in_branch {bool} NOT NULL,
    is_recall {bool} NOT NULL,
    questionnaire_id {id} REFERENCES questionnaires (id),
    caller_id {id} NOT NULL REFERENCES users (id),
    started_at {instant} NOT NULL,
    ended_at {instant},
    result TEXT CHECK (result IN ('no_answer', 'busy', 'wrong_number', 'not_in_person', 'proxy_offered', 'dialect', 'hearing_difficulty', 'refused_now', 'refused_finally', 'appointment', 'interrupted', 'finished')),
    respondent TEXT,
    authorised {bool},
    note {bytes},
    appointment_at {instant},
    saved_at {instant},
    UNIQUE (callback_id, seq)
) {strict};
CREATE INDEX attempts_caller ON attempts (caller_id, started_at);
CREATE TABLE answers (
    id {id} NOT NULL PRIMARY KEY,
    attempt_id {id} NOT NULL REFERENCES attempts (id),
    callback_id {id} NOT NULL,
    customer_id {id} NOT NULL,
    seq {int} NOT NULL,
    item TEXT NOT NULL,
    answer TEXT NOT NULL CHECK (answer IN ('affirm', 'unclear', 'negative', 'question', 'given', 'skipped')),
    rating {int},
    words {bytes},
    answered_at {instant} NOT NULL,
    UNIQUE (attempt_id, seq)
) {strict};
CREATE INDEX answers_callback ON answers (callback_id);
CREATE TABLE callback_entries (
    id {id} NOT NULL PRIMARY KEY,
    callback_id {id} NOT NULL REFERENCES callbacks (id),
    at {instant} NOT NULL,
    actor_name TEXT NOT NULL,
    command TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    note {bytes}
) {strict};
CREATE INDEX callback_entries_callback ON callback_entries (callback_id)
",
    drops: ["callback_entries", "answers", "attempts", "recordings", "callbacks"]
}
