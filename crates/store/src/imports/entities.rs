//! The tables that imports write, column by column, in the order of `contracts.md` §2.

use super::kept::Kept;
use super::upsert::{Column, Entity, Target};
use crate::dialect::bulk::CellType::{Bool, Date, Id, Int, Text};

const fn plain(name: &'static str, kind: crate::dialect::bulk::CellType) -> Column {
    Column {
        name,
        target: Target::Plain(kind),
    }
}

const fn sealed(name: &'static str) -> Column {
    Column {
        name,
        target: Target::Sealed {
            index: None,
            tail: None,
        },
    }
}

const fn indexed(name: &'static str, index: &'static str, kind: &'static str) -> Column {
    Column {
        name,
        target: Target::Sealed {
            index: Some((index, kind)),
            tail: None,
        },
    }
}

const fn with_tail(
    name: &'static str,
    index: &'static str,
    tail: &'static str,
    kind: &'static str,
) -> Column {
    Column {
        name,
        target: Target::Sealed {
            index: Some((index, kind)),
            tail: Some(tail),
        },
    }
}

/// Units.
pub static ORGS: Entity = Entity {
    table: "orgs",
    entity: "org",
    key: &["org_code"],
    columns: &[
        plain("org_code", Text),
        plain("name", Text),
        plain("parent_id", Id),
        plain("level", Text),
        plain("region", Text),
        plain("path", Text),
    ],
    defaults: &[],
    has_hash: false,
    has_version: false,
    kept: &[],
};

/// Salespersons, outlets, adjusters.
pub static AGENTS: Entity = Entity {
    table: "agents",
    entity: "agent",
    key: &["agent_code"],
    columns: &[
        plain("agent_code", Text),
        plain("name", Text),
        indexed("mobile", "mobile_index", "mobile"),
        plain("org_id", Id),
        plain("kind", Text),
        plain("licence_no", Text),
        plain("status", Text),
        plain("left_on", Date),
    ],
    defaults: &[],
    has_hash: false,
    has_version: false,
    kept: &[],
};

/// Customers.
pub static CUSTOMERS: Entity = Entity {
    table: "customers",
    entity: "customer",
    key: &["customer_no"],
    columns: &[
        plain("customer_no", Text),
        plain("kind", Text),
        indexed("name", "name_index", "name"),
        plain("sex", Text),
        plain("birth_date", Date),
        plain("id_type", Text),
        with_tail("id_no", "id_no_index", "id_no_tail_index", "id_no"),
        plain("id_expires_on", Date),
        plain("nationality", Text),
        with_tail("mobile", "mobile_index", "mobile_tail_index", "mobile"),
        indexed("phone", "phone_index", "phone"),
        sealed("email"),
        sealed("address"),
        sealed("mailing_address"),
        plain("occupation", Text),
        plain("language", Text),
        plain("preferred_channel", Text),
        plain("relationship_stage", Text),
        plain("large", Bool),
        plain("key_account", Bool),
        plain("shareholder_related", Bool),
        sealed("needs"),
        sealed("special_needs"),
        plain("risk_appetite", Text),
        plain("risk_tolerance", Text),
        plain("annual_income_fen", Int),
        plain("marketing_consent", Bool),
        plain("source_channel", Text),
        plain("collected_by", Text),
        plain("collected_at", Int),
        plain("org_id", Id),
        plain("value_class", Text),
        plain("imported_value_class", Text),
    ],
    defaults: &["large", "key_account", "shareholder_related"],
    has_hash: true,
    has_version: true,
    kept: &[
        Kept {
            column: "marketing_consent",
            // A refusal under a number that was merged counts as much as one under the survivor's.
            condition: "restricted_at IS NOT NULL OR consent_withdrawn_at IS NOT NULL OR (marketing_consent = FALSE \
                        AND EXISTS (SELECT 1 FROM customers w WHERE w.merged_into_id = customers.id \
                        AND w.marketing_consent = FALSE))",
        },
        // A class that a model gave, or that was set by hand, comes before that of a file.
        Kept {
            column: "value_class",
            condition: "EXISTS (SELECT 1 FROM customer_classes k WHERE k.customer_id = customers.id \
                        AND k.model = 'value' AND k.until_on IS NULL)",
        },
    ],
};

/// Contact persons of group customers.
pub static CONTACTS: Entity = Entity {
    table: "contacts",
    entity: "contact",
    key: &["customer_id", "role"],
    columns: &[
        plain("customer_id", Id),
        plain("role", Text),
        sealed("name"),
        plain("position", Text),
        indexed("mobile", "mobile_index", "mobile"),
    ],
    defaults: &[],
    has_hash: true,
    has_version: false,
    kept: &[],
};

/// Policies.
pub static POLICIES: Entity = Entity {
    table: "policies",
    entity: "policy",
    key: &["policy_no"],
    columns: &[
        plain("policy_no", Text),
        plain("product_code", Text),
        plain("product_name", Text),
        plain("product_class", Text),
        plain("line", Text),
        plain("channel", Text),
        plain("policyholder_id", Id),
        plain("insured_id", Id),
        plain("beneficiary_id", Id),
        plain("agent_id", Id),
        plain("org_id", Id),
        plain("application_date", Date),
        plain("issue_date", Date),
        plain("system_entry_date", Date),
        plain("print_date", Date),
        plain("effective_date", Date),
        plain("expiry_date", Date),
        plain("term_months", Int),
        plain("premium_fen", Int),
        plain("premium_frequency", Text),
        plain("premium_term_years", Int),
        plain("sum_insured_fen", Int),
        plain("next_premium_due_on", Date),
        plain("cooling_off_days", Int),
        plain("ack_signed_on", Date),
        plain("ack_entered_on", Date),
        plain("electronic_ack", Bool),
        plain("double_recorded", Bool),
        plain("juvenile", Bool),
        plain("status", Text),
    ],
    defaults: &[],
    has_hash: true,
    has_version: true,
    kept: &[],
};

/// Events.
pub static EVENTS: Entity = Entity {
    table: "events",
    entity: "event",
    key: &["event_id", "type"],
    columns: &[
        plain("event_id", Text),
        plain("type", Text),
        plain("source", Text),
        plain("occurred_at", Int),
        plain("occurred_on", Date),
        plain("policy_id", Id),
        plain("customer_id", Id),
        plain("agent_id", Id),
        plain("claim_no", Text),
        plain("amount_fen", Int),
        plain("payout_method", Text),
        plain("service_item_code", Text),
        plain("payee_role", Text),
        plain("handled_in_person", Bool),
        plain("reporter_role", Text),
        plain("loss_region", Text),
        plain("underwriting_region", Text),
        plain("adjuster_code", Text),
        plain("outcome", Text),
        plain("paid_on", Date),
        plain("programme", Text),
        sealed("note"),
    ],
    defaults: &[],
    has_hash: true,
    has_version: false,
    kept: &[],
};
