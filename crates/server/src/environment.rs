//! The clock, chance, logging and the last words: what the rest of the program is handed.

use domain::time::Instant;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use store::{Entropy, Ids};

/// The present moment. Nothing below this crate reads the clock.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the clock"
)]
pub(crate) fn now() -> Instant {
    chrono::Utc::now() + chrono::TimeDelta::seconds(AHEAD_SECONDS.load(Ordering::Relaxed))
}

/// Seconds by which the clock of a demonstration is ahead of, or behind, the real one.
static AHEAD_SECONDS: AtomicI64 = AtomicI64::new(0);

/// Sets the clock of a demonstration; nothing else may.
pub(crate) fn set_clock(to: Instant) {
    let ahead = (to - now()).num_seconds();
    AHEAD_SECONDS.fetch_add(ahead, Ordering::Relaxed);
}

/// Unpredictable bytes: ChaCha seeded by the operating system.
struct OsEntropy(Mutex<StdRng>);

impl Entropy for OsEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        let mut random = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        random.fill_bytes(buffer);
    }
}

/// New ids from unpredictable bytes.
pub(crate) fn ids() -> Ids {
    Ids::new(Arc::new(OsEntropy(Mutex::new(StdRng::from_rng(
        &mut rand::rng(),
    )))))
}

/// Logs go to standard error; commands are quiet unless asked.
pub(crate) fn start_logging(server: bool) {
    let default = if server {
        "info,sqlx=warn,sea_orm=warn"
    } else {
        "warn,sqlx=error,sea_orm=error"
    };
    let filter = tracing_subscriber::EnvFilter::try_from_env("HUIFANG_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(default));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}

/// Says on standard error why nothing was done.
pub(crate) fn explain(error: &anyhow::Error) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "huifang: {error:#}");
    ExitCode::FAILURE
}

/// Writes a result to standard output.
pub(crate) fn say(text: impl AsRef<str>) {
    let _ = writeln!(std::io::stdout(), "{}", text.as_ref());
}

/// Writes everything that is not the result to standard error.
pub(crate) fn note(text: impl AsRef<str>) {
    let _ = writeln!(std::io::stderr(), "{}", text.as_ref());
}
