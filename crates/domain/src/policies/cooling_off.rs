//! The cooling-off clock of a life policy (requirements §4.4; Chongqing measures, article 4).

use chrono::{Days, NaiveDate};

/// The clock of one policy. Dates are computed by the rules; this decides what they mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoolingOff {
    /// The day on which the receipt was signed; the period has not started before.
    pub started_on: Option<NaiveDate>,
    /// Last day of the company's duty to call back.
    pub company_due_on: Option<NaiveDate>,
    /// Last day of the customer's right before any roll at holidays.
    pub right_end_raw_on: Option<NaiveDate>,
    /// Last day of the customer's right.
    pub right_end_on: Option<NaiveDate>,
    /// Day of cooling-off cancellation.
    pub withdrawn_on: Option<NaiveDate>,
    /// Last day of the right that a late callback opened.
    pub deemed_until_on: Option<NaiveDate>,
}

/// Where the clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoolingOffState {
    /// No receipt yet.
    NotStarted,
    /// Running; the last day on which the customer may cancel.
    Running(NaiveDate),
    /// The customer cancelled.
    Cancelled(NaiveDate),
    /// Over.
    Ended(NaiveDate),
    /// Over, but a late callback opened the right again until that day.
    DeemedWindow(NaiveDate),
}

/// Why a surrender counts as cooling-off cancellation, or that it does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surrender {
    /// Inside the cooling-off period.
    InPeriod,
    /// The period ended on a day off; this is the first working day after it.
    RolledOver,
    /// Within the days that a late callback opened.
    AfterLateCallback,
    /// An ordinary surrender.
    Ordinary,
}

/// Working days, as much as the clock needs of them.
pub trait WorkingDays {
    /// The date itself when it is a working day, else the first one after it.
    fn on_or_after(&self, date: NaiveDate) -> NaiveDate;
}

impl CoolingOff {
    /// Where the clock stands on a day.
    pub fn state(&self, today: NaiveDate) -> CoolingOffState {
        if let Some(on) = self.withdrawn_on {
            return CoolingOffState::Cancelled(on);
        }
        let (Some(started), Some(end)) = (self.started_on, self.right_end_on) else {
            return CoolingOffState::NotStarted;
        };
        match self.deemed_until_on {
            _ if today < started => CoolingOffState::NotStarted,
            _ if today <= end => CoolingOffState::Running(end),
            Some(until) if today <= until => CoolingOffState::DeemedWindow(until),
            _ => CoolingOffState::Ended(end),
        }
    }

    /// Whether a surrender applied for on a day counts as cooling-off cancellation, and why.
    pub fn surrender_on(
        &self,
        day: NaiveDate,
        rolls: bool,
        calendar: &impl WorkingDays,
    ) -> Surrender {
        let Some(raw) = self.right_end_raw_on else {
            return Surrender::Ordinary;
        };
        if day <= raw {
            Surrender::InPeriod
        } else if rolls && day <= calendar.on_or_after(raw) {
            Surrender::RolledOver
        } else if self.deemed_until_on.is_some_and(|until| day <= until) {
            Surrender::AfterLateCallback
        } else {
            Surrender::Ordinary
        }
    }

    /// The right that a callback after the due date opens: `days` days after it, the day of the
    /// callback not counted. Nothing when the callback was in time or the rule gives no days.
    pub fn deemed_window(
        due_on: NaiveDate,
        called_on: NaiveDate,
        days: Option<u32>,
    ) -> Option<NaiveDate> {
        let days = days.filter(|_| called_on > due_on)?;
        called_on.checked_add_days(Days::new(u64::from(days)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// 3 to 7 October are off.
    struct Golden;
    impl WorkingDays for Golden {
        fn on_or_after(&self, date: NaiveDate) -> NaiveDate {
            let (first, last) = (day("2026-10-01"), day("2026-10-07"));
            if (first..=last).contains(&date) {
                day("2026-10-08")
            } else {
                date
            }
        }
    }

    fn clock() -> CoolingOff {
        CoolingOff {
            started_on: Some(day("2026-09-18")),
            company_due_on: Some(day("2026-10-02")),
            right_end_raw_on: Some(day("2026-10-03")),
            right_end_on: Some(day("2026-10-08")),
            withdrawn_on: None,
            deemed_until_on: Some(day("2026-10-16")),
        }
    }

    #[rstest]
    #[case("2026-10-03", Surrender::InPeriod)]
    #[case("2026-10-04", Surrender::RolledOver)]
    #[case("2026-10-08", Surrender::RolledOver)]
    #[case("2026-10-09", Surrender::AfterLateCallback)]
    #[case("2026-10-16", Surrender::AfterLateCallback)]
    #[case("2026-10-17", Surrender::Ordinary)]
    fn a_surrender_is_classed_by_its_day(#[case] on: &str, #[case] expected: Surrender) {
        assert_eq!(clock().surrender_on(day(on), true, &Golden), expected);
    }

    #[rstest]
    #[case("2026-09-17", CoolingOffState::NotStarted)]
    #[case("2026-10-08", CoolingOffState::Running(day("2026-10-08")))]
    #[case("2026-10-09", CoolingOffState::DeemedWindow(day("2026-10-16")))]
    #[case("2026-10-17", CoolingOffState::Ended(day("2026-10-08")))]
    fn the_clock_has_its_states(#[case] on: &str, #[case] expected: CoolingOffState) {
        assert_eq!(clock().state(day(on)), expected);
    }

    #[test]
    fn only_a_late_callback_opens_the_right_again() {
        let due = day("2026-10-02");
        assert_eq!(CoolingOff::deemed_window(due, due, Some(7)), None);
        assert_eq!(
            CoolingOff::deemed_window(due, day("2026-10-09"), Some(7)),
            Some(day("2026-10-16"))
        );
        assert_eq!(
            CoolingOff::deemed_window(due, day("2026-10-09"), None),
            None
        );
    }
}
