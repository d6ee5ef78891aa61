//! Units, people who sign in, systems that use the API.

crate::ddl::migration! {
    up: "
CREATE TABLE orgs (
    id {id} NOT NULL PRIMARY KEY,
    org_code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    parent_id {id} REFERENCES orgs (id),
    level TEXT NOT NULL CHECK (level IN ('head_office', 'provincial_branch', 'city_office', 'sub_branch', 'outsourced_team')),
    region TEXT,
    path TEXT NOT NULL UNIQUE,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL
) {strict};
CREATE TABLE agents (
    id {id} NOT NULL PRIMARY KEY,
    agent_code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    mobile {bytes},
    mobile_index {int},
    org_id {id} NOT NULL REFERENCES orgs (id),
    kind TEXT NOT NULL CHECK (kind IN ('salesperson', 'bank_outlet', 'adjuster', 'repair_shop', 'agency')),
    licence_no TEXT,
    status TEXT NOT NULL CHECK (status IN ('active', 'left')),
    left_on {date},
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL
) {strict};
CREATE INDEX agents_mobile ON agents (mobile_index);
CREATE TABLE users (
    id {id} NOT NULL PRIMARY KEY,
    username TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    org_id {id} NOT NULL REFERENCES orgs (id),
    agent_id {id} REFERENCES agents (id),
    languages TEXT NOT NULL,
    active {bool} NOT NULL,
    locale TEXT,
    theme TEXT,
    version {int} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL
) {strict};
CREATE INDEX users_org ON users (org_id);
CREATE TABLE user_roles (
    user_id {id} NOT NULL REFERENCES users (id),
    role TEXT NOT NULL CHECK (role IN ('administrator', 'head_office_manager', 'team_leader', 'callback_agent', 'branch_operations', 'branch_sales', 'quality_inspector', 'compliance_officer', 'executive')),
    PRIMARY KEY (user_id, role)
) {strict};
CREATE TABLE sessions (
    token_hash {bytes} NOT NULL PRIMARY KEY,
    user_id {id} NOT NULL REFERENCES users (id),
    csrf_token TEXT NOT NULL,
    created_at {instant} NOT NULL,
    seen_at {instant} NOT NULL,
    expires_at {instant} NOT NULL,
    user_agent TEXT NOT NULL,
    address TEXT NOT NULL
) {strict};
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expires ON sessions (expires_at);
CREATE TABLE one_time_links (
    token_hash {bytes} NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('first_administrator')),
    expires_at {instant} NOT NULL
) {strict};
CREATE TABLE api_clients (
    id {id} NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    org_id {id} NOT NULL REFERENCES orgs (id),
    roles TEXT NOT NULL,
    active {bool} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL
) {strict};
CREATE TABLE api_tokens (
    token_hash {bytes} NOT NULL PRIMARY KEY,
    client_id {id} NOT NULL REFERENCES api_clients (id),
    hint TEXT NOT NULL,
    created_at {instant} NOT NULL,
    expires_at {instant} NOT NULL,
    revoked_at {instant}
) {strict};
CREATE INDEX api_tokens_client ON api_tokens (client_id);
CREATE TABLE idempotency_keys (
    client_id {id} NOT NULL REFERENCES api_clients (id),
    key TEXT NOT NULL,
    request_hash {bytes} NOT NULL,
    status {int} NOT NULL,
    body TEXT NOT NULL,
    created_at {instant} NOT NULL,
    PRIMARY KEY (client_id, key)
) {strict};
CREATE TABLE saved_views (
    id {id} NOT NULL PRIMARY KEY,
    user_id {id} NOT NULL REFERENCES users (id),
    page TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    created_at {instant} NOT NULL,
    UNIQUE (user_id, page, name)
) {strict}
",
    drops: [
        "saved_views", "idempotency_keys", "api_tokens", "api_clients", "one_time_links", "sessions",
        "user_roles", "users", "agents", "orgs",
    ]
}
