//! Policies drawn to be looked at by a person (人工抽查, 保监发〔2013〕82号): what was found, and what was put right.

codes! {
    /// Where a drawn policy stands.
    pub enum SampleState ("state of a drawn policy") {
        /// To be looked at.
        Drawn = "drawn",
        /// In order.
        Passed = "passed",
        /// To be put right.
        ToRectify = "to_rectify",
        /// Put right.
        Rectified = "rectified",
    }
}

codes! {
    /// What a person found.
    pub enum SampleResult ("result of a drawn policy") {
        /// True and complete.
        True = "true",
        /// Something is missing.
        Incomplete = "incomplete",
        /// Something is untrue.
        Untrue = "untrue",
        /// The customer could not be reached to ask.
        Unreached = "unreached",
    }
}

/// Why a step cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SampleError {
    /// It was judged before.
    #[error("it was judged before")]
    Judged,
    /// Nothing is to be put right.
    #[error("nothing is to be put right")]
    NothingToRectify,
}

/// Takes the result of a drawn policy.
///
/// # Errors
/// When it was judged before.
pub fn judge_sample(state: SampleState, result: SampleResult) -> Result<SampleState, SampleError> {
    match (state, result) {
        (SampleState::Drawn, SampleResult::True) => Ok(SampleState::Passed),
        (SampleState::Drawn, _) => Ok(SampleState::ToRectify),
        _ => Err(SampleError::Judged),
    }
}

/// Notes that what was wrong was put right.
///
/// # Errors
/// When nothing is to be put right.
pub fn rectify_sample(state: SampleState) -> Result<SampleState, SampleError> {
    match state {
        SampleState::ToRectify => Ok(SampleState::Rectified),
        _ => Err(SampleError::NothingToRectify),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawn_policy_is_judged_once_and_put_right_once() {
        use SampleState as S;
        assert_eq!(judge_sample(S::Drawn, SampleResult::True), Ok(S::Passed));
        assert_eq!(
            judge_sample(S::Drawn, SampleResult::Untrue),
            Ok(S::ToRectify)
        );
        assert_eq!(
            judge_sample(S::Passed, SampleResult::Untrue),
            Err(SampleError::Judged)
        );
        assert_eq!(rectify_sample(S::ToRectify), Ok(S::Rectified));
        assert_eq!(rectify_sample(S::Drawn), Err(SampleError::NothingToRectify));
    }
}
