//! Claims, from the report to the payment.

use super::GenerateError;
use super::dice::Dice;
use super::events::{Event, Events, METHODS, recent_day};
use super::offices::Office;
use super::places::PROVINCES;
use super::policies::Policy;
use chrono::{Days, NaiveDate};

const REPORTERS: [(&str, u32); 6] = [
    ("insured", 44),
    ("driver", 25),
    ("repair_shop", 12),
    ("agent", 8),
    ("salesperson", 6),
    ("accident_party", 5),
];
const OUTCOMES: [(&str, u32); 3] = [("paid", 92), ("refused", 4), ("zero_closed", 4)];

impl Events {
    /// The claim of a policy, if it had one: reported, registered, settled, paid.
    pub(super) fn claim(
        &mut self,
        dice: &mut Dice,
        policy: &Policy,
        subject: &str,
        office: &Office,
    ) -> Result<(), GenerateError> {
        let until = policy.covered_until(self.around);
        let days = (until - policy.effective).num_days();
        let died = policy.life.status == "terminated";
        let years = u32::try_from(days / 365).unwrap_or(0) + 1;
        if days < 2 || !(died || dice.per_mille(policy.product.claims_per_mille * years.min(6))) {
            return Ok(());
        }
        let lost_on = match policy.life.ended_on.filter(|_| died) {
            Some(on) => on,
            None => recent_day(dice, policy.effective, until),
        };
        let motor = policy.product.line == "motor";
        let claim = format!("CL{subject}");
        let here = office.province.code * 10_000;
        let elsewhere = motor && dice.per_mille(160);
        let adjuster = dice.pick(&office.adjusters).code.as_str();
        let assessed = policy.product.is_property();
        let reporter = if motor {
            dice.code(&REPORTERS)
        } else if died {
            "beneficiary"
        } else {
            "insured"
        };
        let region = if elsewhere {
            other_region(dice, here)
        } else {
            here
        };
        let event = || Event {
            loss_region: Some(region),
            policy: Some(&policy.number),
            customer: Some(&policy.holder),
            claim: Some(&claim),
            reporter: Some(reporter),
            underwriting_region: Some(here),
            adjuster: assessed.then_some(adjuster),
            ..Event::default()
        };
        self.put(dice, subject, "loss_reported", lost_on, &event())?;
        let registered_on = lost_on + Days::new(u64::from(dice.below(3)));
        self.put(dice, subject, "claim_registered", registered_on, &event())?;
        self.settlement(dice, policy, subject, registered_on, event())
    }

    fn settlement(
        &mut self,
        dice: &mut Dice,
        policy: &Policy,
        subject: &str,
        registered_on: NaiveDate,
        claim: Event<'_>,
    ) -> Result<(), GenerateError> {
        let died = policy.life.status == "terminated";
        let commercial = policy.product.line == "commercial";
        let slow = if died || commercial { 50 } else { 25 };
        let settled_on = registered_on + Days::new(u64::from(2 + dice.below(slow)));
        let outcome = if died { "paid" } else { dice.code(&OUTCOMES) };
        let amount = match outcome {
            "paid" => amount(dice, policy, died),
            _ => 0,
        };
        let settled = Event {
            amount_fen: Some(amount),
            outcome: Some(outcome),
            ..claim
        };
        self.put(dice, subject, "claim_settled", settled_on, &settled)?;
        // Lists of payments carry cases of no payment too, now and then.
        if outcome != "paid" && !dice.per_mille(350) {
            return Ok(());
        }
        let paid_on = settled_on + Days::new(u64::from(dice.below(4)));
        let paid = Event {
            payout_method: Some(dice.code(&METHODS)),
            payee: Some(if died { "beneficiary" } else { "insured" }),
            paid_on: Some(paid_on),
            ..settled
        };
        self.put(dice, subject, "claim_paid", paid_on, &paid)
    }
}

fn other_region(dice: &mut Dice, here: u32) -> u32 {
    let region = dice.pick(&PROVINCES).code * 10_000;
    if region == here { 410_000 } else { region }
}

/// What a claim pays, in fen.
fn amount(dice: &mut Dice, policy: &Policy, died: bool) -> i64 {
    if died || policy.product.class == "long_term_health" {
        return policy.sum_fen;
    }
    let high = match policy.product.line {
        "commercial" => 800_000,
        "motor" => 40_000,
        _ => 25_000,
    };
    // The smallest of three draws: small claims are far more common.
    let draw = |dice: &mut Dice| dice.between(300, high);
    let yuan = draw(dice).min(draw(dice)).min(draw(dice));
    (yuan * 100 + dice.between(0, 99)).min(policy.sum_fen)
}
