//! Where the timeline comes from: one query for each kind of thing that happens.

use super::TimelineKind;

/// One source: its query up to `FROM`, the column of the moment and of the id, the conditions that
/// pick the rows of a customer and of a policy, and the columns that a scope looks at.
pub(super) struct Source {
    pub kind: TimelineKind,
    pub select: &'static str,
    pub at: &'static str,
    pub id: &'static str,
    pub of_customer: &'static str,
    pub of_policy: &'static str,
    pub org: &'static str,
    pub customer: &'static str,
    /// Column that names who did it, where somebody did.
    pub actor: Option<&'static str>,
}

/// Callbacks of a policy, through the obligations, which have an index by policy.
const CALLBACKS_OF_POLICY: &str =
    "b.obligation_id IN (SELECT id FROM obligations WHERE policy_id = ?)";

pub(super) const SOURCES: [Source; 7] = [
    Source {
        kind: TimelineKind::Event,
        select: "SELECT e.id, e.occurred_at AS at, e.type AS code, e.claim_no AS number, NULL AS link, p.policy_no, \
                 e.source AS detail, e.amount_fen, NULL AS actor \
                 FROM events e LEFT JOIN policies p ON p.id = e.policy_id LEFT JOIN customers c ON c.id = e.customer_id",
        at: "e.occurred_at",
        id: "e.id",
        of_customer: "e.customer_id = ?",
        of_policy: "e.policy_id = ?",
        org: "COALESCE(p.org_id, c.org_id)",
        customer: "COALESCE(p.policyholder_id, e.customer_id)",
        actor: None,
    },
    Source {
        kind: TimelineKind::ObligationPlanned,
        select: "SELECT o.id, o.created_at AS at, o.programme AS code, o.number, NULL AS link, p.policy_no, \
                 o.status AS detail, NULL AS amount_fen, NULL AS actor \
                 FROM obligations o LEFT JOIN policies p ON p.id = o.policy_id",
        at: "o.created_at",
        id: "o.id",
        of_customer: "o.customer_id = ?",
        of_policy: "o.policy_id = ?",
        org: "o.org_id",
        customer: "o.customer_id",
        actor: None,
    },
    Source {
        kind: TimelineKind::ObligationDischarged,
        select: "SELECT o.id, o.discharged_at AS at, o.timing AS code, o.number, NULL AS link, p.policy_no, \
                 o.programme AS detail, NULL AS amount_fen, NULL AS actor \
                 FROM obligations o LEFT JOIN policies p ON p.id = o.policy_id",
        at: "o.discharged_at",
        id: "o.id",
        of_customer: "o.discharged_at IS NOT NULL AND o.customer_id = ?",
        of_policy: "o.discharged_at IS NOT NULL AND o.policy_id = ?",
        org: "o.org_id",
        customer: "o.customer_id",
        actor: None,
    },
    Source {
        kind: TimelineKind::CallbackStep,
        select: "SELECT n.id, n.at, n.command AS code, b.number, b.id AS link, p.policy_no, n.to_state AS detail, \
                 NULL AS amount_fen, n.actor_name AS actor FROM callback_entries n JOIN callbacks b ON b.id = n.callback_id \
                 LEFT JOIN policies p ON p.id = b.policy_id",
        at: "n.at",
        id: "n.id",
        of_customer: "b.customer_id = ?",
        of_policy: CALLBACKS_OF_POLICY,
        org: "b.org_id",
        customer: "b.customer_id",
        actor: Some("n.actor_name"),
    },
    Source {
        kind: TimelineKind::Attempt,
        select: "SELECT a.id, a.started_at AS at, a.result AS code, b.number, b.id AS link, p.policy_no, \
                 a.channel AS detail, NULL AS amount_fen, COALESCE(u.display_name, '') AS actor FROM attempts a \
                 JOIN callbacks b ON b.id = a.callback_id LEFT JOIN users u ON u.id = a.caller_id \
                 LEFT JOIN policies p ON p.id = b.policy_id",
        at: "a.started_at",
        id: "a.id",
        of_customer: "b.customer_id = ?",
        of_policy: CALLBACKS_OF_POLICY,
        org: "b.org_id",
        customer: "b.customer_id",
        actor: Some("u.display_name"),
    },
    Source {
        kind: TimelineKind::TicketStep,
        select: "SELECT n.id, n.at, n.step AS code, t.number, t.id AS link, p.policy_no, n.to_state AS detail, \
                 NULL AS amount_fen, n.actor_name AS actor FROM ticket_entries n JOIN tickets t ON t.id = n.ticket_id \
                 LEFT JOIN policies p ON p.id = t.policy_id",
        at: "n.at",
        id: "n.id",
        of_customer: "t.customer_id = ?",
        of_policy: "t.policy_id = ?",
        org: "t.org_id",
        customer: "t.customer_id",
        actor: Some("n.actor_name"),
    },
    Source {
        kind: TimelineKind::Message,
        select: "SELECT m.id, m.created_at AS at, m.state AS code, m.number, NULL AS link, p.policy_no, \
                 x.label AS detail, NULL AS amount_fen, m.queued_by AS actor FROM messages m \
                 JOIN message_templates x ON x.id = m.template_id \
                 LEFT JOIN obligations o ON o.id = m.about_id AND m.about_kind = 'contact' \
                 LEFT JOIN policies p ON p.id = o.policy_id",
        at: "m.created_at",
        id: "m.id",
        of_customer: "m.customer_id = ?",
        of_policy: "m.about_id IN (SELECT id FROM obligations WHERE policy_id = ?)",
        org: "m.org_id",
        customer: "m.customer_id",
        actor: Some("m.queued_by"),
    },
];
