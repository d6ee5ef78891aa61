//! Monitoring by class: which assessments the risk class of a customer asks for, and by when (三（二）4, 三（二）5).
//! Nothing is stored of it: it follows from the class in force and from what was confirmed.

use super::setting;
use crate::{App, Result};
use chrono::{Days, NaiveDate};
use domain::risk::{RiskDimension, RiskLevel};
use rules::dates::add_months;
use store::risk::{Asked, MonitoredRow, RiskStanding};

/// Classes that ask for assessments.
const CLASSES: [RiskLevel; 2] = [RiskLevel::High, RiskLevel::Medium];

/// What the class of a customer asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Monitoring {
    /// The class, since when, and who is in charge of the customer.
    pub standing: RiskStanding,
    /// By when the customer is to be assessed.
    pub due_on: NaiveDate,
    /// Dimensions that the class asks for.
    pub dimensions: i64,
    /// Dimensions that were never assessed, where the class asks for more than there are.
    pub missing: Vec<RiskDimension>,
}

/// A customer whose class asks for assessments.
#[derive(Clone, Debug)]
pub struct Monitored {
    /// The customer.
    pub row: MonitoredRow,
    /// What is asked for.
    pub monitoring: Monitoring,
}

/// What a class asks for on a day.
struct Rule {
    dimensions: i64,
    first_days: i64,
    months: i64,
}

impl Rule {
    /// Nothing of a class that asks for nothing, nor where the pack in force knows no monitoring by class yet.
    fn of(app: &App, class: RiskLevel, on: NaiveDate) -> Option<Self> {
        let rules = app.rules();
        let of_class = |id: &str| rules.setting(&format!("{id}_{class}"), on);
        CLASSES.contains(&class).then_some(())?;
        Some(Self {
            dimensions: of_class("risk_class_dimensions")?,
            first_days: of_class("risk_class_first_days")?,
            months: of_class("risk_review_months")?,
        })
    }

    /// The day by which enough dimensions are to be confirmed: some days after the class began, then the interval
    /// after the oldest of the newest that are needed.
    fn due_on(
        &self,
        since: Option<NaiveDate>,
        confirmed: &[(RiskDimension, NaiveDate)],
        today: NaiveDate,
    ) -> NaiveDate {
        let mut days: Vec<_> = confirmed.iter().map(|(_, on)| *on).collect();
        days.sort_unstable_by(|a, b| b.cmp(a));
        let needed = usize::try_from(self.dimensions).unwrap_or(1).max(1);
        match days.get(needed - 1) {
            Some(oldest) => add_months(*oldest, self.months),
            None => {
                let days = u64::try_from(self.first_days).unwrap_or(0);
                since.map_or(today, |since| since + Days::new(days))
            }
        }
    }
}

/// What the class of a customer asks for on a day, if anything.
pub(super) fn monitoring(
    app: &App,
    standing: RiskStanding,
    confirmed: &[(RiskDimension, NaiveDate)],
    today: NaiveDate,
) -> Option<Monitoring> {
    let rule = Rule::of(app, standing.class, today)?;
    let day = rule.due_on(standing.since, confirmed, today);
    let four = RiskDimension::ALL.iter().copied();
    let four = four.filter(|d| *d != RiskDimension::Aml);
    let mut missing: Vec<_> = four
        .filter(|d| confirmed.iter().all(|(known, _)| known != d))
        .collect();
    if i64::try_from(confirmed.len()).unwrap_or(i64::MAX) >= rule.dimensions {
        missing.clear();
    }
    Some(Monitoring {
        due_on: super::review::rolled(app, day, today),
        dimensions: rule.dimensions,
        missing,
        standing,
    })
}

/// What the classes ask for, as far as it falls due within the days by which reviews are listed ahead; of one
/// class alone where one is named.
pub(super) fn asked(app: &App, level: Option<RiskLevel>, today: NaiveDate) -> Result<Vec<Asked>> {
    let ahead = setting(app, "risk_review_ahead_days", today)?;
    let soon = today + Days::new(u64::try_from(ahead).unwrap_or(0));
    let mut asked = Vec::new();
    for class in CLASSES {
        if level.is_some_and(|l| l != class) {
            continue;
        }
        if let Some(rule) = Rule::of(app, class, today) {
            asked.push(Asked {
                class,
                dimensions: rule.dimensions,
                until: add_months(soon, -rule.months),
            });
        }
    }
    Ok(asked)
}

#[cfg(test)]
mod tests {
    use super::{RiskDimension as D, Rule};

    #[test]
    fn the_oldest_of_what_is_needed_counts() {
        let day = |text: &str| text.parse().unwrap();
        let today = day("2024-06-01");
        let due = |dimensions, since: Option<&str>, confirmed: &[(D, &str)]| {
            let rule = Rule {
                dimensions,
                first_days: 30,
                months: 3,
            };
            let confirmed: Vec<_> = confirmed.iter().map(|(d, on)| (*d, day(on))).collect();
            rule.due_on(since.map(day), &confirmed, today).to_string()
        };
        let since = Some("2024-05-01");
        let both = [(D::Credit, "2024-02-10"), (D::Market, "2024-05-20")];
        assert_eq!(
            due(1, since, &[]),
            "2024-05-31",
            "some days after the class began"
        );
        assert_eq!(due(1, None, &[]), "2024-06-01", "nobody knows since when");
        assert_eq!(due(1, since, &both), "2024-08-20", "the newest is enough");
        assert_eq!(due(2, since, &both), "2024-05-10", "both are needed");
        assert_eq!(due(3, since, &both), "2024-05-31", "one is missing");
    }
}
