//! Calls as a telephone system tells of them: one pure step for each event.

use crate::time::Instant;

codes! {
    /// Where a call stands.
    pub enum CallState ("call state") {
        /// Asked for; the telephone system has not taken it up.
        Requested = "requested",
        /// The caller's own telephone rings.
        RingingCaller = "ringing_caller",
        /// The customer's number is dialled.
        Dialling = "dialling",
        /// The customer's telephone rings.
        Ringing = "ringing",
        /// They speak.
        Answered = "answered",
        /// Over.
        Ended = "ended",
    }
}

impl CallState {
    fn rank(self) -> u8 {
        match self {
            Self::Requested => 0,
            Self::RingingCaller => 1,
            Self::Dialling => 2,
            Self::Ringing => 3,
            Self::Answered => 4,
            Self::Ended => 5,
        }
    }
}

codes! {
    /// How a call ended.
    pub enum CallEnd ("end of a call") {
        /// They spoke, and somebody hung up.
        Spoken = "spoken",
        /// Nobody answered.
        NoAnswer = "no_answer",
        /// Engaged.
        Busy = "busy",
        /// Switched off, or out of reach.
        Absent = "absent",
        /// Refused by whoever was called.
        Rejected = "rejected",
        /// There is no such number.
        NoSuchNumber = "no_such_number",
        /// The caller gave up before anybody answered, or never picked up.
        GivenUp = "given_up",
        /// The telephone system could not do it.
        Failed = "failed",
    }
}

impl CallEnd {
    /// The end by the cause that ISDN and SIP systems give (ITU-T Q.850), and whether anybody had
    /// answered.
    pub fn of_cause(cause: u16, answered: bool) -> Self {
        match cause {
            _ if answered => Self::Spoken,
            1 | 22 | 28 => Self::NoSuchNumber,
            17 => Self::Busy,
            18 | 19 => Self::NoAnswer,
            20 => Self::Absent,
            21 => Self::Rejected,
            0 | 16 | 31 => Self::GivenUp,
            _ => Self::Failed,
        }
    }
}

/// What a telephone system tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallEvent {
    /// The caller's own telephone rings.
    CallerRings,
    /// The caller picked up; the customer's number is dialled.
    Dialling,
    /// The customer's telephone rings.
    Rings,
    /// The customer picked up.
    Answered,
    /// It is over.
    Ended(CallEnd),
}

impl CallEvent {
    fn leads_to(self) -> CallState {
        match self {
            Self::CallerRings => CallState::RingingCaller,
            Self::Dialling => CallState::Dialling,
            Self::Rings => CallState::Ringing,
            Self::Answered => CallState::Answered,
            Self::Ended(_) => CallState::Ended,
        }
    }
}

/// A call as far as decisions need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// Where it stands.
    pub state: CallState,
    /// When the customer picked up.
    pub answered_at: Option<Instant>,
    /// When it was over.
    pub ended_at: Option<Instant>,
    /// How it ended.
    pub end: Option<CallEnd>,
}

/// An event that tells nothing new: it came late, or twice. Telephone systems do both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the call is {0} already")]
pub struct Stale(pub CallState);

impl Call {
    /// A call that was asked for.
    pub fn requested() -> Self {
        Self {
            state: CallState::Requested,
            answered_at: None,
            ended_at: None,
            end: None,
        }
    }

    /// The call after an event.
    ///
    /// # Errors
    /// [`Stale`] when the call is that far already.
    pub fn hear(self, event: CallEvent, at: Instant) -> Result<Self, Stale> {
        let to = event.leads_to();
        if to.rank() <= self.state.rank() {
            return Err(Stale(self.state));
        }
        Ok(match event {
            CallEvent::Answered => Self {
                state: to,
                answered_at: Some(at),
                ..self
            },
            CallEvent::Ended(end) => Self {
                state: to,
                ended_at: Some(at),
                end: Some(if self.answered_at.is_some() {
                    CallEnd::Spoken
                } else {
                    end
                }),
                ..self
            },
            _ => Self { state: to, ..self },
        })
    }

    /// Seconds that they spoke so far, or in all.
    pub fn spoken_seconds(&self, now: Instant) -> i64 {
        let Some(from) = self.answered_at else {
            return 0;
        };
        (self.ended_at.unwrap_or(now) - from).num_seconds().max(0)
    }
}

/// Longest extension.
const EXTENSION_MAX: usize = 16;

/// An extension as people write it: digits, with `*` and `#` as some systems want.
pub fn parse_extension(text: &str) -> Option<String> {
    let text = text.trim();
    let good = |c: char| c.is_ascii_digit() || matches!(c, '*' | '#');
    let fits = !text.is_empty() && text.len() <= EXTENSION_MAX && text.chars().all(good);
    fits.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn at(seconds: i64) -> Instant {
        DateTime::from_timestamp(seconds, 0).unwrap_or_default()
    }

    #[test]
    fn a_call_goes_forward_only() {
        use {CallEvent as E, CallState as S};
        let call = Call::requested();
        let ringing = call.hear(E::Rings, at(5)).unwrap();
        assert_eq!(ringing.hear(E::CallerRings, at(6)), Err(Stale(S::Ringing)));
        assert_eq!(ringing.hear(E::Rings, at(6)), Err(Stale(S::Ringing)));
        let spoken = ringing.hear(E::Answered, at(10)).unwrap();
        assert_eq!(spoken.spoken_seconds(at(25)), 15);
        let over = spoken.hear(E::Ended(CallEnd::NoAnswer), at(70)).unwrap();
        assert_eq!(
            (over.end, over.spoken_seconds(at(900))),
            (Some(CallEnd::Spoken), 60)
        );
        assert_eq!(over.hear(E::Answered, at(71)), Err(Stale(S::Ended)));
        let given_up = call.hear(E::Ended(CallEnd::Busy), at(3)).unwrap();
        assert_eq!(
            (given_up.end, given_up.spoken_seconds(at(9))),
            (Some(CallEnd::Busy), 0)
        );
    }

    #[test]
    fn causes_of_the_network_say_how_it_ended() {
        for (cause, answered, end) in [
            (16, true, CallEnd::Spoken),
            (16, false, CallEnd::GivenUp),
            (17, false, CallEnd::Busy),
            (19, false, CallEnd::NoAnswer),
            (20, false, CallEnd::Absent),
            (21, false, CallEnd::Rejected),
            (1, false, CallEnd::NoSuchNumber),
            (34, false, CallEnd::Failed),
        ] {
            assert_eq!(CallEnd::of_cause(cause, answered), end, "{cause}");
        }
    }

    #[test]
    fn extensions_are_digits() {
        for (text, good) in [
            ("1001", true),
            (" 8*2# ", true),
            ("", false),
            ("10 01", false),
            ("1001;x", false),
        ] {
            assert_eq!(parse_extension(text).is_some(), good, "{text}");
        }
    }
}
