//! Looking at a record after the call: the supervisor's verdicts, and signs that it was entered late,
//! forged or concealed (SEC-09). Limits come from a pack; a limit that is missing switches its sign off.

use super::AttemptResult;
use crate::questionnaires::Answer;
use crate::time::Instant;

codes! {
    /// What the supervisor says of the record (CBK-47).
    pub enum RecordVerdict ("verdict on the record") {
        /// Complete and truthful as far as can be seen.
        InOrder = "in_order",
        /// Something is missing.
        Incomplete = "incomplete",
        /// Something is wrong.
        Wrong = "wrong",
    }
}

codes! {
    /// What the supervisor says of the result.
    pub enum ResultVerdict ("verdict on the result") {
        /// The result follows from the record.
        Agreed = "agreed",
        /// It is in doubt.
        Doubtful = "doubtful",
        /// The callback should be made again.
        ToBeRepeated = "to_be_repeated",
    }
}

codes! {
    /// A sign that something is wrong with a record.
    pub enum SignalKind ("sign of a false record") {
        /// Saved long after the last trace of the call.
        SavedLate = "saved_late",
        /// A recording was filed long before or after the call.
        RecordingMismatch = "recording_mismatch",
        /// A finished telephone interview without a recording.
        RecordingMissing = "recording_missing",
        /// Answers follow each other faster than anybody can ask.
        TooFast = "too_fast",
        /// The caller was on another call at the same time.
        Overlapping = "overlapping",
        /// A negative answer was turned into an affirmation within minutes.
        ChangedToAffirm = "changed_to_affirm",
        /// A note was added days after the call.
        NotedLate = "noted_late",
    }
}

codes! {
    /// What became of a sign.
    pub enum SignalState ("state of a sign") {
        /// Nobody has looked at it.
        Open = "open",
        /// There is an explanation.
        Explained = "explained",
        /// The record is false.
        Confirmed = "confirmed",
    }
}

impl SignalKind {
    /// The unit in which it is measured, as a code.
    pub fn unit(self) -> &'static str {
        match self {
            Self::SavedLate | Self::RecordingMismatch | Self::ChangedToAffirm => "minutes",
            Self::RecordingMissing => "hours",
            Self::TooFast | Self::Overlapping => "seconds",
            Self::NotedLate => "days",
        }
    }

    /// The parameter that holds its limit; nothing when no overlap at all is in order.
    pub fn parameter(self) -> Option<&'static str> {
        match self {
            Self::SavedLate => Some("signal_saved_late_minutes"),
            Self::RecordingMismatch => Some("signal_recording_minutes"),
            Self::RecordingMissing => Some("signal_evidence_hours"),
            Self::TooFast => Some("signal_answer_seconds"),
            Self::Overlapping => None,
            Self::ChangedToAffirm => Some("signal_changed_minutes"),
            Self::NotedLate => Some("signal_noted_late_days"),
        }
    }
}

/// Limits, each from a parameter.
#[derive(Clone, Debug, Default)]
pub struct SignalLimits {
    /// The limit of each sign.
    pub of: Vec<(SignalKind, i64)>,
    /// Fewest answers for judging their pace.
    pub answers_min: i64,
}

impl SignalLimits {
    fn get(&self, kind: SignalKind) -> Option<i64> {
        let found = self.of.iter().find(|(k, _)| *k == kind);
        found.map(|(_, limit)| *limit)
    }
}

/// An answer as far as its pace matters.
#[derive(Clone, Debug)]
pub struct TracedAnswer {
    /// Code of the item.
    pub item: String,
    /// The answer.
    pub answer: Answer,
    /// When.
    pub at: Instant,
}

/// What an attempt left behind.
#[derive(Clone, Debug)]
pub struct Trail {
    /// By telephone.
    pub is_phone: bool,
    /// How it ended.
    pub result: Option<AttemptResult>,
    /// When it began.
    pub started_at: Instant,
    /// When it was saved.
    pub saved_at: Instant,
    /// Its answers, and those of earlier attempts of the same callback, in the order of time.
    pub answers: Vec<TracedAnswer>,
    /// When recordings were filed.
    pub recorded_at: Vec<Instant>,
    /// When notes were added to the record.
    pub noted_at: Vec<Instant>,
    /// Seconds for which the caller was on an earlier call at the same time.
    pub overlap_seconds: i64,
}

/// A sign, with what was measured and what would have been in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal {
    /// Which.
    pub kind: SignalKind,
    /// What was measured, in the unit of the kind.
    pub measured: i64,
    /// The limit.
    pub allowed: i64,
}

impl Trail {
    /// The signs that an attempt shows at a moment.
    pub fn signals(&self, limits: &SignalLimits, now: Instant) -> Vec<Signal> {
        let over = |kind, measured: Option<i64>| {
            let (allowed, measured) = (limits.get(kind)?, measured?);
            (measured > allowed).then_some(Signal {
                kind,
                measured,
                allowed,
            })
        };
        let pace = self.pace(limits.answers_min).and_then(|measured| {
            let allowed = limits.get(SignalKind::TooFast)?;
            (measured < allowed).then_some(Signal {
                kind: SignalKind::TooFast,
                measured,
                allowed,
            })
        });
        let overlap = (self.overlap_seconds > 0).then_some(Signal {
            kind: SignalKind::Overlapping,
            measured: self.overlap_seconds,
            allowed: 0,
        });
        let found = [
            over(SignalKind::SavedLate, Some(self.saved_after())),
            over(SignalKind::RecordingMismatch, self.recording_off()),
            over(SignalKind::RecordingMissing, self.unrecorded_for(now)),
            pace,
            overlap,
            self.changed(limits),
            over(SignalKind::NotedLate, self.noted_after()),
        ];
        found.into_iter().flatten().collect()
    }

    fn own_answers(&self) -> impl Iterator<Item = &TracedAnswer> {
        self.answers.iter().filter(|a| a.at >= self.started_at)
    }

    /// Minutes from the last trace of the call to saving.
    fn saved_after(&self) -> i64 {
        let last = self.own_answers().map(|a| a.at).max();
        (self.saved_at - last.unwrap_or(self.started_at)).num_minutes()
    }

    /// Minutes by which a recording lies off the call, the worst of them.
    fn recording_off(&self) -> Option<i64> {
        let off = |at: &Instant| {
            let before = (self.started_at - *at).num_minutes();
            let after = (*at - self.saved_at).num_minutes();
            before.max(after)
        };
        self.recorded_at.iter().map(off).max()
    }

    /// Hours since a finished telephone interview was saved without a recording.
    fn unrecorded_for(&self, now: Instant) -> Option<i64> {
        let finished = self.result == Some(AttemptResult::Finished);
        let wanted = self.is_phone && finished && self.recorded_at.is_empty();
        wanted.then(|| (now - self.saved_at).num_hours())
    }

    /// Seconds between one answer and the next, on average.
    fn pace(&self, answers_min: i64) -> Option<i64> {
        let times: Vec<_> = self.own_answers().map(|a| a.at).collect();
        let count = i64::try_from(times.len()).unwrap_or(i64::MAX);
        if count < answers_min.max(2) {
            return None;
        }
        let (first, last) = (times.iter().min()?, times.iter().max()?);
        Some((*last - *first).num_seconds() / (count - 1))
    }

    /// An own affirmation of what was answered otherwise shortly before: the quickest of them. Less
    /// time than the limit is the sign.
    fn changed(&self, limits: &SignalLimits) -> Option<Signal> {
        let allowed = limits.get(SignalKind::ChangedToAffirm)?;
        let changed = self.own_answers().filter(|a| a.answer == Answer::Affirm);
        let minutes = changed.filter_map(|now| {
            let before = self
                .answers
                .iter()
                .filter(|a| a.item == now.item && a.at < now.at);
            let last = before.max_by_key(|a| a.at)?;
            let against = matches!(
                last.answer,
                Answer::Negative | Answer::Unclear | Answer::Question
            );
            against.then(|| (now.at - last.at).num_minutes())
        });
        let measured = minutes.min()?;
        (measured < allowed).then_some(Signal {
            kind: SignalKind::ChangedToAffirm,
            measured,
            allowed,
        })
    }

    /// Days from saving to the last note.
    fn noted_after(&self) -> Option<i64> {
        let last = self.noted_at.iter().max()?;
        Some((*last - self.saved_at).num_days())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{TimeDelta, TimeZone as _, Utc};

    fn at(minutes: i64) -> Instant {
        let start = Utc.with_ymd_and_hms(2024, 3, 5, 2, 0, 0).single().unwrap();
        start + TimeDelta::minutes(minutes)
    }

    fn limits() -> SignalLimits {
        use SignalKind as K;
        SignalLimits {
            of: vec![
                (K::SavedLate, 60),
                (K::RecordingMismatch, 1440),
                (K::RecordingMissing, 24),
                (K::TooFast, 2),
                (K::ChangedToAffirm, 10),
                (K::NotedLate, 2),
            ],
            answers_min: 3,
        }
    }

    fn answer(item: &str, answer: Answer, minutes: i64) -> TracedAnswer {
        TracedAnswer {
            item: item.into(),
            answer,
            at: at(minutes),
        }
    }

    fn honest() -> Trail {
        Trail {
            is_phone: true,
            result: Some(AttemptResult::Finished),
            started_at: at(0),
            saved_at: at(6),
            answers: vec![
                answer("a", Answer::Affirm, 1),
                answer("b", Answer::Affirm, 2),
                answer("c", Answer::Affirm, 5),
            ],
            recorded_at: vec![at(6)],
            noted_at: Vec::new(),
            overlap_seconds: 0,
        }
    }

    fn check(trail: &Trail, expected: &[(SignalKind, i64)]) {
        let found = trail.signals(&limits(), at(26 * 60));
        let found: Vec<_> = found.iter().map(|s| (s.kind, s.measured)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn an_honest_record_shows_nothing() {
        check(&honest(), &[]);
    }

    #[test]
    fn late_entries_and_notes_show() {
        let late = Trail {
            saved_at: at(5 + 61),
            recorded_at: vec![at(66)],
            ..honest()
        };
        check(&late, &[(SignalKind::SavedLate, 61)]);
        let just = Trail {
            saved_at: at(5 + 60),
            recorded_at: vec![at(65)],
            ..honest()
        };
        check(&just, &[]);
        let noted = Trail {
            noted_at: vec![at(6 + 3 * 24 * 60)],
            ..honest()
        };
        check(&noted, &[(SignalKind::NotedLate, 3)]);
    }

    #[test]
    fn recordings_that_do_not_fit_show() {
        let missing = Trail {
            recorded_at: Vec::new(),
            ..honest()
        };
        check(&missing, &[(SignalKind::RecordingMissing, 25)]);
        let letter = Trail {
            is_phone: false,
            ..missing
        };
        check(&letter, &[]);
        let off = Trail {
            recorded_at: vec![at(6 + 1441)],
            ..honest()
        };
        check(&off, &[(SignalKind::RecordingMismatch, 1441)]);
    }

    #[test]
    fn impossible_calls_show() {
        let fast = Trail {
            answers: vec![
                answer("a", Answer::Affirm, 5),
                answer("b", Answer::Affirm, 5),
                answer("c", Answer::Affirm, 5),
            ],
            ..honest()
        };
        check(&fast, &[(SignalKind::TooFast, 0)]);
        let twice = Trail {
            overlap_seconds: 90,
            ..honest()
        };
        check(&twice, &[(SignalKind::Overlapping, 90)]);
    }

    #[test]
    fn a_doubt_that_vanishes_within_minutes_shows() {
        let mut changed = honest();
        changed.answers.insert(0, answer("b", Answer::Negative, -4));
        check(&changed, &[(SignalKind::ChangedToAffirm, 6)]);
        let mut days_later = honest();
        let earlier = answer("b", Answer::Negative, -24 * 60);
        days_later.answers.insert(0, earlier);
        check(&days_later, &[]);
    }

    #[test]
    fn a_limit_that_is_missing_switches_its_sign_off() {
        let missing = Trail {
            recorded_at: Vec::new(),
            ..honest()
        };
        assert!(
            missing
                .signals(&SignalLimits::default(), at(9_999))
                .is_empty()
        );
    }
}
