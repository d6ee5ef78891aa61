//! Service by class: teams and persons in charge, the register of what was done for a customer, the watch
//! list, and flags to underwriting and claims.

crate::ddl::migration! {
    up: "
CREATE TABLE service_teams (
    id {id} NOT NULL PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    name TEXT NOT NULL,
    serves TEXT NOT NULL CHECK (serves IN ('high', 'medium', 'low')),
    lead_id {id} NOT NULL REFERENCES users (id),
    closed_on {date},
    version {int} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL
) {strict};
CREATE INDEX service_teams_org ON service_teams (org_id, id);
CREATE TABLE service_team_members (
    id {id} NOT NULL PRIMARY KEY,
    team_id {id} NOT NULL REFERENCES service_teams (id),
    user_id {id} NOT NULL REFERENCES users (id),
    since_on {date} NOT NULL,
    until_on {date}
) {strict};
CREATE UNIQUE INDEX service_team_members_now ON service_team_members (team_id, user_id) WHERE until_on IS NULL;
CREATE INDEX service_team_members_user ON service_team_members (user_id);
CREATE TABLE service_charges (
    id {id} NOT NULL PRIMARY KEY,
    customer_id {id} NOT NULL REFERENCES customers (id),
    user_id {id} NOT NULL REFERENCES users (id),
    team_id {id} REFERENCES service_teams (id),
    way TEXT NOT NULL CHECK (way IN ('single', 'bulk', 'automatic', 'handover')),
    made_name TEXT NOT NULL,
    since_at {instant} NOT NULL,
    until_at {instant},
    end_cause TEXT CHECK (end_cause IN ('replaced', 'handed_over', 'left', 'class')),
    ended_name TEXT
) {strict};
CREATE UNIQUE INDEX service_charges_now ON service_charges (customer_id) WHERE until_at IS NULL;
CREATE INDEX service_charges_user ON service_charges (user_id, customer_id) WHERE until_at IS NULL;
CREATE INDEX service_charges_customer ON service_charges (customer_id, id);
CREATE TABLE service_items (
    id {id} NOT NULL PRIMARY KEY,
    customer_id {id} NOT NULL REFERENCES customers (id),
    kind TEXT NOT NULL CHECK (kind IN ('need', 'goal', 'proposal', 'step', 'contact', 'care', 'recommendation', 'privilege', 'cultivation')),
    subject TEXT,
    channel TEXT,
    text {bytes},
    findings TEXT NOT NULL,
    owner_id {id} NOT NULL REFERENCES users (id),
    due_on {date},
    made_name TEXT NOT NULL,
    made_at {instant} NOT NULL,
    outcome TEXT CHECK (outcome IN ('done', 'accepted', 'declined', 'dropped')),
    done_on {date},
    done_name TEXT,
    result {bytes}
) {strict};
CREATE INDEX service_items_customer ON service_items (customer_id, id);
CREATE INDEX service_items_owner ON service_items (owner_id, due_on) WHERE outcome IS NULL;
CREATE TABLE watched_customers (
    id {id} NOT NULL PRIMARY KEY,
    customer_id {id} NOT NULL REFERENCES customers (id),
    source TEXT NOT NULL CHECK (source IN ('rule', 'hand')),
    signs TEXT NOT NULL,
    reason {bytes},
    owner_id {id} REFERENCES users (id),
    put_name TEXT NOT NULL,
    put_at {instant} NOT NULL,
    ended_at {instant},
    end_state TEXT CHECK (end_state IN ('promoted', 'dropped')),
    end_class TEXT,
    end_reason {bytes},
    ended_name TEXT
) {strict};
CREATE UNIQUE INDEX watched_customers_now ON watched_customers (customer_id) WHERE ended_at IS NULL;
CREATE INDEX watched_customers_customer ON watched_customers (customer_id, id);
CREATE TABLE customer_flags (
    id {id} NOT NULL PRIMARY KEY,
    customer_id {id} NOT NULL REFERENCES customers (id),
    flag TEXT NOT NULL CHECK (flag IN ('prudent_underwriting', 'strengthened_claim_review')),
    source TEXT NOT NULL CHECK (source IN ('class', 'hand')),
    state TEXT NOT NULL CHECK (state IN ('asked', 'raised', 'withdrawal_asked', 'withdrawn', 'refused')),
    reason {bytes},
    pack TEXT NOT NULL,
    article TEXT NOT NULL,
    asked_by {id} REFERENCES users (id),
    asked_name TEXT NOT NULL,
    asked_at {instant} NOT NULL,
    decided_name TEXT,
    raised_at {instant},
    withdrawn_at {instant},
    withdraw_reason {bytes},
    version {int} NOT NULL
) {strict};
CREATE UNIQUE INDEX customer_flags_now ON customer_flags (customer_id, flag, source) WHERE state IN ('asked', 'raised', 'withdrawal_asked');
CREATE INDEX customer_flags_customer ON customer_flags (customer_id, id);
CREATE TABLE flag_changes (
    id {id} NOT NULL PRIMARY KEY,
    flag_id {id} NOT NULL REFERENCES customer_flags (id),
    customer_id {id} NOT NULL REFERENCES customers (id),
    raised {bool} NOT NULL,
    at {instant} NOT NULL
) {strict};
CREATE INDEX flag_changes_customer ON flag_changes (customer_id)
",
    drops: [
        "flag_changes", "customer_flags", "watched_customers", "service_items", "service_charges",
        "service_team_members", "service_teams",
    ]
}
