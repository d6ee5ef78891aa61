//! What a plan is asked for, how far it has come, and what it did.

use chrono::NaiveDate;
use store::obligations::RunSums;
use uuid::Uuid;

/// What to plan.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlanRequest {
    /// Triggers before this day make nothing; the setting when missing.
    pub since: Option<NaiveDate>,
    /// Nothing after this day is looked at; today when missing.
    pub as_of: Option<NaiveDate>,
    /// Decide everything, keep nothing.
    pub dry_run: bool,
}

/// How far a plan has come.
#[derive(Clone, Copy, Debug)]
pub struct PlanProgress {
    /// The run; nothing for dry runs.
    pub run: Option<Uuid>,
    /// Policies that were looked at.
    pub looked_at: u64,
    /// Obligations that were made.
    pub created: u64,
}

/// What a plan did.
#[derive(Clone, Debug)]
pub struct PlanReport {
    /// The run; nothing for dry runs.
    pub run: Option<Uuid>,
    /// From which day on triggers counted.
    pub since: NaiveDate,
    /// Until which day things were looked at.
    pub as_of: NaiveDate,
    /// Sums.
    pub sums: RunSums,
    /// Candidates by programme and reason; an empty reason stands for obligations.
    pub counts: Vec<(String, String, i64)>,
}
