//! Telephone calls: asking the telephone system for one, hearing how it goes, fetching its recording.
//!
//! The telephone system itself is a [`Telephony`], which `server` hands in: this crate holds no HTTP. What it
//! tells comes to [`hear()`], whatever server it comes to: how far a call is stands in the database.

mod extension;
mod hear;
mod recording;

pub use extension::{own_extension, set_own_extension};
pub use hear::{Heard, PhoneEvent, hear};
pub(crate) use recording::fetch_recording;

use bytes::Bytes;
use domain::ids::CallId;
use domain::time::Instant;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// A call to make.
#[derive(Clone, Debug)]
pub struct Dial {
    /// The call; the telephone system gives it back with every event.
    pub call: CallId,
    /// The caller's extension, which rings first.
    pub extension: String,
    /// The number in full.
    pub number: DialNumber,
}

/// A number that is dialled. Its debugging output is a mask.
#[derive(Clone)]
pub struct DialNumber(String);

impl DialNumber {
    /// Digits, and a leading `+`, of a number as people write it.
    pub(crate) fn of(text: &str) -> Self {
        let kept = |c: &char| c.is_ascii_digit() || *c == '+';
        Self(text.chars().filter(kept).collect())
    }

    /// The digits, for the telephone system.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for DialNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DialNumber(…)")
    }
}

/// A recording as the telephone system hands it out.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Name of the file, whose end says what it is.
    pub file_name: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// What the telephone system could not do, in its own words; no numbers in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("telephone: {0}")]
pub struct TelephonyError(pub String);

/// An answer that is waited for.
pub type Waiting<'w, T> = Pin<Box<dyn Future<Output = Result<T, TelephonyError>> + Send + 'w>>;

/// A telephone system.
pub trait Telephony: Send + Sync {
    /// Rings the caller's extension and connects it with a number. Gives the name by which the telephone
    /// system calls it, when that is another one than the call's id.
    fn dial<'t>(&'t self, dial: &'t Dial) -> Waiting<'t, Option<String>>;

    /// Ends a call, named as events name it.
    fn hang_up<'t>(&'t self, call: CallId, external: Option<&'t str>) -> Waiting<'t, ()>;

    /// Fetches a recording by the name that an event gave.
    fn fetch<'t>(&'t self, name: &'t str) -> Waiting<'t, Recorded>;

    /// Reads what the telephone system sent to our door, after its signature was checked.
    ///
    /// # Errors
    /// When this telephone system sends nothing there, or the signature or the text is wrong.
    fn read_events(
        &self,
        header: &dyn Fn(&str) -> Option<String>,
        body: &[u8],
        now: Instant,
    ) -> Result<Vec<PhoneEvent>, TelephonyError>;
}

/// The telephone system of an application, if there is one.
pub type Line = Option<Arc<dyn Telephony>>;
