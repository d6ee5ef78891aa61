//! Policies, receipts, events; and as views what events amount to: claims and payouts.

crate::ddl::migration! {
    up: "
CREATE TABLE policies (
    id {id} NOT NULL PRIMARY KEY,
    policy_no TEXT NOT NULL UNIQUE,
    product_code TEXT,
    product_name TEXT NOT NULL,
    product_class TEXT NOT NULL CHECK (product_class IN ('ordinary', 'participating', 'universal', 'unit_linked', 'long_term_health', 'short_term_health', 'accident', 'annuity', 'motor', 'property', 'cargo', 'liability')),
    line TEXT NOT NULL CHECK (line IN ('life', 'health', 'accident', 'motor', 'commercial', 'personal')),
    channel TEXT NOT NULL CHECK (channel IN ('individual_agent', 'bancassurance', 'bancassurance_realtime', 'telesales', 'online', 'direct', 'broker')),
    policyholder_id {id} NOT NULL REFERENCES customers (id),
    insured_id {id} REFERENCES customers (id),
    beneficiary_id {id} REFERENCES customers (id),
    agent_id {id} REFERENCES agents (id),
    org_id {id} NOT NULL REFERENCES orgs (id),
    application_date {date},
    issue_date {date} NOT NULL,
    system_entry_date {date},
    print_date {date},
    effective_date {date},
    expiry_date {date},
    term_months {int},
    premium_fen {int},
    premium_frequency TEXT CHECK (premium_frequency IN ('single', 'annual', 'half_yearly', 'quarterly', 'monthly')),
    premium_term_years {int},
    sum_insured_fen {int},
    next_premium_due_on {date},
    cooling_off_days {int},
    ack_signed_on {date},
    ack_entered_on {date},
    electronic_ack {bool},
    double_recorded {bool},
    juvenile {bool},
    status TEXT NOT NULL CHECK (status IN ('in_force', 'grace', 'lapsed', 'surrendered', 'cooling_off_cancelled', 'expired', 'terminated')),
    deemed_until_on {date},
    row_hash {int} NOT NULL,
    version {int} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL
) {strict};
CREATE INDEX policies_policyholder ON policies (policyholder_id);
CREATE INDEX policies_insured ON policies (insured_id);
CREATE INDEX policies_agent ON policies (agent_id);
CREATE INDEX policies_org ON policies (org_id, id);
CREATE TABLE receipts (
    id {id} NOT NULL PRIMARY KEY,
    policy_id {id} NOT NULL REFERENCES policies (id),
    signed_on {date} NOT NULL,
    entered_on {date},
    electronic {bool},
    recorded_at {instant} NOT NULL
) {strict};
CREATE INDEX receipts_policy ON receipts (policy_id);
CREATE TABLE events (
    id {id} NOT NULL PRIMARY KEY,
    event_id TEXT NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('policy_issued', 'acknowledgement_signed', 'underwriting_completed', 'premium_due', 'grace_entered', 'lapsed', 'reinstated', 'surrendered', 'cooling_off_cancelled', 'service_payout', 'policy_changed', 'loss_reported', 'claim_registered', 'claim_settled', 'claim_paid', 'policy_expired', 'sales_visit_ended', 'service_completed', 'agent_left', 'enquiry_closed', 'callback_completed')),
    source TEXT NOT NULL CHECK (source IN ('file', 'api', 'status', 'system')),
    occurred_at {instant} NOT NULL,
    occurred_on {date} NOT NULL,
    policy_id {id} REFERENCES policies (id),
    customer_id {id} REFERENCES customers (id),
    agent_id {id} REFERENCES agents (id),
    claim_no TEXT,
    amount_fen {int},
    payout_method TEXT,
    service_item_code TEXT,
    payee_role TEXT,
    handled_in_person {bool},
    reporter_role TEXT,
    loss_region TEXT,
    underwriting_region TEXT,
    adjuster_code TEXT,
    outcome TEXT,
    paid_on {date},
    programme TEXT,
    note {bytes},
    row_hash {int} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    UNIQUE (event_id, type)
) {strict};
CREATE INDEX events_policy ON events (policy_id);
CREATE INDEX events_customer ON events (customer_id);
CREATE INDEX events_status ON events (policy_id) WHERE source = 'status';
CREATE VIEW claims AS
    SELECT claim_no, policy_id,
           MIN(CASE WHEN type = 'loss_reported' THEN occurred_on END) AS reported_on,
           MIN(CASE WHEN type = 'claim_registered' THEN occurred_on END) AS registered_on,
           MAX(CASE WHEN type = 'claim_settled' THEN occurred_on END) AS settled_on,
           MAX(CASE WHEN type = 'claim_paid' THEN COALESCE(paid_on, occurred_on) END) AS paid_on,
           MAX(outcome) AS outcome,
           MAX(CASE WHEN type IN ('claim_settled', 'claim_paid') THEN amount_fen END) AS amount_fen,
           MAX(adjuster_code) AS adjuster_code,
           MAX(reporter_role) AS reporter_role,
           MAX(loss_region) AS loss_region,
           MAX(underwriting_region) AS underwriting_region
    FROM events WHERE claim_no IS NOT NULL GROUP BY policy_id, claim_no;
CREATE VIEW payouts AS
    SELECT id AS event_id, policy_id, customer_id, claim_no, type, amount_fen, payout_method,
           service_item_code, payee_role, handled_in_person, COALESCE(paid_on, occurred_on) AS paid_on
    FROM events WHERE type IN ('claim_paid', 'service_payout', 'surrendered') AND amount_fen IS NOT NULL
",
    drops: ["VIEW payouts", "VIEW claims", "events", "receipts", "policies"]
}
