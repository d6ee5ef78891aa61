//! From rows to facts: the only place that knows both what a column means and what rules call it.

use crate::rules::ServiceItem;
use crate::segments::whole_months;
use chrono::NaiveDate;
use domain::policies::{EventType, PolicyStatus};
use rules::facts::{EventType as EventKind, FactId};
use rules::{FactSchema, Facts, Value};
use std::collections::HashMap;
use store::obligations::{EventCase, PolicyCase, PolicySpan, Profile};
use uuid::Uuid;

macro_rules! fact_ids {
    ($($field:ident = $name:literal),+ $(,)?) => {
        /// Ids of the facts that the planner fills in.
        #[derive(Clone, Copy, Debug)]
        pub(super) struct FactIds { $( $field: FactId ),+ }

        impl FactIds {
            /// Looks the facts up once.
            pub(super) fn find(schema: &FactSchema) -> Result<Self, String> {
                let find = |name: &str| schema.find_fact(name).ok_or(format!("the schema lacks {name}"));
                Ok(Self { $( $field: find($name)? ),+ })
            }
        }
    };
}

fact_ids! {
    line = "policy.line",
    product_class = "policy.product_class",
    channel = "policy.channel",
    region = "policy.region",
    term_months = "policy.term_months",
    cooling_off_days = "policy.cooling_off_days",
    application_date = "policy.application_date",
    issue_date = "policy.issue_date",
    system_entry_date = "policy.system_entry_date",
    print_date = "policy.print_date",
    effective_date = "policy.effective_date",
    expiry_date = "policy.expiry_date",
    next_premium_due_on = "policy.next_premium_due_on",
    agent_left_on = "policy.agent_left_on",
    ack_signed_on = "policy.ack_signed_on",
    ack_entered_on = "policy.ack_entered_on",
    double_recorded = "policy.double_recorded",
    juvenile = "policy.juvenile",
    premium = "policy.premium",
    withdrawn_on = "policy.withdrawn_on",
    surrendered_on = "policy.surrendered_on",
    ended_on = "policy.ended_on",
    undated_status = "policy.undated_status",
    customer_kind = "customer.kind",
    customer_birth_date = "customer.birth_date",
    customer_large = "customer.large",
    customer_key_account = "customer.key_account",
    customer_key_or_large = "customer.key_or_large",
    customer_shareholder_related = "customer.shareholder_related",
    customer_value_class = "customer.value_class",
    customer_relationship_stage = "customer.relationship_stage",
    customer_risk_appetite = "customer.risk_appetite",
    customer_risk_class = "customer.risk_class",
    customer_marketing_consent = "customer.marketing_consent",
    customer_first_policy_on = "customer.first_policy_on",
    customer_policies_in_force = "customer.policies_in_force",
    customer_last_policy_ended_on = "customer.last_policy_ended_on",
    customer_months_without_policy = "customer.months_without_policy",
    holder_kind = "holder.kind",
    insured_kind = "insured.kind",
    event_occurred_on = "event.occurred_on",
    event_minute = "event.minute",
    event_paid_on = "event.paid_on",
    event_amount = "event.amount",
    event_payout_method = "event.payout_method",
    event_payee_role = "event.payee_role",
    event_service_item_code = "event.service_item_code",
    event_handled_in_person = "event.handled_in_person",
    event_adjuster = "event.adjuster",
    event_reporter_role = "event.reporter_role",
    event_loss_region = "event.loss_region",
    event_underwriting_region = "event.underwriting_region",
    event_outcome = "event.outcome",
    event_programme = "event.programme",
    claim_closed_on = "claim.closed_on",
    event_until_on = "event.until_on",
    event_withdrawn_on = "event.withdrawn_on",
}

/// The first policy of a customer: no file tells it, the policies do.
const FIRST_PURCHASE: &str = "first_purchase";

/// Event types that rows themselves stand for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Implied {
    /// A policy's.
    pub of_policy: [EventKind; 3],
    /// A customer's: the first policy.
    pub first_purchase: EventKind,
}

impl Implied {
    pub(super) fn find(schema: &FactSchema) -> Result<Self, String> {
        let find = |t: EventType| {
            schema
                .find_event(t.as_str())
                .ok_or(format!("the schema lacks {t}"))
        };
        Ok(Self {
            of_policy: [
                find(EventType::PolicyIssued)?,
                find(EventType::AcknowledgementSigned)?,
                find(EventType::PolicyExpired)?,
            ],
            first_purchase: schema
                .find_event(FIRST_PURCHASE)
                .ok_or(format!("the schema lacks {FIRST_PURCHASE}"))?,
        })
    }
}

/// Regions of the provinces of units, by unit.
pub(super) type Regions = HashMap<Uuid, String>;

/// The province of a region code (GB/T 2260): its first two digits.
pub(crate) fn province(region: &str) -> String {
    let head = region.get(..2).unwrap_or(region);
    format!("{head}0000")
}

impl FactIds {
    /// Fills in what is known of a policy.
    pub(super) fn set_policy<'a>(
        &self,
        facts: &mut Facts<'a>,
        case: &'a PolicyCase,
        regions: &'a Regions,
    ) {
        let code = |text: &'a str| Value::code(text);
        facts.set(self.line, code(&case.line));
        facts.set(self.product_class, code(&case.product_class));
        facts.set(self.channel, code(&case.channel));
        facts.set(
            self.region,
            regions.get(&case.org).map_or(Value::Unknown, |r| code(r)),
        );
        facts.set(self.term_months, case.term_months);
        facts.set(self.cooling_off_days, case.cooling_off_days);
        facts.set(self.premium, case.premium_fen);
        facts.set(self.application_date, case.application_date);
        facts.set(self.issue_date, case.issue_date);
        facts.set(self.system_entry_date, case.system_entry_date);
        facts.set(self.print_date, case.print_date);
        facts.set(self.effective_date, case.effective_date);
        facts.set(self.expiry_date, case.expiry_date);
        facts.set(self.next_premium_due_on, case.next_premium_due_on);
        facts.set(self.agent_left_on, case.agent_left_on);
        facts.set(self.ack_signed_on, case.ack_signed_on);
        facts.set(self.ack_entered_on, case.ack_entered_on);
        facts.set(self.double_recorded, case.double_recorded);
        facts.set(self.juvenile, case.juvenile);
        facts.set(self.holder_kind, code(&case.holder_kind));
        facts.set(self.insured_kind, case.insured_kind.as_deref());
        self.set_profile(facts, &case.profile);
    }

    /// Fills in the province of the unit that looks after a customer.
    pub(super) fn set_region<'a>(&self, facts: &mut Facts<'a>, region: Option<&'a String>) {
        facts.set(self.region, region.map_or(Value::Unknown, Value::code));
    }

    /// Fills in what is known of a customer.
    pub(super) fn set_profile<'a>(&self, facts: &mut Facts<'a>, profile: &'a Profile) {
        facts.set(self.customer_kind, Value::code(&profile.kind));
        facts.set(self.customer_birth_date, profile.birth_date);
        facts.set(self.customer_large, profile.large);
        facts.set(self.customer_key_account, profile.key_account);
        let either = match (profile.key_account, profile.large) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        };
        facts.set(self.customer_key_or_large, either);
        facts.set(
            self.customer_shareholder_related,
            profile.shareholder_related,
        );
        facts.set(self.customer_value_class, profile.value_class.as_deref());
        facts.set(
            self.customer_relationship_stage,
            profile.relationship_stage.as_deref(),
        );
        facts.set(
            self.customer_risk_appetite,
            profile.risk_appetite.as_deref(),
        );
        facts.set(self.customer_risk_class, profile.risk_class.as_deref());
        facts.set(self.customer_marketing_consent, profile.marketing_consent);
    }

    /// Fills in what a customer has had: how many policies are in force as of today, and for how
    /// long there had been none on a day.
    pub(super) fn set_holdings(
        &self,
        facts: &mut Facts<'_>,
        policies: &[PolicySpan],
        on: NaiveDate,
        as_of: NaiveDate,
    ) {
        let first = policies.iter().map(|p| p.issued_on).min();
        facts.set(self.customer_first_policy_on, first);
        let now = policies.iter().filter(|p| p.is_in_force(as_of)).count();
        let in_force = first.map(|_| i64::try_from(now).unwrap_or(i64::MAX));
        facts.set(self.customer_policies_in_force, in_force);
        let earlier = policies.iter().filter(|p| p.issued_on <= on);
        let last_end = earlier.filter_map(PolicySpan::end).max();
        let last_end = last_end.filter(|end| *end <= on);
        facts.set(self.customer_last_policy_ended_on, last_end);
        let months = if policies.iter().any(|p| p.is_in_force(on)) {
            Some(0)
        } else {
            last_end.map(|end| whole_months(end, on))
        };
        facts.set(self.customer_months_without_policy, months);
    }

    /// Fills in how the policy ended, from its events; a status that no event dates is kept apart.
    pub(super) fn set_endings(
        &self,
        facts: &mut Facts<'_>,
        case: &PolicyCase,
        events: &[EventCase],
    ) {
        let first = |kind: EventType| {
            events
                .iter()
                .filter(|e| e.kind == kind.as_str())
                .filter_map(|e| e.occurred_on)
                .min()
        };
        let withdrawn = first(EventType::CoolingOffCancelled);
        let surrendered = first(EventType::Surrendered);
        facts.set(self.withdrawn_on, withdrawn);
        facts.set(self.surrendered_on, surrendered);
        facts.set(
            self.ended_on,
            withdrawn.into_iter().chain(surrendered).min(),
        );
        let status = PolicyStatus::parse(&case.status).ok();
        let implied = status.and_then(PolicyStatus::implied_event);
        let undated = match (status, implied) {
            (Some(PolicyStatus::Expired), _) | (Some(PolicyStatus::Grace), _) => None,
            (Some(PolicyStatus::Terminated), None) => Some(PolicyStatus::Terminated.as_str()),
            (Some(status), Some(event)) => first(event).is_none().then(|| status.as_str()),
            _ => None,
        };
        facts.set(self.undated_status, undated);
    }

    /// Fills in one event.
    pub(super) fn set_event<'a>(&self, facts: &mut Facts<'a>, event: &'a EventCase) {
        facts.set(self.event_occurred_on, event.occurred_on);
        facts.set(self.event_minute, event.minute);
        facts.set(self.event_paid_on, event.paid_on);
        facts.set(self.event_amount, event.amount_fen);
        facts.set(self.event_payout_method, event.payout_method.as_deref());
        facts.set(self.event_payee_role, event.payee_role.as_deref());
        facts.set(
            self.event_service_item_code,
            event.service_item_code.as_deref(),
        );
        facts.set(self.event_handled_in_person, event.handled_in_person);
        facts.set(self.event_adjuster, event.adjuster_code.as_deref());
        facts.set(self.event_reporter_role, event.reporter_role.as_deref());
        facts.set(self.event_loss_region, event.loss_region.as_deref());
        facts.set(
            self.event_underwriting_region,
            event.underwriting_region.as_deref(),
        );
        facts.set(self.event_outcome, event.outcome.as_deref());
        facts.set(self.event_programme, event.programme.as_deref());
        facts.set(self.event_until_on, event.plan.0);
        facts.set(self.event_withdrawn_on, event.plan.1);
    }
}

impl FactIds {
    /// Fills in who was paid by the table of servicing items of that day, where the core system does not say.
    pub(super) fn set_payee<'a>(
        &self,
        facts: &mut Facts<'a>,
        event: &EventCase,
        items: &'a [ServiceItem],
    ) {
        let code = event.service_item_code.as_ref();
        let on = event.paid_on.or(event.occurred_on);
        let counts = |i: &&ServiceItem| on.is_none_or(|on| i.span.covers(on));
        let item = code.and_then(|code| items.iter().filter(counts).find(|i| i.code == *code));
        if let Some(item) = item.filter(|_| event.payee_role.is_none()) {
            facts.set(self.event_payee_role, Value::code(item.payee.as_str()));
        }
    }
}

impl FactIds {
    /// The day on which the claim of an event was settled or paid, when it was.
    pub(super) fn claim_closed_on(event: &EventCase, events: &[EventCase]) -> Option<NaiveDate> {
        let claim = event.claim_no.as_ref()?;
        let ends = [EventType::ClaimSettled, EventType::ClaimPaid];
        let closing = events
            .iter()
            .filter(|e| e.claim_no.as_ref() == Some(claim))
            .filter(|e| ends.iter().any(|end| end.as_str() == e.kind));
        closing.filter_map(|e| e.occurred_on).min()
    }

    /// Fills in when a claim was closed.
    pub(super) fn set_claim(&self, facts: &mut Facts<'_>, closed_on: NaiveDate) {
        facts.set(self.claim_closed_on, Some(closed_on));
    }
}
