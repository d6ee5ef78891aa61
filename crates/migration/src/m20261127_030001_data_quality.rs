//! The quality of what is known of customers: how each stands, what was found, when information was verified,
//! numbers of the company's own side, lists for cleaning up, policies drawn for a look, commission held back.
//!
//! Columns that end in `_key` are blind indexes of values as they are compared (an address without blanks, a
//! surname); they are worked out again with everything else here when keys are exchanged.

crate::ddl::migration! {
    up: "
CREATE TABLE information_states (
    id {id} NOT NULL PRIMARY KEY REFERENCES customers (id),
    org_id {id} NOT NULL,
    agent_id {id},
    channel TEXT,
    completeness {int} NOT NULL,
    truth {int} NOT NULL,
    mandatory_missing {int} NOT NULL,
    wanted_missing {int} NOT NULL,
    untrue {int} NOT NULL,
    doubtful {int} NOT NULL,
    document_expired {bool} NOT NULL,
    is_blocked {bool} NOT NULL,
    holds_policies {bool} NOT NULL,
    mobile_key {int},
    email_key {int},
    address_key {int},
    household_key {int} NOT NULL,
    surname_key {int} NOT NULL,
    mobile_households {int} NOT NULL,
    address_families {int} NOT NULL,
    email_families {int} NOT NULL,
    verified_on {date},
    verify_by {date} NOT NULL,
    look_again_on {date},
    examined_at {instant} NOT NULL
) {strict};
CREATE INDEX information_states_mobile ON information_states (mobile_key);
CREATE INDEX information_states_email ON information_states (email_key);
CREATE INDEX information_states_address ON information_states (address_key);
CREATE INDEX information_states_again ON information_states (look_again_on);
CREATE INDEX information_states_verify ON information_states (verify_by, id);
CREATE INDEX information_states_org ON information_states (org_id);
CREATE TABLE cleanups (
    id {id} NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    filter TEXT NOT NULL,
    org_id {id} NOT NULL REFERENCES orgs (id),
    due_on {date} NOT NULL,
    made_by {id} NOT NULL REFERENCES users (id),
    made_by_name TEXT NOT NULL,
    made_at {instant} NOT NULL
) {strict};
CREATE TABLE information_findings (
    id {id} NOT NULL PRIMARY KEY,
    customer_id {id} NOT NULL REFERENCES customers (id),
    org_id {id} NOT NULL,
    agent_id {id},
    check_code TEXT NOT NULL CHECK (check_code IN ('missing', 'id_number', 'id_birth_date', 'id_sex', 'id_kind', 'id_age', 'id_expired', 'id_expiring', 'mobile', 'landline', 'address_detail', 'placeholder', 'name', 'age', 'mobile_shared', 'own_number', 'seller_number', 'self_policy', 'insured_number', 'address_shared', 'email_shared')),
    field TEXT NOT NULL CHECK (field IN ('name', 'sex', 'birth_date', 'id_type', 'id_no', 'id_expires_on', 'nationality', 'mobile', 'phone', 'email', 'address', 'mailing_address', 'occupation', 'contact')),
    aspect TEXT NOT NULL CHECK (aspect IN ('completeness', 'truth', 'currency')),
    severity TEXT NOT NULL CHECK (severity IN ('hint', 'alert', 'block')),
    state TEXT NOT NULL CHECK (state IN ('open', 'explained', 'cleaned')),
    article TEXT NOT NULL,
    measured {int},
    about_key {int} NOT NULL,
    found_at {instant} NOT NULL,
    ended_at {instant},
    explanation {bytes},
    explained_by {id} REFERENCES users (id),
    explained_by_name TEXT,
    explained_at {instant},
    assignee_id {id} REFERENCES users (id),
    due_on {date},
    cleanup_id {id} REFERENCES cleanups (id),
    version {int} NOT NULL
) {strict};
CREATE INDEX information_findings_customer ON information_findings (customer_id, state);
CREATE INDEX information_findings_check ON information_findings (state, check_code, id);
CREATE INDEX information_findings_org ON information_findings (org_id, state, id);
CREATE INDEX information_findings_assignee ON information_findings (assignee_id, state, id);
CREATE INDEX information_findings_cleanup ON information_findings (cleanup_id, state);
CREATE TABLE information_verifications (
    id {id} NOT NULL PRIMARY KEY,
    customer_id {id} NOT NULL REFERENCES customers (id),
    verified_on {date} NOT NULL,
    way TEXT NOT NULL CHECK (way IN ('callback', 'visit', 'telephone', 'counter', 'documents')),
    callback_id {id},
    note {bytes},
    user_id {id},
    user_name TEXT NOT NULL,
    recorded_at {instant} NOT NULL
) {strict};
CREATE INDEX information_verifications_customer ON information_verifications (customer_id, verified_on);
CREATE UNIQUE INDEX information_verifications_callback ON information_verifications (callback_id);
CREATE INDEX callbacks_completed_at ON callbacks (completed_at);
CREATE TABLE own_numbers (
    id {id} NOT NULL PRIMARY KEY,
    number {bytes} NOT NULL,
    number_index {int} NOT NULL,
    owner TEXT NOT NULL CHECK (owner IN ('staff', 'salesperson', 'agency', 'outlet')),
    label TEXT NOT NULL,
    org_id {id} NOT NULL REFERENCES orgs (id),
    added_by_name TEXT NOT NULL,
    added_at {instant} NOT NULL
) {strict};
CREATE INDEX own_numbers_number ON own_numbers (number_index);
CREATE TABLE information_samples (
    id {id} NOT NULL PRIMARY KEY,
    month TEXT NOT NULL,
    org_id {id} NOT NULL REFERENCES orgs (id),
    policy_id {id} NOT NULL REFERENCES policies (id),
    customer_id {id} NOT NULL REFERENCES customers (id),
    state TEXT NOT NULL CHECK (state IN ('drawn', 'passed', 'to_rectify', 'rectified')),
    result TEXT CHECK (result IN ('true', 'incomplete', 'untrue', 'unreached')),
    finding {bytes},
    checked_by {id} REFERENCES users (id),
    checked_by_name TEXT,
    checked_at {instant},
    rectify_by {date},
    rectification {bytes},
    rectified_by_name TEXT,
    rectified_at {instant},
    drawn_at {instant} NOT NULL,
    version {int} NOT NULL,
    UNIQUE (month, policy_id)
) {strict};
CREATE INDEX information_samples_org ON information_samples (org_id, month);
CREATE INDEX information_samples_customer ON information_samples (customer_id);
CREATE TABLE commission_holds (
    id {id} NOT NULL PRIMARY KEY,
    policy_id {id} NOT NULL REFERENCES policies (id),
    customer_id {id} NOT NULL REFERENCES customers (id),
    agent_id {id} NOT NULL REFERENCES agents (id),
    org_id {id} NOT NULL,
    checks TEXT NOT NULL,
    held_at {instant} NOT NULL,
    released_at {instant}
) {strict};
CREATE INDEX commission_holds_policy ON commission_holds (policy_id, released_at);
CREATE INDEX commission_holds_agent ON commission_holds (agent_id, released_at);
CREATE INDEX commission_holds_org ON commission_holds (org_id, id);
CREATE INDEX commission_holds_customer ON commission_holds (customer_id)
",
    drops: [
        "commission_holds",
        "information_samples",
        "own_numbers",
        "information_verifications",
        "information_findings",
        "cleanups",
        "information_states",
        "INDEX callbacks_completed_at",
    ]
}
