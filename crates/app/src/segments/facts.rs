//! From a customer with all that belongs to it to the facts that models look at: the only place that knows
//! both.

use crate::Result;
use chrono::{Datelike, Days, NaiveDate};
use domain::policies::PremiumFrequency;
use domain::time;
use rules::facts::FactId;
use rules::{FactSchema, Facts, Value};
use std::collections::HashSet;
use store::dialect::bulk::Bulk;
use store::segments::{self as rows, HeldPolicy, PolicyEvent, ScoredCustomer, Whom};
use uuid::Uuid;

macro_rules! fact_ids {
    ($($field:ident = $name:literal),+ $(,)?) => {
        /// Ids of the facts of a customer.
        #[derive(Clone, Copy, Debug)]
        pub(super) struct FactIds { $( $field: FactId ),+ }

        impl FactIds {
            /// Looks the facts up once.
            pub(super) fn find(schema: &FactSchema) -> std::result::Result<Self, String> {
                let find = |name: &str| schema.find_fact(name).ok_or(format!("the schema lacks {name}"));
                Ok(Self { $( $field: find($name)? ),+ })
            }
        }
    };
}

fact_ids! {
    kind = "customer.kind",
    birth_date = "customer.birth_date",
    age = "customer.age",
    annual_income = "customer.annual_income",
    large = "customer.large",
    key_account = "customer.key_account",
    key_or_large = "customer.key_or_large",
    shareholder_related = "customer.shareholder_related",
    relationship_stage = "customer.relationship_stage",
    risk_appetite = "customer.risk_appetite",
    risk_tolerance = "customer.risk_tolerance",
    marketing_consent = "customer.marketing_consent",
    first_policy_on = "customer.first_policy_on",
    policies_held = "customer.policies_held",
    policies_in_force = "customer.policies_in_force",
    lines_held = "customer.lines_held",
    annual_premium = "customer.annual_premium",
    premium_in_force = "customer.premium_in_force",
    sum_insured = "customer.sum_insured",
    premiums_paid = "customer.premiums_paid",
    premium_to_income = "customer.premium_to_income",
    family_insured = "customer.family_insured",
    tenure_months = "customer.tenure_months",
    months_since_purchase = "customer.months_since_purchase",
    renewals_expected = "customer.renewals_expected",
    claims = "customer.claims",
    claims_amount = "customer.claims_amount",
    claims_ratio = "customer.claims_ratio",
    lapses = "customer.lapses",
    surrenders = "customer.surrenders",
    complaints = "customer.complaints",
}

/// Months that have passed in full.
pub(crate) fn whole_months(from: NaiveDate, to: NaiveDate) -> i64 {
    let number = |d: NaiveDate| i64::from(d.year()) * 12 + i64::from(d.month0());
    let begun = number(to) - number(from);
    let full = rules::dates::add_months(from, begun) <= to;
    if full { begun } else { begun - 1 }
}

/// How far back and ahead models look, in months; what no pack says is not known.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Periods {
    pub claims: Option<i64>,
    pub complaints: Option<i64>,
    pub renewals: Option<i64>,
}

/// A claim of a customer.
#[derive(Clone, Debug)]
struct Claim {
    policy: Uuid,
    number: Option<String>,
    first_on: NaiveDate,
    amount_fen: i64,
}

/// What a customer has and had, added up.
#[derive(Clone, Debug, Default)]
struct Sums {
    held: i64,
    in_force: i64,
    first_on: Option<NaiveDate>,
    last_on: Option<NaiveDate>,
    lines: HashSet<String>,
    insured: HashSet<Uuid>,
    annual_fen: i64,
    in_force_fen: i64,
    sum_insured_fen: i64,
    paid_fen: i64,
    renewals: i64,
    claims: Vec<Claim>,
    lapses: i64,
    surrenders: i64,
    complaints: i64,
}

impl Sums {
    fn add_policy(&mut self, policy: &HeldPolicy, as_of: NaiveDate, ahead: Option<NaiveDate>) {
        self.held += 1;
        let issued = policy.issued_on;
        self.first_on = Some(self.first_on.map_or(issued, |d| d.min(issued)));
        self.last_on = Some(self.last_on.map_or(issued, |d| d.max(issued)));
        let premium = policy.premium_fen.unwrap_or(0);
        let frequency = policy.frequency.as_deref();
        let every = frequency.and_then(|f| PremiumFrequency::parse(f).ok()?.months());
        let end = if policy.runs {
            policy.expires_on.unwrap_or(as_of)
        } else {
            policy.ended_on.or(policy.expires_on).unwrap_or(as_of)
        };
        self.paid_fen += premium * instalments(policy, every, end.min(as_of));
        if !policy.is_in_force(as_of) {
            return;
        }
        self.in_force += 1;
        self.lines.insert(policy.line.clone());
        self.insured.extend(policy.insured);
        self.sum_insured_fen += policy.sum_insured_fen.unwrap_or(0);
        let yearly = every.map(|months| premium * 12 / months);
        self.in_force_fen += yearly.unwrap_or(premium);
        let paid_up = policy
            .premium_years
            .is_some_and(|years| whole_months(issued, as_of) >= years * 12);
        if !paid_up {
            self.annual_fen += yearly.unwrap_or(0);
        }
        let next = policy.next_due_on.or(policy.expires_on);
        if ahead.is_some_and(|ahead| next.is_some_and(|n| as_of < n && n <= ahead)) {
            self.renewals += 1;
        }
    }

    fn add_event(&mut self, event: &PolicyEvent) {
        match event.kind.as_str() {
            "lapsed" => self.lapses += 1,
            "surrendered" => self.surrenders += 1,
            kind => {
                let paid = matches!(kind, "claim_settled" | "claim_paid");
                let amount = event.amount_fen.filter(|_| paid).unwrap_or(0);
                let same = |c: &&mut Claim| {
                    c.policy == event.policy && c.number.is_some() && c.number == event.claim_no
                };
                // What was settled and what was paid is one amount.
                match self.claims.iter_mut().find(same) {
                    Some(claim) => {
                        claim.first_on = claim.first_on.min(event.occurred_on);
                        claim.amount_fen = claim.amount_fen.max(amount);
                    }
                    None => self.claims.push(Claim {
                        policy: event.policy,
                        number: event.claim_no.clone(),
                        first_on: event.occurred_on,
                        amount_fen: amount,
                    }),
                }
            }
        }
    }
}

/// How many premiums have fallen due until a day.
fn instalments(policy: &HeldPolicy, every: Option<i64>, until: NaiveDate) -> i64 {
    let Some(every) = every else { return 1 };
    let due = whole_months(policy.issued_on, until).max(0) / every + 1;
    let all = policy
        .premium_years
        .map(|years| (years * 12 / every).max(1));
    all.map_or(due, |all| due.min(all))
}

/// Customers with what belongs to them.
pub(super) struct Cases {
    pub customers: Vec<ScoredCustomer>,
    sums: Vec<Sums>,
}

impl Cases {
    /// Reads customers with their policies, events and complaints, at most `limit` of a span.
    pub(super) async fn read(
        bulk: &mut Bulk,
        whom: &Whom,
        (as_of, periods): (NaiveDate, Periods),
        limit: i64,
    ) -> Result<Self> {
        let customers = rows::read_customers(bulk, whom, limit).await?;
        let mut sums = vec![Sums::default(); customers.len()];
        let (Some(first), Some(last)) = (customers.first(), customers.last()) else {
            return Ok(Self { customers, sums });
        };
        let whom = match whom {
            Whom::Between(..) => Whom::Between(first.id, last.id),
            Whom::List(_) => Whom::List(customers.iter().map(|c| c.id).collect()),
        };
        let find = |id: Uuid| customers.binary_search_by_key(&id, |c| c.id).ok();
        let ahead = periods
            .renewals
            .map(|months| rules::dates::add_months(as_of, months));
        for policy in rows::read_policies(bulk, &whom, as_of).await? {
            if let Some(at) = find(policy.holder) {
                sums[at].add_policy(&policy, as_of, ahead);
            }
        }
        for event in rows::read_events(bulk, &whom, as_of).await? {
            if let Some(at) = find(event.holder) {
                sums[at].add_event(&event);
            }
        }
        if let Some(from) = periods.complaints.map(|m| begin_of(as_of, m)) {
            for (customer, n) in rows::read_complaints(bulk, &whom, (from, as_of)).await? {
                if let Some(at) = find(customer) {
                    sums[at].complaints = n;
                }
            }
        }
        Ok(Self { customers, sums })
    }

    /// Fills in what is known of one of them.
    pub(super) fn fill<'a>(
        &'a self,
        ids: &FactIds,
        facts: &mut Facts<'a>,
        at: usize,
        (as_of, periods): (NaiveDate, Periods),
    ) {
        facts.clear();
        let (c, s) = (&self.customers[at], &self.sums[at]);
        facts.set(ids.kind, Value::code(&c.kind));
        facts.set(ids.birth_date, c.birth_date);
        let age = c
            .birth_date
            .map(|b| i64::from(time::years_between(b, as_of)));
        facts.set(ids.age, age);
        facts.set(ids.annual_income, c.annual_income_fen);
        facts.set(ids.large, c.large);
        facts.set(ids.key_account, c.key_account);
        let either = match (c.key_account, c.large) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        };
        facts.set(ids.key_or_large, either);
        facts.set(ids.shareholder_related, c.shareholder_related);
        facts.set(ids.relationship_stage, c.relationship_stage.as_deref());
        facts.set(ids.risk_appetite, c.risk_appetite.as_deref());
        facts.set(ids.risk_tolerance, c.risk_tolerance.as_deref());
        facts.set(ids.marketing_consent, c.marketing_consent);
        s.fill(ids, facts, (as_of, periods));
        let income = c.annual_income_fen.filter(|income| *income > 0);
        let share = income.map(|income| s.annual_fen.saturating_mul(100) / income);
        facts.set(ids.premium_to_income, share);
    }
}

impl Sums {
    fn fill(&self, ids: &FactIds, facts: &mut Facts<'_>, (as_of, periods): (NaiveDate, Periods)) {
        let known = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        facts.set(ids.policies_held, Some(self.held));
        facts.set(ids.policies_in_force, Some(self.in_force));
        facts.set(ids.first_policy_on, self.first_on);
        facts.set(ids.lines_held, Some(known(self.lines.len())));
        facts.set(ids.family_insured, Some(known(self.insured.len())));
        facts.set(ids.annual_premium, Some(self.annual_fen));
        facts.set(ids.premium_in_force, Some(self.in_force_fen));
        facts.set(ids.sum_insured, Some(self.sum_insured_fen));
        facts.set(ids.premiums_paid, Some(self.paid_fen));
        let since = |on: Option<NaiveDate>| on.map(|on| whole_months(on, as_of));
        facts.set(ids.tenure_months, since(self.first_on));
        facts.set(ids.months_since_purchase, since(self.last_on));
        facts.set(
            ids.renewals_expected,
            periods.renewals.map(|_| self.renewals),
        );
        facts.set(ids.lapses, Some(self.lapses));
        facts.set(ids.surrenders, Some(self.surrenders));
        facts.set(ids.complaints, periods.complaints.map(|_| self.complaints));
        let from = periods.claims.map(|months| begin_of(as_of, months));
        let recent = |c: &&Claim| from.is_some_and(|from| from <= c.first_on);
        let (count, amount) = self
            .claims
            .iter()
            .filter(recent)
            .fold((0, 0), |(n, sum), c| (n + 1, sum + c.amount_fen));
        facts.set(ids.claims, from.map(|_| count));
        facts.set(ids.claims_amount, from.map(|_| amount));
        let ever: i64 = self.claims.iter().map(|c| c.amount_fen).sum();
        let ratio = (self.paid_fen > 0).then(|| ever.saturating_mul(100) / self.paid_fen);
        facts.set(ids.claims_ratio, ratio);
    }
}

/// The first day of a period of months that ends on a day.
fn begin_of(as_of: NaiveDate, months: i64) -> NaiveDate {
    let begin = rules::dates::add_months(as_of, -months);
    begin.checked_add_days(Days::new(1)).unwrap_or(begin)
}
