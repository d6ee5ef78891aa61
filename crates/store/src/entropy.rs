//! Chance and new ids. Only `server` (and tests) make them; everyone else is handed one.

use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

/// A source of unpredictable bytes.
pub trait Entropy: Send + Sync {
    /// Fills a buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// Makes UUIDv7 ids that only ever rise within a process, so that rows written later sort later.
#[derive(Clone)]
pub struct Ids {
    entropy: Arc<dyn Entropy>,
    /// Milliseconds since 1970, shifted by twelve bits for a counter.
    last: Arc<AtomicU64>,
}

impl std::fmt::Debug for Ids {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ids")
    }
}

impl Ids {
    /// Ids from a source of chance.
    pub fn new(entropy: Arc<dyn Entropy>) -> Self {
        Self {
            entropy,
            last: Arc::new(AtomicU64::new(0)),
        }
    }

    /// The source of chance itself.
    pub fn entropy(&self) -> &dyn Entropy {
        self.entropy.as_ref()
    }

    /// The source of chance, to be kept.
    pub fn shared(&self) -> Arc<dyn Entropy> {
        Arc::clone(&self.entropy)
    }

    /// A new id of a moment.
    pub fn next(&self, now: DateTime<Utc>) -> Uuid {
        let floor = u64::try_from(now.timestamp_millis()).unwrap_or(0) << 12;
        let step = |last: u64| Some(floor.max(last + 1));
        let last = self
            .last
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, step)
            .map_or(floor, |last| floor.max(last + 1));
        let mut random = [0; 8];
        self.entropy.fill(&mut random);
        let (millis, counter) = (last >> 12, last & 0xfff);
        let high = (millis << 16) | 0x7000 | counter;
        let low = (u64::from_be_bytes(random) & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000;
        Uuid::from_u64_pair(high, low)
    }

    /// Unpredictable bytes, for tokens and nonces.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes);
        bytes
    }
}
