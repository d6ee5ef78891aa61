//! Policies: a product, its parties, its dates in order, and where the contract stands.

use super::GenerateError;
use super::dice::Dice;
use super::people::{ADULT_YEARS, Household, Member, Relationship};
use super::products::{Buyer, PRODUCTS, Product, Term};
use super::sheet::Sheet;
use chrono::{Datelike as _, Days, Months, NaiveDate};

/// Whole-life policies run until this age.
const WHOLE_LIFE_YEARS: i32 = 105;
/// Days after a missed premium until the contract lapses.
const GRACE_DAYS: u64 = 60;
/// Receipts of paper policies that never come back, in a thousand.
const RECEIPTS_LOST_PER_MILLE: u32 = 35;

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
            (true, 0) => *dice.pick(&[0, 1, 1, 1, 2, 2, 2, 3, 3, 4]),
            (true, _) => *dice.pick(&[0, 0, 0, 1, 1, 2]),
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
    let application = issue
        - Days::new(u64::from(dice.below(if product.is_long_term() {
            6
        } else {
            2
        })));
    let seller = household.office.seller(dice, channel, issue);
    let long = product.is_long_term();
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
        life: Life {
            status: "in_force",
            ended_on: None,
            premium_due: None,
            grace_on: None,
            lapsed_on: None,
            reinstated_on: None,
        },
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

/// A third of the business is younger than four months; the rest goes back a year, or twelve.
/// Nothing when the parties were not old enough.
fn issue_date(
    dice: &mut Dice,
    product: &Product,
    holder: &Member,
    insured: &Member,
    is_company: bool,
    around: NaiveDate,
) -> Option<NaiveDate> {
    let share = dice.below(100);
    let back = match (share, product.is_long_term()) {
        (0..35, _) => dice.below(121),
        (35..82, false) => 121 + dice.below(243),
        (_, false) => 365 + dice.below(1_000),
        (35..50, true) => 121 + dice.below(243),
        (_, true) => 365 + dice.below(4_000) * (1 + dice.below(1_000)) / 1_000,
    };
    let date = around - Days::new(u64::from(back));
    let of_age = if is_company { 0 } else { ADULT_YEARS };
    let holder_from = after_months(holder.born, i64::from(of_age) * 12);
    // Children are insured from their 28th day on.
    let insured_from = insured.born + Days::new(28);
    let date = date.max(holder_from).max(insured_from);
    (date <= around).then_some(date)
}

fn money(dice: &mut Dice, product: &Product) -> (&'static str, i64, i64, i64) {
    let (low, high) = product.premium_yuan;
    // The smaller of two draws: small premiums are more common than large ones.
    let yuan = dice.between(low, high).min(dice.between(low, high));
    let round = if product.is_long_term() {
        yuan / 100 * 100
    } else {
        yuan
    };
    let fen = round.max(1) * 100
        + if product.is_long_term() {
            0
        } else {
            dice.between(0, 99)
        };
    let sum = (fen * product.multiple / 1_000_000).max(1) * 1_000_000;
    if !product.regular {
        return ("single", 1, fen, sum);
    }
    let years: &[i64] = if product.term == Term::Years(10) {
        &[3, 5]
    } else {
        &[3, 5, 10, 15, 20]
    };
    let years = *dice.pick(years);
    match dice.below(100) {
        0..72 => ("annual", years, fen, sum),
        72..86 => ("monthly", years, fen * 9 / 100, sum),
        86..94 => ("quarterly", years, fen * 26 / 100, sum),
        _ => ("half_yearly", years, fen * 51 / 100, sum),
    }
}

/// Days of print, signature and entry of the receipt. Nothing lies after the day of the portfolio.
fn receipt(
    dice: &mut Dice,
    electronic: Option<bool>,
    issue: NaiveDate,
    around: NaiveDate,
) -> (Option<NaiveDate>, Option<NaiveDate>, Option<NaiveDate>) {
    let Some(electronic) = electronic else {
        return (Some(issue), None, None);
    };
    let day = |date: NaiveDate, days: u32| {
        Some(date + Days::new(u64::from(days))).filter(|d| *d <= around)
    };
    let print = day(issue, dice.below(3));
    let lost = !electronic && dice.per_mille(RECEIPTS_LOST_PER_MILLE);
    let until_signed = match (electronic, dice.below(100)) {
        (true, 0..80) => dice.below(2),
        (true, _) => dice.below(5),
        (false, 0..85) => 2 + dice.below(7),
        (false, 85..97) => 4 + dice.below(10),
        _ => 14 + dice.below(16),
    };
    let until_entered = if electronic { 0 } else { dice.below(5) };
    let signed = if lost { None } else { day(issue, until_signed) };
    (
        print,
        signed,
        signed.and_then(|signed| day(signed, until_entered)),
    )
}

fn cooling_off_days(dice: &mut Dice, product: &Product, channel: &str, issue: NaiveDate) -> i64 {
    let bank = channel.starts_with("bancassurance");
    if product.class == "long_term_health" || bank {
        return if dice.per_mille(150) { 20 } else { 15 };
    }
    match dice.below(100) {
        0..25 => 10,
        25..80 => 15,
        _ if issue.year() < 2019 => 10,
        _ => 20,
    }
}

/// The date so many months later; the last day of a month stays in the month.
pub(super) fn after_months(date: NaiveDate, months: i64) -> NaiveDate {
    u32::try_from(months)
        .ok()
        .and_then(|m| date.checked_add_months(Months::new(m)))
        .unwrap_or(date)
}

/// Months between premiums; nothing for single ones.
fn months(frequency: &str) -> Option<u32> {
    match frequency {
        "annual" => Some(12),
        "half_yearly" => Some(6),
        "quarterly" => Some(3),
        "monthly" => Some(1),
        _ => None,
    }
}

/// Decides what became of the contract until the day of the portfolio.
fn live(dice: &mut Dice, policy: &mut Policy, around: NaiveDate) {
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

impl Life {
    fn end(&mut self, status: &'static str, on: NaiveDate) {
        self.status = status;
        self.ended_on = Some(on);
    }
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
