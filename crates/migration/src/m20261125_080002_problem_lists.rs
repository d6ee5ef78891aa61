//! Numbered lists of bancassurance problem cases: once made, a list stays as it was.

crate::ddl::migration! {
    up: "
CREATE TABLE problem_lists (
    id {id} NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    org_id {id} NOT NULL REFERENCES orgs (id),
    from_on {date} NOT NULL,
    to_on {date} NOT NULL,
    row_count {int} NOT NULL,
    rows_hash TEXT NOT NULL,
    penalty_rule TEXT NOT NULL,
    penalty_article TEXT NOT NULL,
    made_by {id} NOT NULL REFERENCES users (id),
    made_by_name TEXT NOT NULL,
    made_at {instant} NOT NULL
) {strict};
CREATE INDEX problem_lists_org ON problem_lists (org_id, to_on);
CREATE TABLE problem_list_rows (
    id {id} NOT NULL PRIMARY KEY,
    list_id {id} NOT NULL REFERENCES problem_lists (id),
    seq {int} NOT NULL,
    item {int} NOT NULL,
    occurred_on {date} NOT NULL,
    ticket_id {id} NOT NULL,
    ticket_number TEXT NOT NULL,
    problem TEXT NOT NULL,
    state TEXT NOT NULL,
    policy_no TEXT,
    channel TEXT,
    customer_no TEXT NOT NULL,
    org_name TEXT NOT NULL,
    salesperson TEXT,
    handler TEXT,
    issued_on {date},
    listed_after {date},
    processed_on {date},
    UNIQUE (list_id, seq)
) {strict};
CREATE TABLE problem_list_recipients (
    id {id} NOT NULL PRIMARY KEY,
    list_id {id} NOT NULL REFERENCES problem_lists (id),
    user_id {id} NOT NULL REFERENCES users (id),
    user_name TEXT NOT NULL,
    org_name TEXT NOT NULL,
    post TEXT NOT NULL,
    is_copy {bool} NOT NULL,
    sent_at {instant} NOT NULL,
    read_at {instant},
    UNIQUE (list_id, user_id)
) {strict};
CREATE INDEX problem_list_recipients_user ON problem_list_recipients (user_id, read_at)
",
    drops: ["problem_list_recipients", "problem_list_rows", "problem_lists"]
}
