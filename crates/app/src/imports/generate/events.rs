//! Events: what happened to the policies and customers, until the day of the portfolio.

use super::GenerateError;
use super::dice::Dice;
use super::offices::Office;
use super::people::Household;
use super::places::PROVINCES;
use super::policies::Policy;
use super::sheet::Sheet;
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
const METHODS: [(&str, u32); 2] = [("bank_transfer", 82), ("cash", 18)];
/// Payouts of policy servicing: survival benefit, partial withdrawal, policy loan, bonus.
const PAYOUTS: [(&str, u32); 4] = [("SURV", 35), ("PART", 25), ("LOAN", 30), ("BONUS", 10)];
/// Changes of policies: address, telephone, beneficiary, way of paying, sum insured.
const CHANGES: [(&str, u32); 5] = [
    ("ADDR", 25),
    ("TEL", 35),
    ("BENE", 15),
    ("PAYM", 15),
    ("SUM", 10),
];
/// Services: counter, hotline, visit, value-added health service.
const SERVICES: [(&str, u32); 4] = [("CNT", 40), ("HOT", 35), ("VIS", 15), ("HLT", 10)];
const ENQUIRIES: [&str; 5] = [
    "咨询现金价值",
    "咨询理赔所需材料",
    "咨询续期扣款日期",
    "咨询分红领取方式",
    "咨询保单贷款利率",
];

/// One event; what is not known stays empty.
#[derive(Default)]
struct Event<'e> {
    policy: Option<&'e str>,
    customer: Option<&'e str>,
    agent: Option<&'e str>,
    claim: Option<&'e str>,
    amount_fen: Option<i64>,
    payout_method: Option<&'static str>,
    service_item: Option<&'static str>,
    payee: Option<&'static str>,
    in_person: Option<bool>,
    reporter: Option<&'static str>,
    loss_region: Option<u32>,
    underwriting_region: Option<u32>,
    adjuster: Option<&'e str>,
    outcome: Option<&'static str>,
    paid_on: Option<NaiveDate>,
    note: Option<&'static str>,
}

/// The file of events and the day on which it ends.
pub(super) struct Events {
    sheet: Sheet,
    around: NaiveDate,
    /// Serial number within the subject whose events are written.
    serial: u32,
    /// Chance in a thousand that an event names a policy that does not exist.
    dirty_per_mille: u32,
}

impl Events {
    pub(super) fn new(sheet: Sheet, around: NaiveDate, dirty_per_mille: u32) -> Self {
        Self {
            sheet,
            around,
            serial: 0,
            dirty_per_mille,
        }
    }

    pub(super) fn finish(self) -> Result<u64, GenerateError> {
        self.sheet.finish()
    }

    /// Writes an event, unless it would lie after the day of the portfolio.
    fn put(
        &mut self,
        dice: &mut Dice,
        subject: &str,
        kind: &str,
        on: NaiveDate,
        event: &Event<'_>,
    ) -> Result<(), GenerateError> {
        let (hour, minute) = (dice.between(9, 17), dice.below(60));
        if on > self.around {
            return Ok(());
        }
        self.serial += 1;
        let dirty = dice.per_mille(self.dirty_per_mille) && event.policy.is_some();
        let sheet = &mut self.sheet;
        sheet
            .shown(format_args!("E{subject}-{:02}", self.serial))
            .text(kind);
        sheet.shown(format_args!("{on}T{hour:02}:{minute:02}:00+08:00"));
        sheet.maybe(if dirty {
            Some("P00000000X")
        } else {
            event.policy
        });
        sheet
            .maybe(event.customer)
            .maybe(event.agent)
            .maybe(event.claim);
        sheet.money(event.amount_fen).maybe(event.payout_method);
        sheet
            .maybe(event.service_item)
            .maybe(event.payee)
            .maybe(event.in_person);
        sheet
            .maybe(event.reporter)
            .maybe(event.loss_region)
            .maybe(event.underwriting_region);
        sheet
            .maybe(event.adjuster)
            .maybe(event.outcome)
            .date(event.paid_on);
        sheet.maybe(event.note).end()
    }

    /// Everything that happened to a policy.
    pub(super) fn policy(
        &mut self,
        dice: &mut Dice,
        policy: &Policy,
        office: &Office,
    ) -> Result<(), GenerateError> {
        self.serial = 0;
        let subject = &policy.number[1..];
        let about = || Event {
            policy: Some(&policy.number),
            customer: Some(&policy.holder),
            ..Event::default()
        };
        // The link to banks and the web shop report issue and receipt themselves.
        if matches!(policy.channel, "bancassurance_realtime" | "online") {
            self.put(dice, subject, "policy_issued", policy.issue, &about())?;
            if let Some(signed) = policy.ack_signed {
                self.put(dice, subject, "acknowledgement_signed", signed, &about())?;
            }
        }
        if policy.product.is_property() {
            self.put(
                dice,
                subject,
                "underwriting_completed",
                policy.issue,
                &about(),
            )?;
        }
        self.premiums(dice, policy, subject)?;
        self.servicing(dice, policy, subject)?;
        self.claim(dice, policy, subject, office)?;
        self.ending(dice, policy, subject)
    }

    fn premiums(
        &mut self,
        dice: &mut Dice,
        policy: &Policy,
        subject: &str,
    ) -> Result<(), GenerateError> {
        let life = policy.life;
        let steps = [
            ("premium_due", life.premium_due),
            ("grace_entered", life.grace_on),
            ("lapsed", life.lapsed_on),
            ("reinstated", life.reinstated_on),
        ];
        for (kind, on) in steps {
            let Some(on) = on else { continue };
            let event = Event {
                policy: Some(&policy.number),
                customer: Some(&policy.holder),
                amount_fen: (kind == "premium_due").then_some(policy.premium_fen),
                ..Event::default()
            };
            self.put(dice, subject, kind, on, &event)?;
        }
        Ok(())
    }

    fn servicing(
        &mut self,
        dice: &mut Dice,
        policy: &Policy,
        subject: &str,
    ) -> Result<(), GenerateError> {
        let until = policy.covered_until(self.around);
        let days = (until - policy.issue).num_days();
        let pays_out = matches!(
            policy.product.class,
            "annuity" | "universal" | "unit_linked" | "participating"
        );
        if pays_out && days > 365 && dice.per_mille(220) {
            let event = Event {
                policy: Some(&policy.number),
                customer: Some(&policy.holder),
                amount_fen: Some(dice.between(500, 20_000) * 100),
                payout_method: Some(dice.code(&METHODS)),
                service_item: Some(dice.code(&PAYOUTS)),
                payee: Some("policyholder"),
                in_person: Some(dice.per_mille(640)),
                ..Event::default()
            };
            let on = recent_day(dice, policy.issue + Days::new(365), until);
            self.put(dice, subject, "service_payout", on, &event)?;
        }
        if days > 20 && dice.per_mille(70) {
            let event = Event {
                policy: Some(&policy.number),
                customer: Some(&policy.holder),
                service_item: Some(dice.code(&CHANGES)),
                in_person: Some(dice.per_mille(550)),
                ..Event::default()
            };
            let on = recent_day(dice, policy.issue + Days::new(10), until);
            self.put(dice, subject, "policy_changed", on, &event)?;
        }
        Ok(())
    }

    fn claim(
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
        let event = || Event {
            policy: Some(&policy.number),
            customer: Some(&policy.holder),
            claim: Some(&claim),
            reporter: Some(reporter),
            loss_region: Some(if elsewhere { 0 } else { here }),
            underwriting_region: Some(here),
            adjuster: assessed.then_some(adjuster),
            ..Event::default()
        };
        let region = if elsewhere {
            other_region(dice, here)
        } else {
            here
        };
        let event = || Event {
            loss_region: Some(region),
            ..event()
        };
        self.put(dice, subject, "loss_reported", lost_on, &event())?;
        let registered_on = lost_on + Days::new(u64::from(dice.below(3)));
        self.put(dice, subject, "claim_registered", registered_on, &event())?;
        let slow = if died || policy.product.line == "commercial" {
            50
        } else {
            25
        };
        let settled_on = registered_on + Days::new(u64::from(2 + dice.below(slow)));
        let outcome = if died { "paid" } else { dice.code(&OUTCOMES) };
        let amount = if outcome == "paid" {
            amount(dice, policy, died)
        } else {
            0
        };
        let settled = Event {
            amount_fen: Some(amount),
            outcome: Some(outcome),
            ..event()
        };
        self.put(dice, subject, "claim_settled", settled_on, &settled)?;
        // Lists of payments carry cases of no payment too, now and then.
        if outcome == "paid" || dice.per_mille(350) {
            let paid_on = settled_on + Days::new(u64::from(dice.below(4)));
            let paid = Event {
                payout_method: Some(dice.code(&METHODS)),
                payee: Some(if died { "beneficiary" } else { "insured" }),
                paid_on: Some(paid_on),
                ..settled
            };
            self.put(dice, subject, "claim_paid", paid_on, &paid)?;
        }
        Ok(())
    }

    fn ending(
        &mut self,
        dice: &mut Dice,
        policy: &Policy,
        subject: &str,
    ) -> Result<(), GenerateError> {
        let (kind, on) = match (policy.life.status, policy.life.ended_on, policy.expiry) {
            ("surrendered", Some(on), _) => ("surrendered", on),
            ("cooling_off_cancelled", Some(on), _) => ("cooling_off_cancelled", on),
            ("expired", _, Some(on)) => ("policy_expired", on),
            _ => return Ok(()),
        };
        let refunds = kind != "policy_expired";
        let event = Event {
            policy: Some(&policy.number),
            customer: Some(&policy.holder),
            amount_fen: refunds.then(|| match kind {
                "surrendered" => policy.premium_fen * dice.between(35, 95) / 100,
                _ => policy.premium_fen,
            }),
            payout_method: refunds.then(|| dice.code(&METHODS)),
            service_item: refunds.then_some(if kind == "surrendered" {
                "SURR"
            } else {
                "CANC"
            }),
            payee: refunds.then_some("policyholder"),
            in_person: refunds.then(|| dice.per_mille(600)),
            ..Event::default()
        };
        self.put(dice, subject, kind, on, &event)
    }

    /// What happened with the members of a household besides their policies.
    pub(super) fn household(
        &mut self,
        dice: &mut Dice,
        household: &Household<'_>,
    ) -> Result<(), GenerateError> {
        for member in &household.members {
            self.serial = 0;
            let recently = |dice: &mut Dice| self.around - Days::new(u64::from(dice.below(160)));
            let subject = &member.number;
            let about = || Event {
                customer: Some(&member.number),
                ..Event::default()
            };
            if dice.per_mille(45) {
                let on = recently(dice);
                let seller = household.office.seller(dice, "individual_agent", on);
                let event = Event {
                    agent: seller.map(|s| s.code.as_str()),
                    ..about()
                };
                self.put(dice, subject, "sales_visit_ended", on, &event)?;
            }
            if dice.per_mille(75) {
                let event = Event {
                    service_item: Some(dice.code(&SERVICES)),
                    in_person: Some(dice.per_mille(500)),
                    ..about()
                };
                let on = self.around - Days::new(u64::from(dice.below(160)));
                self.put(dice, subject, "service_completed", on, &event)?;
            }
            if dice.per_mille(50) {
                let event = Event {
                    note: Some(*dice.pick(&ENQUIRIES)),
                    ..about()
                };
                let on = self.around - Days::new(u64::from(dice.below(160)));
                self.put(dice, subject, "enquiry_closed", on, &event)?;
            }
        }
        Ok(())
    }

    /// Departures that the file of people does not date.
    pub(super) fn departures(
        &mut self,
        dice: &mut Dice,
        offices: &[Office],
    ) -> Result<(), GenerateError> {
        for agent in offices.iter().flat_map(|o| &o.sellers) {
            let Some(on) = agent.left_on.filter(|_| !agent.left_on_told) else {
                continue;
            };
            self.serial = 0;
            let event = Event {
                agent: Some(&agent.code),
                ..Event::default()
            };
            self.put(dice, &agent.code, "agent_left", on, &event)?;
        }
        Ok(())
    }
}

/// A day between two others, more often near the later one.
fn recent_day(dice: &mut Dice, from: NaiveDate, until: NaiveDate) -> NaiveDate {
    let days = (until - from).num_days().max(0);
    let near = dice.per_mille(450);
    let back = dice.between(0, if near { days.min(130) } else { days });
    until - Days::new(u64::try_from(back).unwrap_or(0))
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
