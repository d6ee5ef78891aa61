//! Whether what is known lets a policy pass (82号: missing data, underwriting or policy change not passed), and
//! what keeps an entry from being stored.

use super::read_rules::InformationRules;
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::data_quality::{self, Found, Severity, Subject};
use domain::time::{self, Instant};
use store::data_quality as rows;

/// What the check of a policy says.
#[derive(Clone, Debug)]
pub struct Passing {
    /// Number of the policy.
    pub policy_no: String,
    /// Whether nothing blocks and everybody was examined.
    pub passed: bool,
    /// Customers of the policy that were not examined yet.
    pub waiting: Vec<String>,
    /// What blocks: number of the customer, check, field, article.
    pub blocking: Vec<(String, &'static str, &'static str, String)>,
}

/// Findings of a customer that are looked at.
const FINDINGS: i64 = 100;

/// Checks the information behind a policy in sight: of policyholder and insured.
///
/// # Errors
/// When the actor may not see policies, or the policy is not in sight.
pub async fn check_policy(app: &App, actor: &Actor, policy_no: &str) -> Result<Passing> {
    let scope = actor.scope(Permission::PoliciesRead)?;
    let customers = actor.scope(Permission::CustomersRead)?;
    let db = app.store();
    let policy = store::policies::find_policy_by_number(db, &scope, policy_no).await?;
    let policy = policy.ok_or(Error::NotFound)?;
    let mut numbers = vec![policy.policyholder_no.clone()];
    numbers.extend(policy.insured_no.clone());
    numbers.dedup();
    let (mut waiting, mut blocking) = (Vec::new(), Vec::new());
    for number in numbers {
        // Who is out of sight is not judged here.
        let found = store::customers::find_customer_by_number(db, &customers, &number).await?;
        let Some(customer) = found else { continue };
        if rows::find_state(db, &customers, customer.id)
            .await?
            .is_none()
        {
            waiting.push(number);
            continue;
        }
        let findings = rows::list_findings_of(db, &customers, customer.id, FINDINGS).await?;
        let open = findings.into_iter().filter(|f| {
            f.state == data_quality::FindingState::Open && f.severity == Severity::Block
        });
        let says = |f: rows::FindingRow| {
            (
                number.clone(),
                f.check.as_str(),
                f.field.as_str(),
                f.article,
            )
        };
        blocking.extend(open.map(says));
    }
    Ok(Passing {
        policy_no: policy.policy_no,
        passed: waiting.is_empty() && blocking.is_empty(),
        waiting,
        blocking,
    })
}

/// What keeps information from being stored as somebody is about to enter it; nothing when it may be.
pub fn check_entry(app: &App, now: Instant, subject: &Subject) -> Vec<Found> {
    let today = time::date_in_china(now);
    let rules = InformationRules::read(&app.rules(), today);
    data_quality::check_entry(subject, rules.parts(), today)
}
