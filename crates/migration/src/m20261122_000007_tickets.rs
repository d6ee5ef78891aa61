//! Problem tickets and their history.

crate::ddl::migration! {
    up: "
CREATE TABLE tickets (
    id {id} NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    callback_id {id} NOT NULL REFERENCES callbacks (id),
    customer_id {id} NOT NULL REFERENCES customers (id),
    policy_id {id},
    org_id {id} NOT NULL,
    programme TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('problem', 'verification', 'failed', 'contract_quality', 'clarification')),
    type TEXT NOT NULL CHECK (type IN ('rights_unclear', 'contract_quality', 'document_unsigned', 'proxy_signature', 'mis_selling_premium_term', 'mis_selling_coverage_period', 'mis_selling_benefits', 'mis_selling_surrender', 'wrong_phone', 'wrong_address', 'false_customer_information', 'terms_not_supplied', 'unanswerable_question', 'payout_not_confirmed', 'payout_follow_up', 'service_dissatisfaction', 'suspected_false_visit', 'complaint', 'not_reached', 'other')),
    item TEXT,
    finding {bytes},
    state TEXT NOT NULL CHECK (state IN ('open', 'issued', 'in_progress', 'extended', 'feedback_given', 'invalid_feedback', 'verified', 'closed', 'transferred')),
    is_open {bool} NOT NULL,
    salesperson_id {id},
    opened_by TEXT NOT NULL,
    opened_at {instant} NOT NULL,
    issued_at {instant},
    due_on {date},
    handler_id {id} REFERENCES users (id),
    feedback {bytes},
    feedback_by {id} REFERENCES users (id),
    feedback_at {instant},
    invalid_feedbacks {int} NOT NULL,
    closed_at {instant},
    close_reason TEXT,
    version {int} NOT NULL,
    updated_at {instant} NOT NULL
) {strict};
CREATE INDEX tickets_callback ON tickets (callback_id);
CREATE INDEX tickets_customer ON tickets (customer_id);
CREATE INDEX tickets_open_due ON tickets (is_open, due_on, id);
CREATE INDEX tickets_handler ON tickets (handler_id, is_open, due_on);
CREATE TABLE ticket_entries (
    id {id} NOT NULL PRIMARY KEY,
    ticket_id {id} NOT NULL REFERENCES tickets (id),
    at {instant} NOT NULL,
    actor_name TEXT NOT NULL,
    step TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    note {bytes}
) {strict};
CREATE INDEX ticket_entries_ticket ON ticket_entries (ticket_id)
",
    drops: ["ticket_entries", "tickets"]
}
