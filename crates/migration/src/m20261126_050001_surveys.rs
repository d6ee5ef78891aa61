//! Online surveys: the survey with its history, who is told, measures, invitations, tokens, answers.
//!
//! Nothing leads from an anonymous answer to a person: answers have no column for one. Those of named
//! surveys are tied to their invitation in a table of their own, and the token of an anonymous survey
//! names no invitation. Answers and their items lie by a number drawn by chance, not in the order in
//! which they came.

crate::ddl::migration! {
    up: "
CREATE TABLE surveys (
    id {id} NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('routine', 'product')),
    identity TEXT NOT NULL CHECK (identity IN ('anonymous', 'named')),
    platform TEXT NOT NULL CHECK (platform IN ('sms', 'email', 'wechat', 'open_link')),
    state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'head_approved', 'executive_approved', 'manager_approved', 'built', 'returned', 'confirmed', 'running', 'closed', 'collated', 'reported', 'measures_set', 'archived', 'rejected')),
    org_id {id} NOT NULL REFERENCES orgs (id),
    department TEXT NOT NULL,
    title TEXT NOT NULL,
    purpose TEXT NOT NULL,
    draft TEXT NOT NULL,
    questionnaire TEXT,
    respondents TEXT NOT NULL,
    scope_org_id {id} NOT NULL REFERENCES orgs (id),
    customer_kind TEXT CHECK (customer_kind IN ('individual', 'group')),
    sample_percent {int} NOT NULL,
    from_on {date} NOT NULL,
    to_on {date} NOT NULL,
    time_points TEXT NOT NULL,
    requester_id {id} NOT NULL REFERENCES users (id),
    head_id {id} REFERENCES users (id),
    executive_id {id} REFERENCES users (id),
    manager_id {id} REFERENCES users (id),
    open_token TEXT UNIQUE,
    job_id {id},
    launched_on {date},
    closed_on {date},
    due_on {date},
    collated_on {date},
    archived_on {date},
    report {bytes},
    feedback {bytes},
    version {int} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL
) {strict};
CREATE INDEX surveys_org ON surveys (org_id, id);
CREATE INDEX surveys_state ON surveys (state, id);
CREATE INDEX surveys_launched ON surveys (launched_on);
CREATE TABLE survey_entries (
    id {id} NOT NULL PRIMARY KEY,
    survey_id {id} NOT NULL REFERENCES surveys (id),
    at {instant} NOT NULL,
    actor_name TEXT NOT NULL,
    step TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    note TEXT
) {strict};
CREATE INDEX survey_entries_survey ON survey_entries (survey_id, id);
CREATE TABLE survey_told (
    id {id} NOT NULL PRIMARY KEY,
    survey_id {id} NOT NULL REFERENCES surveys (id),
    user_id {id} NOT NULL REFERENCES users (id),
    told_as TEXT NOT NULL CHECK (told_as IN ('department', 'operations_head', 'office_head')),
    told_at {instant} NOT NULL,
    read_at {instant},
    UNIQUE (survey_id, user_id, told_as)
) {strict};
CREATE INDEX survey_told_user ON survey_told (user_id, survey_id);
CREATE TABLE survey_measures (
    id {id} NOT NULL PRIMARY KEY,
    survey_id {id} NOT NULL REFERENCES surveys (id),
    department TEXT NOT NULL,
    measure TEXT NOT NULL,
    owner_id {id} NOT NULL REFERENCES users (id),
    due_on {date} NOT NULL,
    done_on {date},
    outcome TEXT,
    version {int} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL
) {strict};
CREATE INDEX survey_measures_survey ON survey_measures (survey_id, id);
CREATE INDEX survey_measures_owner ON survey_measures (owner_id, done_on);
CREATE TABLE survey_invitations (
    id {id} NOT NULL PRIMARY KEY,
    survey_id {id} NOT NULL REFERENCES surveys (id),
    customer_id {id} NOT NULL REFERENCES customers (id),
    UNIQUE (survey_id, customer_id)
) {strict};
CREATE INDEX survey_invitations_customer ON survey_invitations (customer_id);
CREATE TABLE survey_tokens (
    token_hash {bytes} NOT NULL PRIMARY KEY,
    survey_id {id} NOT NULL REFERENCES surveys (id),
    invitation_id {id} REFERENCES survey_invitations (id)
) {strict};
CREATE INDEX survey_tokens_survey ON survey_tokens (survey_id);
CREATE TABLE survey_answers (
    place {int} NOT NULL PRIMARY KEY,
    id {id} NOT NULL UNIQUE,
    survey_id {id} NOT NULL REFERENCES surveys (id),
    answered_on {date} NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('valid', 'incomplete', 'too_fast', 'duplicate')),
    form_nonce TEXT UNIQUE
) {strict};
CREATE INDEX survey_answers_survey ON survey_answers (survey_id, verdict);
CREATE TABLE survey_answer_items (
    place {int} NOT NULL PRIMARY KEY,
    id {id} NOT NULL UNIQUE,
    answer_id {id} NOT NULL REFERENCES survey_answers (id),
    survey_id {id} NOT NULL REFERENCES surveys (id),
    question {int} NOT NULL,
    chosen {int},
    words {bytes},
    is_valid {bool} NOT NULL
) {strict};
CREATE INDEX survey_answer_items_question ON survey_answer_items (survey_id, is_valid, question, chosen);
CREATE INDEX survey_answer_items_answer ON survey_answer_items (answer_id);
CREATE TABLE survey_named_answers (
    answer_id {id} NOT NULL PRIMARY KEY REFERENCES survey_answers (id),
    invitation_id {id} NOT NULL UNIQUE REFERENCES survey_invitations (id)
) {strict}
",
    drops: [
        "survey_named_answers", "survey_answer_items", "survey_answers", "survey_tokens", "survey_invitations",
        "survey_measures", "survey_told", "survey_entries", "surveys",
    ]
}
