//! The standing of a customer's credit: normal, under watch, poor, normal again (§4.16).

use super::CreditFlag;

/// Why the flag does not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CreditError {
    /// There is no way from one to the other.
    #[error("the credit flag does not go from {0} to {1}")]
    NoWay(CreditFlag, CreditFlag),
}

/// Checks a change. The cycle is that of §4.16; who was only under watch goes back without having been poor.
///
/// # Errors
/// [`CreditError::NoWay`] for any other.
pub fn next_flag(from: CreditFlag, to: CreditFlag) -> Result<CreditFlag, CreditError> {
    use CreditFlag::{Normal, Poor, Watch};
    match (from, to) {
        (Normal, Watch) | (Watch, Poor | Normal) | (Poor, Normal) => Ok(to),
        _ => Err(CreditError::NoWay(from, to)),
    }
}

/// Whether a second person decides on a change: into poor, which costs the customer, and out of it, which
/// ends a safeguard.
pub fn needs_second_person(from: CreditFlag, to: CreditFlag) -> bool {
    from == CreditFlag::Poor || to == CreditFlag::Poor
}

#[cfg(test)]
mod tests {
    use super::*;
    use CreditFlag::{Normal, Poor, Watch};

    #[test]
    fn the_flag_goes_round() {
        let ways = [
            (Normal, Watch),
            (Watch, Poor),
            (Watch, Normal),
            (Poor, Normal),
        ];
        for from in CreditFlag::ALL.iter().copied() {
            for to in CreditFlag::ALL.iter().copied() {
                let found = next_flag(from, to).is_ok();
                assert_eq!(found, ways.contains(&(from, to)), "{from} to {to}");
            }
        }
        assert!(needs_second_person(Watch, Poor) && needs_second_person(Poor, Normal));
        assert!(!needs_second_person(Normal, Watch));
    }
}
