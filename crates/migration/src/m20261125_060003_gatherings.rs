//! Symposia and satisfaction-survey events with their participants.

crate::ddl::migration! {
    up: "
CREATE TABLE gatherings (
    id {id} NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('symposium', 'survey_event')),
    state TEXT NOT NULL CHECK (state IN ('planned', 'held', 'cancelled')),
    org_id {id} NOT NULL REFERENCES orgs (id),
    title TEXT NOT NULL,
    place TEXT NOT NULL,
    begins_at {instant} NOT NULL,
    host_id {id} NOT NULL REFERENCES users (id),
    minutes {bytes},
    findings {bytes},
    cancel_reason TEXT,
    version {int} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL
) {strict};
CREATE INDEX gatherings_org ON gatherings (org_id, id);
CREATE TABLE gathering_participants (
    id {id} NOT NULL PRIMARY KEY,
    gathering_id {id} NOT NULL REFERENCES gatherings (id),
    customer_id {id} NOT NULL REFERENCES customers (id),
    attended {bool} NOT NULL,
    remark {bytes},
    callbacks {int} NOT NULL,
    UNIQUE (gathering_id, customer_id)
) {strict};
CREATE INDEX gathering_participants_customer ON gathering_participants (customer_id)
",
    drops: ["gathering_participants", "gatherings"]
}
