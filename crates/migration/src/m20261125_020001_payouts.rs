//! Payout callbacks: what is recorded beside the interview, and the monthly spot check.

crate::ddl::migration! {
    up: "
CREATE TABLE payout_cases (
    id {id} NOT NULL PRIMARY KEY,
    callback_id {id} NOT NULL UNIQUE REFERENCES callbacks (id),
    item_code TEXT,
    explained_at {instant},
    aftercare {bool},
    aftercare_by TEXT,
    aftercare_at {instant},
    recall {bool},
    traced_by TEXT,
    traced_at {instant},
    updated_at {instant} NOT NULL
) {strict};
CREATE TABLE spot_checks (
    id {id} NOT NULL PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    month {date} NOT NULL,
    pool {int} NOT NULL,
    reached {int} NOT NULL,
    drawn_by {id} NOT NULL REFERENCES users (id),
    drawn_at {instant} NOT NULL,
    closed_at {instant},
    closed_by TEXT,
    conclusion {bytes},
    version {int} NOT NULL
) {strict};
CREATE INDEX spot_checks_org ON spot_checks (org_id, month);
CREATE TABLE spot_check_items (
    id {id} NOT NULL PRIMARY KEY,
    check_id {id} NOT NULL REFERENCES spot_checks (id),
    seq {int} NOT NULL,
    callback_id {id} NOT NULL REFERENCES callbacks (id),
    records TEXT CHECK (records IN ('pass', 'fail', 'not_applicable')),
    follow_up TEXT CHECK (follow_up IN ('pass', 'fail', 'not_applicable')),
    truthful TEXT CHECK (truthful IN ('pass', 'fail', 'not_applicable')),
    script TEXT CHECK (script IN ('pass', 'fail', 'not_applicable')),
    finding {bytes},
    correction {bytes},
    judged_by TEXT,
    judged_at {instant},
    corrected_at {instant},
    UNIQUE (check_id, callback_id)
) {strict};
CREATE INDEX spot_check_items_callback ON spot_check_items (callback_id)
",
    drops: ["spot_check_items", "spot_checks", "payout_cases"]
}
