//! Figures as lines that can be copied into the README.

/// The value in the middle.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Whether more or less is better.
#[derive(Clone, Copy)]
pub(crate) enum Target {
    /// At least this much.
    AtLeast(f64),
    /// At most this much.
    AtMost(f64),
    /// Only told.
    None,
}

/// Prints a figure beside its target.
pub(crate) fn figure(name: &str, value: f64, unit: &str, target: Target) {
    let (wanted, reached) = match target {
        Target::AtLeast(t) => (format!("≥ {}{unit}", number(t)), value >= t),
        Target::AtMost(t) => (format!("≤ {}{unit}", number(t)), value <= t),
        Target::None => (String::from("–"), true),
    };
    let verdict = match (target, reached) {
        (Target::None, _) => "",
        (_, true) => "reached",
        (_, false) => "MISSED",
    };
    println!(
        "| {name} | {}{unit} | {wanted} | {verdict} |",
        number(value)
    );
}

fn number(value: f64) -> String {
    if value.abs() >= 1_000.0 {
        let digits = format!("{value:.0}");
        let mut grouped = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at) % 3 == 0 {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        grouped
    } else if value.abs() >= 100.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    }
}
