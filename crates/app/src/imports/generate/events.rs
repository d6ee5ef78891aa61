//! Events: what happened to the policies and customers, until the day of the portfolio.

use super::GenerateError;
use super::dice::Dice;
use super::offices::Office;
use super::people::Household;
use super::policies::Policy;
use super::sheet::Sheet;
use chrono::{Days, NaiveDate};

pub(super) const METHODS: [(&str, u32); 2] = [("bank_transfer", 82), ("cash", 18)];
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
#[derive(Clone, Copy, Default)]
pub(super) struct Event<'e> {
    pub policy: Option<&'e str>,
    pub customer: Option<&'e str>,
    pub agent: Option<&'e str>,
    pub claim: Option<&'e str>,
    pub amount_fen: Option<i64>,
    pub payout_method: Option<&'static str>,
    pub service_item: Option<&'static str>,
    pub payee: Option<&'static str>,
    pub in_person: Option<bool>,
    pub reporter: Option<&'static str>,
    pub loss_region: Option<u32>,
    pub underwriting_region: Option<u32>,
    pub adjuster: Option<&'e str>,
    pub outcome: Option<&'static str>,
    pub paid_on: Option<NaiveDate>,
    pub note: Option<&'static str>,
}

/// The file of events and the day on which it ends.
pub(super) struct Events {
    sheet: Sheet,
    /// The day of the portfolio.
    pub around: NaiveDate,
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
    pub(super) fn put(
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
            let around = self.around;
            let recently = |dice: &mut Dice| {
                let on = around - Days::new(u64::from(dice.below(160)));
                on.max(member.born)
            };
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
                let on = recently(dice);
                self.put(dice, subject, "service_completed", on, &event)?;
            }
            if dice.per_mille(50) {
                let event = Event {
                    note: Some(*dice.pick(&ENQUIRIES)),
                    ..about()
                };
                let on = recently(dice);
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
pub(super) fn recent_day(dice: &mut Dice, from: NaiveDate, until: NaiveDate) -> NaiveDate {
    let days = (until - from).num_days().max(0);
    let near = dice.per_mille(450);
    let back = dice.between(0, if near { days.min(130) } else { days });
    until - Days::new(u64::try_from(back).unwrap_or(0))
}
