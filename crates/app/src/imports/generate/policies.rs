//! Policies: a product, its parties, its dates in order, and where the contract stands.

use super::GenerateError;
use super::dice::Dice;
use super::life::{Life, live, months};
use super::people::{ADULT_YEARS, Household, Member, Relationship};
use super::products::{Buyer, PRODUCTS, Product, Term};
use super::sheet::Sheet;
use super::terms::{WHOLE_LIFE_YEARS, after_months, cooling_off_days, issue_date, money, receipt};
use chrono::{Days, NaiveDate};

/// A policy as it stands on the day of the portfolio.
pub(super) struct Policy {
    pub number: String,
    pub product: &'static Product,
    pub channel: &'static str,
    pub holder: String,
    pub insured: String,
    pub beneficiary: Option<String>,
    pub agent: Option<String>,
    pub unit: String,
    pub application: NaiveDate,
    pub issue: NaiveDate,
    pub print: Option<NaiveDate>,
    pub effective: NaiveDate,
    pub expiry: Option<NaiveDate>,
    pub term_months: i64,
    pub premium_fen: i64,
    pub frequency: &'static str,
    pub premium_years: i64,
    pub sum_fen: i64,
    pub next_premium: Option<NaiveDate>,
    pub cooling_off: Option<i64>,
    pub ack_signed: Option<NaiveDate>,
    pub ack_entered: Option<NaiveDate>,
    pub electronic: Option<bool>,
    pub double_recorded: bool,
    pub juvenile: bool,
    pub life: Life,
}

impl Policy {
    /// Premium of a year, in fen; nothing when the contract is over.
    fn yearly_fen(&self) -> i64 {
        let instalments = months(self.frequency).map_or(1, |m| 12 / i64::from(m));
        if self.life.status == "in_force" {
            self.premium_fen * instalments
        } else {
            0
        }
    }

    /// The last day of cover, as far as it has come.
    pub(super) fn covered_until(&self, around: NaiveDate) -> NaiveDate {
        let end = self.expiry.unwrap_or(around).min(around);
        self.life.ended_on.map_or(end, |ended| ended.min(end))
    }
}

/// The policies of a household.
pub(super) fn policies(
    dice: &mut Dice,
    household: &Household<'_>,
    around: NaiveDate,
) -> Vec<Policy> {
    let mut policies = Vec::new();
    for (at, member) in household.members.iter().enumerate() {
        let adult = household.is_company || member.age(around) >= ADULT_YEARS;
        let count = match (adult, at) {
            (false, _) => continue,
            _ if household.is_company => dice.between(1, 3),
            (true, 0) => *dice.pick(&[0, 1, 1, 2, 2, 2, 3, 3, 3, 4]),
            (true, _) => *dice.pick(&[0, 0, 1, 1, 1, 2]),
        };
        for serial in 0..count {
            policies.extend(policy(dice, household, at, serial, around));
        }
    }
    policies
}

fn policy(
    dice: &mut Dice,
    household: &Household<'_>,
    holder_at: usize,
    serial: i64,
    around: NaiveDate,
) -> Option<Policy> {
    let holder = &household.members[holder_at];
    let (buyer, insured) = buyer_and_insured(dice, household, holder_at, around);
    let weight = |p: &Product| if p.buyer == buyer { p.weight } else { 0 };
    let product = dice.weighted(&PRODUCTS, weight);
    let channel = dice.code(product.channels);
    let issue = issue_date(dice, product, holder, insured, household.is_company, around)?;
    let long = product.is_long_term();
    let application = issue - Days::new(u64::from(dice.below(if long { 6 } else { 2 })));
    let seller = household.office.seller(dice, channel, issue);
    let effective = issue + Days::new(1);
    let term_months = match product.term {
        Term::Whole => i64::from(WHOLE_LIFE_YEARS - insured.age(issue)) * 12,
        Term::Years(years) => i64::from(years) * 12,
        Term::OneYear => 12,
    };
    let expiry =
        (product.term != Term::Whole).then(|| after_months(effective, term_months) - Days::new(1));
    let (frequency, premium_years, premium_fen, sum_fen) = money(dice, product);
    let electronic = long.then(|| {
        matches!(channel, "online" | "telesales" | "bancassurance_realtime") || dice.per_mille(350)
    });
    let (print, ack_signed, ack_entered) = receipt(dice, electronic, issue, around);
    let cooling_off = long.then(|| cooling_off_days(dice, product, channel, issue));
    let is_bank = channel.starts_with("bancassurance");
    let mut policy = Policy {
        number: format!("P{}{serial}", &holder.number[1..]),
        product,
        channel,
        holder: holder.number.clone(),
        insured: insured.number.clone(),
        beneficiary: beneficiary(dice, household, insured),
        agent: seller.map(|s| s.code.clone()),
        unit: seller.map_or_else(|| household.unit.to_owned(), |s| s.unit.clone()),
        application,
        issue,
        print,
        effective,
        expiry,
        term_months,
        premium_fen,
        frequency,
        premium_years,
        sum_fen,
        next_premium: None,
        cooling_off,
        ack_signed,
        ack_entered,
        electronic,
        double_recorded: long && (is_bank || holder.age(issue) >= 60) && !dice.per_mille(30),
        juvenile: !household.is_company && insured.age(issue) < ADULT_YEARS,
        life: Life::in_force(),
    };
    live(dice, &mut policy, around);
    Some(policy)
}

fn buyer_and_insured<'h>(
    dice: &mut Dice,
    household: &'h Household<'_>,
    holder_at: usize,
    around: NaiveDate,
) -> (Buyer, &'h Member) {
    let holder = &household.members[holder_at];
    if household.is_company {
        return (Buyer::Group, holder);
    }
    let child = household
        .members
        .iter()
        .find(|m| m.age(around) < ADULT_YEARS);
    match (dice.below(100), child) {
        (0..33, _) => (Buyer::Owner, holder),
        (33..45, Some(child)) => (Buyer::Parent, child),
        (45..58, _) => (Buyer::Person, dice.pick(&household.members)),
        _ => (Buyer::Person, holder),
    }
}

fn beneficiary(dice: &mut Dice, household: &Household<'_>, insured: &Member) -> Option<String> {
    let others: Vec<_> = household
        .members
        .iter()
        .filter(|m| m.number != insured.number)
        .collect();
    if others.is_empty() || dice.per_mille(450) {
        return None;
    }
    Some(dice.pick(&others).number.clone())
}

impl Policy {
    /// Writes the row; a dirty one signs the receipt before the policy was issued.
    pub(super) fn write(&self, sheet: &mut Sheet, dirty: bool) -> Result<(), GenerateError> {
        let product = self.product;
        let signed = if dirty && self.ack_signed.is_some() {
            Some(self.issue - Days::new(9))
        } else {
            self.ack_signed
        };
        sheet
            .text(&self.number)
            .text(product.code)
            .text(product.name);
        sheet
            .text(product.class)
            .text(product.line)
            .text(self.channel);
        sheet.text(&self.holder).text(&self.insured);
        sheet
            .maybe(self.beneficiary.as_deref())
            .maybe(self.agent.as_deref())
            .text(&self.unit);
        sheet
            .date(Some(self.application))
            .date(Some(self.issue))
            .date(Some(self.issue));
        sheet
            .date(self.print)
            .date(Some(self.effective))
            .date(self.expiry);
        sheet
            .shown(self.term_months)
            .money(Some(self.premium_fen))
            .text(self.frequency);
        sheet
            .shown(self.premium_years)
            .money(Some(self.sum_fen))
            .date(self.next_premium);
        sheet
            .maybe(self.cooling_off)
            .date(signed)
            .date(self.ack_entered);
        sheet
            .maybe(self.electronic)
            .shown(self.double_recorded)
            .shown(self.juvenile);
        sheet.text(self.life.status).end()
    }
}

/// What the policies of a customer say of the relationship.
pub(super) fn relationship(
    dice: &mut Dice,
    customer: &str,
    policies: &[Policy],
    around: NaiveDate,
) -> Relationship {
    let own = || policies.iter().filter(|p| p.holder == customer);
    let in_force = |p: &Policy| matches!(p.life.status, "in_force" | "grace");
    let stage = match own().count() {
        0 if dice.per_mille(700) => "prospect",
        0 => "in_negotiation",
        _ if own().any(in_force) => "under_contract",
        _ if dice.per_mille(500) => "closed",
        _ => "lost",
    };
    let since = own().map(|p| p.application).min();
    let recently = Days::new(u64::from(dice.below(700)));
    Relationship {
        stage,
        since: since.unwrap_or(around - recently),
        premium_fen: own().map(Policy::yearly_fen).sum(),
        agent: own().find_map(|p| p.agent.clone()),
    }
}
