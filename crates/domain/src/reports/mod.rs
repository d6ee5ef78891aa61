//! Reports: which metrics there are, what each counts, and how it may be cut (requirements §6).
//!
//! A metric names figures; a figure is one yes-or-no question about a counted unit (a policy, a
//! callback, a problem case). The store knows how to answer the questions, the rest of the program
//! only knows their names.

mod figure;
mod metric;
mod registry;

pub use figure::Figure;
pub use metric::{Basis, Counted, Metric};
pub use registry::{BEFORE_RECEIPT, NEW_CONTRACT, find_metric, metrics};

/// A text in both languages, fixed at compile time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// Simplified Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

impl Text {
    /// Both languages at once.
    pub const fn new(zh: &'static str, en: &'static str) -> Self {
        Self { zh, en }
    }
}

codes! {
    /// By what a report is cut (requirements §6, conventions).
    pub enum Dimension ("dimension") {
        /// The unit of the business.
        Unit = "unit",
        /// The region of the unit (GB/T 2260).
        Region = "region",
        /// The programme.
        Programme = "programme",
        /// The channel of the policy.
        Channel = "channel",
        /// The product of the policy.
        Product = "product",
        /// The salesperson of the policy.
        Salesperson = "salesperson",
        /// Who completed the callback, or called last when it is not completed.
        Caller = "caller",
    }
}

impl Dimension {
    /// Its name for people.
    pub fn title(self) -> Text {
        match self {
            Self::Unit => Text::new("机构", "Unit"),
            Self::Region => Text::new("地区", "Region"),
            Self::Programme => Text::new("回访类型", "Programme"),
            Self::Channel => Text::new("销售渠道", "Channel"),
            Self::Product => Text::new("产品", "Product"),
            Self::Salesperson => Text::new("销售人员", "Salesperson"),
            Self::Caller => Text::new("回访人员", "Caller"),
        }
    }

    /// Whether one policy may stand in several rows, so that the total is less than their sum.
    pub fn splits_policies(self) -> bool {
        matches!(self, Self::Programme | Self::Caller)
    }

    /// Whether every counted policy must be looked up: slow over long periods.
    pub fn needs_policies(self) -> bool {
        matches!(self, Self::Channel | Self::Product | Self::Salesperson)
    }
}

/// A share. A denominator of zero is no share: it reads "n/a", never 0 or 100 % (requirements §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    /// Of these …
    pub numerator: i64,
    /// … out of these.
    pub denominator: i64,
}

impl Ratio {
    /// The share between 0 and 1, if there is one.
    pub fn value(self) -> Option<f64> {
        // Counts of rows are far below 2^52, so the conversion is exact.
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        (self.denominator > 0).then(|| self.numerator as f64 / self.denominator as f64)
    }

    /// The share in per cent with two places, or `n/a`.
    pub fn percent(self) -> String {
        self.value()
            .map_or_else(|| "n/a".to_owned(), |v| format!("{:.2}%", v * 100.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_out_of_nothing_is_no_share() {
        let none = Ratio {
            numerator: 0,
            denominator: 0,
        };
        assert_eq!(none.value(), None);
        assert_eq!(none.percent(), "n/a");
        let some = Ratio {
            numerator: 1,
            denominator: 3,
        };
        assert_eq!(some.percent(), "33.33%");
    }

    #[test]
    fn every_metric_is_whole() {
        for metric in metrics() {
            assert!(find_metric(metric.code) == Some(metric));
            assert!(find_metric(metric.name) == Some(metric));
            match metric.unavailable {
                Some(_) => assert!(metric.figures.is_empty(), "{}", metric.code),
                None => {
                    let (numerator, denominator) = metric.ratio;
                    assert!(metric.figures.contains(&numerator), "{}", metric.code);
                    assert!(metric.figures.contains(&denominator), "{}", metric.code);
                }
            }
        }
    }

    #[test]
    fn all_forty_are_there() {
        let codes: Vec<_> = metrics().iter().map(|m| m.code.to_owned()).collect();
        let expected: Vec<_> = (1..=40).map(|n| format!("K-{n:02}")).collect();
        assert_eq!(codes, expected);
    }
}
