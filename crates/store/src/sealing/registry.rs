//! Every sealed column, in one place: what is sealed anew, counted and searched for goes by this
//! list, and a test compares it with the schema.

/// A sealed column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedColumn {
    /// Its name.
    pub name: &'static str,
    /// Column of the blind index, and the kind of value that it covers.
    pub index: Option<(&'static str, &'static str)>,
    /// Column of the blind index of the last four characters.
    pub tail: Option<&'static str>,
}

/// A table with sealed columns. Values are bound to table, column and the row's `id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedTable {
    /// Its name.
    pub name: &'static str,
    /// Its sealed columns.
    pub columns: &'static [SealedColumn],
}

const fn sealed(name: &'static str) -> SealedColumn {
    SealedColumn {
        name,
        index: None,
        tail: None,
    }
}

const fn indexed(name: &'static str, index: &'static str, kind: &'static str) -> SealedColumn {
    SealedColumn {
        name,
        index: Some((index, kind)),
        tail: None,
    }
}

const fn with_tail(
    name: &'static str,
    index: &'static str,
    tail: &'static str,
    kind: &'static str,
) -> SealedColumn {
    SealedColumn {
        name,
        index: Some((index, kind)),
        tail: Some(tail),
    }
}

/// The tables, in the order in which they are worked through.
pub const SEALED: &[SealedTable] = &[
    SealedTable {
        name: "customers",
        columns: &[
            indexed("name", "name_index", "name"),
            with_tail("id_no", "id_no_index", "id_no_tail_index", "id_no"),
            with_tail("mobile", "mobile_index", "mobile_tail_index", "mobile"),
            indexed("phone", "phone_index", "phone"),
            sealed("email"),
            sealed("address"),
            sealed("mailing_address"),
            sealed("needs"),
            sealed("special_needs"),
            sealed("special_circumstances"),
        ],
    },
    SealedTable {
        name: "contacts",
        columns: &[sealed("name"), indexed("mobile", "mobile_index", "mobile")],
    },
    SealedTable {
        name: "agents",
        columns: &[indexed("mobile", "mobile_index", "mobile")],
    },
    SealedTable {
        name: "record_changes",
        columns: &[sealed("old_value"), sealed("new_value")],
    },
    SealedTable {
        name: "information_changes",
        columns: &[sealed("facts"), sealed("reason"), sealed("note")],
    },
    SealedTable {
        name: "customer_marks",
        columns: &[sealed("reason"), sealed("end_reason")],
    },
    SealedTable {
        name: "core_changes",
        columns: &[sealed("answer")],
    },
    SealedTable {
        name: "events",
        columns: &[sealed("note")],
    },
    SealedTable {
        name: "attempts",
        columns: &[sealed("note"), sealed("authorisation")],
    },
    SealedTable {
        name: "answers",
        columns: &[sealed("words")],
    },
    SealedTable {
        name: "callback_entries",
        columns: &[sealed("note")],
    },
    SealedTable {
        name: "callback_reviews",
        columns: &[sealed("guidance"), sealed("reply")],
    },
    SealedTable {
        name: "callback_notes",
        columns: &[sealed("note")],
    },
    SealedTable {
        name: "record_signals",
        columns: &[sealed("reason")],
    },
    SealedTable {
        name: "tickets",
        columns: &[sealed("finding"), sealed("feedback")],
    },
    SealedTable {
        name: "ticket_entries",
        columns: &[sealed("note")],
    },
    SealedTable {
        name: "spot_checks",
        columns: &[sealed("conclusion")],
    },
    SealedTable {
        name: "spot_check_items",
        columns: &[sealed("finding"), sealed("correction")],
    },
    SealedTable {
        name: "letters",
        columns: &[sealed("changes")],
    },
    SealedTable {
        name: "letter_entries",
        columns: &[sealed("note")],
    },
    SealedTable {
        name: "renewal_accounts",
        columns: &[sealed("account")],
    },
    SealedTable {
        name: "visits",
        columns: &[
            sealed("report"),
            sealed("guide"),
            sealed("decision"),
            sealed("place"),
            sealed("agreed_with"),
            sealed("form"),
        ],
    },
    SealedTable {
        name: "visit_entries",
        columns: &[sealed("note")],
    },
    SealedTable {
        name: "field_slips",
        columns: &[
            sealed("customer_name"),
            sealed("contact_name"),
            sealed("contact_phone"),
            sealed("product_problems"),
            sealed("important"),
            sealed("verification"),
            sealed("cancel_reason"),
        ],
    },
    SealedTable {
        name: "gatherings",
        columns: &[sealed("minutes"), sealed("findings")],
    },
    SealedTable {
        name: "gathering_participants",
        columns: &[sealed("remark")],
    },
    SealedTable {
        name: "service_items",
        columns: &[sealed("text"), sealed("result")],
    },
    SealedTable {
        name: "watched_customers",
        columns: &[sealed("reason"), sealed("end_reason")],
    },
    SealedTable {
        name: "customer_flags",
        columns: &[sealed("reason"), sealed("withdraw_reason")],
    },
    SealedTable {
        name: "campaigns",
        columns: &[sealed("analysis")],
    },
    SealedTable {
        name: "campaign_members",
        columns: &[
            sealed("purpose"),
            sealed("added_reason"),
            sealed("removed_reason"),
        ],
    },
    SealedTable {
        name: "class_overrides",
        columns: &[sealed("reason"), sealed("end_reason")],
    },
    SealedTable {
        name: "surveys",
        columns: &[sealed("report"), sealed("feedback")],
    },
    SealedTable {
        name: "survey_answer_items",
        columns: &[sealed("words")],
    },
    SealedTable {
        name: "information_findings",
        columns: &[sealed("explanation")],
    },
    SealedTable {
        name: "information_verifications",
        columns: &[sealed("note")],
    },
    SealedTable {
        name: "information_samples",
        columns: &[sealed("finding"), sealed("rectification")],
    },
    SealedTable {
        name: "own_numbers",
        columns: &[indexed("number", "number_index", "mobile")],
    },
    SealedTable {
        name: "risk_assessments",
        columns: &[
            sealed("answers"),
            sealed("explanation"),
            sealed("content"),
            sealed("returned"),
        ],
    },
    SealedTable {
        name: "risk_signals",
        columns: &[sealed("detail"), sealed("words")],
    },
    SealedTable {
        name: "risk_measures",
        columns: &[sealed("measure"), sealed("evidence"), sealed("effect")],
    },
    SealedTable {
        name: "credit_entries",
        columns: &[sealed("words")],
    },
    SealedTable {
        name: "credit_flags",
        columns: &[sealed("reason")],
    },
    SealedTable {
        name: "aml_checks",
        columns: &[sealed("words")],
    },
    SealedTable {
        name: "operational_errors",
        columns: &[sealed("cause"), sealed("effect"), sealed("remedy")],
    },
    SealedTable {
        name: "second_factors",
        columns: &[sealed("secret")],
    },
    SealedTable {
        name: "legal_holds",
        columns: &[sealed("reason"), sealed("lift_reason")],
    },
    SealedTable {
        name: "data_requests",
        columns: &[sealed("wish"), sealed("answer")],
    },
    SealedTable {
        name: "data_request_entries",
        columns: &[sealed("note")],
    },
    SealedTable {
        name: "electronic_links",
        columns: &[sealed("mobile"), sealed("end_reason")],
    },
    SealedTable {
        name: "electronic_evidence",
        columns: &[sealed("content"), sealed("words"), sealed("device")],
    },
    SealedTable {
        name: "electronic_inspections",
        columns: &[sealed("finding")],
    },
    SealedTable {
        name: "messages",
        columns: &[sealed("recipient"), sealed("title"), sealed("body")],
    },
    SealedTable {
        name: "consent_entries",
        columns: &[sealed("note")],
    },
    SealedTable {
        name: "contact_records",
        columns: &[sealed("note")],
    },
    SealedTable {
        name: "customer_stages",
        columns: &[sealed("note")],
    },
    SealedTable {
        name: "duplicate_pairs",
        columns: &[sealed("reason")],
    },
    SealedTable {
        name: "customer_merges",
        columns: &[sealed("reason"), sealed("undo_reason")],
    },
    SealedTable {
        name: "merge_copies",
        columns: &[
            sealed("name"),
            sealed("id_no"),
            sealed("mobile"),
            sealed("phone"),
            sealed("email"),
            sealed("address"),
            sealed("mailing_address"),
            sealed("needs"),
            sealed("special_needs"),
        ],
    },
    SealedTable {
        name: "file_keys",
        columns: &[sealed("file_key")],
    },
];

/// Columns of bytes that are not sealed: hashes, codes over other columns, names of passkeys, and the
/// wrapped keys themselves.
pub const NOT_SEALED: &[&str] = &[
    "api_tokens.token_hash",
    "audit_entries.mac",
    "audit_heads.mac",
    "audit_seals.hash",
    "audit_seals.previous",
    "audit_seals.root",
    "electronic_links.token_hash",
    "electronic_sessions.code_hash",
    "electronic_sessions.token_hash",
    "encryption_keys.wrapped",
    "half_sessions.token_hash",
    "idempotency_keys.request_hash",
    "known_devices.token_hash",
    "one_time_links.token_hash",
    "passkeys.credential_id",
    "recovery_codes.code_hash",
    "sessions.token_hash",
    "sign_in_challenges.browser_hash",
    "sign_in_challenges.token_hash",
    "survey_tokens.token_hash",
];

/// Blind indexes of values that are not kept. They are not rebuilt for a new key; their rows run out.
pub const LONE_INDEXES: &[&str] = &["sign_in_failures.name_index"];

impl SealedTable {
    /// Whether any of its columns has a blind index.
    pub fn has_index(&self) -> bool {
        self.columns.iter().any(|c| c.index.is_some())
    }

    /// The table of a name.
    pub fn find(name: &str) -> Option<&'static Self> {
        SEALED.iter().find(|t| t.name == name)
    }
}
