//! What left the system, and how much personal data each person looked at in a day.

crate::ddl::migration! {
    up: "
CREATE TABLE exports (
    id {id} NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    format TEXT NOT NULL,
    owner_kind TEXT NOT NULL,
    owner_id {id},
    owner_name TEXT NOT NULL,
    purpose TEXT NOT NULL,
    in_full {bool} NOT NULL,
    approval_id {id} REFERENCES approvals (id),
    row_count {int} NOT NULL,
    complete {bool} NOT NULL,
    started_at {instant} NOT NULL,
    finished_at {instant}
) {strict};
CREATE INDEX exports_owner ON exports (owner_id, started_at);
CREATE TABLE disclosure_counts (
    owner_kind TEXT NOT NULL,
    owner_id {id} NOT NULL,
    owner_name TEXT NOT NULL,
    org_id {id} NOT NULL REFERENCES orgs (id),
    seen_on {date} NOT NULL,
    field_count {int} NOT NULL,
    day_limit {int} NOT NULL,
    PRIMARY KEY (owner_kind, owner_id, seen_on)
) {strict};
CREATE INDEX disclosure_counts_seen_on ON disclosure_counts (seen_on)
",
    drops: ["disclosure_counts", "exports"]
}
