//! What is derived from customers, their policies and events (search keys, findings, pairs of duplicates,
//! scores) is worked out after the change; this queue holds what is still to be looked at. Customers who
//! are there already are all of them.

crate::ddl::migration! {
    up: "
CREATE TABLE derivations (
    derived TEXT NOT NULL CHECK (derived IN ('search', 'quality', 'duplicates', 'scores')),
    id {id} NOT NULL,
    subject TEXT NOT NULL CHECK (subject IN ('customers', 'policies', 'events')),
    low {id} NOT NULL,
    high {id} NOT NULL,
    PRIMARY KEY (derived, id)
) {strict};
INSERT INTO derivations (derived, id, subject, low, high)
SELECT 'search', id, 'customers', id, (SELECT id FROM customers ORDER BY id DESC LIMIT 1)
FROM (SELECT id FROM customers ORDER BY id LIMIT 1) AS eldest;
INSERT INTO derivations (derived, id, subject, low, high)
SELECT 'quality', id, 'customers', id, (SELECT id FROM customers ORDER BY id DESC LIMIT 1)
FROM (SELECT id FROM customers ORDER BY id LIMIT 1) AS eldest;
INSERT INTO derivations (derived, id, subject, low, high)
SELECT 'duplicates', id, 'customers', id, (SELECT id FROM customers ORDER BY id DESC LIMIT 1)
FROM (SELECT id FROM customers ORDER BY id LIMIT 1) AS eldest;
INSERT INTO derivations (derived, id, subject, low, high)
SELECT 'scores', id, 'customers', id, (SELECT id FROM customers ORDER BY id DESC LIMIT 1)
FROM (SELECT id FROM customers ORDER BY id LIMIT 1) AS eldest
",
    drops: ["derivations"]
}
