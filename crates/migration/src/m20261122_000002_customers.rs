//! Customers and their contact persons. Personal data is sealed; what must be searched has a keyed
//! blind index, 64 bits of an HMAC.

crate::ddl::migration! {
    up: "
CREATE TABLE encryption_keys (
    version {int} NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('seal', 'index', 'audit')),
    algorithm TEXT NOT NULL,
    wrapped {bytes} NOT NULL,
    created_at {instant} NOT NULL,
    PRIMARY KEY (purpose, version)
) {strict};
CREATE TABLE customers (
    id {id} NOT NULL PRIMARY KEY,
    customer_no TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('individual', 'group')),
    name {bytes} NOT NULL,
    name_index {int} NOT NULL,
    sex TEXT CHECK (sex IN ('male', 'female')),
    birth_date {date},
    id_type TEXT CHECK (id_type IN ('resident_id', 'passport', 'military_id', 'hk_macau_permit', 'taiwan_permit', 'unified_social_credit', 'other')),
    id_no {bytes},
    id_no_index {int},
    id_no_tail_index {int},
    id_expires_on {date},
    nationality TEXT,
    mobile {bytes},
    mobile_index {int},
    mobile_tail_index {int},
    phone {bytes},
    phone_index {int},
    email {bytes},
    address {bytes},
    mailing_address {bytes},
    occupation TEXT,
    language TEXT,
    preferred_channel TEXT,
    relationship_stage TEXT,
    large {bool} NOT NULL,
    key_account {bool} NOT NULL,
    shareholder_related {bool} NOT NULL,
    needs {bytes},
    special_needs {bytes},
    risk_appetite TEXT CHECK (risk_appetite IN ('low', 'medium', 'high')),
    risk_tolerance TEXT CHECK (risk_tolerance IN ('low', 'medium', 'high')),
    annual_income_fen {int},
    marketing_consent {bool},
    source_channel TEXT CHECK (source_channel IN ('sales', 'service', 'market_research', 'partner')),
    collected_by TEXT,
    collected_at {instant},
    org_id {id} NOT NULL REFERENCES orgs (id),
    row_hash {int} NOT NULL,
    version {int} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL
) {strict};
CREATE INDEX customers_name ON customers (name_index);
CREATE INDEX customers_id_no ON customers (id_no_index);
CREATE INDEX customers_id_no_tail ON customers (id_no_tail_index);
CREATE INDEX customers_mobile ON customers (mobile_index);
CREATE INDEX customers_mobile_tail ON customers (mobile_tail_index);
CREATE INDEX customers_phone ON customers (phone_index);
CREATE INDEX customers_org ON customers (org_id, id);
CREATE TABLE contacts (
    id {id} NOT NULL PRIMARY KEY,
    customer_id {id} NOT NULL REFERENCES customers (id),
    role TEXT NOT NULL CHECK (role IN ('insurance_contact', 'legal_representative', 'actual_controller', 'other')),
    name {bytes} NOT NULL,
    position TEXT,
    mobile {bytes},
    mobile_index {int},
    row_hash {int} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    UNIQUE (customer_id, role)
) {strict};
CREATE INDEX contacts_mobile ON contacts (mobile_index);
CREATE TABLE record_changes (
    id {id} NOT NULL PRIMARY KEY,
    entity TEXT NOT NULL CHECK (entity IN ('customer', 'contact', 'policy', 'event', 'agent', 'org')),
    entity_id {id} NOT NULL,
    customer_id {id},
    field TEXT NOT NULL,
    old_value {bytes},
    new_value {bytes},
    reason TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id {id},
    actor_name TEXT NOT NULL,
    changed_at {instant} NOT NULL
) {strict};
CREATE INDEX record_changes_entity ON record_changes (entity_id, changed_at)
",
    drops: ["record_changes", "contacts", "customers", "encryption_keys"]
}
