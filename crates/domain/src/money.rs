//! Money in integer fen.

use std::fmt;

/// An amount in fen (hundredths of a yuan); never a fraction of a fen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(pub i64);

/// An amount that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an amount in yuan with at most two decimal places")]
pub struct NotMoney;

/// The largest amount in yuan that fits every sum we make: a trillion.
const YUAN_MAX: i64 = 1_000_000_000_000;

impl Money {
    /// Yuan with commas between thousands: `12,000.00`.
    pub fn grouped(self) -> String {
        let text = self.to_string();
        let (whole, cents) = text.split_once('.').unwrap_or((&text, "00"));
        let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |d| ("-", d));
        let mut out = String::with_capacity(text.len() + 4);
        out.push_str(sign);
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at) % 3 == 0 {
                out.push(',');
            }
            out.push(digit);
        }
        out.push('.');
        out.push_str(cents);
        out
    }

    /// Reads decimal yuan such as `8720`, `8720.5` or `-3.25`. Zeros beyond the second decimal place
    /// are accepted, other digits are not.
    ///
    /// # Errors
    /// [`NotMoney`] when it is no such number, or larger than a trillion yuan.
    pub fn parse(text: &str) -> Result<Self, NotMoney> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
            return Err(NotMoney);
        }
        let (cents, rest) = fraction.split_at(fraction.len().min(2));
        if rest.bytes().any(|b| b != b'0') {
            return Err(NotMoney);
        }
        let yuan: i64 = whole.parse().map_err(|_| NotMoney)?;
        let cents: i64 = format!("{cents:0<2}").parse().map_err(|_| NotMoney)?;
        if yuan > YUAN_MAX {
            return Err(NotMoney);
        }
        let fen = yuan * 100 + cents;
        Ok(Self(if negative { -fen } else { fen }))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", fen / 100, fen % 100)
    }
}
