//! Sampling without replacement (requirements §3.5 MC-ADJ, §4.13): of the cases of each adjuster and month
//! so many are called that a number of callbacks succeed.

codes! {
    /// Where the sample of an adjuster and month stands.
    pub enum SampleState ("sample state") {
        /// More calls are under way, or the month still runs.
        Open = "open",
        /// As many callbacks succeeded as the rule asks for.
        Satisfied = "satisfied",
        /// Nothing is left to draw, and too few succeeded.
        Short = "short",
    }
}

codes! {
    /// Why a sample fell short.
    pub enum Shortfall ("shortfall") {
        /// No case was left after the removals.
        NoCandidate = "no_candidate",
        /// There were fewer cases than callbacks asked for.
        TooFewCases = "too_few_cases",
        /// Cases were drawn until none was left, and too few callbacks succeeded.
        Unsuccessful = "unsuccessful",
    }
}

/// How a programme samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sampling {
    /// Callbacks that must succeed.
    pub successes: u32,
    /// Cases are drawn when the list of the month is complete, so that none is drawn for having come
    /// early.
    pub whole_months: bool,
}

/// Where a case that was drawn stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawn {
    /// Still to be called.
    Open,
    /// The callback succeeded.
    Succeeded,
    /// It ended without success: the next case is drawn.
    Failed,
}

/// The sample of one adjuster and month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    /// Cases that are left to draw.
    pub pool: u32,
    /// Cases drawn whose callbacks are open.
    pub open: u32,
    /// Cases drawn whose callbacks succeeded.
    pub succeeded: u32,
    /// Cases drawn whose callbacks ended without success.
    pub failed: u32,
}

impl Sample {
    /// Counts a case that was drawn.
    pub fn count(&mut self, drawn: Drawn) {
        match drawn {
            Drawn::Open => self.open += 1,
            Drawn::Succeeded => self.succeeded += 1,
            Drawn::Failed => self.failed += 1,
        }
    }

    /// How many cases have to be drawn now.
    pub fn to_draw(&self, rule: Sampling) -> u32 {
        let under_way = self.succeeded.saturating_add(self.open);
        rule.successes.saturating_sub(under_way).min(self.pool)
    }

    /// Where it stands, and why it fell short.
    pub fn state(&self, rule: Sampling, month_over: bool) -> (SampleState, Option<Shortfall>) {
        if self.succeeded >= rule.successes {
            return (SampleState::Satisfied, None);
        }
        if self.open > 0 || self.pool > 0 || !month_over {
            return (SampleState::Open, None);
        }
        let drawn = self.succeeded + self.failed;
        let why = if drawn == 0 {
            Shortfall::NoCandidate
        } else if drawn < rule.successes {
            Shortfall::TooFewCases
        } else {
            Shortfall::Unsuccessful
        };
        (SampleState::Short, Some(why))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const RULE: Sampling = Sampling {
        successes: 2,
        whole_months: true,
    };

    /// Pool, open, succeeded, failed; how many to draw; where it stands once the month is over.
    #[rstest]
    #[case([5, 0, 0, 0], 2, SampleState::Open, None)]
    #[case([3, 2, 0, 0], 0, SampleState::Open, None)]
    #[case([3, 1, 0, 1], 1, SampleState::Open, None)]
    #[case([3, 0, 1, 1], 1, SampleState::Open, None)]
    #[case([3, 0, 2, 1], 0, SampleState::Satisfied, None)]
    #[case([0, 0, 0, 0], 0, SampleState::Short, Some(Shortfall::NoCandidate))]
    #[case([0, 0, 1, 0], 0, SampleState::Short, Some(Shortfall::TooFewCases))]
    #[case([0, 0, 1, 4], 0, SampleState::Short, Some(Shortfall::Unsuccessful))]
    #[case([0, 1, 1, 4], 0, SampleState::Open, None)]
    fn cases_are_drawn_until_two_callbacks_succeed(
        #[case] counts: [u32; 4],
        #[case] to_draw: u32,
        #[case] state: SampleState,
        #[case] why: Option<Shortfall>,
    ) {
        let [pool, open, succeeded, failed] = counts;
        let sample = Sample {
            pool,
            open,
            succeeded,
            failed,
        };
        assert_eq!(sample.to_draw(RULE), to_draw);
        assert_eq!(sample.state(RULE, true), (state, why));
    }

    #[test]
    fn before_the_month_ends_nothing_is_short() {
        let none = Sample::default();
        assert_eq!(none.state(RULE, false), (SampleState::Open, None));
    }
}
