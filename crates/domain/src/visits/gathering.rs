//! Symposia and satisfaction-survey events as face-to-face callbacks (B11 三.3).

codes! {
    /// Kind of gathering.
    pub enum GatheringKind ("kind of gathering") {
        /// Symposium (座谈会).
        Symposium = "symposium",
        /// Satisfaction-survey event (满意度调查会).
        SurveyEvent = "survey_event",
    }
}

codes! {
    /// Where a gathering stands.
    pub enum GatheringState ("gathering state") {
        /// Announced; participants are being invited.
        Planned = "planned",
        /// It took place; minutes and findings are kept.
        Held = "held",
        /// It did not take place.
        Cancelled = "cancelled",
    }
}

/// A gathering as far as decisions need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gathering {
    /// Where it stands.
    pub state: GatheringState,
    /// Participants who were there.
    pub attended: i64,
}

/// What someone does with a gathering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GatheringStep {
    /// Changes place, time or participants.
    Change,
    /// Files minutes and findings.
    Hold {
        /// What was said.
        minutes: String,
        /// What was found.
        findings: String,
        /// Whether the moment of the gathering has come.
        has_begun: bool,
    },
    /// Gives it up.
    Cancel {
        /// Why.
        reason: String,
    },
}

/// Why a step is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GatheringError {
    /// The step does not fit the state.
    #[error("not possible while the gathering is {0}")]
    WrongState(GatheringState),
    /// Nobody is noted as having been there.
    #[error("nobody is noted as having been there")]
    NobodyThere,
    /// Minutes and findings are both needed.
    #[error("minutes and findings are both needed")]
    RecordMissing,
    /// It has not begun yet.
    #[error("the gathering has not begun yet")]
    NotBegun,
    /// A reason is needed.
    #[error("a reason is needed")]
    ReasonMissing,
}

impl Gathering {
    /// Decides a step; the state after it.
    ///
    /// # Errors
    /// [`GatheringError`] says why the step is refused.
    pub fn decide(&self, step: &GatheringStep) -> Result<GatheringState, GatheringError> {
        if self.state != GatheringState::Planned {
            return Err(GatheringError::WrongState(self.state));
        }
        match step {
            GatheringStep::Change => Ok(GatheringState::Planned),
            GatheringStep::Hold { has_begun, .. } if !has_begun => Err(GatheringError::NotBegun),
            GatheringStep::Hold {
                minutes, findings, ..
            } => {
                if minutes.trim().is_empty() || findings.trim().is_empty() {
                    return Err(GatheringError::RecordMissing);
                }
                if self.attended == 0 {
                    return Err(GatheringError::NobodyThere);
                }
                Ok(GatheringState::Held)
            }
            GatheringStep::Cancel { reason } if reason.trim().is_empty() => {
                Err(GatheringError::ReasonMissing)
            }
            GatheringStep::Cancel { .. } => Ok(GatheringState::Cancelled),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gathering_counts_with_people_minutes_and_findings() {
        let hold = |minutes: &str, findings: &str, has_begun| GatheringStep::Hold {
            minutes: minutes.into(),
            findings: findings.into(),
            has_begun,
        };
        let planned = Gathering {
            state: GatheringState::Planned,
            attended: 2,
        };
        assert_eq!(
            planned.decide(&hold("a", "b", true)),
            Ok(GatheringState::Held)
        );
        assert_eq!(
            planned.decide(&hold("a", "b", false)),
            Err(GatheringError::NotBegun)
        );
        assert_eq!(
            planned.decide(&hold("a", "", true)),
            Err(GatheringError::RecordMissing)
        );
        let empty = Gathering {
            attended: 0,
            ..planned
        };
        assert_eq!(
            empty.decide(&hold("a", "b", true)),
            Err(GatheringError::NobodyThere)
        );
        let held = Gathering {
            state: GatheringState::Held,
            ..planned
        };
        let again = held.decide(&GatheringStep::Change);
        assert_eq!(again, Err(GatheringError::WrongState(GatheringState::Held)));
    }
}
