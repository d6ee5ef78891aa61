//! Where the schema refers to a customer, and what a merge does there. A test compares this list with the
//! schema: a new column has to be put here before it can be released.

/// What a merge does with a reference to the absorbed record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// It comes to the survivor.
    Moves,
    /// It comes to the survivor unless that has a row with the same values in these columns, as when both were
    /// invited to one event: the row then stays where it is.
    MovesUnless(&'static str),
    /// It comes to the survivor where this holds of the row `t`; `$5` is the survivor.
    MovesIf(&'static str),
    /// It stays; the text says why.
    Stays(&'static str),
}

/// A column that refers to a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// What a merge does.
    pub how: How,
    /// The policy that a row `t` belongs to, where it belongs to one: what came about for the survivor after
    /// the merge goes back with the policy when the merge is taken back.
    pub policy: Option<&'static str>,
}

const fn moves(table: &'static str, policy: Option<&'static str>) -> Reference {
    Reference {
        table,
        column: "customer_id",
        how: How::Moves,
        policy,
    }
}

const fn unless(table: &'static str, same: &'static str) -> Reference {
    Reference {
        table,
        column: "customer_id",
        how: How::MovesUnless(same),
        policy: None,
    }
}

const fn moves_if(table: &'static str, column: &'static str, holds: &'static str) -> Reference {
    Reference {
        table,
        column,
        how: How::MovesIf(holds),
        policy: None,
    }
}

const fn on_policy(column: &'static str) -> Reference {
    Reference {
        table: "policies",
        column,
        how: How::Moves,
        policy: None,
    }
}

const fn stays(table: &'static str, column: &'static str, why: &'static str) -> Reference {
    Reference {
        table,
        column,
        how: How::Stays(why),
        policy: None,
    }
}

const OWN: Option<&str> = Some("t.policy_id");
const OF_CALLBACK: Option<&str> =
    Some("(SELECT b.policy_id FROM callbacks b WHERE b.id = t.callback_id)");
const OF_ATTEMPT: Option<&str> = Some(
    "(SELECT b.policy_id FROM attempts a JOIN callbacks b ON b.id = a.callback_id WHERE a.id = t.attempt_id)",
);
const OF_OWNER: Option<&str> = Some(
    "COALESCE((SELECT b.policy_id FROM callbacks b WHERE b.id = t.owner_id), \
     (SELECT b.policy_id FROM attempts a JOIN callbacks b ON b.id = a.callback_id WHERE a.id = t.owner_id), \
     (SELECT k.policy_id FROM tickets k WHERE k.id = t.owner_id), \
     (SELECT v.policy_id FROM visits v WHERE v.id = t.owner_id))",
);
/// Two customers are related in one way at a time, a company has one parent, and none holds itself: what would
/// break that stays with the absorbed record.
const RELATED_TO: &str = "t.other_id <> $5 AND (t.ended_at IS NOT NULL OR (\
     NOT EXISTS (SELECT 1 FROM customer_relations o WHERE o.ended_at IS NULL AND \
     ((o.customer_id = $5 AND o.other_id = t.other_id) OR (o.other_id = $5 AND o.customer_id = t.other_id))) \
     AND (t.relation <> 'parent_company' OR (\
     NOT EXISTS (SELECT 1 FROM customer_relations o WHERE o.customer_id = $5 AND o.relation = 'parent_company' \
     AND o.ended_at IS NULL) AND t.other_id NOT IN (WITH RECURSIVE held (id, level) AS (\
     SELECT r.customer_id, 1 FROM customer_relations r WHERE r.other_id = $5 AND r.relation = 'parent_company' \
     AND r.ended_at IS NULL UNION SELECT r.customer_id, h.level + 1 FROM customer_relations r \
     JOIN held h ON r.other_id = h.id WHERE r.relation = 'parent_company' AND r.ended_at IS NULL AND h.level < 12) \
     SELECT id FROM held)))))";
const RELATED_FROM: &str = "t.customer_id <> $5 AND (t.ended_at IS NOT NULL OR (\
     NOT EXISTS (SELECT 1 FROM customer_relations o WHERE o.ended_at IS NULL AND \
     ((o.customer_id = $5 AND o.other_id = t.customer_id) OR (o.other_id = $5 AND o.customer_id = t.customer_id))) \
     AND (t.relation <> 'parent_company' OR t.customer_id NOT IN (WITH RECURSIVE above (id, level) AS (\
     SELECT r.other_id, 1 FROM customer_relations r WHERE r.customer_id = $5 AND r.relation = 'parent_company' \
     AND r.ended_at IS NULL UNION SELECT r.other_id, a.level + 1 FROM customer_relations r \
     JOIN above a ON r.customer_id = a.id WHERE r.relation = 'parent_company' AND r.ended_at IS NULL AND a.level < 12) \
     SELECT id FROM above))))";
/// Every column that refers to a customer.
pub const REFERENCES: &[Reference] = &[
    on_policy("policyholder_id"),
    on_policy("insured_id"),
    on_policy("beneficiary_id"),
    moves("events", OWN),
    moves("obligations", OWN),
    moves("exclusions", OWN),
    moves("callbacks", OWN),
    moves("attempts", OF_CALLBACK),
    moves("answers", OF_CALLBACK),
    moves("callback_reviews", OF_CALLBACK),
    moves("callback_notes", OF_CALLBACK),
    moves("calls", OF_ATTEMPT),
    moves("recordings", OF_OWNER),
    moves("tickets", OWN),
    moves("letters", OF_CALLBACK),
    moves("renewal_accounts", OWN),
    moves("visits", OWN),
    moves("field_slips", None),
    moves("electronic_links", OF_CALLBACK),
    moves("messages", None),
    moves("consent_entries", None),
    moves("legal_holds", OWN),
    moves("destruction_items", OWN),
    moves("data_requests", None),
    moves("record_changes", Some("t.entity_id")),
    unless("contacts", "role"),
    unless("gathering_participants", "gathering_id"),
    unless("campaign_members", "campaign_id"),
    unless("survey_invitations", "survey_id"),
    moves_if("customer_relations", "customer_id", RELATED_TO),
    moves_if("customer_relations", "other_id", RELATED_FROM),
    moves("customer_stages", None),
    moves("information_changes", None),
    moves_if(
        "customer_marks",
        "customer_id",
        "t.ended_on IS NOT NULL OR NOT EXISTS (SELECT 1 FROM customer_marks o WHERE o.customer_id = $5 \
         AND o.flag = t.flag AND o.ended_on IS NULL)",
    ),
    moves("fact_confirmations", None),
    moves("core_changes", None),
    moves("information_verifications", None),
    moves("information_samples", OWN),
    moves("commission_holds", OWN),
    moves_if(
        "class_overrides",
        "customer_id",
        "t.state NOT IN ('asked', 'in_force') OR NOT EXISTS (SELECT 1 FROM class_overrides o \
         WHERE o.customer_id = $5 AND o.model = t.model AND o.state IN ('asked', 'in_force'))",
    ),
    moves_if(
        "service_charges",
        "customer_id",
        "t.until_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM service_charges o WHERE o.customer_id = $5 \
         AND o.until_at IS NULL)",
    ),
    moves("service_items", None),
    moves_if(
        "watched_customers",
        "customer_id",
        "t.ended_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM watched_customers o WHERE o.customer_id = $5 \
         AND o.ended_at IS NULL)",
    ),
    moves_if(
        "customer_flags",
        "customer_id",
        "t.state NOT IN ('asked', 'raised', 'withdrawal_asked') OR NOT EXISTS (SELECT 1 FROM customer_flags o \
         WHERE o.customer_id = $5 AND o.flag = t.flag AND o.source = t.source \
         AND o.state IN ('asked', 'raised', 'withdrawal_asked'))",
    ),
    moves("risk_assessments", None),
    moves_if(
        "risk_signals",
        "customer_id",
        "NOT EXISTS (SELECT 1 FROM risk_signals o WHERE o.customer_id = $5 AND o.kind = t.kind \
         AND o.found_key = t.found_key)",
    ),
    moves("risk_measures", None),
    moves("credit_entries", None),
    moves("credit_flags", None),
    moves("aml_checks", None),
    Reference {
        table: "customers",
        column: "merged_into_id",
        how: How::Moves,
        policy: None,
    },
    stays("audit_entries", "customer_id", "the log is never rewritten"),
    stays(
        "duplicate_keys",
        "customer_id",
        "worked out again for the survivor",
    ),
    stays(
        "duplicate_pairs",
        "low_id",
        "worked out again for the survivor",
    ),
    stays(
        "duplicate_pairs",
        "high_id",
        "worked out again for the survivor",
    ),
    stays(
        "search_keys",
        "customer_id",
        "worked out again for the survivor",
    ),
    stays(
        "information_states",
        "id",
        "worked out again for the survivor",
    ),
    stays(
        "information_findings",
        "customer_id",
        "worked out again for the survivor",
    ),
    stays(
        "customer_scores",
        "customer_id",
        "worked out again for the survivor",
    ),
    stays(
        "customer_classes",
        "customer_id",
        "worked out again for the survivor",
    ),
    stays("flag_changes", "customer_id", "the core system was told so"),
    stays("customer_merges", "survivor_id", "the merge itself"),
    stays("customer_merges", "absorbed_id", "the merge itself"),
];
