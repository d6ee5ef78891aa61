//! What one person asks for and another decides.

crate::ddl::migration! {
    up: "
CREATE TABLE approvals (
    id {id} NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('rights', 'roles', 'export')),
    subject TEXT NOT NULL,
    payload TEXT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'refused', 'withdrawn', 'expired')),
    org_id {id} NOT NULL REFERENCES orgs (id),
    asked_by {id} NOT NULL REFERENCES users (id),
    asked_at {instant} NOT NULL,
    expires_at {instant} NOT NULL,
    decided_by {id} REFERENCES users (id),
    decided_at {instant},
    note TEXT
) {strict};
CREATE INDEX approvals_state ON approvals (state, id);
CREATE INDEX approvals_asked_by ON approvals (asked_by, id)
",
    drops: ["approvals"]
}
