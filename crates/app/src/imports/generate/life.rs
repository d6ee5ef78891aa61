//! What became of a contract until the day of the portfolio.

use super::dice::Dice;
use super::policies::Policy;
use super::terms::after_months;
use chrono::{Datelike as _, Days, NaiveDate};

/// Days after a missed premium until the contract lapses.
const GRACE_DAYS: u64 = 60;

/// What became of a contract.
#[derive(Clone, Copy)]
pub(super) struct Life {
    /// Status, as a code.
    pub status: &'static str,
    /// The day on which it ended early.
    pub ended_on: Option<NaiveDate>,
    /// The last premium that was due.
    pub premium_due: Option<NaiveDate>,
    /// The day on which the grace period began without payment.
    pub grace_on: Option<NaiveDate>,
    /// The day on which it lapsed.
    pub lapsed_on: Option<NaiveDate>,
    /// The day on which it came into force again.
    pub reinstated_on: Option<NaiveDate>,
}

impl Life {
    /// Nothing has become of it yet.
    pub(super) fn in_force() -> Self {
        Self {
            status: "in_force",
            ended_on: None,
            premium_due: None,
            grace_on: None,
            lapsed_on: None,
            reinstated_on: None,
        }
    }

    fn end(&mut self, status: &'static str, on: NaiveDate) {
        self.status = status;
        self.ended_on = Some(on);
    }
}

/// Decides what became of the contract until the day of the portfolio.
pub(super) fn live(dice: &mut Dice, policy: &mut Policy, around: NaiveDate) {
    let days = (around - policy.issue).num_days();
    let day = |date: NaiveDate, low: i64, high: i64, dice: &mut Dice| {
        date + Days::new(u64::try_from(dice.between(low, high)).unwrap_or(0))
    };
    if let (Some(signed), Some(length)) = (policy.ack_signed, policy.cooling_off) {
        let cancelled_on = day(signed, 1, length - 2, dice);
        if cancelled_on <= around && dice.per_mille(28) {
            return policy.life.end("cooling_off_cancelled", cancelled_on);
        }
    }
    let yearly_per_mille = if policy.product.is_long_term() {
        22
    } else {
        15
    };
    let per_mille = 40 + u32::try_from(days / 365).unwrap_or(0) * yearly_per_mille;
    if days > 45 && dice.per_mille(per_mille.min(240)) {
        let latest = policy.expiry.unwrap_or(around).min(around);
        let recent = dice.per_mille(400) && days > 120;
        let first = if recent {
            latest - Days::new(75)
        } else {
            policy.issue + Days::new(40)
        };
        let on = day(first, 0, (latest - first).num_days(), dice);
        return policy
            .life
            .end("surrendered", on.max(policy.issue + Days::new(35)));
    }
    if policy.product.line == "life" && days > 200 && dice.per_mille(8) {
        let died_on = day(policy.issue, 180, days, dice);
        return policy.life.end("terminated", died_on);
    }
    if policy.expiry.is_some_and(|end| end < around) {
        policy.life.status = "expired";
        return;
    }
    premiums(dice, policy, around);
}

/// What became of regular premiums.
fn premiums(dice: &mut Dice, policy: &mut Policy, around: NaiveDate) {
    let Some(step) = months(policy.frequency) else {
        return;
    };
    let elapsed = i64::from(around.year() - policy.effective.year()) * 12
        + i64::from(around.month())
        - i64::from(policy.effective.month());
    let step = i64::from(step);
    let all = policy.premium_years * 12 / step;
    let mut next = (elapsed / step).max(1);
    while after_months(policy.effective, next * step) <= around {
        next += 1;
    }
    let due = |at: i64| (at < all).then(|| after_months(policy.effective, at * step));
    let last = Some(next - 1).filter(|at| *at > 0).and_then(due);
    policy.life.premium_due = last;
    policy.next_premium = due(next);
    let Some(last) = last else { return };
    let grace_ends = last + Days::new(GRACE_DAYS);
    if grace_ends > around {
        if dice.per_mille(140) {
            policy.life.status = "grace";
            policy.life.grace_on = Some(last + Days::new(1)).filter(|d| *d <= around);
            policy.next_premium = Some(last);
        }
        return;
    }
    if !dice.per_mille(55) {
        return;
    }
    policy.life.grace_on = Some(last + Days::new(1));
    policy.life.lapsed_on = Some(grace_ends);
    policy.life.status = "lapsed";
    policy.next_premium = Some(last);
    let back_on = grace_ends + Days::new(u64::from(10 + dice.below(200)));
    if back_on <= around && dice.per_mille(300) {
        policy.life.reinstated_on = Some(back_on);
        policy.life.status = "in_force";
        policy.next_premium = due(next);
    }
}

/// Months between premiums; nothing for single ones.
pub(super) fn months(frequency: &str) -> Option<u32> {
    match frequency {
        "annual" => Some(12),
        "half_yearly" => Some(6),
        "quarterly" => Some(3),
        "monthly" => Some(1),
        _ => None,
    }
}
