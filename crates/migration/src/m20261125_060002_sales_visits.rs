//! Slips of sales visits, their callbacks and who has read of them.

crate::ddl::migration! {
    up: "
CREATE TABLE field_slips (
    id {id} NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    org_id {id} NOT NULL REFERENCES orgs (id),
    salesperson_id {id} NOT NULL REFERENCES users (id),
    customer_id {id} REFERENCES customers (id),
    category TEXT NOT NULL CHECK (category IN ('prospect', 'in_negotiation', 'under_contract', 'closed', 'lost')),
    customer_name {bytes},
    business_type TEXT NOT NULL,
    contact_name {bytes},
    contact_title TEXT NOT NULL,
    contact_phone {bytes},
    planned_at {instant},
    state TEXT NOT NULL CHECK (state IN ('registered', 'visit_ended', 'called_back', 'closed', 'cancelled')),
    is_open {bool} NOT NULL,
    registered_at {instant} NOT NULL,
    began_at {instant},
    ended_at {instant},
    end_entered_at {instant},
    entered_late {bool} NOT NULL,
    without_slip {bool} NOT NULL,
    callback_due_at {instant},
    called_at {instant},
    called_by {id} REFERENCES users (id),
    satisfaction {int},
    product_problems {bytes},
    important {bytes},
    is_important {bool} NOT NULL,
    suspicion TEXT CHECK (suspicion IN ('suspected', 'cleared', 'confirmed')),
    verified_name TEXT,
    verified_at {instant},
    verification {bytes},
    cancel_reason {bytes},
    destroyed_at {instant},
    version {int} NOT NULL,
    updated_at {instant} NOT NULL
) {strict};
CREATE INDEX field_slips_salesperson ON field_slips (salesperson_id, is_open, id);
CREATE INDEX field_slips_org ON field_slips (org_id, state, id);
CREATE INDEX field_slips_due ON field_slips (state, callback_due_at);
CREATE INDEX field_slips_customer ON field_slips (customer_id);
CREATE TABLE slip_receipts (
    id {id} NOT NULL PRIMARY KEY,
    slip_id {id} NOT NULL REFERENCES field_slips (id),
    receiver TEXT NOT NULL CHECK (receiver IN ('salesperson', 'superior', 'general_manager')),
    reader_id {id} NOT NULL REFERENCES users (id),
    reader_name TEXT NOT NULL,
    read_at {instant} NOT NULL,
    UNIQUE (slip_id, receiver)
) {strict}
",
    drops: ["slip_receipts", "field_slips"]
}
