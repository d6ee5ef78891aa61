//! What a metric is.

use super::{Figure, Text};

codes! {
    /// What a metric counts.
    pub enum Counted ("counted unit") {
        /// Policies: a policy under several programmes counts once.
        Policies = "policies",
        /// Callbacks, one for each obligation.
        Callbacks = "callbacks",
        /// Problem cases: callbacks for which a problem ticket was opened.
        Cases = "cases",
    }
}

codes! {
    /// Which date places a unit in the period of a report.
    pub enum Basis ("basis") {
        /// The last day on which the company must have called.
        Due = "due",
        /// The day of the event: loss reported, claim settled, claim paid.
        Trigger = "trigger",
        /// The day on which the first problem ticket was opened.
        Opened = "opened",
    }
}

impl Basis {
    /// Its name for people.
    pub fn title(self) -> Text {
        match self {
            Self::Due => Text::new("按应完成日统计", "by due date"),
            Self::Trigger => Text::new("按触发日统计", "by date of the event"),
            Self::Opened => Text::new("按开单日统计", "by date on which the case was opened"),
        }
    }
}

/// A metric of requirements §6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    /// Its id in the requirements, such as `K-04`.
    pub code: &'static str,
    /// Its name in commands and URLs.
    pub name: &'static str,
    /// Its name for people.
    pub title: Text,
    /// What is counted above the line.
    pub numerator: Text,
    /// What is counted below the line.
    pub denominator: Text,
    /// Where the metric is laid down.
    pub source: &'static str,
    /// What it counts.
    pub counted: Counted,
    /// Which date places a unit in the period.
    pub basis: Basis,
    /// Programmes that it looks at.
    pub programmes: &'static [&'static str],
    /// Only units whose period has ended count; the others stand under [`Figure::Running`].
    pub ended_only: bool,
    /// Its figures, in the order of columns.
    pub figures: &'static [Figure],
    /// The figures of its ratio: numerator and denominator.
    pub ratio: (Figure, Figure),
    /// What the ratio should reach, in per cent, where the text says so.
    pub target_percent: Option<u32>,
    /// Why there are no figures, for metrics whose data does not exist yet.
    pub unavailable: Option<Text>,
}
