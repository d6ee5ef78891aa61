//! Numbers that pass their own checks: identity numbers, credit codes, telephone numbers.

use super::dice::Dice;
use chrono::{Datelike as _, NaiveDate};

/// Weights of the first 17 digits of a resident identity number (GB 11643).
const RESIDENT_WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// Check characters by remainder.
const RESIDENT_CHECKS: &[u8; 11] = b"10X98765432";
/// The alphabet of unified social credit codes (GB 32100).
const CREDIT_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Weights of the first 17 characters of a unified social credit code.
const CREDIT_WEIGHTS: [usize; 17] = [
    1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28,
];
/// Weights of the first eight characters of an organisation code (GB 11714).
const ORGANISATION_WEIGHTS: [usize; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
/// Where organisation codes of the generated companies begin.
const ORGANISATION_HEAD: &str = "MA";
/// Prefixes of mobile numbers in use, by operator.
const MOBILE_PREFIXES: [u32; 40] = [
    134, 135, 136, 137, 138, 139, 147, 150, 151, 152, 157, 158, 159, 178, 182, 183, 184, 187, 188,
    198, 130, 131, 132, 155, 156, 166, 175, 176, 185, 186, 133, 149, 153, 173, 177, 180, 181, 189,
    191, 199,
];

/// A resident identity number of a division, birth date and sex, with its check digit.
pub(super) fn resident_id(dice: &mut Dice, region: u32, birth: NaiveDate, male: bool) -> String {
    // The last digit of the sequence is odd for men, even for women.
    let sequence = dice.below(500) * 2 + u32::from(male);
    let mut number = format!(
        "{region:06}{:04}{:02}{:02}{sequence:03}",
        birth.year(),
        birth.month(),
        birth.day()
    );
    let sum: u32 = number
        .bytes()
        .zip(RESIDENT_WEIGHTS)
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    number.push(char::from(RESIDENT_CHECKS[(sum % 11) as usize]));
    number
}

/// A unified social credit code of a company registered in a division, with both check characters.
pub(super) fn credit_code(dice: &mut Dice, region: u32) -> String {
    let mut organisation = ORGANISATION_HEAD.to_owned();
    while organisation.len() < ORGANISATION_WEIGHTS.len() {
        organisation.push(char::from(*dice.pick(CREDIT_ALPHABET)));
    }
    let value = |c: u8| {
        usize::from(if c.is_ascii_digit() {
            c - b'0'
        } else {
            c - b'A' + 10
        })
    };
    let sum: usize = organisation
        .bytes()
        .zip(ORGANISATION_WEIGHTS)
        .map(|(c, weight)| value(c) * weight)
        .sum();
    organisation.push(match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        check => char::from(b'0' + u8::try_from(check).unwrap_or(0)),
    });
    // 91: an enterprise registered with the market regulator.
    let mut code = format!("91{region:06}{organisation}");
    let position = |c: u8| CREDIT_ALPHABET.iter().position(|a| *a == c).unwrap_or(0);
    let sum: usize = code
        .bytes()
        .zip(CREDIT_WEIGHTS)
        .map(|(c, weight)| position(c) * weight)
        .sum();
    code.push(char::from(CREDIT_ALPHABET[(31 - sum % 31) % 31]));
    code
}

/// A mobile number.
pub(super) fn mobile(dice: &mut Dice) -> String {
    let prefix = *dice.pick(&MOBILE_PREFIXES);
    format!("{prefix}{:08}", dice.below(100_000_000))
}

/// A landline number of an area.
pub(super) fn landline(dice: &mut Dice, area: &str) -> String {
    format!("{area}-{}{:07}", dice.between(2, 8), dice.below(10_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::customers::{IdNumber, IdType, Mobile, Sex};

    #[test]
    fn numbers_pass_the_checks_of_the_import() {
        let today = NaiveDate::from_ymd_opt(2026, 6, 30).unwrap();
        let mut dice = Dice::new(7, 0);
        for _ in 0..500 {
            let birth = today - chrono::Days::new(u64::from(dice.below(30_000)));
            let male = dice.per_mille(500);
            let text = resident_id(&mut dice, 500_103, birth, male);
            let number = IdNumber::parse(IdType::ResidentId, &text, today).unwrap();
            let facts = number.facts(IdType::ResidentId, today).unwrap();
            assert_eq!((facts.birth_date, facts.region), (birth, 500_103));
            assert_eq!(facts.sex == Sex::Male, male);
            let code = credit_code(&mut dice, 370_102);
            IdNumber::parse(IdType::UnifiedSocialCredit, &code, today).unwrap();
            Mobile::parse(&mobile(&mut dice)).unwrap();
        }
    }
}
