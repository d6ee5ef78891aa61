//! The terms of a contract: its dates in order, its money, its cooling-off period.

use super::dice::Dice;
use super::people::{ADULT_YEARS, Member};
use super::products::{Product, Term};
use chrono::{Datelike as _, Days, Months, NaiveDate};

/// Whole-life policies run until this age.
pub(super) const WHOLE_LIFE_YEARS: i32 = 105;

/// Receipts of paper policies that never come back, in a thousand.
const RECEIPTS_LOST_PER_MILLE: u32 = 35;

/// A third of the business is younger than four months; the rest goes back a year, or twelve.
/// Nothing when the parties were not old enough.
pub(super) fn issue_date(
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

pub(super) fn money(dice: &mut Dice, product: &Product) -> (&'static str, i64, i64, i64) {
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
pub(super) fn receipt(
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

pub(super) fn cooling_off_days(
    dice: &mut Dice,
    product: &Product,
    channel: &str,
    issue: NaiveDate,
) -> i64 {
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
