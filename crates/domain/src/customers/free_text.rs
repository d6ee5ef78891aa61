//! Words of people that go into logs: numbers that may be somebody's are masked.

/// Digits in a row from which on a number may be a telephone, identity or account number. Dates are
/// shorter.
const DIGITS_MIN: usize = 10;
/// Digits that stay at the beginning and at the end.
const SHOWN: (usize, usize) = (3, 4);

/// The text with long numbers masked: `13912345678` becomes `139****5678`.
pub fn mask_numbers(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars() {
        // An identity number may end in X.
        if c.is_ascii_digit() || (matches!(c, 'x' | 'X') && run.len() >= DIGITS_MIN) {
            run.push(c);
        } else {
            end(&mut masked, &mut run);
            masked.push(c);
        }
    }
    end(&mut masked, &mut run);
    masked
}

fn end(masked: &mut String, run: &mut String) {
    if run.len() >= DIGITS_MIN {
        masked.push_str(&run[..SHOWN.0]);
        masked.push_str("****");
        masked.push_str(&run[run.len() - SHOWN.1..]);
    } else {
        masked.push_str(run);
    }
    run.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_people_are_masked_and_dates_are_not() {
        for (text, expected) in [
            ("客户来电告知 13912345678", "客户来电告知 139****5678"),
            ("证件 11010519491231002X 已核对", "证件 110****002X 已核对"),
            ("2026-03-04 及 20260304 两次", "2026-03-04 及 20260304 两次"),
            ("02312345678转8001", "023****5678转8001"),
            ("", ""),
        ] {
            assert_eq!(mask_numbers(text), expected);
        }
    }
}
